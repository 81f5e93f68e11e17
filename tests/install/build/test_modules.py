"""Build type ``builtin``: LuaRocks' command lines, and where modules go."""

from __future__ import annotations

import pytest

from distrorocks.families.build_flags import BuildFlags
from distrorocks.install.build.request import BuildError, Lua, Settings
from distrorocks.install.build.step import Compile, InstallFile, Link
from distrorocks.rocks.detection import SourceTree
from tests.install.build.requests import LUA_FOLDER, steps, told


def builtin(modules: str, **fields: object) -> list[str]:
    """Return the steps for modules, without those that every rock has."""
    found = told(steps(f'{{ type = "builtin", modules = {{ {modules} }} }}', **fields))
    assert found[-5] == LUA_FOLDER
    return found[:-5]


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("a", "a.lua", "lua/a.lua"),
        ("a.b", "src/x.lua", "lua/a/b.lua"),
        ("a", "src/init.lua", "lua/a/init.lua"),
        ("a.init", "src/init.lua", "lua/a/init.lua"),
        ("init", "init.lua", "lua/init/init.lua"),
        ("a/b", "b.lua", "lua/a/b.lua"),
        ("a.b/c", "./c.lua", "lua/a/b/c.lua"),
    ],
)
def test_a_lua_module_goes_where_its_name_says(name: str, source: str, target: str) -> None:
    """The last word is the file; an init.lua stays one, in a directory of the module's name."""
    assert builtin(f'["{name}"] = "{source}"') == [f"InstallFile | {source} | {target} | False"]


def test_a_c_module_is_compiled_linked_and_copied() -> None:
    """The command lines are those that LuaRocks echoes."""
    assert builtin('["a.b"] = "src/b.c"') == [
        "Compile | gcc -O2 -fPIC '-I/inc' '-c' 'src/b.c' '-o' 'src/b.o' | src/b.c | src/b.o",
        "Link | mkdir -p 'a' && gcc -shared '-o' 'a/b.so' 'src/b.o' | a/b.so",
        "InstallFile | a/b.so | lib/a/b.so | True",
    ]


@pytest.mark.parametrize("value", ['{ "a.c", "b.cpp" }', '{ sources = { "a.c", "b.cpp" } }'])
def test_sources_are_a_list_or_a_field(value: str) -> None:
    """Each has an object, and all are linked in their order."""
    found = builtin(f"m = {value}")
    assert [line.rpartition(" | ")[2] for line in found[:2]] == ["a.o", "b.o"]
    assert found[2] == "Link | gcc -shared '-o' 'm.so' 'a.o' 'b.o' | m.so"


def test_flags_of_a_module_follow_the_source() -> None:
    """defines, incdirs, libdirs and libraries are lists or texts, with variables replaced."""
    module = (
        'm = { sources = "m.c", defines = { "A=1", "B=\\"$(LUA_WORD)\\"" }, incdirs = "inc", '
        'libdirs = { "$(X_LIBDIR)", "$(NO_DIR)" }, libraries = "x" }'
    )
    found = builtin(module, variables={"LUA_WORD": "it's", "X_LIBDIR": "/x"})[1:]
    assert found[0].startswith(
        "Compile | gcc -O2 -fPIC '-I/inc' '-c' 'm.c' '-o' 'm.o' "
        "'-DA=1' '-DB=\"it'\\''s\"' '-Iinc' |"
    )
    assert found[1] == "Link | gcc -shared '-o' 'm.so' 'm.o' '-L/x' '-Wl,-rpath,/x' '-lx' | m.so"


def test_settings_change_the_link_step() -> None:
    """gcc_rpath and link_lua_explicitly of the configuration are followed."""
    settings = Settings.from_table({"gcc_rpath": False, "link_lua_explicitly": True})
    module = 'm = { sources = "m.c", libdirs = "/x" }'
    found = builtin(module, settings=settings, variables={"LUA_LIBDIR": "/ll"})
    assert found[1] == "Link | gcc -shared '-o' 'm.so' 'm.o' '-L/x' '-L/ll' '-llua' | m.so"


def test_directories_of_libraries_are_found_without_being_named() -> None:
    """They are those of the declared external dependencies, else of the module's libraries."""
    externals = {"Z_INCDIR": "/z/i", "Z_LIBDIR": "/z/l", "H_INCDIR": "/h"}
    declared = 'external_dependencies = { Z = { library = "z" }, H = { header = "h.h" } }'
    for more, module in ((declared, 'm = "m.c"'), ("", 'm = { "m.c", libraries = { "z" } }')):
        compiled, linked, *_ = builtin(module, more=more, externals=externals)
        assert "'-I/z/i'" in compiled
        assert "/h" not in compiled
        assert "'-L/z/l' '-Wl,-rpath,/z/l'" in linked


def test_compilers_that_run_side_by_side_write_different_objects() -> None:
    """One source with the same flags is compiled once, with other flags to another object."""
    modules = (
        'a = { "s.c" }, b = { "s.c", "b.c" }, c = { sources = "s.c", defines = "C" }, '
        'd = { sources = "s.cpp" }'
    )
    found = steps(f'{{ type = "builtin", modules = {{ {modules} }} }}')
    compiled = [step for step in found if isinstance(step, Compile)]
    objects = [step.object for step in compiled]
    assert len(set(objects)) == len(objects) == 4
    linked = [step.command for step in found if isinstance(step, Link)]
    assert len(linked) == 4
    for step in compiled:
        assert any(f"'{step.object}'" in command for command in linked)
        assert f"'-o' '{step.object}'" in step.command


