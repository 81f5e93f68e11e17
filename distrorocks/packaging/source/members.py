"""The files of a rock's sources, wherever they stand: names, and the texts that tell something.

Names that lead out of the sources are left out. Only texts that may tell of the licence are kept,
by their beginning and end, and C sources, which tell of the Lua that they are for.

Pages of HTML with lines so long that nobody seems to have written them by hand.

An archive asks of such a file where its source is (lintian, source-is-missing). Some say who made
them: what LDoc and LuaDoc wrote has its source in the modules' comments.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.licensing.verdict import is_license_file
from distrorocks.packaging.code.c_text import is_c
from distrorocks.system.files.bounded_file import open_regular

LONGEST = 512
_FROM_MODULES = ("ldoc", "luadoc")
_MAKER = re.compile(
    r"""<meta\s+name\s*=\s*["']?generator["']?\s+content\s*=\s*["']?(?P<meta>[^"'>]+)
    | \b(?:generated|produced|created)\s+(?:automatically\s+)?(?:by|with|using|from)\b
      (?:\s|<[^<>]{0,200}>){0,8}
      (?!(?:an?|all|any|default|each|hand|it|its|one|our|some|such|that|the|these|this|your)\b)
      (?P<said>[\w.-]+)
    | (?P<plain>\bLDoc\b|\bLuaDoc\b|\bDoxygen\b)""",
    re.IGNORECASE | re.VERBOSE,
)


def is_page(path: str) -> bool:
    """Return whether a file's name is that of a page."""
    return re.search(r"\.(?:x?html?\d?|xht)\Z", path, re.IGNORECASE) is not None


def maker_of_long_page(text: str) -> str | None:
    """Return the program that says it made a page, "" if none does; None for short lines."""
    if all(len(line.encode("utf-8", "replace")) <= LONGEST for line in text.split("\n")):
        return None
    found = _MAKER.search(text)
    return " ".join((found["meta"] or found["said"] or found["plain"]).split()) if found else ""


def overrides(pages: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of ``debian/source/lintian-overrides``, and the pages they do not answer.

    ``pages`` are paths with their makers, as ``maker_of_long_page`` tells them.
    """
    lines: list[str] = []
    unanswered = []
    for path, maker in sorted(pages.items()):
        if maker.lower().startswith(_FROM_MODULES):
            lines.append(f"# {maker} made this page of the comments in the modules.")
        elif maker:
            unanswered.append(f"{path} ({maker})")
            continue
        else:
            lines.append(
                "# Nothing in this page says that a program made it: it is its own source."
            )
        lines.append(f"source-is-missing [{path}]")
    return tuple(lines), tuple(unanswered)


_MOST_FILES = 20_000
_MOST_TEXTS = 400
_MOST_PAGES = 400
_LICENSE_BYTES = 1 << 16
_SOURCE_BYTES = 1 << 16
_TAIL_BYTES = 1 << 14
_MOST_OF_ONE = 1 << 20  # of which the end is kept; of more the beginning alone
_MOST_KEPT = 24 << 20
_MOST_OF_FILE = 256 << 20
_C_BYTES = 1 << 18
_INNER = bytes(range(0x80, 0xC0))  # never the first byte of a letter in UTF-8
_SOURCE = re.compile(r"\.(?:lua|moon|c|h|cc|cpp|hpp|js|tl|fnl)\Z")
_README = re.compile(r"(?:.*/)?readme[^/]*\Z", re.IGNORECASE)
_SKIPPED_DIRECTORIES = frozenset(
    (".git", ".hg", ".svn", "node_modules", "lua_modules", ".luarocks")
)


class SourcesError(DistrorocksError):
    """Sources could not be read: damaged, too large, or no archive at all."""


class Members(NamedTuple):
    """Files by path, both ends of the telling ones, and the newest date (0: not known).

    ``long_pages`` are pages with long lines, with the program that says it made each.
    """

    files: tuple[str, ...]
    texts: dict[str, str]
    date: int
    long_pages: Mapping[str, str] = MappingProxyType({})


class Member(NamedTuple):
    """One file: its path, its date, and how to read its beginning."""

    path: str
    date: int
    read: Callable[[int], bytes]


def directory_members(directory: str) -> Members:
    """Return the files below a directory; links are not followed."""
    return gathered(_walk(directory))


def single_top(files: tuple[str, ...]) -> str:
    """Return the one directory that all files stand in, "" if there is none."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or any("/" not in path for path in files):
        return ""
    return tops.pop()


def below(members: Members, directory: str) -> Members:
    """Return the members in a directory, by their paths from there."""
    if not directory:
        return members
    start = f"{directory}/"
    return Members(
        tuple(path.removeprefix(start) for path in members.files if path.startswith(start)),
        _inside(members.texts, start),
        members.date,
        _inside(members.long_pages, start),
    )


def _inside(named: Mapping[str, str], start: str) -> dict[str, str]:
    """Return what has a path with some beginning, by the rest of its path."""
    return {
        path.removeprefix(start): value for path, value in named.items() if path.startswith(start)
    }


def gathered(members: Iterator[Member]) -> Members:
    """Return all members; the texts of licence files first, where not all can be kept."""
    found: dict[str, Member] = {}
    for member in members:
        if len(found) >= _MOST_FILES:
            raise SourcesError(f"the sources have more than {_MOST_FILES} files")
        found[member.path] = member
    telling = sorted(filter(_rank, found), key=lambda path: (_rank(path), path.count("/"), path))
    texts = {}
    left = _MOST_KEPT
    for path in telling[:_MOST_TEXTS]:
        texts[path] = _decoded(_telling_part(path, found[path].read))
        left -= len(texts[path])
        if left <= 0:
            break
    date = max((member.date for member in found.values()), default=0)
    return Members(tuple(sorted(found)), texts, date, _long_pages(found))


def _long_pages(members: dict[str, Member]) -> dict[str, str]:
    """Return the pages that have long lines, with who made each; of very many the first."""
    pages = {}
    for path in sorted(filter(is_page, members))[:_MOST_PAGES]:
        maker = maker_of_long_page(_decoded(members[path].read(_MOST_OF_ONE)))
        if maker is not None:
            pages[path] = maker
    return pages


def _telling_part(path: str, read: Callable[[int], bytes]) -> bytes:
    """Return the part of a file that may tell something; what is left out keeps its line ends."""
    if _rank(path) != 3:
        return read(_LICENSE_BYTES)
    most = _C_BYTES if is_c(path) else _SOURCE_BYTES
    content = read(_MOST_OF_ONE + 1)
    if len(content) <= most + _TAIL_BYTES or len(content) > _MOST_OF_ONE:
        return content[: most + _TAIL_BYTES]
    middle = content[most:-_TAIL_BYTES].count(b"\n")
    return _whole_letters(content[:most]) + b"\n" * middle + content[-_TAIL_BYTES:].lstrip(_INNER)


def _whole_letters(content: bytes) -> bytes:
    """Return UTF-8 text without the letter that a cut went through."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content[: error.start] if error.start >= len(content) - 3 else content
    return content


def _decoded(content: bytes) -> str:
    """Return a file's text, taken for Latin-1 where it is not UTF-8 and was not cut in a letter."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3:
            return content[: error.start].decode("utf-8")
        return content.decode("latin-1")


def _rank(path: str) -> int:
    """Return how much a file tells of the licence, 1 the most; 0 not at all."""
    if is_license_file(path):
        return 1
    if _README.match(path):
        return 2
    return 3 if _SOURCE.search(path) else 0


def is_in_sources(path: str) -> bool:
    """Return whether a member's name stays in the sources and can be told in a file."""
    parts = path.split("/")
    return path.isprintable() and not path.startswith("/") and ".." not in parts


def _walk(directory: str) -> Iterator[Member]:
    """Yield the regular files below a directory."""
    for folder, names, files in os.walk(directory):
        names[:] = sorted(name for name in names if name not in _SKIPPED_DIRECTORIES)
        for file in sorted(files):
            place = os.path.join(folder, file)
            path = os.path.relpath(place, directory)
            if is_in_sources(path) and os.path.isfile(place) and not os.path.islink(place):
                yield Member(path, int(os.stat(place).st_mtime), _file_reader(place))


def _file_reader(place: str) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        with open_regular(place, _MOST_OF_FILE, follow=False) as file:
            return file.read(limit)

    return read
