"""What LuaRocks' builtin build makes of which files, for packagings that build without LuaRocks.

The rules are LuaRocks' (``luarocks.build.builtin``, ``luarocks.build``, ``install_files``).
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, normpath

from distrorocks.externals.needs import texts_of, variable_word
from distrorocks.lua.value import LuaKey, LuaTable, LuaValue, as_table, table_of
from distrorocks.lua.write import sorted_keys
from distrorocks.rocks.detection import Detected, SourceTree, detected, opener
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.packaging.source.facts import Sources

BUILTIN = ("builtin", "module")


class Placed(NamedTuple):
    """A file or folder of the sources, and where it goes."""

    source: str
    target: str


class CModule(NamedTuple):
    """A module in C, as the rockspec describes it: variables are not replaced."""

    name: str
    sources: tuple[str, ...]
    defines: tuple[str, ...] = ()
    incdirs: tuple[str, ...] = ()
    libdirs: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


class BuildFiles(NamedTuple):
    """What is installed: Lua files below the folder for Lua, modules in C, and files of the rock.

    Those of the rock are ``bin/...``, ``conf/...`` and copied folders. ``unknown`` says what a
    build makes or changes beside, each as a clause with the rockspec as its subject.
    """

    lua: tuple[Placed, ...] = ()
    compiled: tuple[CModule, ...] = ()
    rock: tuple[Placed, ...] = ()
    unknown: tuple[str, ...] = ()


def build_files(rockspec: Rockspec, sources: Sources) -> BuildFiles:
    """Return what the build of a rock installs, by its rockspec and the names of its files."""
    build = as_table(rockspec.table.get("build"))
    kind = build.get("type", "builtin")
    if kind not in (*BUILTIN, "none"):
        return BuildFiles(unknown=(f'has build.type = "{kind}"',))
    found = _found(rockspec, build, sources) if kind in BUILTIN else Detected({}, (), ())
    modules = as_table(build.get("modules")) or found.modules if kind in BUILTIN else {}
    lua: list[Placed] = []
    compiled: list[CModule] = []
    unknown = ["applies build.patches"] if as_table(build.get("patches")) else []
    for name in sorted_keys(modules):
        value = modules[name]
        if not isinstance(name, str):
            unknown.append(f"has a module named {name!r}")
        elif isinstance(value, str) and value.endswith(".lua"):
            lua.append(Placed(normpath(value), _module_target(name, value)))
        elif isinstance(value, (str, dict)):
            compiled.append(_c_module(rockspec, name, value))
    install = as_table(build.get("install"))
    if as_table(install.get("lib")):
        unknown.append("installs files that are no modules in Lua by build.install.lib")
    for key, path in _listed(install.get("lua")):
        lua.append(Placed(normpath(path), _installed_target(key, path)))
    if kind in BUILTIN:
        below = (path for path in sources.files if path.startswith("lua/"))
        lua += [Placed(path, path.removeprefix("lua/")) for path in below]
    rock = (*_programs(install, found), *_folders(build, found, sources))
    return BuildFiles(tuple(dict.fromkeys(lua)), tuple(compiled), rock, tuple(unknown))


def _found(rockspec: Rockspec, build: LuaTable, sources: Sources) -> Detected:
    """Return what LuaRocks detects where a rockspec of format 3 lists no modules."""
    if "modules" in build or rockspec.format.startswith("1."):
        return Detected({}, (), ())
    inside = tuple(path for path in sources.files if not path.startswith("../"))
    opened = {it: opener(sources.texts.get(it, "")) for it in inside if it.endswith(".c")}
    tree = SourceTree(
        inside,
        frozenset(_directories(inside)),
        {path: name for path, name in opened.items() if name},
    )
    libraries = (each.library for each in rockspec.external_dependencies)
    return detected(tree, tuple(each for each in libraries if each))


def _directories(files: tuple[str, ...]) -> Iterator[str]:
    for path in files:
        while path := dirname(path):
            yield path


def _module_target(name: str, source: str) -> str:
    """Return where a module in Lua goes: an ``init.lua`` keeps its name."""
    stem = name.replace(".", "/")
    is_init = source.rpartition("/")[2] == "init.lua" and not name.endswith(".init")
    return f"{stem}/init.lua" if is_init else f"{stem}.lua"


def _installed_target(key: LuaKey, source: str) -> str:
    """Return where a file of ``build.install.lua`` goes: a key is a module, or just a number."""
    name = source.rpartition("/")[2]
    if not isinstance(key, str):
        return name
    above, dot, word = key.rpartition(".")
    return (above + dot).replace(".", "/") + (f"{word}.lua" if name.endswith(".lua") else name)


def _c_module(rockspec: Rockspec, name: str, value: str | LuaTable) -> CModule:
    """Return a module in C from one of its notations: a source, a list of sources, or a table."""
    table: LuaTable = value if isinstance(value, dict) else {1: value}
    named = texts_of(table) if 1 in table else texts_of(table.get("sources"))
    libraries = texts_of(table.get("libraries"))

    def folders(key: str) -> tuple[str, ...]:
        if key in table:
            return tuple(texts_of(table[key]))
        kind = key.removesuffix("s").upper()
        words = [variable_word(each) for each in libraries]
        if "external_dependencies" in rockspec.table:
            words = [each.name for each in rockspec.external_dependencies if each.library]
        return tuple(f"$({word}_{kind})" for word in words)

    return CModule(
        name,
        tuple(map(normpath, named)),
        tuple(texts_of(table.get("defines"))),
        folders("incdirs"),
        folders("libdirs"),
        tuple(libraries),
    )


def _programs(install: LuaTable, found: Detected) -> Iterator[Placed]:
    """Yield the commands and the configuration files."""
    listed = install or {"bin": table_of(found.commands)}
    for kind in ("bin", "conf"):
        for key, path in _listed(listed.get(kind)):
            name = key if isinstance(key, str) else path.rpartition("/")[2]
            yield Placed(normpath(path), f"{kind}/{name}")


def _folders(build: LuaTable, found: Detected, sources: Sources) -> Iterator[Placed]:
    """Yield the folders that are copied into the rock's own; those outside its sources are not."""
    listed = as_table(build.get("copy_directories"))
    names = tuple(map(str, listed.values())) if listed else found.copied or ("doc",)
    for name in map(normpath, names):
        is_there = any(path.startswith(f"{name}/") for path in sources.files)
        if is_there and name != "." and not name.startswith(("../", "/")):
            yield Placed(name, name)


def _listed(value: LuaValue) -> Iterator[tuple[LuaKey, str]]:
    table = as_table(value)
    for key in sorted_keys(table):
        path = table[key]
        if isinstance(path, str):
            yield key, path
