"""Modules are those that LuaRocks would install."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.source.facts import declared_modules
from distrorocks.rocks.rockspec import Rockspec

FILES = ("src/foo.lua", "src/foo/bar.lua", "src/foo/init.lua", "spec/foo_spec.lua")


@pytest.mark.parametrize(
    ("form", "build", "modules"),
    [
        ("3.0", 'type = "builtin"', ("foo", "foo.bar")),
        (
            "3.0",
            'type = "builtin", install = { lua = { baz = "b.lua" } }',
            ("baz", "foo", "foo.bar"),
        ),
        ("3.0", 'type = "builtin", modules = {}', ()),
        ("3.0", 'type = "make"', ()),
        ("1.0", 'type = "builtin", install = { lua = { "x/y.lua" } }', ("y",)),
        ("1.0", 'type = "builtin", modules = { foo = "f.lua", core = { "c.c" } }', ("core", "foo")),
        ("1.0", 'type = "none", install = { lua = { ["a.htaccess"] = "a/.htaccess" } }', ()),
        ("1.0", 'type = "none", install = { lib = { "x/core.so", "x/notes.txt" } }', ("core",)),
        ("1.0", 'type = "builtin", modules = { pb = "pb.c", [".pb"] = "pb.lua" }', ("pb",)),
    ],
)
def test_only_format_3_without_modules_has_those_of_the_files(
    form: str, build: str, modules: tuple[str, ...]
) -> None:
    """An empty table of modules means none; what is installed besides counts in any case."""
    text = (
        f'rockspec_format = "{form}" package = "foo" version = "1.0-1" '
        f'source = {{ url = "https://example.org/foo.tar.gz" }} build = {{ {build} }}'
    )
    assert declared_modules(Rockspec.from_chunk(parse(text.encode())), FILES) == modules
