"""Warnings about valid rockspecs: problems that LuaRocks accepts silently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from distrorocks.lua.value import LuaTable, as_table, sequence
from distrorocks.patterns import regex
from distrorocks.rocks.constraint import Constraint
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.platform import ORDER
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rockspec import UNFILLED, Rockspec
from distrorocks.rocks.rockspec_fault import Fault
from distrorocks.rocks.schema import OVERRIDABLE

BUILD_TYPES = ("builtin", "cmake", "command", "make", "module", "none")

_PLATFORMS = frozenset(ORDER) | {"macos"}
_KNOWN_WORDS = regex(r"[0-9.]*(?:(?:rc|pre|beta|alpha|scm|dev|cvs)[0-9.]*)*-[0-9]+")
_MD5 = regex(r"[0-9a-f]{32}")
_LISTS = ("dependencies", "build_dependencies", "test_dependencies")


def advice(rockspec: Rockspec, written: LuaTable) -> list[Fault]:
    """Return the warnings on ``rockspec``; ``written`` is its table before platform overrides.

    Each has a place, LuaRocks' interpretation, and what to write instead.
    """
    return [warning for rule in _RULES for warning in rule(rockspec, written)]


def _description(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    for field in ("summary", "homepage"):
        if not rockspec.described(field):
            place = f"description.{field}"
            yield Fault(place, "is missing: search and show display it", f"add {place}")


def _unfilled(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    for key in ("source", "description"):
        for field, value in as_table(rockspec.table.get(key)).items():
            if isinstance(value, str) and value.startswith(UNFILLED):
                rule = f"is not filled in yet: {quoted(value)}"
                yield Fault(f"{key}.{field}", rule, "write the value in its place")


def _version(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    version = rockspec.version
    if version.startswith("v") and version[1:2].isdigit():
        rule = f"'{version}' sorts before every version without the 'v' in LuaRocks"
        yield Fault("version", rule, f"write '{version[1:]}'")
    elif not _KNOWN_WORDS.fullmatch(version):
        rule = f"'{version}' has letters that mark no pre-release; LuaRocks reads them as a number"
        yield Fault(
            "version", rule, "pre-releases are marked alpha, beta, pre, rc; branches scm, dev"
        )


def _url(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    source = rockspec.source
    protocol, url = source.get("protocol"), str(source.get("url"))
    if protocol in ("http", "ftp", "git", "git+http"):
        rule = f"{quoted(url)} is fetched without encryption: anyone on the network can change it"
        if protocol == "git" and "github.com" in url:
            rule = f"GitHub no longer serves {quoted(url)}; newer LuaRocks reads it as git+https"
        better = "git+https://" if protocol.startswith("git") else "https://"
        yield Fault("source.url", rule, f"use {better}")
    is_repository = isinstance(protocol, str) and protocol.startswith(("git", "hg"))
    is_pinned = "tag" in source or "branch" in source
    if is_repository and not is_pinned and _is_release(rockspec.version):
        rule = f"has no tag: version {rockspec.version} changes with the default branch"
        yield Fault("source", rule, "add tag")


def _md5(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    md5 = rockspec.source.get("md5")
    if isinstance(md5, str) and not _MD5.fullmatch(md5):
        rule = (
            "is not 32 lower-case hexadecimal digits; LuaRocks takes it as a pattern for a prefix"
        )
        yield Fault("source.md5", rule, "write the whole digest as md5sum prints it")


def _build(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    build = rockspec.table.get("build")
    build_type = as_table(build).get("type")
    is_old = rockspec.format in ("1.0", "1.1")
    if is_old and isinstance(build, dict):
        if build_type is None:
            rule = "is missing; before rockspec format 3.0 there is no default"
            yield Fault("build.type", rule, 'add type = "builtin"')
        elif build_type == "builtin" and "modules" not in build:
            rule = "is missing; before rockspec format 3.0 modules are not detected"
            yield Fault("build.modules", rule, 'list the modules, or add rockspec_format = "3.0"')
    if build_type == "module":
        yield Fault("build.type", "'module' is an old name of 'builtin'", "write 'builtin'")
    elif isinstance(build_type, str) and build_type not in BUILD_TYPES:
        backend = f"luarocks-build-{build_type}"
        if all(backend != needed.name for needed in rockspec.build_dependencies):
            rule = f"{quoted(build_type)} is not built in, and {backend} is not a build dependency"
            yield Fault("build.type", rule, f"add {backend} to build_dependencies")


def _lua(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    if all(needed.name != "lua" for needed in rockspec.dependencies):
        rule = "do not list the Lua versions that the rock supports"
        yield Fault("dependencies", rule, 'add "lua >= 5.1"')


def _constraints(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    for key in _LISTS:
        dependencies: tuple[Dependency, ...] = getattr(rockspec, key)
        for index, needed in enumerate(dependencies, start=1):
            place = f"{key}[{index}]"
            told = (it for each in needed.constraints for it in _constraint(place, needed, each))
            yield from islice(told, 1)  # a place has one fault at a time


def _constraint(place: str, needed: Dependency, constraint: Constraint) -> Iterator[Fault]:
    version = constraint.version
    operator, parts, text = constraint.operator, version.parts, version.string
    if operator == "==" and version.revision is not None:
        rule = f"{quoted(needed)} requires one revision; a distribution's package may have another"
        yield Fault(place, rule, f"write '{needed.name} == {text.rpartition('-')[0]}'")
    elif operator == "==" and len(parts) < 3 and _is_plain(text) and needed.name != "lua":
        rule = f"{quoted(needed)} does not match {text}.0: == compares the number of parts too"
        yield Fault(place, rule, f"write '{needed.name} ~> {text}' if any {text}.x will do")
    elif operator == "~>" and needed.name == "lua" and len(parts) == 2:
        rule = f"{quoted(needed)} means {text}.x only, not later versions of Lua"
        yield Fault(place, rule, f"write 'lua >= {text}' unless that is meant")
    elif operator == "~>" and any(-(10**7) < part < 0 for part in parts):
        rule = f"{quoted(needed)} matches that pre-release only, not the release after it"
        yield Fault(place, rule, f"write '{needed.name} >= {text}'")


def _platforms(rockspec: Rockspec, written: LuaTable) -> Iterator[Fault]:
    for index, entry in enumerate(rockspec.supported_platforms, start=1):
        name = entry.removeprefix("!")
        if name not in _PLATFORMS:
            place = f"supported_platforms[{index}]"
            yield Fault(place, f"{quoted(name)} is not a platform", _platform_fix())
    for field in OVERRIDABLE:
        for key in as_table(as_table(written.get(field)).get("platforms")):
            if key not in _PLATFORMS:
                place = f"{field}.platforms.{key}"
                yield Fault(
                    place, f"{quoted(key)} is not a platform: it is never used", _platform_fix()
                )


def _overrides(rockspec: Rockspec, written: LuaTable) -> Iterator[Fault]:
    for key in _LISTS:
        before = sequence(as_table(written.get(key)))
        after = sequence(as_table(rockspec.table.get(key)))
        for index, (mine, over) in enumerate(zip(before, after, strict=False), start=1):
            if mine != over:
                rule = f"{quoted(over)} replaces {quoted(mine)} here: lists merge by index"
                yield Fault(f"{key}[{index}]", rule, f"repeat {quoted(mine)} in {key}.platforms")


def _external(rockspec: Rockspec, _: LuaTable) -> Iterator[Fault]:
    for needed in rockspec.external_dependencies:
        if not needed.to_table():
            place = f"external_dependencies.{needed.name}"
            yield Fault(place, "names no file, so nothing is checked", "add header or library")


def _is_release(version: str) -> bool:
    """Return whether a version number denotes a release, which never changes."""
    return version[:1].isdigit() and not any(word in version for word in ("scm", "dev", "cvs"))


def _is_plain(text: str) -> bool:
    """Return whether a version consists only of digits and dots."""
    return text.replace(".", "").isdecimal()


def _platform_fix() -> str:
    return f"use one of {', '.join(ORDER)}"


_RULES: tuple[Callable[[Rockspec, LuaTable], Iterator[Fault]], ...] = (
    _description,
    _unfilled,
    _version,
    _url,
    _md5,
    _build,
    _lua,
    _constraints,
    _platforms,
    _overrides,
    _external,
)
