"""Scripts that are tests are found by the names of their files, and by how they name each other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from distrorocks.packaging.code.suite_commands import Recipe
from distrorocks.packaging.code.suite_scripts import scripts

ASSERTS = "assert(require 'foo')"


def found(texts: Mapping[str, str]) -> Recipe:
    """Return how the scripts among files are run."""
    recipe = scripts(sorted(texts), texts)
    assert recipe is not None
    return recipe


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
    ("texts", "commands"),
    [
        ({"test/a.lua": ASSERTS, "test/b.lua": ASSERTS}, ("lua test/a.lua", "lua test/b.lua")),
        ({"test/go.lua": "dofile 'a.lua'", "test/a.lua": ""}, ("(cd test && lua go.lua)",)),
        (
            {"test/go.lua": "require 'a'", "test/a.lua": "require 'b'", "test/b.lua": ""},
            ("(cd test && lua go.lua)",),
        ),
        (
            {"test/test_a.lua": "dofile '../x.lua'", "test/test_b.lua": ""},
            ("(cd test && lua test_a.lua)", "lua test/test_b.lua"),
        ),
    ],
)
def test_scripts_are_found_by_what_they_do(
    texts: Mapping[str, str], commands: tuple[str, ...]
) -> None:
    """All that assert are tests, or the one that starts the others; each has its directory."""
    assert found(texts).commands == commands


def test_scripts_of_prove_are_run_by_it() -> None:
    """One command names their directories."""
    recipe = found({"t/a.t": "", "t/b.t": "require 'Test.More'", "test/sub/c.t": ""})
    assert recipe.commands == ("prove --exec=lua t/*.t test/sub/*.t",)
    assert (recipe.files, recipe.programs) == (("t/a.t", "t/b.t", "test/sub/c.t"), ("prove",))


def test_a_script_that_runs_all_comes_before_prove() -> None:
    """It is Lua's own way to start them."""
    assert found({"test/test.lua": "", "test/a.t": ""}).commands == ("lua test/test.lua",)


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"test/a.lua": "", "test/b.lua": ""}, "nothing says how its test files are run"),
        ({"test/a.lua": ASSERTS, "test/b.lua": ""}, "nothing says how its test files are run"),
        (
            {"test/a.lua": f"{ASSERTS} {{'b'}} {{'c'}}", "test/b.lua": ASSERTS + "'a'"}
            | {"test/c.lua": ASSERTS},
            "nothing says how its test files are run",
        ),
        (
            {"test/a_test.lua": "", **{f"test/x{at}.lua": "" for at in range(6)}},
            "nothing says how its test files are run",
        ),
        (
            {"test/a.lua": "dofile('b.lua')", "test/b.lua": "", "test/c.lua": "dofile('d.lua')"}
            | {"test/d.lua": "dofile('c.lua')"},
            "nothing says how its test files are run",
        ),
        ({"test/a test.lua": ""}, "is no plain word of a shell"),
        ({"t/a.t": "use Test::Nginx::Socket;"}, "they are written in Perl"),
        ({"t/a.t": "#!/usr/bin/perl\n"}, "they are written in Perl"),
        ({"t/a b/a.t": ""}, "their directories are no plain words of a shell"),
    ],
)
def test_files_that_nothing_starts_are_told(texts: Mapping[str, str], fault: str) -> None:
    """They may be data, programs to look at, or for another language."""
    recipe = found(texts)
    assert fault in recipe.fault
    assert recipe.commands == ()


def test_sources_without_scripts_have_none() -> None:
    """Modules are no tests."""
    assert scripts(["foo.lua", "src/a.lua"], {}) is None
