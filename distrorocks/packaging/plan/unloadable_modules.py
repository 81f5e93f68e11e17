"""Decide which modules the check of a package does not load, since they cannot be on their own."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import partial
from posixpath import basename

from distrorocks.families.naming_rules import alike
from distrorocks.packaging.code.library_openers import opened_by_root
from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.lua_globals import STANDARD_MODULES
from distrorocks.packaging.code.unloadable import for_luajit, unloadable, unmet_choices
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Tables
from distrorocks.packaging.plan.prose import few, listed
from distrorocks.packaging.source.facts import Facts

# The Lua versions that have a module which not all have, none for one of LuaJIT. Debian compiles
# 5.3 with LUA_COMPAT_5_2, so it has bit32, though LuaRocks does not count it as provided.
_HAVING = {"bit32": ("5.2", "5.3"), "utf8": ("5.3", "5.4", "5.5"), "jit": ()}


class Surroundings:
    """What is installed beside a rock's modules: packages, and what they hold, by Lua version."""

    def __init__(self, facts: Facts, package: str, tables: Tables, there: Container[str]) -> None:
        """Take the packages that are ``there`` when the package is checked."""
        self._facts, self._package, self._tables, self._there = facts, package, tables, there
        self._stems = {path.partition(".")[0] for path in map(basename, facts.files)}

    def unloadable(self, needs: Mapping[str, LoadNeeds], lua: str) -> dict[str, str]:
        """Return the modules that one Lua does not load on their own, each with the reason."""
        lack, fails = partial(self.lack, lua=lua), partial(self.fault, lua=lua)
        facts = self._facts
        return unloadable(needs, facts.modules, lack, (lua,), facts.unopened, fails)

    def chosen(self, needs: Mapping[str, LoadNeeds], lua: str) -> dict[str, str]:
        """Return modules that the rock's main module can do with, each with its package.

        It needs one of several with this Lua, of which none is there: the first that is packaged
        counts, but none for what may be asked for as a global.
        """
        facts, names = self._facts, self._tables.names
        broken, own = self.unloadable(needs, lua), {*facts.modules, *needs}
        found: dict[str, str] = {}
        for choice in unmet_choices(
            main_module(facts), needs, own, broken, partial(self.lack, lua=lua)
        ):
            for alternative in choice:
                outside = (it for it in sorted(alternative - own) if self.lack(it, lua))
                packages = {it: "" if it in _HAVING else names.package_with(it) for it in outside}
                packages |= {it: "" for it in packages if self.fault(it, lua)}
                if all(packages.values()) and not alternative & broken.keys():
                    found |= packages
                    break
        return found

    def has_modules(self, needs: Mapping[str, LoadNeeds]) -> bool:
        """Return whether the rock installs modules, by its rockspec or by what was read."""
        return bool(self._facts.modules or needs)

    def not_starting(self, lua: str) -> dict[str, str]:
        """Return the commands that require a module which is not there, each with the reason."""
        found = {}
        for command, modules in self._facts.commands_requires.items():
            reason = next(filter(None, (self.lack(it, lua) for it in modules)), "")
            if reason and command in self._facts.commands:
                found[command] = reason
        return found

    def fault(self, module: str, lua: str) -> str:
        """Return that a Lua does not load a packaged module in Debian, "" if it does."""
        tables = self._tables
        is_own = tables.names.package_with(module) == self._package
        is_failing = not is_own and tables.modules.not_loading(module, (lua,))
        return f"requires {module}, which Lua {lua} does not load in Debian" if is_failing else ""

    def without(self, module: str, lua: str) -> str:
        """Return why a Lua cannot have a module, whatever is installed, "" if it may."""
        root = module.partition(".")[0]
        is_without = lua not in _HAVING.get(root, (lua,))
        if is_without and not any(alike(root, it.rock_name) for it in self._facts.dependencies):
            return f"requires {module}, which Lua {lua} does not have"
        return ""

    def lack(self, module: str, lua: str) -> str:
        """Return why a module of others is not there when one Lua checks the package."""
        facts, names = self._facts, self._tables.names
        root = module.partition(".")[0]
        is_without = lua not in _HAVING.get(root, (lua,))
        if (root in STANDARD_MODULES and not is_without) or opened_by_root(module, facts.openers):
            return ""
        for need in facts.dependencies:
            rock = need.rock_name
            known = names.modules_of(rock)
            if module in known or alike(module, rock):
                if rock == facts.rock:
                    return ""
                named = names.of(rock)
                if not named.is_packaged:
                    return f"requires {module} of {rock}, which no package has"
                held = names.modules_in(named.name) or known
                is_held = not held or module in held
                return "" if is_held else f"requires {module}, which {named.name} does not have"
        if is_without:
            return f"requires {module}, which Lua {lua} does not have"
        package = names.package_with(module)
        is_upstreams = facts.build_type not in ("builtin", "module", "none")
        if package in self._there or (is_upstreams and (root in self._stems or not package)):
            return ""  # upstream's build may install more than the rockspec says
        holder = f" of {package}" if package else ""
        return f"requires {module}{holder}, which no dependency has"


def unloadable_field(around: Surroundings, draft: Draft, needs: Mapping[str, LoadNeeds]) -> None:
    """Decide which modules one of the package's Luas does not load.

    Of a rock without modules these are its commands, which the newest Lua runs.
    """
    found: dict[str, str] = {}
    for lua in draft.lua_versions:
        found = around.unloadable(needs, lua) | found
    has_modules = around.has_modules(needs)
    if not has_modules:
        found = around.not_starting(draft.lua_versions[-1])
    verb = "load" if has_modules else "start"
    gap = f"the check does not {verb} {listed(few(tuple(sorted(found))))}" if found else ""
    lines = tuple(f"{module} {found[module]}" for module in sorted(found))
    draft.put(Fields.unloadable, lines, confidence=MEDIUM if gap else HIGH, gap=gap)


def unserved_luas(
    facts: Facts, tables: Tables, luas: Iterable[str], needs: Mapping[str, LoadNeeds]
) -> dict[str, str]:
    """Return the Luas that do not load the rock's main module, whatever is installed.

    Each has the reason: a module of Lua that it needs, or a package by what that did when it was
    loaded.
    """
    main = main_module(facts)
    needs = {module: each._replace(fault="", unfit={}) for module, each in needs.items()}
    around = Surroundings(facts, tables.names.of(facts.rock, facts.modules).name, tables, ())
    found = {}
    for lua in luas if main in needs else ():
        without, fails = partial(around.without, lua=lua), partial(around.fault, lua=lua)
        broken = unloadable(needs, facts.modules, without, fails=fails)
        if main in broken:
            found[lua] = f"{main} {_first_reason(main, broken)}"
    return found


def why_luajit(facts: Facts, needs: Mapping[str, LoadNeeds]) -> str:
    """Return why LuaJIT alone loads the rock's main module, "" if others may."""
    return for_luajit(main_module(facts), facts.modules, needs)


def _first_reason(module: str, broken: Mapping[str, str]) -> str:
    """Return why a module does not load: where that is another of the rock, why that one."""
    seen = {module}
    while (after := broken[module].removeprefix("requires ")) in broken and after not in seen:
        module = after
        seen.add(module)
    return broken[module]


def main_module(facts: Facts) -> str:
    """Return the module that is named as the rock, "" if none is."""
    named = (it for it in facts.modules if "." not in it and alike(it, facts.rock))
    return next(named, "")