def test_all_is_compiled_before_anything_is_linked() -> None:
    """So steps of one kind are neighbours and may run in parallel."""
    found = steps('{ type = "builtin", modules = { a = "a.c", b = "b.c", c = "c.lua" } }')
    kinds = [type(step) for step in found[:5]]
    assert kinds == [Compile, Compile, Link, Link, InstallFile]


def test_the_flags_of_the_distribution_come_last() -> None:
    """Those of the compiler and of the linker are added to LuaRocks' own."""
    flags = BuildFlags.parse("CFLAGS=-g -O2\nCPPFLAGS=-D_F=2\nLDFLAGS=-Wl,-z,relro\nX=1")
    compiled, linked, _ = builtin('m = "m.c"', settings=Settings(hardening=flags))
    assert "gcc -O2 -fPIC -D_F=2 -g -O2 '-I/inc'" in compiled
    assert "gcc -shared -Wl,-z,relro '-o'" in linked


@pytest.mark.parametrize("name", ["", "a.", "a/../../b", "a./../x.c"])
def test_a_module_with_no_name_of_its_own_is_refused(name: str) -> None:
    """Its file would have no name, or be outside the rock."""
    with pytest.raises(BuildError, match=r"in build\.modules"):
        builtin(f'["{name}"] = "a.lua"')


def test_modules_need_names_and_sources() -> None:
    """A list of files says no names, an empty table no sources."""
    with pytest.raises(BuildError, match="write modules as"):
        builtin('"a.lua"')
    with pytest.raises(BuildError, match="no sources for the module 'a'"):
        builtin("a = {}")


def test_c_modules_need_the_headers_of_lua() -> None:
    """Without them the error names the Lua version; Lua modules need none."""
    assert builtin('a = "a.lua"', lua=Lua("5.4"))
    with pytest.raises(BuildError, match=r"headers of Lua 5\.4 are missing"):
        builtin('a = "a.c"', lua=Lua("5.4"))


def test_values_that_are_no_modules_are_left_out() -> None:
    """LuaRocks ignores them; overrides of platforms take a module away like that."""
    assert builtin('a = false, b = 1, c = "c.lua"') == ["InstallFile | c.lua | lua/c.lua | False"]


def test_lua_is_linked_wherever_it_is() -> None:
    """Without its directory the linker looks where it always does."""
    settings = Settings(links_lua=True)
    assert builtin('m = "m.c"', settings=settings)[1] == (
        "Link | gcc -shared '-o' 'm.so' 'm.o' '-llua' | m.so"
    )


def test_directories_that_are_named_are_all_there_are() -> None:
    """An empty list too; else those of declared dependencies with a library, as far as known."""
    more = (
        'external_dependencies = { Z = { library = "z" }, N = { library = "n" }, '
        'H = { header = "h.h" } }'
    )
    found = {"Z_INCDIR": "/z/i", "Z_LIBDIR": "/z/l", "H_INCDIR": "/h/i", "H_LIBDIR": "/h/l"}
    for given, compiled, linked in (
        ("", "'-I/z/i'", "'-L/z/l' '-Wl,-rpath,/z/l'"),
        (", incdirs = {}, libdirs = {}", "", ""),
        (', incdirs = "/i", libdirs = {}', "'-I/i'", ""),
        (', incdirs = {}, libdirs = { "/l" }', "", "'-L/l' '-Wl,-rpath,/l'"),
    ):
        module = f'm = {{ sources = "m.c", libraries = "q"{given} }}'
        first, second, *_ = builtin(module, more=more, externals=found)
        start = "Compile | gcc -O2 -fPIC '-I/inc' '-c' 'm.c' '-o' 'm.o'"
        assert first == f"{start}{compiled and ' '}{compiled} | m.c | m.o"
        start = "Link | gcc -shared '-o' 'm.so' 'm.o'"
        assert second == f"{start}{linked and ' '}{linked} '-lq' | m.so"


def test_an_object_is_named_for_its_source() -> None:
    """Without its extension, wherever it is; a dot in a folder's name is none of an extension."""
    found = builtin('m = { "a.b/c.cpp", "d.e/f", "g.x.c" }')
    assert [line.rpartition(" | ")[2] for line in found[:3]] == ["a.b/c.o", "d.e/f.o", "g.x.o"]


def test_an_object_of_other_flags_has_the_name_of_its_module() -> None:
    """In which slashes would be folders that are not there."""
    modules = 'a = "s.c", ["b/c"] = { sources = "s.c", defines = "D" }'
    found = [line.rpartition(" | ")[2] for line in builtin(modules)[:2]]
    assert found == ["s.o", "s.b.c.1.o"]


def test_modules_that_are_found_link_what_the_rock_needs() -> None:
    """All libraries of its external dependencies; a dependency may have only headers."""
    sources = SourceTree(("m.c", "n.lua"), frozenset(), {"m.c": "m"})
    more = 'external_dependencies = { Z = { library = "z" }, H = { header = "h.h" } }'
    found = told(steps("{}", rockspec_format="3.0", sources=sources, more=more))
    assert "Link | gcc -shared '-o' 'm.so' 'm.o' '-lz' | m.so" in found
    assert "InstallFile | n.lua | lua/n.lua | False" in found
