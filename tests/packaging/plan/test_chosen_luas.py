"""A package is for the Luas that the packages which its rock depends on are for."""

from __future__ import annotations

from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.package_names import PackageLists, PackageNames
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.plan import packaging_plan
from tests.packaging.plan.test_dependencies import facts


def planned_luas(luas: dict[str, str]) -> PackagingPlan:
    """Return the plan of a rock that needs others, whose packages are for some Lua versions."""
    known = facts("lua >= 5.1, < 5.4", "inspect", "say")
    packages = {package: frozenset(text.split()) for package, text in luas.items()}
    own = PackageLists(versions=dict.fromkeys(packages, "1"), lua_versions=packages)
    tables = read_tables(FORMATS["deb"])
    entries = {
        f"lua-{rock}": NameEntry(rocks=(HeldRock(rock),), evidence="e")
        for rock in ("inspect", "say")
    }
    names = PackageNames(entries=entries, contents={}, rule=str, lists=own)
    return packaging_plan(known, FORMATS["deb"], tables._replace(names=names), {})


def test_a_package_is_for_no_lua_that_a_dependency_is_not_for() -> None:
    """The evidence names the package; one that names no Lua versions is for all."""
    plan = planned_luas({"lua-inspect": "5.1 5.3", "lua-say": ""})
    assert plan.lua_versions == ("5.1", "5.3")
    assert "lua-inspect is not for Lua 5.2" in plan.fields["lua_versions"].source


def test_dependencies_without_a_common_lua_do_not_count() -> None:
    """A package for no Lua helps nobody."""
    assert planned_luas({"lua-inspect": "5.1", "lua-say": "5.3"}).lua_versions == (
        *("5.1", "5.2", "5.3"),
    )
