"""The facts of a rockspec that a server's folder publishes, as LuaRocks takes them from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from distrorocks.lua.value import LuaValue
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.name import lower
from distrorocks.rocks.plain_rockspec import plain_rockspec
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.serve.folder.served import ALL_LUAS, Facts

if TYPE_CHECKING:
    from distrorocks.binaries.rock_needs import RockNeeds

LONGEST_TEXT = 400
"""Characters of a summary, a licence, a homepage or needs that are kept for the page."""

_SHOWN = ("summary", "license", "homepage")


def facts_of(rockspec: Rockspec) -> Facts:
    """Return the facts of a rockspec, whose description may have values of any type."""
    return Facts(
        _luas(rockspec.dependencies),
        *(_line(rockspec.described(field)) for field in _SHOWN),
    )


def plain_facts(content: bytes, file_name: str) -> Facts | None:
    """Return the facts of a valid rockspec of the usual form, None for any other file.

    It is valid if ``Rockspec.from_chunk`` with ``quick`` takes it under this name; the facts are
    those of ``facts_of``.
    """
    found = plain_rockspec(content)
    if not found:
        return None
    package, version, lua, *texts = found
    if "-" not in version or file_name != f"{lower(package)}-{version}.rockspec":
        return None
    return Facts(ALL_LUAS if lua is None else _luas_for(lua), *map(_line, texts))


def with_needs(facts: Facts, needs: RockNeeds, fitting: Sequence[str]) -> Facts:
    """Return facts with what the compiled files of a binary rock need: libraries, then versions.

    ``fitting`` are the Luas that all these files fit, as ``lua_abi`` names them; LuaJIT is a Lua
    5.1. Others are not among the Lua versions of the rock, whatever its rockspec says.
    """
    fit = {"5.1" if each == "luajit" else each for each in fitting}
    luas = tuple(each for each in facts.luas if each in fit)
    return facts._replace(luas=luas, needs=_line(", ".join((*needs.libraries, *needs.versions))))


@lru_cache(maxsize=1 << 12)
def _luas_for(constraints: str) -> tuple[str, ...]:
    return _luas_of(Dependency.parse(f"lua{constraints}"))


def _luas(needs: tuple[Dependency, ...]) -> tuple[str, ...]:
    """Return the Lua versions that dependencies admit; only the first one on ``lua`` counts."""
    first = next((need for need in needs if need.name == "lua"), None)
    return ALL_LUAS if first is None else _luas_of(first)


@lru_cache(maxsize=1 << 12)
def _luas_of(need: Dependency) -> tuple[str, ...]:
    """Return the Lua versions that satisfy a dependency on ``lua``."""
    return tuple(each for each in ALL_LUAS if need.satisfied_by(Version.parse(each)))


def _line(text: LuaValue) -> str:
    """Return a text on one line, cut off if it is long, with U+FFFD for what cannot be shown."""
    line = text if isinstance(text, str) else ""
    if not line.isprintable() or "  " in line or line[:1] == " " or line[-1:] == " ":
        line = " ".join(line.split())
    if not line.isprintable():
        line = "".join(each if each.isprintable() else "\ufffd" for each in line)
    return line if len(line) <= LONGEST_TEXT else f"{line[:LONGEST_TEXT]}..."
