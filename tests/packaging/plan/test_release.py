"""A release has its own Lua versions and policy, and only its own systems' lists of packages."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import Distribution
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.format import Release
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.plan import packaging_plan
from distrorocks.packaging.plan.release import (
    at_release,
    find_release,
    parse_releases,
    read_releases,
)
from tests.packaging.scaffolding import rock_facts

ROCK = (
    'rockspec_format = "3.0" package = "foo" version = "1.0-1" '
    'source = { url = "https://example.org/foo-1.0.zip" } '
    'build = { type = "builtin", modules = { foo = "foo.lua" } }'
)


def test_a_line_has_six_columns_of_which_two_may_be_empty() -> None:
    """The rest is needed: another line is an error that shows it."""
    text = (
        "# comment\ndeb\tsid\tunstable x\t5.1 5.4\t4.7.2\tthe archive\nfedora\t43\t\t5.4\t\tlua\n"
    )
    assert parse_releases(text) == (
        Release("deb", "sid", ("unstable", "x"), ("5.1", "5.4"), "4.7.2"),
        Release("fedora", "43", (), ("5.4",), ""),
    )
    for line in (
        "deb\tsid",
        "\tsid\t\t5.1\t\tx",
        "deb\t\t\t5.1\t\tx",
        "deb\tsid\t\t\t\tx",
        "a\tb\t\t5\t\t",
    ):
        with pytest.raises(DistrorocksError, match="invalid line in the table of releases"):
            parse_releases(line)


def test_each_release_is_of_a_format_and_found_by_each_of_its_names() -> None:
    """In any case of letters; its Lua versions are those that the format then has."""
    for release in read_releases():
        for name in (release.name, *release.aliases, release.name.upper()):
            assert find_release(release.form, name) == release
        assert at_release(FORMATS[release.form], release).lua_versions == release.lua_versions
        assert bool(release.standards_version) is (release.form == "deb")
    assert find_release("deb", "") is None
    assert at_release(FORMATS["deb"], None) == FORMATS["deb"]


def test_an_unknown_release_is_refused_with_those_that_are_known() -> None:
    """One of another distribution is unknown too."""
    with pytest.raises(DistrorocksError, match="'rawhide' is no release that is known") as caught:
        find_release("deb", "rawhide")
    assert caught.value.hint.startswith("known are bookworm or 12, trixie or 13, sid or unstable; ")


@pytest.mark.parametrize(
    ("form", "name", "version", "is_own"),
    [
        ("deb", "trixie", "13", True),
        ("deb", "trixie", "12", False),
        ("deb", "sid", "", True),
        ("deb", "bookworm", "13", False),
        ("alpine", "3.22", "3.22", True),
        ("alpine", "3.22", "3.22.1", True),
        ("alpine", "3.22", "3.2", False),
        ("fedora", "43", "43", True),
        ("fedora", "43", "42", False),
    ],
)
def test_lists_of_packages_count_for_the_release_of_their_system(
    form: str, name: str, version: str, is_own: bool
) -> None:
    """By the version that its os-release has; sid has none."""
    release = find_release(form, name)
    assert release
    assert release.is_of(Distribution("any", (), version)) is is_own


def test_a_plan_for_a_release_has_its_luas_and_its_policy() -> None:
    """Debian's sid has Lua 5.5, and no 5.2; without a release nothing of the plan is new."""
    form, release = FORMATS["deb"], find_release("deb", "sid")
    tables = read_tables(form, release=release)
    plan = packaging_plan(rock_facts(ROCK), form, tables, {})
    assert plan.values["target"] == "sid"
    assert plan.values["lua_versions"] == ("5.1", "5.3", "5.4", "5.5")
    assert plan.values["standards_version"] == "4.7.2"
    plain = packaging_plan(rock_facts(ROCK), form, read_tables(form), {})
    assert (plain.values["target"], plain.values["lua_versions"]) == ("", form.lua_versions)
    assert plain.values["standards_version"] == "4.6.2"
