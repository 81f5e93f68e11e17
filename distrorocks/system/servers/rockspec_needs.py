"""What a rockspec needs, and where that is written: from its text to the resolver's needs."""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.lua.value import LuaTable, sequence, to_text
from distrorocks.resolve.index import Need
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.need_place import lines_of
from distrorocks.rocks.platform import LINUX, check_supported
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.lua.file import chunk_of
from distrorocks.system.lua.jail import Jail

_OWN_TYPES = frozenset(("builtin", "cmake", "command", "make", "module", "none"))


def read_rockspec(
    text: bytes, place: str, *, file_name: str, jail: Jail, platforms: tuple[str, ...] = LINUX
) -> Rockspec:
    """Return the rockspec that ``text`` is, found at ``place``; raise a ``DistrorocksError``."""
    chunk = chunk_of(text, plain(place), jail=jail)
    return Rockspec.from_chunk(chunk, file_name=file_name, platforms=platforms)


def needs_of(
    rockspec: Rockspec,
    text: bytes,
    place: str,
    *,
    with_build: bool,
    platforms: tuple[str, ...] = LINUX,
) -> list[Need]:
    """Return the needs of a rockspec; raise ``UnsupportedPlatform`` where it is not for this one.

    ``with_build`` adds what only building needs; for a build type that LuaRocks does not know
    itself that includes the rock ``luarocks-build-TYPE``, as in LuaRocks 3.9 and later.
    """
    check_supported(f"{rockspec.name} {rockspec.version}", rockspec.supported_platforms, platforms)
    source = to_text(text)
    needs = list(_placed(rockspec.dependencies, rockspec.table, "dependencies", source, place))
    if with_build:
        build = _placed(
            rockspec.build_dependencies, rockspec.table, "build_dependencies", source, place
        )
        needs += [need._replace(is_build=True) for need in build]
        implied = implied_need(rockspec)
        if implied:
            needs.append(Need(implied, place, is_build=True))
    return needs


def implied_need(rockspec: Rockspec) -> Dependency | None:
    """Return the build back-end that a rockspec needs without saying so, or None."""
    build = rockspec.table.get("build")
    kind = build.get("type") if isinstance(build, dict) else None
    if not isinstance(kind, str) or kind in _OWN_TYPES:
        return None
    name = f"luarocks-build-{kind}"
    if any(each.rock_name == name for each in rockspec.build_dependencies):
        return None
    return Dependency.parse(name)


def _placed(
    dependencies: Iterable[Dependency], table: LuaTable, key: str, source: str, place: str
) -> Iterable[Need]:
    listed = table.get(key)
    written = [str(each) for each in sequence(listed)] if isinstance(listed, dict) else []
    lines = lines_of(source, written)
    for dependency, line in zip(dependencies, lines, strict=False):
        yield Need(dependency, f"{place}:{line}" if line else place)
