"""What one place in the sources says of the licence.

What a file's place and name say of its licence: whose it is, and whether it reaches the rock.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TAG, TEXT, GRANT, NOTICE = "tag", "text", "grant", "notice"
_WORDS = {TAG: "SPDX tag", TEXT: "licence text", GRANT: "grant", NOTICE: "notice"}


class Finding(NamedTuple):
    """A licence in a file: ``line`` is where its evidence begins, counted from 1.

    ``kind`` is ``tag`` for ``SPDX-License-Identifier``, ``text`` for the licence's own words,
    ``grant`` for a sentence that puts a work under a version of GNU's licences and ``notice`` for
    one that names another licence.
    """

    license: str
    path: str
    line: int
    kind: str

    @property
    def evidence(self) -> str:
        """The place and what stands there, for people."""
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
_OWN_PLACES = ("", "doc", "docs", "doc/us")
OWN_LICENSE, OWN_README, SOURCE, OTHER = "own license", "own readme", "source", "other"


def is_license_file(path: str) -> bool:
    """Return whether a file's name says that it holds the licence of what is around it."""
    name = path.rpartition("/")[2]
    return _LICENSE_FILE.match(name) is not None and not _SOURCE.search(name)


def is_aside(path: str) -> bool:
    """Return whether a file is a test, a sample or documentation: not what the rock consists of."""
    return _ASIDE.search(path) is not None


def role(path: str) -> str:
    """Return whom a file's words on the licence speak for.

    A licence file or a README at the top, or in ``doc``, speaks for the rock; a source file and a
    licence file further down speak for themselves; tests, samples and the like for nothing here.
    """
    place, _, name = path.rpartition("/")
    if is_license_file(path):
        if place.lower() in _OWN_PLACES:
            return OWN_LICENSE
        return OTHER if is_aside(path) else SOURCE
    if _README.match(name) and not name.lower().endswith((".html", ".htm")):
        return OWN_README if place.lower() in _OWN_PLACES else OTHER
    return OTHER if is_aside(path) else SOURCE
