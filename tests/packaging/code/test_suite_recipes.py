"""How upstream's tests are run is found by the rockspec, and by files and their names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.code.suite_recipes import Recipe, recipe_of
from distrorocks.rocks.rockspec import Rockspec

BUSTED = 'lua "$(command -v busted)" --no-coverage'
SPEC = {"spec/foo_spec.lua": "describe('foo', function() end)"}


def rockspec(test: str = "") -> Rockspec:
    """Return a rockspec with a table of tests, given in Lua."""
    text = (
        'rockspec_format = "3.0" package = "foo" version = "1.0-1" '
        'source = { url = "https://example.org/foo.tar.gz" } '
    )
    return Rockspec.from_chunk(parse(f"{text}{test and f'test = {test}'}".encode()))


def found(texts: Mapping[str, str], test: str = "", own: tuple[str, ...] = ()) -> Recipe:
    """Return how the tests of files are run."""
    recipe = recipe_of(rockspec(test), texts, texts, own)
    assert recipe is not None
    return recipe


def test_sources_without_tests_have_no_recipe() -> None:
    """A module named test.lua is no test, nor is one of the documents above the sources."""
    assert recipe_of(rockspec(), ["foo.lua", "../test.lua"], {}, ()) is None
    assert recipe_of(rockspec(), ["test.lua"], {"test.lua": ""}, ["test.lua"]) is None


@pytest.mark.parametrize(
    ("test", "commands"),
    [
        ('{ type = "busted" }', (BUSTED,)),
        ('{ type = "busted", flags = { "--verbose" } }', (f"{BUSTED} --verbose",)),
        ('{ type = "command", script = "./run.lua" }', ("lua run.lua",)),
        ('{ type = "command" }', ("lua test.lua",)),
        ('{ command = "lua5.3 run.lua all" }', ("lua run.lua all",)),
        ('{ command = "busted --coverage" }', (BUSTED,)),
    ],
)
def test_the_rockspec_says_how_its_tests_are_run(test: str, commands: tuple[str, ...]) -> None:
    """Type, script, command and flags are LuaRocks'; the interpreter is each Lua in turn."""
    assert found({**SPEC, "run.lua": "", "test.lua": ""}, test).commands == commands


@pytest.mark.parametrize(
    ("test", "fault"),
    [
        ('{ type = "busted" }', "the sources lack the specs"),
        ('{ type = "command", script = "run.lua" }', "the sources lack run.lua"),
        ('{ command = "make test" }', "the command make test is not understood"),
        ('{ command = "lua test.lua; rm -rf /" }', "is not understood"),
        ('{ command = "lua $(date).lua" }', "is not understood"),
        ('{ type = "other" }', "tests of the type other are not known"),
        ('{ type = "busted", flags = { "a b" } }', "its test.flags are no plain words"),
    ],
)
def test_what_cannot_be_run_is_told_with_the_reason(test: str, fault: str) -> None:
    """Only plain words come into the packaging: what a rockspec says is untrusted input."""
    recipe = found({"test.lua": ""}, test)
    assert fault in recipe.fault
    assert recipe.commands == ()


@pytest.mark.parametrize(
    ("files", "command"),
    [
        (["spec/a_spec.lua"], BUSTED),
        (["specs/a_spec.lua"], f"{BUSTED} specs"),
        (["a_spec.lua", "spec/b_spec.lua"], f"{BUSTED} a_spec.lua spec"),
        (["specs/a_spec.lua", ".busted"], BUSTED),
    ],
)
def test_specs_are_run_by_busted(files: list[str], command: str) -> None:
    """By default it looks into spec only; a file .busted may say where else."""
    texts = dict.fromkeys(files, "describe('foo', function() end)")
    assert found(texts).commands == (command,)


def test_specs_in_another_language_are_told() -> None:
    """They would have to be compiled."""
    assert found({"spec/a_spec.moon": ""}).fault == "no test of .moon is run"


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
    texts = {"Makefile": makefile, "test.lua": "", "more.lua": "", "t/run.lua": ""}
    expected = commands or ("lua test.lua", "lua t/run.lua")
    assert found(texts).commands == expected


@pytest.mark.parametrize(
    "recipe", ["./configure", "lua $(UNKNOWN)", "lua gone.lua", "lua test.lua | diff - x"]
)
def test_a_makefile_that_is_not_understood_is_told(recipe: str) -> None:
    """Where scripts are there, they are run instead."""
    makefile = f"test:\n\t{recipe}\n"
    assert "is not understood" in found({"Makefile": makefile}).fault
    assert found({"Makefile": makefile, "test.lua": ""}).commands == ("lua test.lua",)


@pytest.mark.parametrize(
    ("texts", "commands"),
    [
        ({"test.lua": ""}, ("lua test.lua",)),
        ({"test/run.lua": "", "test/a.lua": ""}, ("lua test/run.lua",)),
        ({"tests/only.lua": ""}, ("lua tests/only.lua",)),
        (
            {"test/test_a.lua": "", "test/test_b.lua": ""},
            ("lua test/test_a.lua", "lua test/test_b.lua"),
        ),
        ({"test/run.lua": "dofile('a.lua')", "test/a.lua": ""}, ("(cd test && lua run.lua)",)),
        ({"test/run.lua": "require 'a'", "test/a.lua": ""}, ("(cd test && lua run.lua)",)),
        ({"test/run.lua": "dofile 'test/a.lua'", "test/a.lua": ""}, ("lua test/run.lua",)),
    ],
)
def test_scripts_are_found_by_their_names(
    texts: Mapping[str, str], commands: tuple[str, ...]
) -> None:
    """One that starts the others is run in the directory where it looks for them."""
    assert found(texts).commands == commands


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (["test/a.lua", "test/b.lua"], "nothing says how its test files are run"),
        (["test/a.t", "test/b.t"], "prove, which runs its files in .t, is not set up"),
        (["test/a test.lua"], "is no plain word of a shell"),
    ],
)
def test_files_that_nothing_starts_are_told(files: list[str], fault: str) -> None:
    """They may be data, or programs to look at."""
    assert fault in found(dict.fromkeys(files, "")).fault
