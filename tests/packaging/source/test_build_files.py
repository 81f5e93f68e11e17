"""What LuaRocks' builtin build installs of which files."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.source.build_files import BuildFiles, CModule, build_files
from distrorocks.packaging.source.facts import Sources
from distrorocks.rocks.rockspec import Rockspec


def files_of(build: str, *files: str, head: str = "", form: str = "1.0") -> BuildFiles:
    """Return what a rockspec with a build table installs of files."""
    text = (
        f'rockspec_format = "{form}" package = "foo" version = "1.0-1" '
        f'source = {{ url = "https://example.org/foo.tar.gz" }} {head} build = {{ {build} }}'
    )
    texts = {path: f"int luaopen_{path[:-2].replace('/', '_')}(" for path in files if "_c/" in path}
    return build_files(Rockspec.from_chunk(parse(text.encode())), Sources(files, texts))


@pytest.mark.parametrize(
    ("build", "placed"),
    [
        ('modules = { foo = "src/foo.lua" }', {"src/foo.lua": "foo.lua"}),
        ('modules = { ["a.b"] = "./x.lua" }', {"x.lua": "a/b.lua"}),
        ('modules = { ["a.b"] = "b/init.lua" }', {"b/init.lua": "a/b/init.lua"}),
        ('modules = { ["b.init"] = "b/init.lua" }', {"b/init.lua": "b/init.lua"}),
        ('type = "none", install = { lua = { "x/y.lua" } }', {"x/y.lua": "y.lua"}),
        ('type = "none", install = { lua = { ["a.b"] = "y.lua" } }', {"y.lua": "a/b.lua"}),
        ('type = "none", install = { lua = { ["a.b"] = "y.txt" } }', {"y.txt": "a/y.txt"}),
        ('type = "none", modules = { foo = "foo.lua" }', {}),
    ],
)
def test_lua_files_go_to_the_places_of_their_modules(build: str, placed: dict[str, str]) -> None:
    """An init.lua keeps its name, and a key that is a number says nothing."""
    assert dict(files_of(build).lua) == placed


def test_all_of_a_folder_lua_is_copied_once() -> None:
    """A module whose file is there too is not listed again, unless it goes to another place."""
    found = files_of('modules = { foo = "lua/foo.lua", x = "lua/bar.lua" }', "lua/foo.lua", "lua/z")
    assert found.lua == (("lua/foo.lua", "foo.lua"), ("lua/bar.lua", "x.lua"), ("lua/z", "z"))


def test_modules_in_c_have_what_they_are_compiled_with() -> None:
    """Without folders of their own, those of the external dependencies that have a library."""
    head = 'external_dependencies = { ZLIB = { library = "z" }, GMP = { header = "gmp.h" } }'
    found = files_of(
        'modules = { a = "a.c", b = { "b.c", "c.c" },'
        ' c = { sources = { "./d.c" }, defines = { "X=1" }, incdirs = "inc", libraries = "z" } }',
        head=head,
    )
    assert found.compiled == (
        CModule("a", ("a.c",), (), ("$(ZLIB_INCDIR)",), ("$(ZLIB_LIBDIR)",)),
        CModule("b", ("b.c", "c.c"), (), ("$(ZLIB_INCDIR)",), ("$(ZLIB_LIBDIR)",)),
        CModule("c", ("d.c",), ("X=1",), ("inc",), ("$(ZLIB_LIBDIR)",), ("z",)),
    )
    (alone,) = files_of('modules = { a = { sources = "a.c", libraries = { "xml2" } } }').compiled
    assert (alone.incdirs, alone.libdirs) == (("$(XML2_INCDIR)",), ("$(XML2_LIBDIR)",))


def test_modules_are_detected_where_the_rockspec_lists_none() -> None:
    """From format 3 on, with commands and the usual folders."""
    names = ("src/foo.lua", "src/foo_c/x.c", "bin/foo", "docs/a.md", "../LICENSE")
    found = files_of("", *names, form="3.0")
    assert dict(found.lua) == {"src/foo.lua": "foo.lua"}
    assert [it.name for it in found.compiled] == ["src_foo_c_x"]
    assert dict(found.rock) == {"bin/foo": "bin/foo", "docs": "docs"}
    assert files_of("", *names) == BuildFiles()


def test_files_of_the_rock_are_commands_configuration_and_folders() -> None:
    """A command is named by its key, and a folder that is not there is not copied."""
    build = (
        'modules = {}, copy_directories = { "data", "../doc", "none" }, '
        'install = { bin = { cmd = "x/y.lua", "z" }, conf = { "c.conf" } }'
    )
    found = files_of(build, "data/a", "x/y.lua")
    assert dict(found.rock) == {
        "x/y.lua": "bin/cmd",
        "z": "bin/z",
        "c.conf": "conf/c.conf",
        "data": "data",
    }


@pytest.mark.parametrize(
    ("build", "unknown"),
    [
        ('type = "make"', ('has build.type = "make"',)),
        ('modules = {}, patches = { ["a.diff"] = "x" }', ("applies build.patches",)),
        (
            'modules = {}, install = { lib = { "x.so" } }',
            ("installs files that are no modules in Lua by build.install.lib",),
        ),
        ('modules = { "foo.lua" }', ("has a module named 1",)),
    ],
)
def test_what_is_not_known_is_told(build: str, unknown: tuple[str, ...]) -> None:
    """Other builds, and what changes or installs files that nothing lists."""
    assert files_of(build).unknown == unknown
