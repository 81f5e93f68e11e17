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
    assert module_paths({"type": "builtin"}, (), files) == {}
