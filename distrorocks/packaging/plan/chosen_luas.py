"""Decide which Lua versions a package is for: by the rockspec, the code, and other packages."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.lua_versions import evidence_against
from distrorocks.packaging.code.luajit import LUAJIT_TREE
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, LOW, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables
from distrorocks.packaging.plan.prose import listed
from distrorocks.packaging.plan.unloadable_modules import unserved_luas, why_luajit
from distrorocks.packaging.source.facts import Facts
from distrorocks.rocks.version import Version


def lua_versions_field(
    facts: Facts, form: Format, draft: Draft, tables: Tables, needs: Mapping[str, LoadNeeds]
) -> None:
    """Decide the Lua versions of the package.

    They are those that the rockspec allows, the code supports, and the packages that the rock
    depends on are for and load in; if these are for no common one, they do not count.
    """
    asked = [each for each in facts.dependencies if each.rock_name == "lua"]
    allowed = tuple(
        version
        for version in form.lua_versions
        if all(each.satisfied_by(Version.parse(f"{version}-1")) for each in asked)
    )
    source = f"rockspec: {asked[0]}" if asked else "rockspec: any Lua"
    source += f"; {form.name} has {', '.join(form.lua_versions)}"
    against = {it: why for it in allowed if (why := evidence_against(it, facts.unfit_lua_versions))}
    fit = tuple(version for version in allowed if version not in against)
    if LUAJIT_TREE in fit and (why := why_luajit(facts, needs)):
        against |= dict.fromkeys((it for it in fit if it != LUAJIT_TREE), why)
        fit = (LUAJIT_TREE,)
    lacking = _lacking_luas(facts, fit, tables.names)
    if form.distribution == "debian":  # of whose packages it is known in which Luas they load
        lacking = unserved_luas(facts, tables, fit, needs) | lacking
    if served := tuple(version for version in fit if version not in lacking):
        fit, against = served, against | lacking
    whole = "; ".join((source, *dict.fromkeys(against.values())))
    if against and fit:
        draft.put(Fields.lua_versions, fit, whole, MEDIUM)
    elif against:
        gap = f"the code supports no Lua version of {form.name}: {against[allowed[-1]]}"
        draft.put(Fields.lua_versions, allowed, whole, LOW, gap)
    elif allowed:
        draft.put(Fields.lua_versions, allowed, source, HIGH if asked else MEDIUM)
    else:
        wanted, had = listed(tuple(map(str, asked))), " and ".join(form.lua_versions)
        gap = f"no Lua version fits: the rock requires {wanted}, {form.name} has {had}"
        draft.put(Fields.lua_versions, (form.lua_versions[-1],), source, LOW, gap)
    if missing := tuple(each for each in draft.lua_versions if each not in form.lua_versions):
        had = listed(form.lua_versions)
        gap = f"no Lua {listed(missing)} is known in {form.name}, which has {had}"
        draft.doubt(Fields.lua_versions.key, gap)


def _lacking_luas(facts: Facts, luas: tuple[str, ...], names: PackageNames) -> dict[str, str]:
    """Return the Lua versions that a package of a dependency is not for, each with the reason."""
    lacking: dict[str, str] = {}
    for rock in dict.fromkeys(each.rock_name for each in facts.dependencies):
        package = names.of(rock)
        for lua in package.not_for(rock, luas) if rock not in ("lua", facts.rock) else ():
            lacking.setdefault(lua, f"{package.name} is not for Lua {lua}")
    return lacking
