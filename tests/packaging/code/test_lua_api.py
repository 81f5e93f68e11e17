"""Lua's C API by version."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.code.lua_api import LuaApi, parse_lua_api, read_lua_api

TEXT = "# a comment\nlua_objlen\t5.1\t\nluaL_newlib\t5.2 5.3\t5.2 5.3\n"


def test_the_table_has_versions_and_macros() -> None:
    """A name is in the versions of its line; nothing is known of other names."""
    api = parse_lua_api(TEXT)
    assert api.has("lua_objlen", "5.1")
    assert not api.has("lua_objlen", "5.2")
    assert api.has("lua_gettop", "5.2")
    assert api.is_macro("luaL_newlib", "5.2") is True
    assert api.is_macro("luaL_newlib", "5.1") is False
    assert api.is_macro("lua_gettop", "5.1") is None
    assert LuaApi().has("anything", "5.4")


def test_an_invalid_line_is_refused() -> None:
    """A damaged table is an error that contains the line."""
    with pytest.raises(DistrorocksError, match="invalid line in the table"):
        parse_lua_api("lua_objlen 5.1\n")


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("luaL_register", ["5.1"]),
        ("luaL_checkint", ["5.1", "5.2"]),
        ("luaL_setfuncs", ["5.2", "5.3", "5.4"]),
        ("lua_rawlen", ["5.2", "5.3", "5.4"]),
        ("lua_newuserdatauv", ["5.4"]),
        ("lua_newuserdata", ["5.1", "5.2", "5.3", "5.4"]),
    ],
)
def test_the_shipped_table_is_that_of_the_headers(name: str, versions: list[str]) -> None:
    """The reference manuals' changes of the API are what the table has."""
    api = read_lua_api()
    assert [it for it in ("5.1", "5.2", "5.3", "5.4") if api.has(name, it)] == versions
