"""What dh-lua is told of a rock, and which rocks it is not told to build."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from distrorocks.errors import NegativeError
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.field import Value
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import outputs, plan_of, rock_facts

HEAD = """package = "Foo" version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
description = { summary = "A library of foo.", license = "MIT" }
dependencies = { "lua >= 5.3" }
"""


def planned(
    build: str, *files: str, below: str = "", head: str = "", **more: Value
) -> PackagingPlan:
    """Return the plan of a rock that dh-lua builds, by its build table and its files."""
    facts = rock_facts(f"{HEAD}{head} build = {{ {build} }}", Sources(files or ("a",), below=below))
    return plan_of(facts, settings={"helper": "dh-lua", **more})


def lines_of(plan: PackagingPlan, part: str = "-") -> list[str]:
    """Return the lines of a part's conf files, without its name and the test of modules."""
    lines = (line.partition(" ") for line in plan.dh_lua_lines)
    return [text for of, _, text in lines if of == part and not text.startswith("LUA_TEST=")]


def places(tmp_path: Path, plan: PackagingPlan) -> dict[str, str]:
    """Return where make, the shell and sed put each Lua file, by the recipe that dh-lua has."""
    (tmp_path / "conf").write_text(outputs(plan)["debian/lua5.4.dh-lua.conf"])
    (tmp_path / "Makefile").write_text(
        "include conf\nifeq '$(LUA_SOURCES_MANGLER)' ''\nLUA_SOURCES_MANGLER:=cat\nendif\n"
        "all:\n\t@for X in $(LUA_SOURCES); do echo $$X `echo $$X|$(LUA_SOURCES_MANGLER)`; done\n"
    )
    done = subprocess.run(
        ("make", "-s", "-C", tmp_path), check=True, capture_output=True, text=True
    )
    return dict(line.split(" ") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "files",
    [
        {"foo": "foo.lua > foo.lua"},
        {"foo": "src/foo.lua > foo.lua", "foo.bar": "src/foo/bar.lua > foo/bar.lua"},
        {
            "foo": "src/foo.lua > foo.lua",
            "bar": "init.lua > bar/init.lua",
            "b.c": "c.lua > b/c.lua",
        },
        {"foo": "foo.lua > foo.lua", "foo.words": "words/init.lua > foo/words/init.lua"},
        {"x": "src/foo.lua > x.lua", "src.z": "z.lua > src/z.lua", "y": "src/fooxlua.lua > y.lua"},
        {"x": "a/x.lua > x.lua", "n.y": "a/y.lua > n/y.lua", "m.z": "a/z.lua > m/z.lua"},
        {"x": "a/b/x.lua > x.lua", "y": "a/c/y.lua > y.lua", "a.z": "a/z.lua > a/z.lua"},
    ],
)
def test_files_go_to_the_places_of_their_modules(tmp_path: Path, files: dict[str, str]) -> None:
    """Whatever they are renamed to; each by the first expression of sed that fits."""
    pairs = [(module, *text.split(" > ")) for module, text in files.items()]
    named = ", ".join(f'["{module}"] = "{path}"' for module, path, _ in pairs)
    plan = planned(f"modules = {{ {named} }}")
    assert places(tmp_path, plan) == {path: place for _, path, place in pairs}


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ({"foo": "foo.lua"}, ""),
        ({"foo": "src/foo.lua", "foo.a": "src/foo/a.lua"}, "sed s?^src/??"),
        (
            {"foo": "src/foo.lua", "foo.a": "src/foo/b.lua"},
            "sed -e s?^src/foo/b.lua?foo/a.lua? -e t -e s?^src/??",
        ),
    ],
)
def test_the_usual_places_are_told_as_debian_tells_them(names: dict[str, str], line: str) -> None:
    """By one expression without a folder, and by none where files are in their places."""
    listed = ", ".join(f'["{module}"] = "{path}"' for module, path in names.items())
    lines = lines_of(planned(f"modules = {{ {listed} }}"))
    found = [it.partition("=")[2] for it in lines if it.startswith("LUA_SOURCES_MANGLER=")]
    assert found == [line] * bool(line)


