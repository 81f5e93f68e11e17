"""The steps of build type ``builtin``: Lua modules copied, C modules compiled and linked.

The command lines are LuaRocks' (``luarocks.build.builtin``), with one difference: two modules that
compile one source with different flags get an object each, since compilers run in parallel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from distrorocks.externals.needs import texts_of, variable_word
from distrorocks.install.build.request import BuildRequest
from distrorocks.install.build.rock_path import ModulePlace, inner_path, last_name
from distrorocks.install.build.step import Compile, InstallFile, InstallFolder, Link, Step
from distrorocks.install.build.variables import Substitution, shell_quoted
from distrorocks.lua.value import LuaTable
from distrorocks.lua.write import sorted_keys
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

_EXTENSION = regex(r"\.[^./]*\Z")


class CModule(NamedTuple):
    """A C module as a rockspec describes it, with variables replaced."""

    name: str
    sources: tuple[str, ...]
    defines: tuple[str, ...]
    incdirs: tuple[str, ...]
    libdirs: tuple[str, ...]
    libraries: tuple[str, ...]


def module_steps(
    request: BuildRequest, modules: LuaTable, substitution: Substitution
) -> tuple[Step, ...]:
    """Return the steps for ``modules``, a rockspec's or those detected.

    Raise ``BuildError`` for a module that is named or described wrongly, or if C modules lack
    Lua's headers.
    """
    copies: list[Step] = []
    compiled: list[CModule] = []
    for name in sorted_keys(modules):
        value = modules[name]
        if not isinstance(name, str) or not ModulePlace.of(name).word or inner_path(name) is None:
            raise request.error(
                f"has a module named {name!r} in build.modules",
                hint="write modules as [name] = source, with names such as 'a.b'",
            )
        if isinstance(value, str) and value.endswith(".lua"):
            copies.append(_copy(name, value))
        elif isinstance(value, (str, dict)):  # LuaRocks ignores other values
            compiled.append(_c_module(request, name, value, substitution))
    if compiled and not substitution.values.get("LUA_INCDIR"):
        raise request.error(
            f"has C modules, and the headers of Lua {request.lua.version} are missing",
            hint="install Lua's development package, or pass LUA_INCDIR=DIR",
        )
    building = _building(request, compiled, substitution)
    lua_folder = InstallFolder("lua", "lua", False, "LuaRocks copies all of a directory lua/")
    return (*building, *copies, *map(_deployed, compiled), lua_folder)


def _copy(name: str, source: str) -> InstallFile:
    """Return the step for a Lua module; an ``init.lua`` keeps its name, as ``name.init``."""
    place = ModulePlace.of(name)
    target = f"{place.directory}{place.word}.lua"
    if last_name(source) == "init.lua" and not name.endswith(".init"):
        target = f"{place.directory}{place.word}/init.lua"
    return InstallFile(source, f"lua/{inner_path(target)}", False, f"build.modules['{name}']")


def _target(module: CModule) -> str:
    """Return the path of a linked module, below the build directory and below ``lib``."""
    place = ModulePlace.of(module.name)
    return inner_path(f"{place.directory}{place.word}.so") or ""


def _deployed(module: CModule) -> InstallFile:
    target = _target(module)
    return InstallFile(target, f"lib/{target}", True, f"build.modules['{module.name}']")


def _c_module(
    request: BuildRequest, name: str, value: str | LuaTable, substitution: Substitution
) -> CModule:
    """Return a C module from one of its notations: a source, a list of sources, or a table."""
    table: LuaTable = value if isinstance(value, dict) else {1: value}
    sources = texts_of(table) if 1 in table else texts_of(table.get("sources"))
    if not sources:
        raise request.error(
            f"names no sources for the module {name!r}", hint="correct build.modules"
        )
    libraries = texts_of(table.get("libraries"))
    incdirs = _directories(request, table, "incdirs", libraries)
    libdirs = _directories(request, table, "libdirs", libraries)
    lists = (texts_of(table.get("defines")), incdirs, libdirs, libraries)
    replaced = (tuple(filter(None, map(substitution, each))) for each in lists)
    return CModule(name, tuple(sources), *replaced)


def _directories(
    request: BuildRequest, table: LuaTable, key: str, libraries: list[str]
) -> list[str]:
    """Return ``incdirs`` or ``libdirs`` of a module; by default those of external dependencies.

    They are those of each dependency with a library, as in LuaRocks since 3.9. A rockspec that
    declares none has those of the module's own libraries.
    """
    if key in table:
        return texts_of(table[key])
    kind = key.removesuffix("s").upper()
    if "external_dependencies" not in request.rockspec.table:
        return [f"$({variable_word(library)}_{kind})" for library in libraries]
    declared = [each.name for each in request.rockspec.external_dependencies if each.library]
    known = (request.externals.get(f"{name}_{kind}", "") for name in declared)
    return [each for each in known if each]


def library_names(request: BuildRequest) -> tuple[str, ...]:
    """Return the libraries of the external dependencies, which detected modules link."""
    return tuple(each.library for each in request.rockspec.external_dependencies if each.library)


class _Objects:
    """The objects of a build: one for each source and its flags."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._made: dict[str, str] = {}
        self.steps: list[Step] = []

    def of(self, module: CModule, source: str) -> str:
        """Return the object of a source, compiled for a module."""
        stem = _EXTENSION.sub("", source)
        path = f"{stem}.o"
        command = self._command(module, source, path)
        if self._made.get(path, command) != command:
            path = f"{stem}.{module.name.replace('/', '.')}.{len(self._made)}.o"
            command = self._command(module, source, path)
        if path not in self._made:
            self._made[path] = command
            self.steps.append(Compile(command, source, path, f"of the module {module.name}"))
        return path

    def _command(self, module: CModule, source: str, path: str) -> str:
        words = [f"-I{self._values['LUA_INCDIR']}", "-c", source, "-o", path]
        words += [f"-D{each}" for each in module.defines]
        words += [f"-I{each}" for each in module.incdirs]
        return _command_line((self._values["CC"], self._values["CFLAGS"]), words)


def _building(
    request: BuildRequest, modules: list[CModule], substitution: Substitution
) -> Iterator[Step]:
    """Yield all compile steps, then all link steps."""
    objects = _Objects(substitution.values)
    of_modules = [[objects.of(module, each) for each in module.sources] for module in modules]
    yield from objects.steps
    for module, paths in zip(modules, of_modules, strict=True):
        yield _link(request, module, paths, substitution.values)


def _link(
    request: BuildRequest, module: CModule, objects: list[str], values: Mapping[str, str]
) -> Link:
    target = _target(module)
    words = ["-o", target, *objects, *(f"-L{each}" for each in module.libdirs)]
    if request.settings.has_rpath:
        words += [f"-Wl,-rpath,{each}" for each in module.libdirs]
    words += [f"-l{each}" for each in module.libraries]
    if request.settings.links_lua:
        words += [f"-L{values['LUA_LIBDIR']}"] if values.get("LUA_LIBDIR") else []
        words += ["-llua"]
    command = _command_line((values["LD"], values["LDFLAGS"], values["LIBFLAG"]), words)
    folder = target.rpartition("/")[0]
    made = f"mkdir -p {shell_quoted(folder)} && " if folder else ""
    return Link(made + command, target, f"the module {module.name}")


def _command_line(start: tuple[str, ...], words: list[str]) -> str:
    """Return a shell command: ``start`` as it is, ``words`` in quotes."""
    return " ".join([*filter(None, start), *map(shell_quoted, words)])
