"""For which Luas a file is, is told by its symbols of Lua and by what Lua's headers compile in."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from distrorocks.binaries.elf_file import read_elf
from distrorocks.binaries.lua_abi import fitting, lua_fault, lua_name, lua_needs, parse_lua_symbols
from tests.elf_files import module

LUA = {
    "5.1": frozenset({"lua_pushnil", "luaL_register"}),
    "5.3": frozenset({"lua_pushnil", "luaL_checkversion_"}),
    "5.4": frozenset({"lua_pushnil", "luaL_checkversion_", "lua_newuserdatauv"}),
    "5.5": frozenset({"lua_pushnil", "luaL_checkversion_", "lua_newuserdatauv"}),
    "luajit": frozenset({"lua_pushnil", "luaL_register"}),
}
NUMBER = {each: struct.pack("<d", float(each.replace(".", "0"))) for each in ("5.3", "5.4", "5.5")}
I386: dict[str, Any] = {"machine": 3, "is_wide": False}
INDEX = {"5.1": -10_000, "5.4": -1_001_000, "5.5": -1_073_742_823}


@pytest.mark.parametrize(
    ("content", "luas"),
    [
        (module("foo", "lua_pushnil"), ("5.1", "5.3", "5.4", "5.5", "luajit")),
        (module("foo", "luaL_register"), ("5.1", "luajit")),
        (module("foo", "luaL_checkversion_"), ("5.3", "5.4", "5.5")),
        (module("foo", "luaL_checkversion_", constants=NUMBER["5.3"]), ("5.3",)),
        (module("foo", "luaL_checkversion_", constants=NUMBER["5.5"]), ("5.5",)),
        (
            module("foo", "lua_pushnil", code=struct.pack("<i", INDEX["5.1"]), **I386),
            ("5.1", "luajit"),
        ),
        (
            module("foo", "lua_pushnil", code=struct.pack("<i", INDEX["5.1"]), machine=183),
            ("5.1", "5.3", "5.4", "5.5", "luajit"),
        ),
        (
            module("foo", "luaL_checkversion_", constants=NUMBER["5.3"] + NUMBER["5.4"]),
            ("5.3", "5.4", "5.5"),
        ),
        (module("foo", "lua_newuserdatauv"), ("5.4", "5.5")),
        (module("foo", "lua_newuserdatauv", code=struct.pack("<i", INDEX["5.4"])), ("5.4",)),
        (module("foo", "lua_pushnil", code=struct.pack("<i", INDEX["5.5"])), ("5.5",)),
        (module("foo", "lua_pushnil", code=struct.pack("<i", INDEX["5.1"])), ("5.1", "luajit")),
        (module("foo"), ("5.1", "5.3", "5.4", "5.5", "luajit")),
    ],
)
def test_the_luas_are_told_by_symbols_numbers_and_the_registry(
    content: bytes, luas: tuple[str, ...]
) -> None:
    """A file fits the Luas that have its symbols, its number and its index of the registry."""
    assert fitting([read_elf(content)], LUA) == luas


def test_an_unknown_lua_lacks_everything() -> None:
    """A Lua that no table is about is refused, not assumed."""
    assert "which Lua 5.9 lacks" in lua_fault(read_elf(module("foo", "lua_pushnil")), "5.9", LUA)


def test_reasons_name_the_symbols_and_the_lua() -> None:
    """At most three of them."""
    file = read_elf(module("foo", "lua_d", "lua_c", "lua_b", "lua_a"))
    reason = "it needs lua_a, lua_b, lua_c and 1 more, which LuaJIT lacks"
    assert lua_fault(file, "luajit", LUA) == reason
    numbered = read_elf(module("foo", "luaL_checkversion_", constants=NUMBER["5.3"]))
    assert lua_fault(numbered, "5.4", LUA) == "it is compiled for Lua 5.3, which Lua 5.4 refuses"
    old = read_elf(module("foo", "lua_pushnil", code=struct.pack("<i", INDEX["5.1"])))
    reason = "it is compiled for the registry of Lua 5.1, which Lua 5.4 has elsewhere"
    assert lua_fault(old, "5.4", LUA) == reason


def test_numbers_count_only_where_lua_checks_them() -> None:
    """A file that does not call luaL_checkversion_ may have any constants."""
    assert fitting([read_elf(module("foo", constants=NUMBER["5.3"]))], LUA) == tuple(LUA)
    code = struct.pack("<i", INDEX["5.5"])
    assert fitting([read_elf(module("foo", code=code))], LUA) == tuple(LUA)


def test_all_files_of_a_rock_have_to_fit() -> None:
    """One that is for another Lua excludes it."""
    files = [read_elf(module("foo", each)) for each in ("lua_pushnil", "luaL_register")]
    assert fitting(files, LUA) == ("5.1", "luajit")


def test_the_table_is_read_by_lua() -> None:
    """Each line has a name and its Luas; comments do not count."""
    text = "# comment\nlua_a\t5.1 luajit\n\nlua_b\t5.1\n"
    expected = {"5.1": frozenset({"lua_a", "lua_b"}), "luajit": frozenset({"lua_a"})}
    assert parse_lua_symbols(text) == expected
    assert (lua_name("5.1"), lua_name("luajit")) == ("Lua 5.1", "LuaJIT")


def test_symbols_of_luajit_and_openers_of_libraries_are_lua_s() -> None:
    """By the beginnings of their names."""
    undefined = ("luaJIT_setmode", "luaopen_base", "lualike", "lua_pushnil", "luaL_ref")
    assert lua_needs(read_elf(module("foo", *undefined))) == {
        *("luaJIT_setmode", "luaopen_base", "lua_pushnil", "luaL_ref")
    }


def test_a_table_of_symbols_has_comments_and_empty_lines() -> None:
    """Neither names a symbol, whatever stands behind the sign."""
    text = "# lua_x\t5.1\n\nlua_a\t5.1 5.4\n\n#lua_y\t5.4\nlua_b\t5.4\n"
    assert parse_lua_symbols(text) == {
        "5.1": frozenset({"lua_a"}),
        "5.4": frozenset({"lua_a", "lua_b"}),
    }
