"""Decide the steps of a build; nothing is read or run."""

from __future__ import annotations

from collections.abc import Iterator

from distrorocks.install.build.installed_files import folder_steps, install_steps
from distrorocks.install.build.modules import library_names, module_steps
from distrorocks.install.build.programs import cmake_steps, command_steps, make_steps
from distrorocks.install.build.request import BuildRequest
from distrorocks.install.build.step import NeedsLuaRocks, Step, Warn, WriteManifest, WriteRockFile
from distrorocks.install.build.variables import Substitution, values_of
from distrorocks.rocks.detection import Detected, detected

_PROGRAMS = {"make": make_steps, "cmake": cmake_steps, "command": command_steps}
_BUILTIN = ("builtin", "module")
_NOTHING_FOUND = Detected({}, (), ())


def build_steps(request: BuildRequest) -> tuple[Step, ...]:
    """Return the steps that make a built rock, in order; warnings come first.

    A build type that only a back end of LuaRocks knows gives one step, ``NeedsLuaRocks``. Patches
    and ``build.extra_files`` are in the sources already. Raise ``BuildError`` for a rockspec that
    cannot be built.
    """
    kind = request.build_type
    accepted = request.settings.accepted
    if accepted and kind != "none" and _accepted_name(kind) not in accepted:
        raise request.error(
            f"has the build type {kind!r}, which LuaRocks' configuration does not accept",
            hint="change accepted_build_types there",
        )
    if kind not in (*_PROGRAMS, *_BUILTIN, "none"):
        reason = f"build.type {kind!r} is a back end of LuaRocks, luarocks-build-{kind}"
        return (NeedsLuaRocks(kind, reason),)
    substitution = Substitution(values_of(request))
    steps = tuple(_all_steps(request, substitution))
    unmatched = "text without a value becomes empty"
    warnings = [Warn(f"unmatched variable {name}", unmatched) for name in substitution.unmatched]
    return (*warnings, *steps)


def _accepted_name(kind: str) -> str:
    """Return the name by which a build type is accepted: ``module`` is ``builtin``'s old one."""
    return "builtin" if kind == "module" else kind


def _all_steps(request: BuildRequest, substitution: Substitution) -> Iterator[Step]:
    kind = request.build_type
    found = _NOTHING_FOUND
    if kind in _BUILTIN:
        modules = request.build.get("modules")
        if request.detects_modules:
            found = detected(request.sources, library_names(request))
            modules = found.modules
        if not isinstance(modules, dict):
            raise request.error("has no build.modules", hint="formats before 3.0 need them")
        yield from module_steps(request, modules, substitution)
    elif kind in _PROGRAMS:
        yield from _PROGRAMS[kind](request, substitution)
    yield from install_steps(request, found.commands)
    yield from folder_steps(request, found.copied)
    name = f"{request.rockspec.name}-{request.rockspec.version}.rockspec"
    yield WriteRockFile(name, request.text, "the rockspec as it is")
    if request.lock is not None:
        yield WriteRockFile("luarocks.lock", request.lock, "the pinned dependencies")
    yield WriteManifest("the list of the rock's files")
