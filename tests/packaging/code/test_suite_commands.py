"""Commands of Makefiles are understood as far as they start Lua, busted or prove."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.suite_commands import (
    Recipe,
    made,
    run_busted,
    spec_endings,
    specs,
    understood,
)

FILES = {"test.lua": "", "more.lua": "", "t/run.lua": "", "t/a.t": "", "t/sub/b.t": ""}
LUA_SCRIPT = "#!/usr/bin/env lua\n"
BUSTED = 'lua "$(command -v busted)" --no-coverage'


def made_of(makefile: str, **texts: str) -> Recipe:
    """Return the tests of a Makefile beside some files."""
    whole = {**FILES, "bin/check": LUA_SCRIPT, "bin/other": "#!/bin/sh\n", **texts}
    found = made(sorted((*whole, "Makefile")), {**whole, "Makefile": makefile})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("makefile", "commands"),
    [
        ("test: all\n\t$(LUA) test.lua\n", ("lua test.lua",)),
        (
            "LUABIN= $(LUADIR)/bin\nTEST= test.lua\ntest: $T\n\t$(LUABIN)/lua $(TEST)\n",
            ("lua test.lua",),
        ),
        (
            "check: test\ntest:\n\tcd t && lua -l luarocks.require run.lua\n",
            ("(cd t && lua run.lua)",),
        ),
        ("test:\n\t@echo go\n\t@$(LUA) test.lua && echo ok\n\tlua t/run.lua\n", None),
        ("test:\n\tLUA_CPATH=./src/?.so lua test.lua\n", ("lua test.lua",)),
        ("test: so\n\tlua test.lua\n\tlua more.lua\n", ("lua test.lua", "lua more.lua")),
    ],
)
def test_a_makefile_counts_as_far_as_it_starts_lua(
    makefile: str, commands: tuple[str, ...] | None
) -> None:
    """What it builds before is installed already; its variables are replaced."""
    expected = commands or ("lua test.lua", "lua t/run.lua")
    assert made_of(makefile).commands == expected


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("bin/check $(TESTOPTS) -p x", "lua bin/check -p x"),
        ('MODE="" LUA_PATH="a b" lua test.lua', "MODE= lua test.lua"),
        ("MODE=fast lua test.lua", "MODE=fast lua test.lua"),
        ("prove --exec=$(LUA) t/*.t", "prove --exec=lua t/*.t"),
        ("prove -v -e lua5.1 t/a.t", "prove -v --exec=lua t/a.t"),
        ("prove --exec 'lua -lmore' -r t", "prove -r --exec='lua -lmore' t"),
        ('cd t && prove --exec="$(LUA) -l more" *.t', "(cd t && prove --exec='lua -lmore' *.t)"),
    ],
)
def test_a_line_is_kept_with_its_options_and_settings(line: str, command: str) -> None:
    """Options that nothing sets are empty, and paths of modules are those of the package."""
    assert made_of(f"test:\n\t{line}\n").commands == (command,)


def test_the_files_of_prove_are_those_that_its_patterns_name() -> None:
    """They are looked up in the directory where prove is started."""
    recipe = made_of("test:\n\tcd t && prove --exec=lua *.t ./sub/*.t\n")
    assert recipe.files == ("t/a.t", "t/sub/b.t")
    assert {recipe.folder_of(path) for path in recipe.files} == {"t"}
    assert (recipe.programs, recipe.runners) == (("prove",), ())


def test_each_script_has_the_directory_that_it_is_started_in() -> None:
    """Others are looked for in the first of them."""
    recipe = made_of("test:\n\tcd t && lua run.lua\n\tlua test.lua\n")
    assert [recipe.folder_of(it) for it in ("t/run.lua", "test.lua", "other.lua")] == ["t", "", "t"]


@pytest.mark.parametrize(
    "line",
    [
        "./configure",
        "lua $(UNKNOWN)",
        "lua gone.lua",
        "lua test.lua | diff - x",
        "bin/other",
        "MODE='a b' lua test.lua",
        "prove --exec=perl t/*.t",
        "prove --exec=lua t/$(date).t",
        "prove t/*.t",
    ],
)
def test_a_target_that_is_not_understood_is_told(line: str) -> None:
    """Only plain words come into the packaging: a Makefile is untrusted input."""
    recipe = made_of(f"test:\n\t{line}\n")
    assert "is not understood" in recipe.fault
    assert recipe.commands == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("busted", "the sources lack the specs"),
        ("prove --exec=lua gone/*.t", "the sources lack the files that prove is to run"),
    ],
)
def test_what_the_sources_lack_is_told(line: str, fault: str) -> None:
    """The target is understood, but what it is to run is not there."""
    assert made_of(f"test:\n\t{line}\n").fault == fault


def test_busted_runs_the_specs_without_their_coverage() -> None:
    """All of them count as files of the tests."""
    recipe = made_of("test:\n\tbusted -c -v\n", **{"spec/a_spec.lua": ""})
    assert recipe.commands == (f"{BUSTED} -v",)
    assert (recipe.files, recipe.runners) == (("spec/a_spec.lua",), ("busted",))


@pytest.mark.parametrize("makefile", ["test:\n", "test:\n\ninstall:\n\tcp a b\n", "all: test\n"])
def test_a_target_that_does_nothing_is_none(makefile: str) -> None:
    """So the sources have no tests by it, and no gap is told."""
    assert made(["Makefile", "test.lua"], {"Makefile": makefile}) is None


@pytest.mark.parametrize("target", ["test", "tests", "check", "spec"])
@pytest.mark.parametrize("name", ["GNUmakefile", "makefile", "Makefile"])
def test_a_makefile_has_its_names_and_targets(name: str, target: str) -> None:
    """The first of each that is there counts."""
    texts = {name: f"{target}:\n\tlua test.lua\n", "test.lua": ""}
    found = made([*texts], texts)
    assert found is not None
    assert (found.place, found.kind) == (f"{name}: {target}", "lua")
    assert made(["test.lua"], texts) is None
    assert made([*texts], {"test.lua": ""}) is None


def test_the_first_target_that_runs_tests_counts() -> None:
    """Its name may be given; a fault is that of the first target that has one."""
    makefile = "check:\n\tlua test.lua\nspec:\n\tlua more.lua\nrun::\n\tlua t/run.lua\n"
    assert made_of(makefile).commands == ("lua test.lua",)
    texts = {**FILES, "Makefile": makefile}
    for target, command in (("run", "lua t/run.lua"), ("spec", "lua more.lua")):
        found = made([*texts], texts, target)
        assert found is not None
        assert (found.commands, found.place) == ((command,), f"Makefile: {target}")
    assert made([*texts], texts, "test") is None
    assert made_of("test:\n\tbusted\ncheck:\n\tlua test.lua\n").commands == ("lua test.lua",)
    faulty = made_of("test:\n\tmake x\ncheck:\n\tbusted\n")
    assert (faulty.fault, faulty.place) == ("the sources lack the specs", "Makefile: test")
    assert made_of("test := x\ncheck:\n\tlua test.lua\n").commands == ("lua test.lua",)


@pytest.mark.parametrize(
    ("found", "files", "words"),
    [
        (["spec/a_spec.lua"], [], ""),
        (["t/a_spec.lua"], [], " t"),
        (["t/a_spec.lua"], [".busted"], ""),
        (["t/x/a_spec.lua", "spec/b_spec.lua", "t/c_spec.lua"], [], " spec t"),
        (["a b/a_spec.lua", "t/b_spec.lua"], [], " t"),
        (["a_spec.lua"], [], " a_spec.lua"),
    ],
)
def test_busted_is_given_the_folders_of_specs(
    found: list[str], files: list[str], words: str
) -> None:
    """Where they are others than its own, and no file of settings names them."""
    recipe = run_busted(found, files)
    assert recipe.commands == (f"{BUSTED}{words}",)
    assert (recipe.files, recipe.runners, recipe.kind) == (tuple(found), ("busted",), "busted")
    flagged = run_busted(found, files, ("-v",), ("moonscript",))
    assert flagged.commands == (f"{BUSTED} -v{words}",)
    assert flagged.runners == ("busted", "moonscript")
    assert run_busted([f"{it}/a_spec.lua" for it in "abcd"], []).place == (
        "4 files of busted in a, b, c"
    )


def test_specs_are_known_by_their_names() -> None:
    """By a word before the ending, whatever sign stands before it."""
    files = ["a_spec.lua", "x/b-spec.lua", "c.specs.lua", "d_spec.moon", "spec.lua", "e_specx.lua"]
    assert specs(files) == ["a_spec.lua", "x/b-spec.lua", "c.specs.lua"]
    assert specs(files, "moon") == ["d_spec.moon"]
    assert spec_endings(files) == {"lua", "moon"}


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("$(LUA_BIN) test.lua", "lua test.lua"),
        ("${LUA} test.lua", "lua test.lua"),
        ("$(LUA_DIR)/lua test.lua", "lua test.lua"),
        ("$(LUA_CMD) test.lua", "lua test.lua"),
        ("/usr/bin/lua5.1 test.lua", "lua test.lua"),
        ("luajit -e x test.lua", None),
        ("luajit -lx test.lua", "lua -lx test.lua"),
        ("lua -l luarocks.loader test.lua", "lua test.lua"),
        ("lua -lluarocks.loader test.lua", "lua test.lua"),
        ("lua -lluarc -l luarc -lx test.lua", "lua -lx test.lua"),
        ("lua -l x test.lua", None),
        ("lua test.lua > /dev/null", "lua test.lua"),
        ("lua test.lua # all", "lua test.lua"),
        ("lua   test.lua   -v", "lua test.lua -v"),
        ("-@+ lua test.lua", "lua test.lua"),
        ("lua ./test.lua", "lua ./test.lua"),
        ("cd t/../t && lua run.lua", "(cd t && lua run.lua)"),
        ("A='b' C=d lua test.lua", "A=b C=d lua test.lua"),
        ("LUA_INIT_5_3=x LUA_PATH=y A= lua test.lua", "A= lua test.lua"),
        ("$(A)", "lua test.lua"),
        ("$(OPTS) lua test.lua $(MY_FLAGS) $(TESTARGS)", "lua test.lua"),
        ("prove --exec=lua t/a.t -v", "prove --exec=lua t/a.t -v"),
        ("prove --exec=lua -v t/a.t", "prove -v --exec=lua t/a.t"),
        ("prove -r --exec=lua t", "prove -r --exec=lua t"),
        ("prove --exec=lua t", None),
        ("prove --recurse --exec=./lua t/a.t", "prove --recurse --exec=lua t/a.t"),
    ],
)
def test_a_line_is_read_as_make_and_the_shell_do(line: str, command: str | None) -> None:
    """Variables are those of the Makefile, and Lua is each Lua of the package."""
    recipe = made_of(f"A = $(B) # c\nB ?= lua $(C)\nC := test.lua\ntest:\n\t{line}\n")
    assert recipe.commands == ((command,) if command else ())


def test_a_line_that_only_says_something_runs_nothing() -> None:
    """Nor does one that clears away; a loop of variables ends."""
    for line in ("echo a", "rm -f x", "true", ": x", "mkdir x", "# x", ""):
        assert made_of(f"test:\n\t{line}\n\tlua test.lua\n").commands == ("lua test.lua",)
    for line in ("echox", "rmx", "truex"):
        assert made_of(f"test:\n\t{line}\n\tlua test.lua\n").commands == ()
    assert made_of("A = $(B)\nB = $(A)\ntest:\n\tlua $(A)\n").commands == ()


def test_a_long_line_is_not_read() -> None:
    """8192 characters are, with what its variables hold."""
    for length, count in ((8192, 1), (8193, 0)):
        line = "lua test.lua ".ljust(length, "x")
        found = understood([line], {}, ["test.lua"], {})
        assert len(found.commands if found else ()) == count
    grown = understood(["lua test.lua $(A)"], {"A": "x" * 8192}, ["test.lua"], {})
    assert grown is None


def test_the_kind_of_a_recipe_is_that_of_its_programs() -> None:
    """busted before prove, and prove before Lua, in any order; each is among what is needed."""
    files = ["test.lua", "a_spec.lua", "t/a.t"]
    lines = {"lua": "lua test.lua", "prove": "prove --exec=lua t/a.t", "busted": "busted"}
    for said, kind, runners, programs in (
        ("lua", "lua", (), ()),
        ("lua prove", "prove", (), ("prove",)),
        ("prove busted lua", "busted", ("busted",), ("prove",)),
    ):
        found = understood([lines[it] for it in said.split()], {}, files, {})
        assert found is not None
        assert (found.kind, found.runners, found.programs) == (kind, runners, programs)
    assert understood(["echo"], {}, files, {}) is None
    again = understood([lines["lua"], lines["lua"]], {}, files, {})
    assert again is not None
    assert (again.files, len(again.commands)) == (("test.lua",), 2)


def test_prove_looks_into_folders_where_it_is_told_to() -> None:
    """At most twenty patterns are read."""
    files = ["t/a.t", "t/x/b.t", "t/c.lua"]
    for flags, found in (("-r ", ("t/a.t", "t/x/b.t")), ("-v ", None), ("-vr ", files[:2])):
        recipe = understood([f"prove {flags}--exec=lua t"], {}, files, {})
        assert recipe is not None
        assert recipe.files == tuple(found or ())
        assert bool(recipe.fault) == (found is None)
    for count, is_read in ((20, True), (21, False)):
        recipe = understood([f"prove --exec=lua{' t/a.t' * count}"], {}, files, {})
        assert (recipe is not None) == is_read


def test_a_file_has_the_folder_that_it_is_used_in() -> None:
    """One that is not named has that of the first, and none without any."""
    assert Recipe("", folders={"a": "x", "b": ""}).folder_of("b") == ""
    assert Recipe("", folders={"a": "x", "b": ""}).folder_of("c") == "x"
    assert Recipe("").folder_of("c") == ""
