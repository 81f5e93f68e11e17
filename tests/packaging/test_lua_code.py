"""Which Lua C code is for."""

from __future__ import annotations

from distrorocks.packaging.lua_code import newest_lua


def test_what_is_gone_binds_code_to_old_luas() -> None:
    """luaL_reg is of 5.1, luaL_register until 5.2; the place is told."""
    found = newest_lua({"a.c": "\nstatic const luaL_reg r[];", "b.c": "luaL_register(L)"})
    assert found == ("5.1", "a.c:2 uses luaL_reg, gone after Lua 5.1")
    assert newest_lua({"b.c": "luaL_register(L)"}).version == "5.2"


def test_code_that_cares_is_for_all() -> None:
    """Where the version is looked at, old words prove nothing; nor do they in Lua files."""
    assert newest_lua({"a.c": "#if LUA_VERSION_NUM > 501\n", "b.c": "luaL_reg"}).version == ""
    assert newest_lua({"a.lua": "luaL_reg"}).version == ""
    assert newest_lua({"a.c": "luaL_regex"}).version == ""
