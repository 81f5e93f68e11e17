"""Collect the files of a rock's sources, from a directory or an archive.

Paths that lead out of the sources are dropped. Only texts that may state a licence are kept, by
their beginning and end, C sources, which show the Lua versions they support, and last those of what
builds the rock and of prove's tests. HTML pages with very long lines are recorded with the program
that generated them: Debian's archive asks where their source is (lintian, source-is-missing); that
of LDoc and LuaDoc is in the modules' comments.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from posixpath import basename
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.licensing.finding import is_build_file, is_license_file
from distrorocks.packaging.code.c_evidence import is_c
from distrorocks.packaging.source.prebuilt import BEGINNING, is_compiled, may_be_compiled
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.values import NamedTuple

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
    """Return whether a file name is that of an HTML page."""
    return re.search(r"\.(?:x?html?\d?|xht)\Z", path, re.IGNORECASE) is not None


def maker_of_long_page(text: str) -> str | None:
    """Return the program that generated a page, "" if unknown; None if no line is long."""
    if all(len(line.encode("utf-8", "replace")) <= LONGEST for line in text.split("\n")):
        return None
    found = next((it for it in _MAKER.finditer(text) if it["plain"]), None) or _MAKER.search(text)
    return " ".join((found["meta"] or found["said"] or found["plain"]).split()) if found else ""


def overrides(pages: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of ``debian/source/lintian-overrides``, and the pages without one.

    ``pages`` are paths with their generators, as ``maker_of_long_page`` returns them.
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
_MOST_LOOKED_AT = 2000
_LICENSE_BYTES = 1 << 16
WHOLE_BYTES = 1 << 16
"""Texts of sources up to this size are whole, longer ones without their middle."""
_TAIL_BYTES = 1 << 14
_MOST_OF_ONE = 1 << 20  # larger files are kept without their end
_MOST_KEPT = 24 << 20
_MOST_OF_FILE = 256 << 20
_C_BYTES = 1 << 18
_INNER = bytes(range(0x80, 0xC0))  # never the first byte of a character in UTF-8
_SOURCE = re.compile(r"\.(?:lua|moon|c|h|cc|cpp|hpp|js|tl|fnl)\Z|(?:\A|/)bin/[^/.]+\Z")
_FOR_LUA = re.compile(rb"#![^\n]*\blua")
_RANK_OF_SOURCES = 3
_TEST = re.compile(r"(?:\A|/)(?:t|tests?)/.*\.t\Z")
_README = re.compile(r"(?:.*/)?readme[^/]*\Z", re.IGNORECASE)
_SKIPPED_DIRECTORIES = frozenset(
    (".git", ".hg", ".svn", "node_modules", "lua_modules", ".luarocks")
)


class SourcesError(DistrorocksError):
    """Sources cannot be read: damaged, too large, or not an archive."""


class Members(NamedTuple):
    """Paths, beginning and end of relevant texts, and the newest date (0: unknown).

    ``long_pages`` are HTML pages with long lines, each with the program that generated it;
    ``prebuilt`` are files that were compiled elsewhere.
    """

    files: tuple[str, ...]
    texts: dict[str, str]
    date: int
    long_pages: Mapping[str, str] = MappingProxyType({})
    prebuilt: tuple[str, ...] = ()


class Member(NamedTuple):
    """One file: its path, its date, and a function that reads its beginning."""

    path: str
    date: int
    read: Callable[[int], bytes]


def directory_members(directory: str) -> Members:
    """Return the files below a directory; follow no links."""
    with NamedFolder(directory) as folder:
        return gathered(_walk(folder))


def single_top(files: tuple[str, ...]) -> str:
    """Return the top directory of all files, "" if they have no common one."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or any("/" not in path for path in files):
        return ""
    return tops.pop()


def below(members: Members, directory: str) -> Members:
    """Return the members in a directory, by relative path."""
    if not directory:
        return members
    start = f"{directory}/"
    return Members(
        tuple(path.removeprefix(start) for path in members.files if path.startswith(start)),
        _inside(members.texts, start),
        members.date,
        _inside(members.long_pages, start),
        tuple(path.removeprefix(start) for path in members.prebuilt if path.startswith(start)),
    )


def _inside(named: Mapping[str, str], start: str) -> dict[str, str]:
    """Return the entries whose path begins with ``start``, by the rest of the path."""
    return {
        path.removeprefix(start): value for path, value in named.items() if path.startswith(start)
    }


