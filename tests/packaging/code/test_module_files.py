"""The file of each module is found as the rockspec or upstream's build has it."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable
from distrorocks.packaging.code.module_files import module_paths


def test_the_file_of_a_module_is_the_rockspecs_or_the_first_that_fits() -> None:
    """Files below src, lua and lib come before others."""
    build: LuaTable = {"modules": {"foo": "./x.lua", "foo.core": "core.c"}}
    files = ("x.lua", "bar.lua", "src/bar.lua", "lib/baz/init.lua")
    assert module_paths(build, ("foo", "foo.core", "bar", "baz"), files) == {
        "foo": "x.lua",
        "bar": "src/bar.lua",
        "baz": "lib/baz/init.lua",
    }


@pytest.mark.parametrize("kind", ["make", "cmake", "command"])
def test_modules_of_upstreams_build_are_named_by_their_places(kind: str) -> None:
    """Below the first usual folder for code; tests and what is above the sources are none."""
    files = (
        *("src/foo.lua", "a/lib/foo/init.lua", "a/lib/foo/lua/x.lua", "top.lua", "src/x.c"),
        *("tests/t.lua", "../above.lua"),
    )
    assert module_paths({"type": kind}, (), files) == {
        "top": "top.lua",
        "foo": "src/foo.lua",
        "foo.lua.x": "a/lib/foo/lua/x.lua",
    }
    assert module_paths({"type": kind}, ("foo",), files) == {"foo": "src/foo.lua"}
    both = {"foo": "foo.lua", "foo.init": "foo/init.lua"}
    assert module_paths({"type": kind}, (), both.values()) == both
    assert module_paths({"type": "builtin"}, (), files) == {}


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (("a/b.lua", "lib/a/b.lua", "lua/a/b.lua", "src/a/b.lua"), "src/a/b.lua"),
        (("a/b.lua", "lib/a/b.lua", "lua/a/b.lua"), "lua/a/b.lua"),
        (("a/b.lua", "lib/a/b.lua"), "lib/a/b.lua"),
        (("a/b/init.lua", "a/b.lua"), "a/b.lua"),
        (("x/a/b.lua", "a/b/init.lua"), "a/b/init.lua"),
        (("lua/a/b.lua", "src/a/b/init.lua"), "src/a/b/init.lua"),
        (("x/src/a/b.lua", "lua/a/b.lua"), "lua/a/b.lua"),
        (("x/a/b.lua",), None),
        (("xa/b.lua", "a/b.c"), None),
        (("b.lua",), None),
    ],
)
def test_a_module_that_is_not_named_is_looked_for(files: tuple[str, ...], path: str | None) -> None:
    """In folders of code first, then at the top; a file comes before one in a folder."""
    assert module_paths({}, ("a.b",), files) == ({} if path is None else {"a.b": path})


def test_a_rockspec_names_modules_in_two_tables() -> None:
    """Those of ``install.lua`` come last; what is no Lua file or has no name is left out."""
    build: LuaTable = {
        "modules": {
            "a.init": "./a.lua",
            "b": "b.so",
            "c": {"sources": "c.c"},
            1: "d.lua",
            "e": "e",
        },
        "install": {"lua": {"f": "f.lua", "a": "g.lua"}},
    }
    assert module_paths(build, (), ()) == {"a": "g.lua", "f": "f.lua"}
    assert module_paths({"modules": "a.lua", "install": "b"}, (), ()) == {}
    assert module_paths({"modules": {"a": "x.lua"}}, ("a",), ("a.lua",)) == {"a": "x.lua"}
