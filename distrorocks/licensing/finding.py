"""A statement of a licence in the sources, and the role of a file by its path."""

from __future__ import annotations

import re

from distrorocks.values import NamedTuple

TAG, TEXT, GRANT, NOTICE = "tag", "text", "grant", "notice"
_WORDS = {TAG: "SPDX tag", TEXT: "licence text", GRANT: "grant", NOTICE: "notice"}


class Finding(NamedTuple):
    """A licence that a file states: ``line`` is that of the evidence, counted from 1.

    ``kind`` is ``tag`` for ``SPDX-License-Identifier``, ``text`` for the licence text, ``grant``
    for a sentence that grants a version of a GNU licence, and ``notice`` for one that names another
    licence.
    """

    license: str
    path: str
    line: int
    kind: str

    @property
    def evidence(self) -> str:
        """The place and kind, for messages."""
        return f"{self.path}:{self.line}: {_WORDS[self.kind]}"


_LICENSE_FILE = re.compile(
    r"(?:un)?licen[sc]e|copying|copyright|notice\b|mit-licen[sc]e|[\w.-]*-licen[sc]e\.",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"\.(?:lua|moon|c|h|cc|cpp|hpp|py|js|tl|fnl|rockspec|png|gif|css)\Z")
_README = re.compile(r"readme[^/]*\Z", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:\A|/)(?:tests?|spec|specs|samples?|examples?|eg|demos?|perf|bench\w*|debian|tools|utils"
    r"|docs?|topics|__macosx|\.git\w*|cmake)/|(?:\A|/)(?:tests?|bench\w*|lunit|luaunit)[^/]*\Z"
    r"|[/_.-](?:test|bench|spec)s?\.lua\Z|\.(?:rockspec|html|htm)\Z",
    re.IGNORECASE,
)
# What builds the rock or shows its pages, and is no part of what is installed.
_BUILD_FILE = re.compile(
    r"(?:\A|/)(?:build-aux|m4)/"
    r"|(?:\A|/)(?:config\.(?:guess|sub|rpath)|ar-lib|compile|depcomp|missing|install-sh|test-driver"
    r"|mkinstalldirs|py-compile|ylwrap|bootstrap|configure|INSTALL|GNUmakefile|[Mm]akefile[^/]*"
    r"|CMakeLists\.txt)\Z"
    r"|\.(?:ac|am|awk|cmake|css|in|m4|mk|pl|proto|py|rb|sh|tcl|tex|texi)\Z"
)
_OWN_PLACES = ("", "doc", "docs", "doc/us")
OWN_LICENSE, OWN_README, SOURCE, OTHER = "own license", "own readme", "source", "other"


def is_license_file(path: str) -> bool:
    """Return whether a file name is that of a licence file."""
    name = path.rpartition("/")[2]
    return _LICENSE_FILE.match(name) is not None and not _SOURCE.search(name)


OF_OTHERS = re.compile(
    r"(?:\A|/)(?:deps|dependencies|vendor(?:ed)?|third[_-]?party|3rd[_-]?party|externals?|subprojects)/"
)
"""What finds the path of a file that is of another project."""


def is_aside(path: str) -> bool:
    """Return whether a file is a test, a sample or documentation: not part of the rock itself."""
    return _ASIDE.search(path) is not None


def is_build_file(path: str) -> bool:
    """Return whether a file only builds the rock or its pages, such as ``build-aux/missing``.

    Its licence is not that of what is installed, but Debian's copyright file tells of it.
    """
    is_other = is_license_file(path) or _README.match(path.rpartition("/")[2])
    return not is_other and _BUILD_FILE.search(path) is not None


def role(path: str) -> str:
    """Return what the licence statements in a file apply to.

    Those of a licence file or README at the top, or in ``doc``, apply to the rock; those of a
    source file to it, of another licence file to its directory; those of tests and of what builds
    the rock do not count.
    """
    place, _, name = path.rpartition("/")
    if is_license_file(path):
        if place.lower() in _OWN_PLACES:
            return OWN_LICENSE
        return OTHER if is_aside(path) else SOURCE
    if _README.match(name) and not name.lower().endswith((".html", ".htm")):
        return OWN_README if place.lower() in _OWN_PLACES else OTHER
    return OTHER if is_aside(path) or is_build_file(path) else SOURCE