def gathered(members: Iterator[Member]) -> Members:
    """Return all members; prefer the texts of licence files if not all can be kept."""
    found: dict[str, Member] = {}
    for member in members:
        if len(found) >= _MOST_FILES:
            raise SourcesError(f"the sources have more than {_MOST_FILES} files")
        found[member.path] = member
    ranks = {path: rank for path in found if (rank := _rank(path))}
    ranks |= dict.fromkeys(_scripts(found), _RANK_OF_SOURCES)
    telling = sorted(ranks, key=lambda path: (ranks[path], path.count("/"), path))
    texts = {}
    left = _MOST_KEPT
    for path in telling[:_MOST_TEXTS]:
        is_source = ranks[path] == _RANK_OF_SOURCES
        texts[path] = _decoded(_relevant_part(path, found[path].read, is_source=is_source))
        left -= len(texts[path])
        if left <= 0:
            break
    date = max((member.date for member in found.values()), default=0)
    return Members(tuple(sorted(found)), texts, date, _long_pages(found), _prebuilt(found))


def _scripts(members: dict[str, Member]) -> list[str]:
    """Return the files that Lua runs and whose names do not tell, of at most _MOST_LOOKED_AT."""
    unnamed = sorted(path for path in members if "." not in basename(path) and not _rank(path))
    return [path for path in unnamed[:_MOST_LOOKED_AT] if _FOR_LUA.match(members[path].read(64))]


def _prebuilt(members: dict[str, Member]) -> tuple[str, ...]:
    """Return the files that were compiled elsewhere, of at most ``_MOST_LOOKED_AT``."""
    places = sorted(filter(may_be_compiled, members))[:_MOST_LOOKED_AT]
    return tuple(path for path in places if is_compiled(path, members[path].read(BEGINNING)))


def _long_pages(members: dict[str, Member]) -> dict[str, str]:
    """Return the pages with long lines and their generators, of at most ``_MOST_PAGES``."""
    pages = {}
    for path in sorted(filter(is_page, members))[:_MOST_PAGES]:
        maker = maker_of_long_page(_decoded(members[path].read(_MOST_OF_ONE)))
        if maker is not None:
            pages[path] = maker
    return pages


def _relevant_part(path: str, read: Callable[[int], bytes], *, is_source: bool) -> bytes:
    """Return the relevant part of a file; keep the line ends of what is left out."""
    if not is_source:
        return read(_LICENSE_BYTES)
    most = _C_BYTES if is_c(path) else WHOLE_BYTES
    content = read(_MOST_OF_ONE + 1)
    if len(content) <= most + _TAIL_BYTES or len(content) > _MOST_OF_ONE:
        return content[: most + _TAIL_BYTES]
    middle = content[most:-_TAIL_BYTES].count(b"\n")
    return (
        _whole_characters(content[:most]) + b"\n" * middle + content[-_TAIL_BYTES:].lstrip(_INNER)
    )


def _whole_characters(content: bytes) -> bytes:
    """Return UTF-8 text without an incomplete last character."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content[: error.start] if error.start >= len(content) - 3 else content
    return content


def _decoded(content: bytes) -> str:
    """Return a file as text: UTF-8, maybe cut within a character, or else Latin-1."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3:
            return content[: error.start].decode("utf-8")
        return content.decode("latin-1")


def _rank(path: str) -> int:
    """Return the relevance of a file for the licence: 1 is the highest, 0 is none."""
    if is_license_file(path):
        return 1
    if _README.match(path):
        return 2
    if _SOURCE.search(path):
        return _RANK_OF_SOURCES
    if is_build_file(path):
        return 4
    return 5 if _TEST.search(path) else 0


def is_in_sources(path: str) -> bool:
    """Return whether a path stays in the sources and is printable."""
    parts = path.split("/")
    return path.isprintable() and not path.startswith("/") and ".." not in parts


def _walk(folder: NamedFolder) -> Iterator[Member]:
    """Yield the regular files below a directory."""
    for place, status in folder.walk(skipped=_SKIPPED_DIRECTORIES):
        path = place[1:]
        if is_in_sources(path) and stat.S_ISREG(status.st_mode):
            yield Member(path, int(status.st_mtime), partial(_beginning, folder, place))


def _beginning(folder: NamedFolder, place: str, length: int) -> bytes:
    """Return the first bytes of a file."""
    content = b""
    for part in folder.parts(place, _MOST_OF_FILE):
        content += part
        if len(content) >= length:
            break
    return content[:length]
