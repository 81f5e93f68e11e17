"""A deployed file is the module that LuaRocks says."""

from __future__ import annotations

import pytest

from distrorocks.rocks.rock_manifest import module_name


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("lpeg.so", "lpeg"),
        ("socket/core.so", "socket.core"),
        ("pl/init.lua", "pl.init"),
        ("a.b.lua", "a.b"),
        ("data.txt", "data.txt"),
        ("a/b/data.txt", "a/b/data.txt"),
        ("x/y.tl", "x/y.tl"),
        ("clib.so.1", "clib.so.1"),
        (".hidden.lua", "hidden"),
        ("..lua", ""),
        ("x.lua.so", "x.lua"),
    ],
)
def test_a_known_ending_makes_a_dotted_name(path: str, module: str) -> None:
    """A file with another ending keeps its path; dots at the ends go."""
    assert module_name(path) == module
