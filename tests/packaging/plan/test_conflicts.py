"""Packages that have modules of the same names are told, and conflict unless they are needed."""

from __future__ import annotations

from distrorocks.lua.read import parse
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.formats.templates import render, search_path
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.plan import packaging_plan
from distrorocks.packaging.source.facts import Sources, facts_of
from distrorocks.rocks.rockspec import Rockspec

TEXT = """package = "unheard-of"
version = "1-1"
source = {{ url = "https://example.org/foo-1.tar.gz" }}
dependencies = {{ "lua >= 5.1"{needs} }}
build = {{ type = "builtin", modules = {{ ["{module}"] = "foo.lua", mine = "mine.lua" }} }}
"""


def planned(module: str, needs: str = "") -> PackagingPlan:
    """Return the plan of a Debian package that has a module beside one of its own."""
    text = TEXT.format(module=module, needs=needs)
    facts = facts_of(Rockspec.from_chunk(parse(text.encode())), Sources())
    return packaging_plan(facts, FORMATS["deb"], read_tables(FORMATS["deb"]), {})


def control(plan: PackagingPlan) -> str:
    """Return the control file of a plan."""
    return render("deb", plan.values, search_path())["debian/control"][0].decode()


def test_a_package_with_a_module_of_the_name_is_a_conflict() -> None:
    """Both have the file, so that dpkg would refuse the second."""
    plan = planned("socket")
    assert plan.conflicts == ("lua-socket",)
    gap = "lua-socket has socket as well, so the two cannot be installed together"
    assert plan.fields["conflicts"].gap == gap
    assert "\nConflicts:\n lua-socket\nProvides:" in control(plan)


def test_a_package_that_the_rock_needs_is_a_gap_alone() -> None:
    """It has to be installed with the rock's, which then has to be without the module."""
    plan = planned("socket", ', "luasocket"')
    assert plan.conflicts == ()
    assert plan.fields["conflicts"].gap.endswith("depends on it: leave them out of the package")
    assert "Conflicts" not in control(plan)


def test_modules_that_no_package_has_are_no_conflict() -> None:
    """Nothing is told of them."""
    plan = planned("unheard.of")
    assert (plan.conflicts, plan.fields["conflicts"].gap) == ((), "")
