"""Check that each module of a package loads, in a process of its own with the system's Lua.

This runs the modules. It is used only on packages that are being built or tested, whose code runs
anyway; untrusted files are read by the strict parser or in the jail.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.families.lua_files import COMMAND, LIB, LUA, METADATA, classify
from distrorocks.packaging.build.library_modules import no_module
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import UntrustedError, trusted_file_path
from distrorocks.system.lua.program import find_program
from distrorocks.system.processes.command import PATH, CommandError, run
from distrorocks.system.trees.tree_rights import ForeignTreeError, refuse_foreign_directory
from distrorocks.values import NamedTuple

_SECONDS = 60
_LIBRARY_LIMIT = 64 << 20
_REQUIRE = "require(os.getenv('DISTROROCKS_MODULE'))"


def lua_program(lua_version: str) -> str | None:
    """Return the interpreter of a Lua version in the fixed path, None if there is none."""
    return find_program(RootView("/"), lua_version, PATH).get("LUA")


def require_fault(
    module: str, lua_version: str, *, lua_dirs: Iterable[str], lib_dirs: Iterable[str]
) -> str:
    """Return Lua's error if it cannot load a module, else ""; search the directories first."""
    program = lua_program(lua_version)
    if program is None:
        return f"Lua {lua_version} is not installed"
    patterns = [f"{place}/{name}" for place in lua_dirs for name in ("?.lua", "?/init.lua")]
    environment = {
        "LUA_PATH": _searched_first(patterns),
        "LUA_CPATH": _searched_first(f"{place}/?.so" for place in lib_dirs),
        "LUA_INIT": "",
        "DISTROROCKS_MODULE": module,
    }
    try:
        done = run([program, "-e", _REQUIRE], timeout=_SECONDS, environment=environment)
    except CommandError as error:
        return error.brief
    if done.status == 0:
        return ""
    said = os.fsdecode(done.stderr).strip().splitlines()
    if len(said) > 1 and said[0].endswith(":"):  # the file that does not compile, and why
        return f"{said[0]} {said[1].strip()}"
    return said[0] if said else f"{program} exited with status {done.status}"


def _searched_first(patterns: Iterable[str]) -> str:
    """Return a search path of patterns before Lua's own path, which ``;;`` stands for."""
    return ";".join(patterns) + ";;"


ONLY_COMMANDS = "the rock has only commands"
_LUA_ENDS = (".lua", "/init.lua")


class Loaded(NamedTuple):
    """The result for one module and Lua version; ``fault`` is "" if the module loads.

    ``no_module`` is why its library is no module, which is not loaded then.
    """

    module: str
    lua_version: str
    fault: str
    no_module: str = ""


class ForeignModulesError(DistrorocksError):
    """Root would run Lua code that another user can write."""


def refuse_foreign_modules(
    destination: str, paths: Iterable[str], directories: Iterable[str]
) -> None:
    """Raise ``ForeignModulesError`` if root would run what another user can write.

    ``paths`` are modules that are staged below ``destination``; Lua looks into ``directories``.
    """
    if os.geteuid() != 0:
        return
    try:
        for each in (destination, *directories):
            refuse_foreign_directory(each)
        for path in paths:
            with contextlib.suppress(FileReadError):
                refuse_foreign_directory(os.path.dirname(destination + path))
                trusted_file_path("/", destination + path)
    except (ForeignTreeError, UntrustedError) as error:
        raise ForeignModulesError(
            f"root runs no Lua that others can write, as they can in {destination}",
            detail=error.brief if isinstance(error, UntrustedError) else "",
            hint=error.hint,
        ) from None


def check_require(
    paths: Iterable[str],
    *,
    destination: str = "",
    lua_versions: Iterable[str],
    left_out: Iterable[str] = (),
) -> list[Loaded]:
    """Return the result of loading each module among ``paths`` below ``destination``.

    Skip the modules ``left_out``, and Lua versions without an interpreter. A library that is no
    module, as its content tells, is not given to Lua. Raise
    ``ForeignModulesError`` as root if another user can write what Lua would run.
    """
    skipped = set(left_out)
    modules: dict[tuple[str, str], None] = {}
    directories: dict[tuple[str, str], list[str]] = {}
    libraries: dict[tuple[str, str], str] = {}
    files = []
    for path in sorted(paths):
        file = classify(path)
        if file and file.kind in (LUA, LIB) and file.module:
            files.append(path)
            modules[file.lua_version, file.module] = None
            if file.kind == LIB:
                libraries[file.lua_version, file.module] = destination + path
            places = directories.setdefault((file.lua_version, file.kind), [])
            if destination + file.directory not in places:
                places.append(destination + file.directory)
    if destination:
        refuse_foreign_modules(destination, files, itertools.chain(*directories.values()))
    wanted = set(lua_versions)
    done = []
    for version, module in modules:
        if version not in wanted or module in skipped or not (program := lua_program(version)):
            continue
        directly = _lua_places(module, directories.get((version, LUA), ()))
        library = libraries.get((version, module), "")
        is_library = library and not any(map(RootView("/").find, directly))
        why = _no_module(module, library, program) if is_library else ""
        fault = "" if why else _fault(module, version, directories)
        done.append(Loaded(module, version, fault, why))
    return done


def _no_module(module: str, path: str, program: str) -> str:
    """Return why a library is no module of a Lua, "" if it may be one or cannot be read."""
    try:
        content = read_named(path, _LIBRARY_LIMIT)
        return no_module(module, content, read_named(program, _LIBRARY_LIMIT))
    except (FileReadError, UntrustedError):
        return ""


def reason_for_none(paths: Iterable[str], left_out: Iterable[str]) -> str:
    """Return why no module has to load: the rock has none, or all are left out; "" if one has."""
    files = [file for path in paths if (file := classify(path))]
    modules = {file.module for file in files if file.kind in (LUA, LIB) and file.module}
    if modules:
        return "" if modules - set(left_out) else "all modules are left out"
    if any(file.kind == COMMAND for file in files):
        return ONLY_COMMANDS
    return "the rock has no modules" if any(file.kind == METADATA for file in files) else ""


def _fault(module: str, lua_version: str, directories: dict[tuple[str, str], list[str]]) -> str:
    lua_dirs = directories.get((lua_version, LUA), [])
    lib_dirs = directories.get((lua_version, LIB), [])
    special = _special_file(module, lua_dirs, lib_dirs)
    if special:  # Lua would open it, and block or exhaust memory
        return f"{special} is not a regular file"
    return require_fault(module, lua_version, lua_dirs=lua_dirs, lib_dirs=lib_dirs)


def _special_file(module: str, lua_dirs: Iterable[str], lib_dirs: Iterable[str]) -> str:
    """Return a path at which Lua would find a module and that is no regular file, "" if none."""
    view, below = RootView("/"), module.replace(".", "/")
    places = _lua_places(module, lua_dirs)
    places += [f"{directory}/{below}.so" for directory in lib_dirs]
    found = ((place, view.find(place)) for place in places)
    return next((place for place, file in found if file and not file.is_file), "")


def _lua_places(module: str, lua_dirs: Iterable[str]) -> list[str]:
    """Return the paths at which Lua looks for a module in Lua."""
    below = module.replace(".", "/")
    return [f"{directory}/{below}{end}" for directory in lua_dirs for end in _LUA_ENDS]