def test_a_module_in_c_has_its_sources_flags_and_libraries() -> None:
    """Folders are named where the compiler does not look by itself."""
    plan = planned(
        'modules = { foo = { sources = { "a.c", "b/c.c" }, defines = { "X=1" }, incdirs = { "inc",'
        ' "$(ZLIB_INCDIR)", "$(MY_INCDIR)" }, libdirs = { "$(ZLIB_LIBDIR)" }, libraries = "z" } }',
        build_variables=("MY_INCDIR=/usr/include/my",),
    )
    assert lines_of(plan) == [
        "PKG_NAME=foo",
        "CLIB_OBJS=a.lo b/c.lo",
        "CLIB_CFLAGS=-DX=1 -Iinc -I/usr/include/my",
        "CLIB_LDFLAGS=-lz",
        "CLIB_LDFLAGS_STATIC=-lz",
        "PKG_LIBS_PRIVATE=-lz",
        "LUA_MODNAME=foo",
    ]


def test_paths_begin_at_the_top_of_the_sources() -> None:
    """dh-lua runs there, also where the rock is built in a folder."""
    build = 'modules = { foo = "src/foo.lua", ["foo.core"] = { sources = "a.c", incdirs = "." } }'
    lines = lines_of(planned(build, "a.c", below="lua/x"))
    assert lines[1:5] == [
        "LUA_SOURCES=lua/x/src/foo.lua",
        "LUA_SOURCES_MANGLER=sed s?^lua/x/src/??",
        "CLIB_OBJS=lua/x/a.lo",
        "CLIB_CFLAGS=-Ilua/x",
    ]


def test_definitions_reach_the_compiler_as_they_are(tmp_path: Path) -> None:
    """Through make and the shell: quotes, blanks and the sign of comments."""
    plan = planned(
        "modules = { foo = { sources = 'a.c', defines = { [[A=\"it's #1\"]], [[B=\\\\#]] } } }"
    )
    conf = outputs(plan)["debian/lua5.4.dh-lua.conf"]
    (tmp_path / "Makefile").write_text(conf + "all:\n\t@printf '%s\\n' $(CLIB_CFLAGS)\n")
    words = ("make", "-s", "-C", tmp_path)
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ['-DA="it\'s #1"', r"-DB=\\#"]


def test_names_of_what_is_no_module_stay_out_of_make() -> None:
    """LuaRocks passes over such entries; make would run what is in their names."""
    plan = planned('modules = { ["$(shell id)"] = true, ["foo.bar.long.name"] = "foo.lua" }')
    assert "shell" not in "".join(plan.dh_lua_lines)
    assert lines_of(plan)[-1] == "LUA_MODNAME=foo.bar.long.name"


def test_each_module_in_c_has_conf_files() -> None:
    """The one of the shortest name is built with the Lua files; the others by their own names."""
    plan = planned(
        'modules = { ["foo.core"] = "a.c", ["foo.a.b"] = "b.c", ["x-y.z"] = "c.c", foo = "d.lua" }'
    )
    assert plan.dh_lua_confs == (
        "lua5.3",
        "lua5.3.a-b",
        "lua5.3.core",
        "lua5.4",
        "lua5.4.a-b",
        "lua5.4.core",
    )
    assert lines_of(plan) == [
        "PKG_NAME=foo",
        "LUA_SOURCES=d.lua",
        "LUA_SOURCES_MANGLER=sed s?^d.lua?foo.lua?",
        "CLIB_OBJS=c.lo",
        "LUA_MODNAME=x-y.z",
        "LUA_MODNAME_CPART_UNDERSCORE=y_z",
    ]
    assert lines_of(plan, "core") == ["PKG_NAME=foo-core", "CLIB_OBJS=a.lo", "LUA_MODNAME=foo.core"]


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        ('type = "make"', 'the rock has build.type = "make"'),
        ('type = "cmake"', 'the rock has build.type = "cmake"'),
        ('type = "command"', 'the rock has build.type = "command"'),
        ('modules = { foo = "a.cpp" }', "dh-lua compiles C alone"),
        ('modules = { foo = { "a.c", "b.cc" } }', "makes the module foo of b.cc"),
        ('modules = { foo = "../a.c" }', "makes the module foo of files elsewhere"),
        ('modules = { foo = { sources = "a.c", libdirs = "lib" } }', "its own folder lib"),
        (
            'modules = { foo = { sources = "a.c", defines = "V=$(V)" } }',
            "uses V=$(V) in the module",
        ),
        ('modules = { foo = { sources = "a.c", libraries = "z -s" } }', "names of libraries"),
        ('modules = { a = "x.lua", b = "x.lua" }', "to several places, which dh-lua cannot: x.lua"),
        ('modules = { a = "x.lua" }, install = { lua = { a = "y.lua" } }', "over one another"),
        ('modules = { a = "x y.lua" }', "special characters or elsewhere: x y.lua"),
        ('modules = { a = "/x.lua" }', "special characters or elsewhere: /x.lua"),
        ('modules = { a = "a.lua" }, install = { bin = { ["a b"] = "a.lua" } }', "bin/a b"),
        ('modules = { a = "-n.lua" }', "special characters or elsewhere: -n.lua"),
        ('modules = { a = "~a.lua" }', "special characters or elsewhere: ~a.lua"),
        ('modules = { ["$(shell id)"] = "a.lua" }', "elsewhere: $(shell id).lua"),
        ('modules = { ["$(shell id)"] = "a.c" }', "the module $(shell id) in C, whose name"),
        ('modules = { a = "a.lua" }, install = { bin = { ["../../x"] = "a.lua" } }', "bin/../../x"),
        ("modules = {}", "the rock has no modules"),
        ('modules = { a = "a.lua" }, patches = { ["a.diff"] = "" }', "applies build.patches"),
        ('modules = { ["a.dev"] = "a.c", ["foo.dev"] = "b.c" }', "would have the same name"),
    ],
)
def test_what_dh_lua_would_build_wrongly_is_refused(build: str, fault: str) -> None:
    """With the reasons, and the helpers that can."""
    with pytest.raises(NegativeError, match="dh-lua cannot build foo") as error:
        planned(build)
    assert fault in error.value.detail
    assert "--helper plain" in error.value.hint
    assert "dh-luarocks" in error.value.hint


