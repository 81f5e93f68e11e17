"""Capabilities by which packages themselves say which rock they are.

RPMs write ``luarocks5.4(lpeg) = 1.0-1`` (ALT) or ``lua5.4dist(lpeg) = 1.0-1``, debs
``lua5.4-rock-lpeg (= 1.0-1)``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MARKS = ("luarocks5.", "dist(", "-rock-")
"""Without one of these a text has no such capability."""

_CAPABILITY = re.compile(
    r"(?:luarocks(?P<a>5\.[1-9])\((?P<x>[^()\s]+)\)"
    r"|lua(?P<b>5\.[1-9])dist\((?P<y>[^()\s]+)\)"
    r"|lua(?P<c>5\.[1-9])-rock-(?P<z>[a-z0-9][a-z0-9.+-]*))"
    r"(?:\s*\(?\s*={1,2}\s*(?P<version>[^\s()]+)\s*\)?)?"
)


class RockCapability(NamedTuple):
    """A rock for one Lua version; ``version`` is "" where the capability names none."""

    rock: str
    lua_version: str
    version: str


def parse_rock_capability(text: str) -> RockCapability | None:
    """Return the rock that an entry of Provides names, None where it names none."""
    found = _CAPABILITY.fullmatch(text.strip())
    if not found:
        return None
    rock = found["x"] or found["y"] or found["z"]
    lua_version = found["a"] or found["b"] or found["c"]
    return RockCapability(rock.lower(), lua_version, found["version"] or "")
