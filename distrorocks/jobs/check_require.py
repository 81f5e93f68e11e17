"""Whether each module of a package loads: required by its own Lua, one process for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from distrorocks.distro.lua_files import LIB, LUA, classify
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.module_trial import lua_program, require_fault

_LUA_ENDS = (".lua", "/init.lua")


class Loaded(NamedTuple):
    """One module and Lua version; ``fault`` is "" where the module loads."""

    module: str
    lua_version: str
    fault: str


def check_require(
    paths: Iterable[str],
    *,
    destination: str = "",
    lua_versions: Iterable[str],
    left_out: Iterable[str] = (),
) -> list[Loaded]:
    """Return what became of each module among ``paths`` that stands below ``destination``.

    Versions whose interpreter is missing are passed over, and so are modules ``left_out``.
    """
    skipped = set(left_out)
    modules: dict[tuple[str, str], None] = {}
    directories: dict[tuple[str, str], list[str]] = {}
    for path in sorted(paths):
        file = classify(path)
        if file and file.kind in (LUA, LIB) and file.module:
            modules[file.lua_version, file.module] = None
            places = directories.setdefault((file.lua_version, file.kind), [])
            if destination + file.directory not in places:
                places.append(destination + file.directory)
    wanted = set(lua_versions)
    return [
        Loaded(module, version, _fault(module, version, directories))
        for version, module in modules
        if version in wanted and module not in skipped and lua_program(version)
    ]


def _fault(module: str, lua_version: str, directories: dict[tuple[str, str], list[str]]) -> str:
    lua_dirs = directories.get((lua_version, LUA), [])
    lib_dirs = directories.get((lua_version, LIB), [])
    special = _special_file(module, lua_dirs, lib_dirs)
    if special:  # Lua would open it, and wait for ever or fill all memory
        return f"{special} is not a regular file"
    return require_fault(module, lua_version, lua_dirs=lua_dirs, lib_dirs=lib_dirs)


def _special_file(module: str, lua_dirs: Iterable[str], lib_dirs: Iterable[str]) -> str:
    """Return a path at which Lua would find a module, and which is no regular file; "" for none."""
    view, below = RootView("/"), module.replace(".", "/")
    places = [f"{directory}/{below}{end}" for directory in lua_dirs for end in _LUA_ENDS]
    places += [f"{directory}/{below}.so" for directory in lib_dirs]
    found = ((place, view.find(place)) for place in places)
    return next((place for place, file in found if file and not file.is_file), "")
