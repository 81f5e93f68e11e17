"""Lua's headers are looked for where LuaRocks looks, and what is wrong is told in its words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from distrorocks.externals.lua_headers import LuaHeaders, find_lua_headers, header_places, is_of


class Texts(dict[str, str]):
    """Files with their texts; no directory is listed for a header, whose name is fixed."""

    def is_file(self, path: str) -> bool:
        """Return whether there is such a file."""
        return path in self

    is_there = is_file

    def names(self, _directory: str) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def text(self, path: str) -> str | None:
        """Return the text of a file."""
        return self.get(path)


L53 = "#define LUA_VERSION_NUM\t\t503\n"
L55 = "#define LUA_VERSION_MAJOR_N\t5\n#define LUA_VERSION_MINOR_N\t5\n"


def find(version: str, variables: Mapping[str, str], texts: Mapping[str, str]) -> LuaHeaders:
    """Return where the headers are among some texts."""
    return find_lua_headers(version, variables, Texts(texts))


def test_the_places_are_luarocks_own_in_its_order() -> None:
    """Those of a version come first; LuaJIT's headers serve Lua 5.1."""
    places = [
        "/p/include/lua/5.3",
        "/p/include/lua5.3",
        "/p/include/lua-5.3",
        "/p/include/lua53",
        "/p/include",
        "/p",
    ]
    assert list(header_places("/p", "5.3")) == places
    assert list(header_places("/p", "5.1"))[-2:] == ["/p", "/p/include/luajit-2.1"]


def test_the_first_place_of_the_right_version_is_taken() -> None:
    """A header of another version before it is passed over."""
    texts = {"/usr/include/lua5.3/lua.h": L55, "/usr/include/lua53/lua.h": L53}
    found = find("5.3", {}, {**texts, "/usr/include/lua.h": L53})
    searched = tuple(header_places("/usr", "5.3"))
    assert found == LuaHeaders("/usr/include/lua53", searched)
    assert found.other == ""
    assert found.why_not("5.3") == ""
    assert find("5.3", {"LUA_DIR": "/o"}, {"/o/include/lua.h": L53}).directory == "/o/include"


def test_a_directory_of_ones_own_is_the_only_place() -> None:
    """What lies there of another version is named; an empty place is told as not found."""
    variables = {"LUA_INCDIR": "/i", "LUA_DIR": "/usr"}
    texts = {"/i/lua.h": L55, "/usr/include/lua.h": L53}
    other = find("5.3", variables, texts)
    assert other == LuaHeaders("", ("/i",), "/i", "LUA_INCDIR", "/usr/include")
    told = "Lua header lua.h found at /i does not match Lua version 5.3"
    assert other.why_not("5.3") == told
    assert find("5.5", variables, texts).directory == "/i"
    nothing = "Failed finding Lua header lua.h (searched at /i)"
    assert find("5.3", variables, {}).why_not("5.3") == nothing


def test_of_many_places_all_are_told() -> None:
    """Also where one of them has another version's header."""
    found = find("5.3", {}, {"/usr/include/lua.h": L55})
    assert found.other == "/usr/include"
    places = ", ".join(header_places("/usr", "5.3"))
    assert found.why_not("5.3") == f"Failed finding Lua header lua.h (searched at {places})"


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (L53, {"5.3"}),
        (L55, {"5.5"}),
        ("#define LUA_VERSION_NUM 5031\n", set()),
        ("#define LUA_VERSION_NUM 505\n", set()),
        ("#define LUA_VERSION_MAJOR_N 5\n", set()),
        ("#define LUA_VERSION_MAJOR_N 6\n#define LUA_VERSION_MINOR_N 0\n", {"6.0"}),
        ("#define LUA_VERSION_MAJOR_N 5\n#define LUA_VERSION_MINOR_N 55\n", set()),
    ],
)
def test_a_header_tells_its_version(text: str, versions: set[str]) -> None:
    """Up to 5.4 by one number, from 5.5 on by two."""
    assert {it for it in ("5.1", "5.3", "5.4", "5.5", "6.0") if is_of(text, it)} == versions


def test_the_usual_place_is_told_only_where_a_named_one_has_no_headers() -> None:
    """A hint to it would mislead where the named directory is right."""
    texts = {"/o/include/lua.h": L53, "/usr/include/lua.h": L53}
    found = find("5.3", {"LUA_DIR": "/o"}, texts)
    assert (found.directory, found.variable, found.usual) == ("/o/include", "LUA_DIR", "")
    found = find("5.3", {"LUA_DIR": "/none"}, texts)
    assert (found.directory, found.variable, found.usual) == ("", "LUA_DIR", "/usr/include")
    assert find("5.3", {}, {})[2:] == ("", "", "")
