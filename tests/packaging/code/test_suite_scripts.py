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


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        *((f"{it}.lua", True) for it in ("test", "tests", "Test", "unittest", "test_a", "test-a")),
        *(
            (f"{it}.lua", True)
            for it in ("test.a", "testAll", "a_test", "aTest", "a-tests", "a9test")
        ),
        *((f"{it}.lua", False) for it in ("run", "atestb", "latestx", "_test", "main")),
        *((f"{it}/a.lua", True) for it in ("test", "tests", "spec", "specs", "t", "unittest")),
        *((f"{it}/a.lua", True) for it in ("Tests", "unittests")),
        *((f"{it}/a.lua", False) for it in ("src", "testing", "x/test", "test/x", "tt")),
        ("src/test.lua", False),
        ("test/a.c", False),
    ],
)
def test_a_script_is_a_test_by_its_name_or_folder(path: str, is_test: bool) -> None:
    """At the top by its name, else in a folder for tests, and no deeper."""
    recipe = scripts([path], {path: ""})
    assert (recipe is not None) is is_test
    if recipe:
        assert (recipe.place, recipe.files, recipe.kind) == (path, (path,), "lua")


@pytest.mark.parametrize(
    "name",
    [
        *("test", "tests", "run", "run_all", "run-tests", "runtest", "run_unit", "runner", "all"),
        *("all_tests", "all-test", "alltests", "test_all", "testsall", "main", "init", "RUN"),
    ],
)
@pytest.mark.parametrize("folder", ["test", "tests", "t"])
def test_a_script_that_runs_all_is_known_by_its_name(folder: str, name: str) -> None:
    """It is run alone, and tells what the tests are."""
    runner = f"{folder}/{name}.lua"
    recipe = found({runner: "", f"{folder}/a_test.lua": "", f"{folder}/b_test.lua": ""})
    assert (recipe.place, recipe.commands) == (runner, (f"lua {runner}",))


@pytest.mark.parametrize(
    ("paths", "runner"),
    [
        (("test.lua", "test/run.lua"), "test.lua"),
        (("test/runner.lua", "test/run.lua"), "test/run.lua"),
        (("tests/all.lua", "test/all.lua"), "test/all.lua"),
        (("t/run.lua", "t/all.lua"), "t/all.lua"),
    ],
)
def test_of_several_runners_the_shortest_path_counts(paths: tuple[str, ...], runner: str) -> None:
    """Then the first by its letters."""
    assert found(dict.fromkeys(paths, "")).files == (runner,)


@pytest.mark.parametrize(("count", "is_run"), [(30, True), (31, False)])
def test_thirty_scripts_are_run_at_most(count: int, is_run: bool) -> None:
    """More are hardly meant to be run one by one."""
    recipe = found({f"test/test_{number:02}.lua": "" for number in range(count)})
    assert len(recipe.commands) == (count if is_run else 0)
    assert recipe.place == f"{count} files such as test/test_00.lua"


@pytest.mark.parametrize(("count", "is_run"), [(5, True), (6, False)])
def test_a_test_may_have_five_helpers(count: int, is_run: bool) -> None:
    """Where more of many files have other names, names say nothing."""
    texts = {"test/a_test.lua": "", **{f"test/x{at}.lua": "" for at in range(count)}}
    assert found(texts).commands == (("lua test/a_test.lua",) if is_run else ())


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("dofile 'b.lua'", "test"),
        ("dofile './b.lua'", ""),
        ("require 'b'", "test"),
        ("f '../x'", "test"),
        ("f 'x/../y'", ""),
        ("require 'b' f 'test/c'", ""),
        ('require "b" f "./test/c"', ""),
        ("require 'b' f 'xtest/c'", "test"),
        ("require 'above'", ""),
        ("require 'c'", ""),
        ("require(b)", ""),
    ],
)
def test_a_script_is_started_where_it_looks_for_files(text: str, folder: str) -> None:
    """Beside it, where it names one of there and none by way of the top."""
    texts = {"test/run.lua": text, "test/b.lua": "", "test/above.lua": "", "above.lua": ""}
    recipe = found(texts)
    assert recipe.folders == {"test/run.lua": folder}
    command = "(cd test && lua run.lua)" if folder else "lua test/run.lua"
    assert recipe.commands == (command,)


@pytest.mark.parametrize(
    ("texts", "root"),
    [
        ({"t/a.lua": "'b.lua'", "t/b.lua": "'a.lua'"}, None),
        ({"t/a.lua": "'b'", "t/b.lua": "'c'", "t/c.lua": "'b'"}, "t/a.lua"),
        ({"t/a.lua": "'b'", "t/b.lua": "", "t/c.lua": ""}, None),
        ({"t/a.lua": "'a'", "t/b.lua": "'a'"}, "t/b.lua"),
        ({"t/a.lua": "'b' 'c'", "t/b.lua": "", "t/c.lua": ""}, "t/a.lua"),
    ],
)
def test_the_script_that_names_all_others_starts_them(
    texts: Mapping[str, str], root: str | None
) -> None:
    """By way of others, too; where two are named by none, neither does."""
    assert found(texts).files == ((root,) if root else ())


def test_perl_is_known_by_its_first_line_or_its_modules() -> None:
    """Any file in it is enough; what only looks like it is Lua."""
    for text in ("#!/usr/bin/env perl -w\n", "x\nuse strict;", "use A::B qw(x);"):
        assert found({"t/a.t": "", "t/b.t": text}).fault == "they are written in Perl"
    for text in (" use strict;", "\n#!perl", "use 'strict'", "-- use x"):
        recipe = found({"t/a.t": text})
        assert (recipe.fault, recipe.place, recipe.kind) == ("", "1 files of prove", "prove")
