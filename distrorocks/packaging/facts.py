"""All that is known of a rock before anybody decides how it is packaged."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.build.external_needs import external_needs, needs_lua_headers
from distrorocks.code.lua_api import LuaApi
from distrorocks.license.finding import Finding
from distrorocks.license.holders import holders, together
from distrorocks.license.texts import findings, is_silent
from distrorocks.license.verdict import is_license_file
from distrorocks.lua.value import LuaTable, sequence
from distrorocks.packaging.build_place import told_place
from distrorocks.packaging.lua_code import unfit_versions
from distrorocks.packaging.module_list import declared_commands, declared_modules, has_compiled
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.external_dependency import ExternalDependency
from distrorocks.rocks.rockspec import Rockspec

FLAT = "."


class Sources(NamedTuple):
    """What stands in a rock's sources, as far as it was at hand.

    ``files`` are paths from the folder that the rock is built in; what people read above it begins
    with ``../``. ``texts`` holds the beginning of those that may speak of the licence. ``top`` is
    the folder that the archive unpacks to (``FLAT`` where it has none of its own), ``below`` the
    one in it that the rock is built in. ``date`` is the newest file's, in seconds since 1970.
    ``long_pages`` are pages of HTML with long lines, with the program that says it made each.
    """

    files: tuple[str, ...] = ()
    texts: Mapping[str, str] = MappingProxyType({})
    top: str = ""
    below: str = ""
    date: int = 0
    long_pages: Mapping[str, str] = MappingProxyType({})


class Facts(NamedTuple):
    """The facts of a rock: each a text, a number or a list, so that they can be kept as JSON."""

    rock: str
    version: str
    rockspec_name: str
    summary: str
    detailed: str
    homepage: str
    issues: str
    declared_license: str
    maintainer: str
    source: Mapping[str, str]
    build_type: str
    modules: tuple[str, ...]
    commands: tuple[str, ...]
    has_c: bool | None
    dependencies: tuple[Dependency, ...]
    build_dependencies: tuple[Dependency, ...]
    test_dependencies: tuple[Dependency, ...]
    externals: tuple[ExternalDependency, ...]
    files: tuple[str, ...]
    top: str
    below: str
    date: int
    findings: tuple[Finding, ...]
    silent: tuple[str, ...]
    holders: tuple[str, ...]
    holders_by_file: Mapping[str, tuple[str, ...]]
    license_texts: Mapping[str, str]
    unfit_luas: Mapping[str, str]
    long_pages: Mapping[str, str]

    def to_json(self) -> dict[str, object]:
        """Return the facts as plain values."""
        fields = self._asdict()
        for key in ("dependencies", "build_dependencies", "test_dependencies"):
            fields[key] = [str(each) for each in fields[key]]
        fields["externals"] = {each.name: each.to_table() for each in self.externals}
        fields["findings"] = [each._asdict() for each in self.findings]
        return fields


def facts_of(rockspec: Rockspec, sources: Sources, api: LuaApi | None = None) -> Facts:
    """Return the facts of a rock from its rockspec and its sources.

    Which Luas the code is for is told as far as ``api`` says what their C API has.
    """
    build = rockspec.table.get("build")
    kind = build.get("type", "builtin") if isinstance(build, dict) else "builtin"
    told = "" if sources.files else told_place(str(rockspec.source.get("dir", ""))).below
    has_c = _has_c(rockspec, str(kind), sources.files)
    found = tuple(one for path in sorted(sources.texts) for one in _findings(path, sources))
    license_files = [path for path in sorted(sources.texts) if is_license_file(path)]
    others = [path for path in sorted(sources.texts) if path not in license_files]
    named = {path: tuple(holders(sources.texts[path])) for path in (*license_files, *others)}
    stated = {one.license: one.path for one in reversed(found) if one.path in license_files}
    return Facts(
        rock=rockspec.name,
        version=rockspec.version,
        rockspec_name=f"{rockspec.name}-{rockspec.version}.rockspec",
        summary=rockspec.described("summary") or "",
        detailed=rockspec.described("detailed") or "",
        homepage=rockspec.described("homepage") or "",
        issues=rockspec.described("issues_url") or "",
        declared_license=rockspec.described("license") or "",
        maintainer=rockspec.described("maintainer") or "",
        source=_texts(rockspec.source),
        build_type=kind if isinstance(kind, str) else "builtin",
        modules=declared_modules(rockspec, sources.files),
        commands=declared_commands(rockspec),
        has_c=has_c,
        dependencies=rockspec.dependencies,
        build_dependencies=rockspec.build_dependencies,
        test_dependencies=rockspec.test_dependencies,
        externals=external_needs(rockspec),
        files=sources.files,
        top=sources.top,
        below=sources.below or told,
        date=sources.date,
        findings=found,
        silent=tuple(p for p, text in sorted(sources.texts.items()) if is_silent(p, text)),
        holders=together(line for lines in named.values() for line in lines),
        holders_by_file={path: lines for path, lines in named.items() if lines},
        long_pages=sources.long_pages,
        unfit_luas=unfit_versions(rockspec, sources.texts, api or LuaApi(), is_compiled=has_c),
        license_texts={name: sources.texts[path] for name, path in sorted(stated.items())},
    )


def _findings(path: str, sources: Sources) -> tuple[Finding, ...]:
    return findings(path, sources.texts[path])


def _texts(table: LuaTable) -> dict[str, str]:
    return {
        key: value
        for key, value in table.items()
        if isinstance(key, str) and isinstance(value, str)
    }


def _has_c(rockspec: Rockspec, kind: str, files: tuple[str, ...]) -> bool | None:
    """Return whether building compiles; None where neither rockspec nor sources tell."""
    if kind in ("builtin", "module", "none"):
        known = needs_lua_headers(rockspec)
        return known or (not _has_modules(rockspec) and kind != "none" and has_compiled(files))
    if kind not in ("make", "cmake", "command"):
        return True
    return has_compiled(files) if files else None


def _has_modules(rockspec: Rockspec) -> bool:
    build = rockspec.table.get("build")
    modules = build.get("modules") if isinstance(build, dict) else None
    return isinstance(modules, dict) and (bool(modules) or bool(sequence(modules)))
