"""What a rock needs though its rockspec does not say so, and whether it needs Lua's headers."""

from __future__ import annotations

import pytest

from distrorocks.externals.lua_headers import find_lua_headers, is_of
from distrorocks.externals.needs import (
    external_needs,
    module_sources,
    needs_lua_headers,
    variable_word,
)
from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec


class Texts(dict[str, str]):
    """Files with their texts."""

    def is_file(self, path: str) -> bool:
        """Return whether there is such a file."""
        return path in self

    is_there = is_file

    def names(self, directory: str) -> list[str]:
        """Return the files right below a directory."""
        return [path for path in self if path.rpartition("/")[0] == directory]

    def text(self, path: str) -> str | None:
        """Return the text of a file."""
        return self.get(path)


def rockspec(text: str, *, quick: bool = False) -> Rockspec:
    """Return a rockspec with some lines of its own."""
    head = 'rockspec_format="3.0" package="r" version="1-1" source={url="x"} '
    return Rockspec.from_chunk(parse((head + text).encode()), quick=quick)


def test_libraries_of_modules_are_needs_of_their_names() -> None:
    """`libraries` of every module, a text or a list, make dependencies in their upper case."""
    needs = external_needs(
        rockspec(
            'build={modules={a={sources="a.c",libraries={"stdc++","z"}},'
            'b={sources="b.c",libraries="z-1"},c="c.lua"}}'
        )
    )
    assert [(one.name, one.library) for one in needs] == [
        ("STDCPP", "stdc++"),
        ("Z", "z"),
        ("Z_1", "z-1"),
    ]


def test_an_empty_table_of_dependencies_says_that_there_are_none() -> None:
    """Who writes `external_dependencies = {}` means it, whatever the modules link."""
    text = 'external_dependencies={} build={modules={a={sources="a.c",libraries="z"}}}'
    assert external_needs(rockspec(text)) == ()


def test_every_byte_of_a_letter_is_an_underscore() -> None:
    """LuaRocks knows ASCII only."""
    assert variable_word("\u00e4-1") == "___1"


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ('modules={a="a.lua"}', False),
        ('modules={a="a.c"}', True),
        ('modules={a={"a.c","b.c"}}', True),
        ('modules={a={sources={"a.cpp"}}}', True),
        ('type="none"', False),
        ('type="make"', True),
    ],
)
def test_who_needs_luas_headers(build: str, expected: bool) -> None:
    """Modules in C do, and builds that nobody can see through."""
    assert needs_lua_headers(rockspec(f"build={{{build}}}")) == expected


@pytest.mark.parametrize("place", ["lua/5.4", "lua5.4", "lua-5.4", "lua54", "."])
def test_headers_are_found_where_distributions_put_them(place: str) -> None:
    """The directory counts only where lua.h is of the version that is asked for."""
    directory = f"/usr/include/{place}".removesuffix("/.")
    probe = Texts({f"{directory}/lua.h": "#define LUA_VERSION_NUM\t\t504\n"})
    assert find_lua_headers("5.4", {}, probe).directory == directory
    assert not find_lua_headers("5.3", {}, probe).directory


def test_lua_incdir_is_the_only_place_where_it_is_set() -> None:
    """A wrong LUA_INCDIR is told with both versions in mind."""
    probe = Texts({"/x/lua.h": "LUA_VERSION_NUM 501", "/usr/include/lua.h": "LUA_VERSION_NUM 504"})
    found = find_lua_headers("5.4", {"LUA_INCDIR": "/x"}, probe)
    assert found.why_not("5.4") == "Lua header lua.h found at /x does not match Lua version 5.4"


def test_lua_5_5_writes_its_version_otherwise() -> None:
    """LUA_VERSION_NUM of 5.5 is made of two numbers."""
    assert is_of("#define LUA_VERSION_MAJOR_N\t5\n#define LUA_VERSION_MINOR_N\t5\n", "5.5")
    assert not is_of("#define LUA_VERSION_NUM 504", "5.5")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ('build={modules={a="./a.c",b={"b.c","a.c"},c={sources="c.c"}}}', ("a.c", "b.c", "c.c")),
        ('build={modules={d={sources={"d.c","./e.c"}}}}', ("d.c", "e.c")),
        ('build={install={lua={x="x.lua","y.lua",5}}}', ("x.lua", "y.lua")),
        ('build={modules={a="a.c"},install={lua={x="./x.lua"}}}', ("a.c", "x.lua")),
        ('build={type="none",modules={a="x./"}}', ("x./",)),
    ],
)
def test_the_sources_of_modules_are_listed(text: str, expected: tuple[str, ...]) -> None:
    """From all notations and from plain Lua files, sorted, without the current directory."""
    assert module_sources(rockspec(text, quick=True)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('build={modules={a="a.lua",b="b.c"}}', True),
        ('build={modules={a="a.lua",b="b.lua"}}', False),
        ('build={modules={a={"a.lua","b.cpp"}}}', True),
        ('build={type="module",modules={a="a.lua"}}', False),
        ('build={type="none",modules={a="a.c"}}', False),
        ('build={type="make"}', True),
        ("", False),
    ],
)
def test_headers_are_needed_where_something_is_compiled(text: str, expected: bool) -> None:
    """One compiled source is enough; other build types may compile."""
    assert needs_lua_headers(rockspec(text)) is expected
