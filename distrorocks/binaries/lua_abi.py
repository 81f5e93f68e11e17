"""For which Luas a compiled file is, by the symbols of Lua that it needs and its constants.

Lua has no version of its own symbols, so a file fits every Lua that has all of those it needs. From
Lua 5.2 on, ``luaL_newlib`` and others call ``luaL_checkversion_`` with the number of the version
that the file was compiled for, and another Lua refuses the module. If exactly one such number is
among the constants of a file that calls it, it is that one. The index of the registry, which is
compiled in, has changed twice: code with another one reads other values than it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from distrorocks.binaries.elf_file import ElfFile

JIT = "luajit"
CHECK = "luaL_checkversion_"
_REGISTRIES = {
    **dict.fromkeys(("5.1", JIT), "5.1"),
    **dict.fromkeys(("5.2", "5.3", "5.4"), "5.2"),
}
"""The first Lua that has the registry where one has it, if that is another."""
_PREFIXES = ("lua_", "luaL_", "luaJIT_", "luaopen_")

LuaSymbols = Mapping[str, frozenset[str]]
"""The symbols of each Lua: ``5.1`` to ``5.5``, and ``luajit``."""


def parse_lua_symbols(text: str) -> dict[str, frozenset[str]]:
    """Return the symbols of each Lua from lines of a name, a tab, and the Luas that have it."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, luas = line.partition("\t")
            for lua in luas.split():
                found.setdefault(lua, set()).add(name)
    return {lua: frozenset(names) for lua, names in sorted(found.items())}


def lua_needs(file: ElfFile) -> frozenset[str]:
    """Return the symbols of Lua that a file needs."""
    return frozenset(each.name for each in file.undefined if each.name.startswith(_PREFIXES))


def is_lua(symbol: str) -> bool:
    """Return whether a symbol is one of Lua, by its name."""
    return symbol.startswith(_PREFIXES)


def compiled_for(file: ElfFile) -> str:
    """Return the Lua version that a file asks Lua to check, "" if that cannot be told."""
    if CHECK in lua_needs(file) and len(file.lua_numbers) == 1:
        return file.lua_numbers[0]
    return ""


def fitting(files: Iterable[ElfFile], table: LuaSymbols) -> tuple[str, ...]:
    """Return the Luas that every one of the files fits; all, if none of them needs Lua."""
    files = list(files)
    return tuple(lua for lua in table if all(not lua_fault(each, lua, table) for each in files))


def lua_fault(file: ElfFile, lua: str, table: LuaSymbols) -> str:
    """Return why a file does not fit a Lua, "" if it does."""
    missing = sorted(lua_needs(file) - table.get(lua, frozenset()))
    shown = lua_name(lua)
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return f"it needs {', '.join(missing[:3])}{more}, which {shown} lacks"
    version = compiled_for(file)
    if version and version != lua:
        return f"it is compiled for Lua {version}, which {shown} refuses"
    registry = file.lua_registries
    if not lua_needs(file) or not registry:
        return ""
    if _REGISTRIES.get(lua, lua) not in registry:
        return f"it is compiled for the registry of Lua {registry[0]}, which {shown} has elsewhere"
    return ""


def lua_name(lua: str) -> str:
    """Return a Lua's name for messages."""
    return "LuaJIT" if lua == JIT else f"Lua {lua}"
