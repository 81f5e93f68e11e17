"""Modules, commands and directories that are found when a rockspec lists none."""

from __future__ import annotations

import pytest

from distrorocks.rocks.detection import SourceTree
from tests.install.build.requests import ENDS, LUA_FOLDER, steps, told


def tree(*files: str, **openers: str) -> SourceTree:
    """Return a tree of files; ``openers`` names the module of a C file by its stem."""
    above = {
        "/".join(path.split("/")[:depth])
        for path in files
        for depth in range(1, path.count("/") + 1)
    }
    found = {path: openers[stem] for path in files if (stem := path[:-2].split("/")[-1]) in openers}
    return SourceTree(files, frozenset(above), found)


def detected(sources: SourceTree, **fields: object) -> list[str]:
    """Return the steps for sources, without those that every rock has."""
    return told(steps("{}", rockspec_format="3.0", sources=sources, **fields))


def targets(*files: str) -> list[str]:
    """Return the targets of the files that are installed as modules."""
    lines = [each.split(" | ") for each in detected(tree(*files))]
    return [line[2] for line in lines if line[0] == "InstallFile" and line[2][:4] != "bin/"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("a.lua", "b/c.lua"), ["lua/a.lua", "lua/b/c.lua"]),
        (("src/a.lua", "lua/b.lua", "c.lua"), ["lua/a.lua"]),
        (("lua/b.lua", "lib/c.lua"), ["lua/b.lua"]),
        (("lib/c/init.lua",), ["lua/c/init.lua"]),
        (("init.lua",), ["lua/init/init.lua"]),
        (("spec/a.lua", "test.lua", "tests.lua", "lua_modules/x.lua", ".luarocks/y.lua"), []),
        (("test/a.lua", "x.txt"), ["lua/test/a.lua"]),
    ],
)
def test_lua_files_are_modules_by_their_paths(files: tuple[str, ...], found: list[str]) -> None:
    """They are those below the first of src, lua, lib, else all but tests and rocks."""
    assert targets(*files) == found


def test_a_c_file_is_the_module_that_it_opens() -> None:
    """Its name is that of luaopen_, else its path; it links the external libraries."""
    sources = tree("src/x.c", "src/y/z.c", x="x_core")
    found = detected(
        sources,
        more='external_dependencies = { Q = { library = "q" } }',
        externals={"Q_INCDIR": "/q/i", "Q_LIBDIR": "/q/l"},
    )
    linking = "'-L/q/l' '-Wl,-rpath,/q/l' '-lq'"
    assert [line.split(" | ")[1] for line in found[:4]] == [
        "gcc -O2 -fPIC '-I/inc' '-c' 'src/x.c' '-o' 'src/x.o' '-I/q/i'",
        "gcc -O2 -fPIC '-I/inc' '-c' 'src/y/z.c' '-o' 'src/y/z.o' '-I/q/i'",
        f"gcc -shared '-o' 'x_core.so' 'src/x.o' {linking}",
        f"mkdir -p 'y' && gcc -shared '-o' 'y/z.so' 'src/y/z.o' {linking}",
    ]


@pytest.mark.parametrize("folder", ["bin", "src/bin"])
def test_files_of_bin_are_commands(folder: str) -> None:
    """Those directly in it are, and src/bin comes before bin."""
    found = detected(tree(*{f"{folder}/tool", f"{folder}/in/x", "bin/tool"}))
    commands = [line for line in found if line.startswith("InstallFile")]
    assert commands == [f"InstallFile | {folder}/tool | bin/tool | True"]


def test_usual_directories_are_copied() -> None:
    """doc, docs, samples and tests are, where they exist."""
    found = detected(tree("docs/a.txt", "tests/b.txt", "other/c.txt"))
    assert found == [
        LUA_FOLDER,
        "InstallFolder | docs | docs | True",
        "InstallFolder | tests | tests | True",
        "InstallDocuments | ('docs', 'tests')",
        *ENDS,
    ]


def test_what_the_rockspec_lists_replaces_what_is_found() -> None:
    """build.install and copy_directories count as a whole, build.modules too, even if empty."""
    sources = tree("a.lua", "bin/tool", "docs/x")
    build = '{ install = { conf = { "c" } }, copy_directories = { "d" } }'
    found = told(steps(build, rockspec_format="3.0", sources=sources))
    assert "InstallFile | c | conf/c | False" in found
    assert not any("bin/tool" in line or "docs" in line for line in found)
    none = told(steps("{ modules = {} }", rockspec_format="3.0", sources=sources))
    assert not any(line.startswith("InstallFile ") for line in none)
