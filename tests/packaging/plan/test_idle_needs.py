"""Which dependencies of a rockspec no code names."""

from __future__ import annotations

import pytest

from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import plan_of, rock_facts


def planned(
    needs: str,
    text: str | None = "local u = require 'socket'",
    command: str = "",
    form: str = "deb",
    **settings: tuple[str, ...],
) -> PackagingPlan:
    """Return the plan of a rock with a module, whose code is not known if None, and a command."""
    rockspec = (
        'package = "foo" version = "1-1" source = { url = "https://example.org/foo-1.zip" } '
        f'dependencies = {{ "lua >= 5.1", {needs} }} build = {{ type = "builtin", '
        'modules = { foo = "foo.lua" }, install = { bin = { foo = "bin/foo" } } }'
    )
    texts = {"bin/foo": command} | ({} if text is None else {"foo.lua": text})
    given = rock_facts(rockspec, Sources(("foo.lua", "bin/foo"), texts))
    return plan_of(given, form, settings=settings)


@pytest.mark.parametrize(
    ("text", "command", "is_idle"),
    [
        ("local u = require 'socket'", "", True),
        ("local function f() return require 'diff' end", "", False),
        ("pcall(require, 'diff')", "", False),
        ("", "require 'diff'", False),
        (None, "", False),
    ],
)
def test_a_rock_that_no_code_names_is_told_where_no_package_has_it(
    text: str | None, command: str, is_idle: bool
) -> None:
    """Many rockspecs list what only their tests need; nothing is told of code that is not known."""
    plan = planned('"diff", "luasocket"', text, command)
    gap = plan.fields["requires_missing"].gap
    assert gap.startswith("no package is known for diff (as lua-diff)")
    assert ("no module or command names diff" in gap) is is_idle


@pytest.mark.parametrize(
    ("text", "command", "found"),
    [
        ("local u = require 'socket'", "", ("lunitx",)),
        ("local u = 'lunity'", "", ("lunitx",)),
        ("local function f() return require 'lunit' end", "", ()),
        ("pcall(require, 'lunit.console')", "", ()),
        ("", "require 'lunitx'", ()),
        (None, "", ()),
    ],
)
def test_what_only_runs_tests_is_left_out(
    text: str | None, command: str, found: tuple[str, ...]
) -> None:
    """It is a framework of tests by its name, no package has it, and no code names its modules."""
    plan = planned('"lunitx >= 0.6", "luasocket"', text, command)
    assert plan.test_only == found
    assert plan.requires_missing == (() if found else ("lua-lunitx (>= 0.6)",))
    assert plan.requires == ("lua-socket",)
    gap = "only tests need lunitx, which the rockspec beside the packaging leaves out"
    assert plan.fields["test_only"].gap == (gap if found else "")
    assert "lunitx" not in plan.fields["requires_missing"].gap or not found


def test_a_framework_that_a_package_has_is_needed() -> None:
    """Nothing is gained by leaving it out."""
    assert planned('"busted"').test_only == ()
    assert planned('"busted"', form="fedora").test_only == ("busted",)


def test_the_packager_decides_what_only_tests_need() -> None:
    """An empty list keeps all, another name leaves that out."""
    assert planned('"lunitx"', test_only=()).requires_missing == ("lua-lunitx",)
    assert planned('"lunitx"', test_only=()).fields["test_only"].gap == ""
    assert planned('"foo-tests"', test_only=("foo-tests",)).requires_missing == ()


@pytest.mark.parametrize(
    ("rock", "modules"),
    [
        ("busted", ("busted",)),
        ("lua-testlongstring", ("Test.LongString",)),
        ("lua-testmore", ("Test.More", "Test.Builder")),
        ("luacov", ("luacov",)),
        ("luaunit", ("luaunit",)),
        ("lunatest", ("lunatest",)),
        ("lunit", ("lunit",)),
        ("lunitx", ("lunit", "lunitx")),
        ("specl", ("specl",)),
        ("telescope", ("telescope",)),
    ],
)
def test_each_framework_of_tests_is_named_by_its_modules(
    rock: str, modules: tuple[str, ...]
) -> None:
    """Or by those below them; another name that begins so is none. Alpine has busted itself."""
    form = "fedora" if rock == "busted" else "alpine"
    for module in modules:
        for name, is_named in ((module, True), (f"{module}.x", True), (f"{module}_", False)):
            found = planned(f'"{rock}"', f"require '{name}'", form=form).test_only
            assert found == (() if is_named else (rock,))
    assert planned(f'"{rock}", "{rock} >= 1"', form=form).test_only == (rock,)
