"""How upstream's tests are run is found by the rockspec, and by files and their names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.code.suite_commands import Recipe
from distrorocks.packaging.code.suite_recipes import recipe_of
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
        ('{ command = "make all test" }', "the command make all test is not understood"),
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


@pytest.mark.parametrize(
    ("files", "rocks", "command"),
    [
        (["spec/a_spec.moon"], ("busted", "moonscript"), BUSTED),
        (["spec/a_spec.yaml"], ("specl",), 'lua "$(command -v specl)" spec/a_spec.yaml'),
        (["spec/a_specs.lua"], ("telescope",), 'lua "$(command -v tsc)" spec/a_specs.lua'),
    ],
)
def test_specs_of_others_are_run_by_the_program_of_their_rock(
    files: list[str], rocks: tuple[str, ...], command: str
) -> None:
    """MoonScript by busted, YAML by specl; telescope has contexts and functions that assert."""
    texts = dict.fromkeys(files, "context('a', function() assert_equal(1, 1) end)")
    recipe = found(texts)
    assert (recipe.runners, recipe.commands) == (rocks, (command,))


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (["spec/a_spec.js"], "no test of .js is run"),
        (["spec/a b_spec.yaml"], "the names of its files are no plain words of a shell"),
    ],
)
def test_specs_that_nothing_runs_are_told(files: list[str], fault: str) -> None:
    """So are names that a shell would take for several words."""
    assert found(dict.fromkeys(files, "")).fault == fault


def test_a_rockspec_may_have_busted_run_specs_in_moonscript() -> None:
    """Those in Lua come first."""
    assert found({"spec/a_spec.moon": ""}, '{ type = "busted" }').runners == (
        "busted",
        "moonscript",
    )
    both = {"spec/a_spec.moon": "", "spec/b_spec.lua": ""}
    assert found(both, '{ type = "busted" }').runners == ("busted",)


def test_a_rockspec_may_name_a_target_of_the_makefile() -> None:
    """Its commands are taken, under the name of the rockspec's table."""
    texts = {"Makefile": "all:\n\nunit:\n\tlua test.lua\n", "test.lua": ""}
    recipe = found(texts, '{ command = "make unit" }')
    assert (recipe.place, recipe.commands) == ("rockspec: test", ("lua test.lua",))


def test_scripts_are_run_where_a_makefile_is_not_understood() -> None:
    """The gap is told where there are none."""
    makefile = "test:\n\t./configure\n"
    assert "is not understood" in found({"Makefile": makefile}).fault
    assert found({"Makefile": makefile, "test.lua": ""}).commands == ("lua test.lua",)
