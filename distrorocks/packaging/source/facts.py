"""Gather the facts of a rock from its rockspec and sources, before packaging is decided.

They include the build directory, since ``source.dir`` may lead below the top of the archive.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from posixpath import normpath
from types import MappingProxyType

from distrorocks.externals.needs import (
    external_needs,
    linked_libraries,
    module_sources,
    needs_lua_headers,
)
from distrorocks.licensing.finding import Finding
from distrorocks.lua.value import LuaTable, as_table, sequence
from distrorocks.packaging.code.build_calls import NO_CALLS, BuildCalls, build_calls
from distrorocks.packaging.code.c_evidence import OutsideHeaders, outside_headers
from distrorocks.packaging.code.library_openers import openers
from distrorocks.packaging.code.lua_api import LuaApi
from distrorocks.packaging.code.lua_code import LuaCode
from distrorocks.packaging.code.lua_versions import unfit_versions
from distrorocks.packaging.code.module_files import UPSTREAMS_BUILDS
from distrorocks.packaging.code.old_c import NO_OLD_C, OldC, old_c
from distrorocks.packaging.code.upstream_tests import UpstreamTests, upstream_tests
from distrorocks.packaging.source.build_files import BuildFiles, build_files
from distrorocks.packaging.source.declared import (
    bundled_works,
    copied_folders,
    declared_commands,
    declared_headers,
    declared_modules,
    has_compiled,
    has_cpp,
    runs_cmake,
)
from distrorocks.packaging.source.legal import legal_facts, named_authors
from distrorocks.packaging.source.lua_files import LuaFiles
from distrorocks.rocks.dependency import Dependency, ExternalDependency
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import NamedTuple

_PLAIN = re.compile(r"[A-Za-z0-9_@+.~-]+(?:/[A-Za-z0-9_@+.~-]+)*")


class BuildPlace(NamedTuple):
    """The build directory: the top directory of the archive, "" if none, and a path in it."""

    top: str
    below: str = ""


def declared_place(source_dir: str) -> BuildPlace:
    """Return the build directory by ``source.dir`` only, if the sources are not available."""
    top, _, below = _trimmed(source_dir).partition("/")
    return BuildPlace(top, below) if _is_plain(below or top) else BuildPlace("")


def found_place(source_dir: str, top: str, files: Collection[str]) -> BuildPlace:
    """Return the build directory among ``files``, whose common top directory is ``top``.

    By default it is the only directory of an archive with files beside it (LuaRocks, "Rockspec
    format", source.dir).
    """
    named = _trimmed(source_dir)
    folders = {path.partition("/")[0] for path in files if "/" in path}
    if not named and not top and len(folders) == 1:
        named = folders.pop()
    inner = named.removeprefix(f"{top}/") if top else named
    if named == top or (top and inner == named) or not _is_plain(inner):
        return BuildPlace(top)
    start = f"{top}/{inner}/" if top else f"{inner}/"
    return BuildPlace(top, inner if any(path.startswith(start) for path in files) else "")


def _trimmed(text: str) -> str:
    return text.removeprefix("./").strip("/")


def _is_plain(path: str) -> bool:
    """Return whether a path only descends and has no special characters of shells and make."""
    return _PLAIN.fullmatch(path) is not None and not {".", ".."} & set(path.split("/"))


FLAT = "."


class Sources(NamedTuple):
    """The available sources of a rock.

    ``files`` are relative to the build directory; documents above it begin with ``../``. ``texts``
    has the relevant part of files that may state a licence. ``top`` is the top directory of the
    archive (``FLAT`` if it has none), ``below`` the build directory in it. ``date`` is that of the
    newest file, in seconds since 1970. ``long_pages`` are HTML pages with long lines, each with the
    program that generated it; ``prebuilt`` are files of an archive that were compiled elsewhere.
    ``headers_beside`` are those of C outside of the build directory.
    """

    files: tuple[str, ...] = ()
    texts: Mapping[str, str] = MappingProxyType({})
    top: str = ""
    below: str = ""
    date: int = 0
    long_pages: Mapping[str, str] = MappingProxyType({})
    prebuilt: tuple[str, ...] = ()
    headers_beside: tuple[str, ...] = ()


class Facts(NamedTuple):
    """What a rock's rockspec and sources state, before anything is decided."""

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
    usages: Mapping[str, str]
    commands_requires: Mapping[str, tuple[str, ...]]
    has_c: bool | None
    has_cpp: bool
    runs_cmake: bool
    dependencies: tuple[Dependency, ...]
    build_dependencies: tuple[Dependency, ...]
    test_dependencies: tuple[Dependency, ...]
    externals: tuple[ExternalDependency, ...]
    linked: tuple[str, ...]
    files: tuple[str, ...]
    top: str
    below: str
    date: int
    findings: tuple[Finding, ...]
    silent: tuple[str, ...]
    holders: tuple[str, ...]
    holders_by_file: Mapping[str, tuple[str, ...]]
    authors: tuple[str, ...]
    license_texts: Mapping[str, str]
    unread_license: str
    vague: tuple[str, ...]
    unfit_lua_versions: Mapping[str, str]
    lua_code: LuaCode
    unopened: Mapping[str, str]
    openers: Mapping[str, frozenset[str]]
    named: frozenset[str] | None
    headers: OutsideHeaders
    build_calls: BuildCalls
    old_c: OldC
    absent: tuple[str, ...]
    copied: tuple[str, ...]
    installed_headers: tuple[str, ...]
    long_pages: Mapping[str, str]
    prebuilt: tuple[str, ...]
    bundled: tuple[str, ...]
    tests: UpstreamTests
    build_files: BuildFiles


def facts_of(
    rockspec: Rockspec,
    sources: Sources,
    api: LuaApi | None = None,
) -> Facts:
    """Return the facts of a rock from its rockspec and its sources.

    ``api`` is needed to tell from C code which Lua versions it supports.
    """
    build = rockspec.table.get("build")
    kind = build.get("type", "builtin") if isinstance(build, dict) else "builtin"
    declared = "" if sources.files else declared_place(str(rockspec.source.get("dir", ""))).below
    has_c = _has_c(rockspec, str(kind), sources.files)
    legal = legal_facts(sources.texts)
    modules = declared_modules(rockspec, sources.files)
    opening = openers(rockspec, sources.texts)
    lua_files = LuaFiles(rockspec, modules, sources.files, sources.texts)
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
        modules=modules,
        commands=declared_commands(rockspec),
        usages=lua_files.usages(),
        commands_requires=lua_files.commands_requires(),
        has_c=has_c,
        has_cpp=has_c is not False and has_cpp(module_sources(rockspec) or sources.files),
        runs_cmake=runs_cmake(rockspec),
        dependencies=rockspec.dependencies,
        build_dependencies=rockspec.build_dependencies,
        test_dependencies=rockspec.test_dependencies,
        externals=external_needs(rockspec),
        linked=_linked(rockspec, sources.files),
        files=sources.files,
        top=sources.top,
        below=sources.below or declared,
        date=sources.date,
        findings=legal.findings,
        silent=legal.silent,
        holders=legal.holders,
        holders_by_file=legal.holders_by_file,
        authors=named_authors(sources.texts),
        long_pages=sources.long_pages,
        prebuilt=sources.prebuilt,
        bundled=bundled_works(module_sources(rockspec)),
        unfit_lua_versions=unfit_versions(
            rockspec,
            sources.texts,
            api or LuaApi(),
            is_compiled=has_c,
            optional=lua_files.optional(),
        ),
        lua_code=lua_files.code(),
        unopened=lua_files.unopened(),
        openers=opening,
        named=lua_files.named(),
        headers=outside_headers(
            sources.texts, module_sources(rockspec), (*sources.files, *sources.headers_beside)
        ),
        build_calls=build_calls(sources.texts) if kind in UPSTREAMS_BUILDS else NO_CALLS,
        old_c=NO_OLD_C if has_c is False else old_c(sources.texts, module_sources(rockspec)),
        copied=copied_folders(rockspec),
        installed_headers=declared_headers(rockspec, sources.files),
        absent=_absent(rockspec, str(kind), sources.files),
        license_texts=legal.license_texts,
        unread_license=legal.unread,
        vague=legal.vague,
        tests=upstream_tests(
            rockspec,
            sources.files,
            sources.texts,
            {path: it for it, path in lua_files.paths.items()},
            opening,
        ),
        build_files=build_files(rockspec, sources),
    )


def _absent(rockspec: Rockspec, kind: str, files: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of modules that the sources lack, so that nobody can build the rock."""
    if not files or kind not in ("builtin", "module"):
        return ()
    made = "patches" in as_table(rockspec.table.get("build"))
    return () if made else tuple(sorted(set(map(normpath, module_sources(rockspec))) - {*files}))


def _linked(rockspec: Rockspec, files: tuple[str, ...]) -> tuple[str, ...]:
    """Return the libraries that modules are linked with, but for those that the sources bring."""
    names = {path.rpartition("/")[2] for path in files}
    return tuple(
        library
        for library in linked_libraries(rockspec)
        if names.isdisjoint((f"lib{library}.a", f"lib{library}.so"))
    )


def _texts(table: LuaTable) -> dict[str, str]:
    return {
        key: value
        for key, value in table.items()
        if isinstance(key, str) and isinstance(value, str)
    }


def _has_c(rockspec: Rockspec, kind: str, files: tuple[str, ...]) -> bool | None:
    """Return whether the build compiles code, None if unknown."""
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
