"""What a rock's rpm package provides and requires: ``lua5.4dist(lpeg) = 1.1.0-2``.

The capability's version is the rock's, its revision where rpm has a release, so that requirements
with and without a revision compare as LuaRocks compares.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.families.rpm.family import written_need
from distrorocks.families.version_range import accepted, package_version
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version


def capability(lua_version: str, rock: str) -> str:
    """Return the capability of a rock for one Lua version."""
    return f"lua{lua_version}dist({rock})"


# What the packages of the interpreters provide, by distribution.
LUA_CAPABILITIES = {"fedora": "lua(abi)", "opensuse": "Lua(API)"}


def provides(lua_version: str, rock: str, version: str) -> list[str]:
    """Return what the package of a rock provides."""
    return [f"{capability(lua_version, rock)} = {package_version(Version.parse(version))}"]


def requires(
    lua_version: str, dependencies: Iterable[Dependency], *, distribution: str = "fedora"
) -> list[str]:
    """Return what the package of a rock requires: its Lua, and rocks that Lua does not include."""
    lua = f"{LUA_CAPABILITIES[distribution]} = {lua_version}"
    return [lua, *rocks_required(lua_version, dependencies)]


def rocks_required(lua_version: str, dependencies: Iterable[Dependency]) -> list[str]:
    """Return the requirements for the rocks among dependencies."""
    provided = rocks_provided(lua_version)
    return [
        written_need(
            capability(lua_version, need.rock_name), accepted(need.constraints, has_revision=True)
        )
        for need in dependencies
        if need.rock_name not in provided
    ]
