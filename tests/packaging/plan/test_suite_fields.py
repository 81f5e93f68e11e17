"""Upstream's tests are run by the package, or a gap says why not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.field import Value
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import outputs, plan_of, rock_facts

SPEC = """rockspec_format = "3.0"
package = "foo"
version = "1.0-1"
source = {{ url = "https://example.org/foo-1.0.tar.gz" }}
description = {{ summary = "Does foo.", license = "MIT" }}
dependencies = {{ "lua >= 5.3, < 5.5" }}
{more}
build = {{ type = "builtin", modules = {{ foo = "src/foo.lua" }} }}
"""
SPECS = "describe('foo', function() local foo = require 'foo' end)"
MAINTAINER = "A Packager <packager@example.org>"


def planned(
    texts: dict[str, str],
    more: str = "",
    form: str = "deb",
    settings: Mapping[str, Value] = MappingProxyType({}),
) -> PackagingPlan:
    """Return the plan of a rock with some files beside its module."""
    whole = {"src/foo.lua": "return {}", **texts}
    sources = Sources(files=tuple(sorted(whole)), texts=whole, top="foo-1.0")
    facts = rock_facts(SPEC.format(more=more), sources)
    return plan_of(facts, form, settings=settings, maintainer=MAINTAINER)


def test_a_rock_without_tests_tells_no_gap() -> None:
    """Its packaging has only the check that all modules load."""
    plan = planned({})
    assert plan.upstream_tests == ()
    assert plan.fields["upstream_tests"].gap == ""
    files = outputs(plan)
    assert "debian/tests/upstream" not in files
    assert "Tests: upstream" not in files["debian/tests/control"]
    assert "dh_auto_test" not in files["debian/rules"]


def test_specs_are_run_at_the_build_and_on_the_installed_package() -> None:
    """Busted is a build dependency of builds with tests, and a dependency of the autopkgtest."""
    plan = planned({"spec/foo_spec.lua": SPECS})
    assert plan.upstream_tests == ('lua "$(command -v busted)" --no-coverage',)
    assert plan.upstream_tests_luas == ("5.3", "5.4")
    assert plan.upstream_tests_without == ("src/foo.lua",)
    files = outputs(plan)
    assert "lua-busted <!nocheck>" in files["debian/control"]
    assert "debian/tests/upstream debian/.luarocks" in files["debian/rules"]
    stanza, rest = files["debian/tests/control"].split("\n\n", 1)
    assert stanza.startswith("Tests: upstream\n")
    assert "lua-busted" in stanza
    assert "superficial" not in stanza
    assert "Restrictions: superficial" in rest
    assert 'lua "$(command -v busted)" --no-coverage\n' in files["debian/tests/upstream"]
    assert "rm -f -- src/foo.lua\n" in files["debian/tests/upstream"]


@pytest.mark.parametrize("form", ["fedora", "opensuse", "arch", "alpine"])
@pytest.mark.parametrize(
    ("must_pass", "end"), [(False, ' || echo "upstream\'s tests fail" >&2\n'), (True, "\n")]
)
def test_each_format_runs_the_tests_in_its_check(form: str, must_pass: bool, end: str) -> None:
    """The commands are the same in all; they end a build only if the packager says so."""
    settings: dict[str, Value] = {"upstream_tests_must_pass": True} if must_pass else {}
    plan = planned({"test.lua": "require 'foo'"}, form=form, settings=settings)
    (text,) = [it for path, it in outputs(plan).items() if path.endswith((".spec", "BUILD"))]
    at = text.index("%check" if form in ("fedora", "opensuse") else "check() {")
    assert f"lua test.lua{end}" in text[at:]
    assert "rm -f -- src/foo.lua\n" in text[at:]
    assert ("once they have passed" in text[at:]) is not must_pass


@pytest.mark.parametrize("must_pass", [False, True])
def test_a_failure_ends_a_debian_build_only_if_the_packager_says_so(must_pass: bool) -> None:
    """On the installed package it is a failure either way, which autopkgtest forgives or not."""
    settings: dict[str, Value] = {"upstream_tests_must_pass": True} if must_pass else {}
    files = outputs(planned({"test.lua": "require 'foo'"}, settings=settings))
    assert ('|| echo "upstream\'s tests fail" >&2\n' in files["debian/rules"]) is not must_pass
    assert ("Restrictions: allow-stderr, flaky\n" in files["debian/tests/control"]) is not must_pass
    assert ("Restrictions: allow-stderr\n" in files["debian/tests/control"]) is must_pass
    assert "|| echo" not in files["debian/tests/upstream"]


def test_the_tests_run_with_the_luas_that_they_are_for() -> None:
    """A spec file that has more Luas leaves the others out."""
    plan = planned({"test.lua": "local x <const> = require 'foo'"})
    assert plan.lua_versions == ("5.3", "5.4")
    assert plan.upstream_tests_luas == ("5.4",)
    assert "lacks" in plan.fields["upstream_tests_luas"].source


@pytest.mark.parametrize(
    ("script", "more", "gap"),
    [
        ("require 'unheard.of'", "", "they require unheard.of, which no package has"),
        ("print(unpack(t))", "", "test.lua uses unpack(), which Lua 5.3 lacks"),
        ("ngx.say()", "", "test.lua uses the global ngx"),
        ("", 'test = { type = "odd" }', "tests of the type odd are not known"),
        ("", 'test_dependencies = { "foo" }', "foo would have to be installed to test itself"),
    ],
)
def test_what_keeps_tests_from_running_is_a_gap(script: str, more: str, gap: str) -> None:
    """Then nothing is run, and no package is asked for."""
    plan = planned({"test.lua": script}, more)
    assert plan.fields["upstream_tests"].gap.endswith(f"are not run: {gap}")
    assert plan.upstream_tests == plan.upstream_tests_luas == plan.upstream_tests_requires == ()


def test_busted_that_is_not_packaged_is_a_gap() -> None:
    """Fedora has none."""
    gap = planned({"spec/foo_spec.lua": SPECS}, form="fedora").fields["upstream_tests"].gap
    assert gap.endswith("they need busted, which no package has")


def test_packages_of_what_the_tests_require_are_asked_for() -> None:
    """So are those of test_dependencies; what the package depends on is there already."""
    plan = planned({"test.lua": "require 'lfs'"}, 'test_dependencies = { "luaunit >= 3" }')
    assert plan.upstream_tests_requires == ("lua-unit (>= 3)", "lua-filesystem")


def test_commands_of_the_packager_are_run_with_all_luas() -> None:
    """Also where the tests themselves were not understood; an empty list runs none."""
    plan = planned({}, settings={"upstream_tests": ("lua own.lua",)})
    assert plan.upstream_tests_luas == plan.lua_versions
    assert "lua own.lua\n" in outputs(plan)["debian/tests/upstream"]
    plan = planned({"test.lua": ""}, settings={"upstream_tests": ()})
    assert plan.upstream_tests_luas == ()
    assert "debian/tests/upstream" not in outputs(plan)


@pytest.mark.parametrize(
    ("form", "need"),
    [
        ("deb", "perl"),
        ("fedora", "perl-Test-Harness"),
        ("opensuse", "perl"),
        ("arch", "perl"),
        ("alpine", "perl-utils"),
    ],
)
def test_the_program_that_runs_tests_is_asked_for(form: str, need: str) -> None:
    """It has a package of another name in each distribution."""
    plan = planned({"t/a.t": "require 'foo'"}, form=form)
    assert plan.upstream_tests == ("prove --exec=lua t/*.t",)
    assert plan.upstream_tests_requires == (need,)


@pytest.mark.parametrize(
    ("spec", "rock"), [("a_spec.moon", "moonscript"), ("a_spec.yaml", "specl")]
)
def test_a_rock_that_runs_tests_and_is_in_no_package_is_named(spec: str, rock: str) -> None:
    """A packager sees what to package first."""
    gap = planned({f"spec/{spec}": ""}).fields["upstream_tests"].gap
    assert gap.endswith(f"are not run: they need {rock}, which no package has")


def test_a_rock_may_run_its_own_tests() -> None:
    """It is there where its package is tested."""
    spec = SPEC.replace('package = "foo"', 'package = "moonscript"')
    texts = {"src/foo.lua": "", "spec/a_spec.moon": ""}
    facts = rock_facts(spec.format(more=""), Sources(tuple(texts), texts, top="foo"))
    plan = plan_of(facts, maintainer=MAINTAINER)
    assert plan.upstream_tests_requires == ("lua-busted",)
