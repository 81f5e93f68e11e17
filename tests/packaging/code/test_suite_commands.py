"""Commands of Makefiles are understood as far as they start Lua, busted or prove."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.suite_commands import Recipe, made

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
