"""What a server's folder says of its files: the facts of each rock that manifests and page need."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from distrorocks.lua.value import LuaValue
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version

ALL_LUAS: tuple[str, ...] = tuple(map(str, LUA_VERSIONS))

LONGEST_TEXT = 400
"""Characters of a summary, licence or homepage that are kept for the page."""


class Facts(NamedTuple):
    """What a rockspec says of its rock.

    ``luas`` are the Lua versions that LuaRocks offers it for; the other fields are "" if the
    rockspec does not have them.
    """

    luas: tuple[str, ...] = ALL_LUAS
    summary: str = ""
    license: str = ""
    homepage: str = ""


class ServedFile(NamedTuple):
    """A file that is listed: its rock, its size in bytes, and its SHA-256 in hexadecimal."""

    rock: PackedRock
    file_name: str
    size: int
    digest: str
    facts: Facts


def facts_of(rockspec: Rockspec) -> Facts:
    """Return the facts of a rockspec, whose description may have values of any type."""
    first = next((need for need in rockspec.dependencies if need.name == "lua"), None)
    return Facts(
        ALL_LUAS if first is None else _luas(first),
        *(_line(rockspec.described(field)) for field in ("summary", "license", "homepage")),
    )


@lru_cache(maxsize=1 << 12)
def _luas(need: Dependency) -> tuple[str, ...]:
    """Return the Lua versions that satisfy a dependency on ``lua``; only the first one counts."""
    return tuple(each for each in ALL_LUAS if need.satisfied_by(Version.parse(each)))


def _line(text: LuaValue) -> str:
    """Return a text on one line, cut off if it is long, with U+FFFD for what cannot be shown."""
    line = " ".join(text.split()) if isinstance(text, str) else ""
    if not line.isprintable():
        line = "".join(each if each.isprintable() else "\ufffd" for each in line)
    return line if len(line) <= LONGEST_TEXT else f"{line[:LONGEST_TEXT]}..."


def luas_of(files: list[ServedFile]) -> tuple[str, ...]:
    """Return the Lua versions whose manifests list a version of a rock, given all its files.

    Its loose rockspec decides. Without one LuaRocks lists the version for every Lua.
    """
    loose = next((each for each in files if each.rock.arch == "rockspec"), None)
    return loose.facts.luas if loose else ALL_LUAS
