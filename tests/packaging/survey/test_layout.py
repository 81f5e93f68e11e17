"""The steps of a survey are written as build services take them."""

from __future__ import annotations

import json

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.naming_rules import short_name
from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.survey.decide import Having, decide
from distrorocks.packaging.survey.layout import format_of, layout_texts, package_of_each
from distrorocks.rocks.dependency import Dependency

VERSIONS = dict.fromkeys(("base", "web", "tls", "app", "user", "old"), ("1.0-1",))
HAVINGS = {"old": Having("lua-old", "0.9-1", "0.9-1", (), "the map", is_sure=True)}
NEEDS = {
    "app": ("web", "base", "old >= 1", "far ~> 4"),
    "web": ("tls", "base >= 1"),
    "tls": ("web",),
    "user": ("app", "old"),
    "base": (),
}


def texts(distribution: str = "debian") -> dict[str, str]:
    """Return the files for five rocks, of which two need each other."""
    needs = {rock: tuple(map(Dependency.parse, each)) for rock, each in NEEDS.items()}
    survey = decide(VERSIONS, HAVINGS, needs)
    return layout_texts(survey, needs, HAVINGS, distribution)


def test_people_read_the_order() -> None:
    """What needs each other is told, and so is what is too old or missing."""
    assert texts()["order.txt"].splitlines() == [
        "lua-base",
        "# these need each other: lua-web lua-tls",
        "lua-web",
        "lua-tls",
        "lua-app",
        "# lua-old has old 0.9-1, not old >= 1",
        "# not found: far ~> 4, for app",
    ]


def test_koji_reads_rounds_and_programs_all_of_it() -> None:
    """With the version of each rock, and what it is built after."""
    found = texts("fedora")
    assert found["chain.txt"] == "lua-base : lua-web lua-tls : lua-app\n"
    order = json.loads(found["order.json"])
    assert order["packages"][-1] == {
        "package": "lua-app",
        "rock": "app",
        "version": "1.0-1",
        "after": ["lua-base", "lua-web"],
    }
    assert order["cycles"] == [["lua-web", "lua-tls"]]
    assert "sbuild.txt" not in found


def test_sbuild_is_given_what_was_built_before() -> None:
    """In a cycle that is only what comes before."""
    assert texts()["sbuild.txt"].splitlines() == [
        "lua-base",
        "lua-web --extra-package=lua-base",
        "lua-tls --extra-package=lua-base --extra-package=lua-web",
        "lua-app --extra-package=lua-base --extra-package=lua-web --extra-package=lua-tls",
    ]


def test_obs_reads_a_project_and_its_packages() -> None:
    """Each package has a folder with its metadata."""
    found = texts()
    assert '<project name="deb-lua-rocks">' in found["obs/_meta"]
    assert "<title>Lua rocks that debian does not have</title>" in found["obs/_meta"]
    names = {path.split("/")[1] for path in found if path.count("/") == 2}
    assert names == {"lua-base", "lua-tls", "lua-web", "lua-app"}


def test_without_steps_there_is_no_order() -> None:
    """An archive may have all that is wanted."""
    assert layout_texts(decide(VERSIONS, HAVINGS), {}, HAVINGS, "debian") == {}


def test_a_distribution_without_a_format_is_refused() -> None:
    """Its packages could not be scaffolded either."""
    assert format_of("opensuse").name == "opensuse"
    with pytest.raises(DistrorocksError, match="no packages of altlinux can be laid out"):
        format_of("altlinux")


def test_no_two_packages_have_one_name() -> None:
    """Nor has one that of a package which is there; after three tries that is a failure."""
    entries = {"lua-known": NameEntry((HeldRock("thing"),))}
    names = PackageNames(entries=entries, contents={}, rule=short_name)
    assert package_of_each(("luafoo", "foo", "thing", "lua-bar"), names, {"lua-bar"}) == {
        "luafoo": "lua-foo",
        "foo": "lua-foo-rock",
        "thing": "lua-known",
        "lua-bar": "lua-lua-bar",
    }
    with pytest.raises(DistrorocksError, match="no other name for the package of the rock foo"):
        package_of_each(("foo",), names, {"lua-foo", "lua-foo-rock"})
