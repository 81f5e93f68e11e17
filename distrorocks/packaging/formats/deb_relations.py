"""The relations of a Debian package: what it is built with, what it needs and what it provides."""

from __future__ import annotations

from distrorocks.families.deb.versions import relations
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import DH_LUA, OTHER_HELPERS, PLAIN
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.source.facts import Facts

_FIRST_DH_LUA = {"5.5": "36"}
"""The dh-lua that first knew a Lua version, where Debian 12's does not."""
_BUILD_ESSENTIAL = ("g++", "gcc", "make", "libc6-dev", "dpkg-dev")
"""What no package names as a build dependency without a version (Policy 4.2)."""


def relation_fields(facts: Facts, draft: Draft) -> None:
    """Add the relations of the source package and of the binary package."""
    draft.put(Fields.multi_arch, _multi_arch(draft))
    draft.put(Fields.build_depends, _build_depends(draft, runs_cmake=facts.runs_cmake))
    _runtime(facts, draft)


def _runtime(facts: Facts, draft: Draft) -> None:
    """Add what the binary package depends on and provides.

    dh_luarocks generates what the rockspec says; without it, that is written out: without the
    rocks that no package has, as nothing provides them yet.
    """
    depends = ["${misc:Depends}"] + ["${shlibs:Depends}"] * draft.is_compiled
    if draft.helper not in OTHER_HELPERS:
        depends = ["${lua:Depends}", *depends, *draft.undeclared]
        draft.put(Fields.depends, tuple(depends))
        draft.put(Fields.provides, ("${lua:Provides}",))
        return
    if facts.commands:
        depends.append(f"lua{draft.lua_versions[-1]}")
    depends += [each for need in draft.requires for each in need.split(", ")]
    source = "the dependencies of the rockspec"
    draft.put(Fields.depends, tuple(dict.fromkeys(depends)), source)
    rock = (facts.rock, facts.version)
    given = relations(
        rock, (), draft.lua_versions, package=draft.package, package_of=lambda _: ""
    ).provides
    if draft.helper == DH_LUA:
        # dh-lua writes the names of the package for each Lua.
        given = ("${lua:Provides}", *(it for it in given if "(" in it))
    draft.put(Fields.provides, given, "the rock and lua_versions")


def _multi_arch(draft: Draft) -> str:
    """Return the Multi-Arch of the binary package, "" for none.

    Modules in Lua serve programs of any architecture, unless what they depend on does not: an
    interpreter of another architecture would find their C modules of the wrong one.
    """
    if draft.is_compiled:
        return "" if draft.commands else "same"
    needs = (draft.requires, draft.requires_missing, draft.undeclared, draft.external_requires)
    return "" if any(needs) else "foreign"


def _build_depends(draft: Draft, *, runs_cmake: bool) -> tuple[str, ...]:
    """Return Build-Depends, with those of every package first."""
    tools = {PLAIN: "luarocks", DH_LUA: _dh_lua(draft.lua_versions)}
    found = ["debhelper-compat (= 13)", tools.get(draft.helper, "dh-sequence-luarocks")]
    for version in draft.lua_versions if draft.helper != DH_LUA else ():
        # Debian 12's LuaRocks refuses to build even a rock of Lua alone without the headers.
        found += [f"lua{version}", f"liblua{version}-dev"]
    found += [need for need in draft.external_requires if need not in _BUILD_ESSENTIAL]
    if runs_cmake:
        found.append("cmake")
    found += [each for need in draft.build_requires for each in need.split(", ")]
    needs = [each for need in draft.requires for each in need.split(", ")]
    needs += [each for need in draft.upstream_tests_requires for each in need.split(", ")]
    found += [_only_for_tests(need) for need in needs]
    return tuple(dict.fromkeys(found))


def _dh_lua(lua_versions: tuple[str, ...]) -> str:
    """Return the relation on dh-lua, which depends on each Lua and its headers."""
    oldest = max((_FIRST_DH_LUA[it] for it in lua_versions if it in _FIRST_DH_LUA), default="")
    return f"dh-lua (>= {oldest})" if oldest else "dh-lua"


def _only_for_tests(need: str) -> str:
    """Return a relation with each alternative restricted to builds with tests."""
    return " | ".join(f"{each} <!nocheck>" for each in need.split(" | "))
