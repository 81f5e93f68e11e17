"""The dependencies of a rockspec as needs for the resolver, each with its line in the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.lua.value import LuaTable, sequence, to_text
from distrorocks.resolve.candidate import Need
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.platform import LINUX, check_supported
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.lua.file import chunk_of
from distrorocks.system.lua.jail import Jail


def lines_of(text: str, dependencies: Sequence[str]) -> list[int]:
    """Return the line of each dependency, in order; 0 for one that is not found verbatim.

    A duplicate dependency has the first line after that of the preceding dependency.
    """
    found = []
    position = 0
    for dependency in dependencies:
        place = _place(text, dependency, position)
        if place < 0:
            place = _place(text, dependency, 0)
        else:
            position = place + 1
        found.append(0 if place < 0 else text.count("\n", 0, place) + 1)
    return found


def _place(text: str, dependency: str, start: int) -> int:
    """Return the offset of a dependency in quotes, or -1."""
    places = [text.find(f"{quote}{dependency}{quote}", start) for quote in "\"'"]
    return min((place for place in places if place >= 0), default=-1)


_OWN_TYPES = frozenset(("builtin", "cmake", "command", "make", "module", "none"))


def read_rockspec(
    text: bytes,
    place: str,
    *,
    file_name: str | None,
    jail: Jail,
    platforms: tuple[str, ...] = LINUX,
) -> Rockspec:
    """Parse the rockspec at ``place``, or raise a ``DistrorocksError``.

    With ``file_name`` None any name and version will do.
    """
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
    """Return the needs of a rockspec; raise ``UnsupportedPlatform`` if it excludes this platform.

    ``with_build`` adds build dependencies; for a build type that is not built into LuaRocks they
    include the rock ``luarocks-build-TYPE``, as in LuaRocks 3.9 and later.
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
    """Return the implicit dependency on a build back-end, or None."""
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
