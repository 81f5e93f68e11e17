"""Modules of packages that are missing or modified, by the package databases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from distrorocks.families.known import FAMILIES
from distrorocks.families.lua_files import LuaFile, classify
from distrorocks.families.package import Unkept
from distrorocks.health.finding import MISSING, MODIFIED, Finding, digest_text
from distrorocks.system.files.root_path import RootView
from distrorocks.world.survey import Survey


def unkept_promises(found: Survey, view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
    """Return the modules for these Lua versions that are not as their packages have them."""
    families = (FAMILIES[each] for each in found.families)
    return [each for family in families for each in family.unkept_promises(view, lua_versions)]


def missing_modules(unkept: Iterable[Unkept]) -> Iterator[tuple[Unkept, LuaFile]]:
    """Yield those that are missing, with the module that each path is."""
    for each in unkept:
        file = None if each.found else classify(each.path)
        if file:
            yield each, file


def promise_finding(unkept: Unkept) -> Finding:
    """Return the finding for a missing or modified file of a package."""
    package, made = unkept.package, unkept.algorithm
    recorded = f"{made} {unkept.expected}" if unkept.expected else "a file"
    return Finding(
        MODIFIED if unkept.found else MISSING,
        unkept.path,
        f"{recorded}, by the package {package}",
        f"{digest_text(made, unkept.found)} in a file of package {package}"
        if unkept.found
        else "no file",
        FAMILIES[unkept.family].reinstall_hint(package),
    )
