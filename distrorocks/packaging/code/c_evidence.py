"""Find Lua versions that C code cannot support: they lack part of the API that it uses.

Code is read as lines without comments and strings, with continued lines joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from distrorocks.licensing.finding import OF_OTHERS
from distrorocks.packaging.code.c_reading import CReading, read_c
from distrorocks.packaging.code.lua_api import NAME, LuaApi
from distrorocks.values import NamedTuple

_C_FILE = re.compile(r"\.(?:c|h|cc|cpp|cxx|hpp|hh|inc)\Z")
_TOKEN = re.compile(
    r"""
    ^[ \t]*\#[ \t]*include[^\n]* # its name looks like a string
    | /\*.*?(?:\*/|\Z)            # a comment
    | //[^\n]*
    | "(?:\\.|[^"\\\n])*"       # a string
    | '(?:\\.|[^'\\\n])*'
    | \\[ \t]*\r?\n             # a line that continues
    | \\[^\r\n]                # so that no string is looked for in one that is not closed
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)

_COMPILED = re.compile(r"\.(?:c|cc|cpp|cxx)\Z")
_NOT_PART = re.compile(r"(?:\A|/)(?:tests?|examples?|samples?|docs?|bench(?:marks?)?)/")
_MADE_OF = re.compile(r"(?P<made>.+\.h(?:h|pp)?)(?:\.in|\.cmake|\.generic|\.tmpl|\.template)+")
_ASKS_FOR_MORE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+LUA_COMPAT_\w+", re.MULTILINE)


def is_c(path: str) -> bool:
    """Return whether a file name is that of C or C++ source or of a header."""
    return _C_FILE.search(path) is not None


_INCLUDE = re.compile(
    r"""[ \t]*\#[ \t]*include[ \t]*(?:<(?P<header>[^>\s]+)>|"(?P<quoted>[^"\s]+)")"""
)
_CONDITION = re.compile(r"[ \t]*#[ \t]*(?P<word>if|ifdef|ifndef|endif)\b")


def built_sources(texts: Mapping[str, str], named: Iterable[str]) -> list[str]:
    """Return the files in C that are built: those of ``named``, else all that may be, sorted."""
    found = [path for path in named if _COMPILED.search(path) and path in texts]
    return sorted(
        found
        or [
            path
            for path in texts
            if _COMPILED.search(path) and not (_NOT_PART.search(path) or OF_OTHERS.search(path))
        ]
    )


class OutsideHeaders(NamedTuple):
    """Headers that are not of the sources: those in angle brackets, and those in quotes.

    Builds write the latter as well, such as ``config.h``.
    """

    angled: tuple[str, ...]
    quoted: tuple[str, ...]


def headers_of(files: Iterable[str]) -> tuple[str, ...]:
    """Return the files in C among others; headers that a build writes count as written."""
    made = (it["made"] if (it := _MADE_OF.fullmatch(path)) else path for path in files)
    return tuple(path for path in made if is_c(path))


def outside_headers(
    texts: Mapping[str, str], named: Iterable[str], files: Iterable[str]
) -> OutsideHeaders:
    """Return the headers that C sources always include, but for a rock's own.

    ``named`` are the sources that the rockspec names; without any in C all that may be built count.
    """
    own = {end for path in headers_of(files) for end in _ends(path)}
    angled, quoted = set[str](), set[str]()
    for path in built_sources(texts, named):
        depth = 0
        for _, line in bare_lines(texts[path]):
            if branch := _CONDITION.match(line):
                depth += -1 if branch["word"] == "endif" else 1
            elif depth == 0 and (include := _INCLUDE.match(line)):
                angled.add(include["header"] or "")
                quoted.add(include["quoted"] or "")
    own.add("")
    return OutsideHeaders(tuple(sorted(angled - own)), tuple(sorted(quoted - own - angled)))


def _ends(path: str) -> Iterator[str]:
    """Yield a path and its ends after each slash."""
    while path:
        yield path
        path = path.partition("/")[2]


def bare_lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, each with its number in the text, from 1.

    A continued line is joined, and has the number of its first line.
    """
    found = []
    number = 1
    for line in _TOKEN.sub(_blank, text).split("\n"):
        if line.strip(" \t\r\f\v\0"):
            found.append((number, line.replace("\0", " ")))
        number += 1 + line.count("\0")
    return found


def _blank(match: re.Match[str]) -> str:
    """Return the replacement of a comment, a string or the end of a continued line."""
    found = match[0]
    if found[0] in "# \t":
        return found
    if found[0] == "\\":
        return "\0" if found[-1] == "\n" else found
    if found[0] == "/":
        return "\0" * found.count("\n") or " "
    return '""'


def unfit_for_c(
    texts: Mapping[str, str], compiled: Iterable[str], api: LuaApi, versions: Iterable[str]
) -> dict[str, str]:
    """Return the versions that C code does not support, each with the evidence.

    ``compiled`` are the paths of compiled files; by default, all C files outside of tests and
    examples are read. Headers are read where they are included. Code that enables compatibility
    macros of Lua, or includes a compatibility header that is not available, is no evidence.
    """
    code = {path: text for path, text in texts.items() if is_c(path)}
    wanted = {path for path in compiled if path in code}
    if not wanted:
        wanted = {path for path in code if _COMPILED.search(path) and not _NOT_PART.search(path)}
    if not any(_varies(text, api) for text in code.values()):
        return {}
    if any(_ASKS_FOR_MORE.search(text) for text in code.values()):
        return {}
    lines = {path: bare_lines(text) for path, text in sorted(code.items())}
    unfit = {}
    for version in versions:
        readings = {path: read_c(bare, version, api) for path, bare in lines.items()}
        if evidence := _evidence(_reached(readings, wanted), version, api):
            unfit[version] = evidence
    return unfit


def _varies(text: str, api: LuaApi) -> bool:
    """Return whether a text uses names that some versions lack."""
    return any(api.varies(name) for name in NAME.findall(text))


def _reached(readings: Mapping[str, CReading], wanted: set[str]) -> dict[str, CReading]:
    """Return the readings of files and of what they include, each path once.

    An included name matches any file of that name: the search path of the compiler is not known.
    """
    by_name: dict[str, list[str]] = {}
    for path in readings:
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    found: dict[str, CReading] = {}
    left = sorted(wanted, reverse=True)
    while left:
        path = left.pop()
        if path not in found:
            found[path] = readings[path]
            for name in sorted(readings[path].included):
                left += by_name.get(name.rpartition("/")[2], ())
    return found


def _evidence(readings: Mapping[str, CReading], version: str, api: LuaApi) -> str:
    """Return the first use of a name that a version lacks, "" if there is none."""
    at_hand = {path.rpartition("/")[2] for path in readings}
    brought = {name for reading in readings.values() for name in reading.brought}
    included = {name.rpartition("/")[2] for each in readings.values() for name in each.included}
    if any("compat" in name for name in included - at_hand):
        return ""
    for path, reading in sorted(readings.items()):
        if reading.refusal:
            return f"{path}:{reading.refusal} rejects Lua {version}"
        for name, line in reading.used.items():
            if not api.has(name, version) and name not in brought:
                return f"{path}:{line} uses {name}, which Lua {version} lacks"
    return ""