def test_a_rockspec_alone_is_refused() -> None:
    """The sources may have a folder lua, all of which LuaRocks installs."""
    facts = rock_facts(f'{HEAD} build = {{ modules = {{ foo = "foo.lua" }} }}')
    with pytest.raises(NegativeError) as error:
        plan_of(facts, settings={"helper": "dh-lua"})
    assert "given without its sources" in error.value.detail


def test_a_package_of_another_name_is_refused() -> None:
    """dh-lua makes the name of the package of PKG_NAME, and installs nothing in others."""
    with pytest.raises(NegativeError) as error:
        planned('modules = { foo = "foo.lua" }', package="foo")
    assert "packaged as foo" in error.value.detail


def test_modules_of_another_package_are_left_to_it() -> None:
    """Neither their files nor their conf files are there."""
    plan = planned(
        'modules = { foo = "foo.lua", bar = "bar/init.lua", ["foo.c"] = "c.c" }',
        left_out=("bar lua-bar", "foo.c lua-bar"),
        is_compiled=False,
    )
    assert lines_of(plan) == ["PKG_NAME=foo", "LUA_SOURCES=foo.lua", "LUA_MODNAME=foo"]


def test_documents_are_installed_as_debian_has_them() -> None:
    """LuaRocks is not there to copy what the rockspec copies; tests are not installed."""
    build = (
        'modules = { foo = "foo.lua" }, copy_directories = { "doc", "tests", "samples", "data" }'
    )
    plan = planned(build, "foo.lua", "doc/a.md", "tests/a.lua", "samples/a.lua", "data/a")
    assert plan.doc_folders == ("doc",)
    assert plan.example_folders == ("samples",)
    assert plan.rock_files == ("data data",)


def test_the_dh_lua_that_knows_the_lua_is_asked_for() -> None:
    """It depends on each Lua and its headers, so these are not named again."""
    build = 'modules = { foo = "foo.lua" }'
    assert planned(build).build_depends == ("debhelper-compat (= 13)", "dh-lua")
    newer = planned(build, lua_versions=("5.4", "5.5"))
    assert newer.build_depends == ("debhelper-compat (= 13)", "dh-lua (>= 36)")


def test_modules_in_c_have_a_package_of_development_files() -> None:
    """dh-lua makes them in any case, and debhelper refuses files that no package has."""
    control = outputs(planned('modules = { foo = "a.c" }'))["debian/control"]
    assert "\nPackage: lua-foo-dev\n" in control
    assert "\n lua-foo (= ${binary:Version}),\n" in control
    assert "-dev" not in outputs(planned('modules = { foo = "a.lua" }'))["debian/control"]
