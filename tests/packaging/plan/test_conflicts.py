"""Packages that have modules of the same names are told, and conflict unless they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.conflicts import conflict_fields
from distrorocks.packaging.plan.draft import Draft, PackagingPlan
from distrorocks.packaging.plan.field import Value
from distrorocks.packaging.plan.fields import Fields
from tests.packaging.scaffolding import outputs, plan_of, rock_facts

TEXT = """package = "unheard-of"
version = "1-1"
source = {{ url = "https://example.org/foo-1.tar.gz" }}
dependencies = {{ "lua >= 5.1"{needs} }}
build = {{ type = "builtin", modules = {{ ["{module}"] = "foo.lua", mine = "mine.lua" }} }}
"""


def planned(
    module: str, needs: str = "", settings: Mapping[str, Value] = MappingProxyType({})
) -> PackagingPlan:
    """Return the plan of a Debian package that has a module beside one of its own."""
    text = TEXT.format(module=module, needs=needs)
    facts = rock_facts(text)
    return plan_of(facts, settings=settings)


def control(plan: PackagingPlan) -> str:
    """Return the control file of a plan."""
    return outputs(plan)["debian/control"]


def test_a_package_with_a_module_of_the_name_is_a_conflict() -> None:
    """Both have the file, so that dpkg would refuse the second."""
    plan = planned("socket")
    assert plan.conflicts == ("lua-socket",)
    gap = "lua-socket has socket as well, so the two cannot be installed together"
    assert plan.fields["conflicts"].gap == gap
    assert "\nConflicts:\n lua-socket\nProvides:" in control(plan)


def test_modules_of_a_package_that_the_rock_needs_are_left_to_it() -> None:
    """Both are installed together, so the build removes them before it checks and installs."""
    plan = planned("socket.core", ', "luasocket"')
    assert (plan.conflicts, plan.left_out) == ((), ("socket.core lua-socket",))
    assert plan.modules == ("mine",)
    assert plan.fields["conflicts"].gap.endswith("the rock depends on it: they are left to it")
    assert "Conflicts" not in control(plan)
    rules = outputs(plan)["debian/rules"]
    assert "\nexecute_after_dh_auto_build:\n\tcd debian/.luarocks && rm -f \\\n\t\t*/usr/" in rules
    assert rules.rstrip().endswith(" */usr/*/lua/*/socket/core.so")


def test_modules_of_several_packages_are_left_to_each() -> None:
    """Those of a first one are not forgotten for those of a second."""
    module = 'socket"] = "socket.lua", ["lfs'
    plan = planned(module, ', "luasocket", "luafilesystem"')
    assert plan.left_out == ("lfs lua-filesystem", "socket lua-socket")
    assert plan.modules == ("mine",)


def test_a_packager_may_leave_out_none() -> None:
    """Then the package has all modules."""
    plan = planned("socket", ', "luasocket"', settings={"left_out": ()})
    assert plan.modules == ("mine", "socket")


@pytest.mark.parametrize("line", ["socket", "socket lua-socket", "socket a comment"])
def test_a_packager_may_name_the_modules_alone(line: str) -> None:
    """What is behind the first blank is for people."""
    assert planned("socket", settings={"left_out": (line,)}).modules == ("mine",)


def test_other_formats_tell_it_alone() -> None:
    """There is no list of modules of their packages, but where the system has one."""
    names = PackageNames(
        entries={"lua-socket": NameEntry((HeldRock("luasocket"),))},
        contents={"lua-socket": frozenset({"socket"})},
        rule=str,
    )
    draft = Draft({})
    draft.put(Fields.package, "lua-foo")
    draft.put(Fields.modules, ("socket",))
    draft.put(Fields.requires, ("lua-socket",))
    draft.put(Fields.undeclared, ())
    conflict_fields(FORMATS["fedora"], draft, names)
    assert draft.fields["conflicts"].gap.endswith("depends on it: leave them out of the package")
    assert draft.modules == ("socket",)


def test_modules_that_no_package_has_are_no_conflict() -> None:
    """Nothing is told of them."""
    plan = planned("unheard.of")
    assert (plan.conflicts, plan.fields["conflicts"].gap) == ((), "")
