"""The modules and the commands that rockspecs install."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.source.declared import (
    copied_folders,
    declared_commands,
    declared_headers,
    declared_modules,
    has_compiled,
    has_cpp,
    runs_cmake,
)
from distrorocks.rocks.rockspec import Rockspec

MODULE_FILES = ("src/foo.lua", "src/foo/bar.lua", "src/foo/init.lua", "spec/foo_spec.lua")


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
    assert declared_modules(Rockspec.from_chunk(parse(text.encode())), MODULE_FILES) == modules


@pytest.mark.parametrize(
    ("build", "modules"),
    [
        ('type = "builtin", modules = {}', ("foo", "foo.bar")),
        ('type = "module", modules = { x = "x.lua" }', ("foo", "foo.bar", "x")),
        ('type = "none"', ()),
        ('type = "make"', ()),
    ],
)
def test_all_of_a_directory_lua_is_installed(build: str, modules: tuple[str, ...]) -> None:
    """As LuaRocks does after building the modules that are named, whatever they are."""
    text = (
        'package = "foo" version = "1.0-1" source = { url = "https://example.org/foo.tar.gz" } '
        f"build = {{ {build} }}"
    )
    files = ("lua/foo/init.lua", "lua/foo/bar.lua", "lua/foo/notes.txt", "other/baz.lua")
    assert declared_modules(Rockspec.from_chunk(parse(text.encode())), files) == modules


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ('type = "cmake"', True),
        ('type = "command", build_command = "mkdir b && cd b && cmake .."', True),
        ('type = "command", build_command = "make", install_command = "(cmake --install b)"', True),
        ('type = "command", build_command = "make -f cmake.mk"', False),
        ('type = "make"', False),
    ],
)
def test_cmake_is_run_by_type_or_by_a_command(build: str, expected: bool) -> None:
    """Most rocks that run it name it in their build_command."""
    text = f'package = "foo" version = "1.0-1" source = {{ url = "x" }} build = {{ {build} }}'
    assert runs_cmake(Rockspec.from_chunk(parse(text.encode()))) is expected


def test_sources_in_cpp_have_endings_of_their_own() -> None:
    """C alone is none."""
    assert has_cpp(("a.c", "src/b.cpp"))
    assert not has_cpp(("a.c", "a.h", "cpp/README"))


@pytest.mark.parametrize(
    ("build", "copied"),
    [
        ('copy_directories = { "doc/us", "test" }, modules = {}', ("doc/us", "test")),
        ("copy_directories = {}, modules = {}", ()),
        ("modules = {}", ("doc",)),
        ('type = "make"', ("doc",)),
        ('type = "builtin"', ("doc", "docs", "samples", "tests")),
    ],
)
def test_a_build_copies_the_folders_that_it_names_or_the_usual_ones(
    build: str, copied: tuple[str, ...]
) -> None:
    """As LuaRocks has it: doc by default, and more where it looks for the modules itself."""
    text = (
        'rockspec_format = "3.0" package = "foo" version = "1.0-1" '
        f'source = {{ url = "https://example.org/foo" }} build = {{ {build} }}'
    )
    assert copied_folders(Rockspec.from_chunk(parse(text.encode()))) == copied


def rockspec(build: str) -> Rockspec:
    """Return a rockspec of format 3 with a build table."""
    text = (
        'rockspec_format = "3.0" package = "foo" version = "1.0-1" '
        f'source = {{ url = "https://example.org/foo" }} build = {{ {build} }}'
    )
    return Rockspec.from_chunk(parse(text.encode()))


@pytest.mark.parametrize(
    ("files", "modules"),
    [
        (("src/a.lua", "lib/b.lua"), ("a",)),
        (("lib/b.lua", "c.lua"), ("b",)),
        (("c.lua", "x/d.lua"), ("c", "x.d")),
        (("src/a.lua", "lua/b.lua"), ("a", "b")),
        (("src/bin/a.lua", "src/binx/b.lua"), ("binx.b",)),
        (("bin/a.lua", "b.lua"), ("b",)),
        (("test.lua", "tests.lua", "atest.lua"), ("atest",)),
        (("src/test.lua", "src/b.lua"), ("b",)),
        (("src/a.c", "b.lua"), ()),
        (("a/init.lua", "init.lua"), ("a", "init")),
        *(
            ((f"{name}/a.lua", "b.lua", f"b/{name}/c.lua"), ("b", f"b.{name}.c"))
            for name in ("spec", "lua_modules", "test", "tests", "doc", "docs", "samples")
        ),
        ((".luarocks/a.lua", "b.lua"), ("b",)),
    ],
)
def test_modules_are_those_below_the_first_folder_for_code(
    files: tuple[str, ...], modules: tuple[str, ...]
) -> None:
    """As LuaRocks looks for them, and all of a directory ``lua``; tests and commands are none."""
    assert declared_modules(rockspec('type = "builtin"'), files) == modules


@pytest.mark.parametrize(
    ("lib", "module"),
    [
        ('"x/a.so"', "a"),
        ('b = "x/a.dll"', "b"),
        ('b = "a.dylib"', "b"),
        ('b = "a.so.1"', "b"),
        ('b = "a.so"', "b"),
        ('"a.sox"', None),
        ('"a.lua"', None),
    ],
)
def test_a_library_that_is_installed_is_a_module(lib: str, module: str | None) -> None:
    """By its ending, under the name that it is given or its own."""
    found = declared_modules(rockspec(f'type = "none", install = {{ lib = {{ {lib} }} }}'), ())
    assert found == ((module,) if module else ())


@pytest.mark.parametrize(
    ("bins", "commands"),
    [
        ('"bin/b", "a.lua"', ("a.lua", "b")),
        ('b = "bin/x", ["a-1"] = "y"', ("a-1", "b")),
        ('["a b"] = "x", ["-a"] = "x", [".a"] = "x", ["a/b"] = "x"', ()),
        ('["_a+.-"] = "x", ["0"] = "x"', ("0", "_a+.-")),
        ("", ()),
    ],
)
def test_commands_have_the_names_of_their_keys_or_files(
    bins: str, commands: tuple[str, ...]
) -> None:
    """Sorted, and none with odd characters."""
    table = rockspec(f'type = "none", install = {{ bin = {{ {bins} }} }}')
    assert declared_commands(table) == commands
    assert declared_commands(rockspec('type = "none"')) == ()


@pytest.mark.parametrize(
    ("ending", "is_compiled", "is_cpp"),
    [
        *((each, True, False) for each in ("c", "m", "rs")),
        *((each, True, True) for each in ("cc", "cpp", "cxx")),
        *((each, False, False) for each in ("h", "hpp", "lua", "C")),
    ],
)
def test_languages_that_are_compiled_have_endings(
    ending: str, is_compiled: bool, is_cpp: bool
) -> None:
    """Headers alone are none."""
    for path in (f"a.{ending}", f"x/a.b.{ending}"):
        assert has_compiled(["x", path]) is is_compiled
        assert has_cpp(["x", path]) is is_cpp
    assert not has_compiled([f"a.{ending}x", f"a{ending}"])


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("cmake .", True),
        ("a;cmake .", True),
        ("a&&cmake .", True),
        ("a|cmake .", True),
        ("(cmake .)", True),
        ("cmake", False),
        ("xcmake .", False),
        ("x/cmake .", False),
    ],
)
def test_cmake_is_a_word_of_a_command(command: str, runs: bool) -> None:
    """With arguments, wherever a command of the shell begins."""
    for step in ("build", "install"):
        table = rockspec(f'type = "command", {step}_command = "{command}"')
        assert runs_cmake(table) is runs


@pytest.mark.parametrize(
    ("build", "headers"),
    [
        ('install = { lua = { ["foo.h"] = "src/foo.h", bar = "bar.lua" } }', ("src/foo.h",)),
        ('install = { conf = { "include/foo.hpp" } }', ("include/foo.hpp",)),
        ('copy_directories = { "include" }', ("include/foo.h", "include/x/bar.hh")),
        ('copy_directories = { "./doc", "tests", "inc" }', ()),
        ("modules = { foo = { 'src/foo.c' } }", ()),
    ],
)
def test_headers_are_those_that_are_named_or_copied(build: str, headers: tuple[str, ...]) -> None:
    """Those of documentation and tests are no part of the rock, nor are those of its sources."""
    text = (
        'package = "foo" version = "1.0-1" source = { url = "https://example.org/foo.tar.gz" }'
        f'build = {{ type = "builtin", {build} }}'
    )
    files = ("include/foo.h", "include/x/bar.hh", "includes/no.h", "doc/a.h", "tests/b.h", "x.h")
    assert declared_headers(Rockspec.from_chunk(parse(text.encode())), files) == headers
