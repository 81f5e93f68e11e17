"""Decide the dependencies of a package, and which modules cannot be loaded with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from distrorocks.families.naming_rules import alike
from distrorocks.families.package_names import PackageNames
from distrorocks.families.version_range import Span, Spans, accepted, spelled
from distrorocks.families.versions import deb_key
from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.lua_globals import STANDARD_MODULES
from distrorocks.packaging.code.unloadable import needed_by_all
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.external_needs import external_fields
from distrorocks.packaging.plan.field import HIGH, LOW, MEDIUM, FieldDefinition
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables
from distrorocks.packaging.plan.idle_needs import idle, test_only
from distrorocks.packaging.plan.prose import listed
from distrorocks.packaging.plan.unloadable_modules import Surroundings, unloadable_field
from distrorocks.packaging.source.facts import Facts
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version

_Texts: TypeAlias = "FieldDefinition[tuple[str, ...]]"
_ZEROS = re.compile(r"(?:\.0)+\Z")
_OWN_TYPES = frozenset(("builtin", "cmake", "command", "make", "module", "none"))


def dependency_fields(
    facts: Facts,
    form: Format,
    draft: Draft,
    tables: Tables,
    needs: Mapping[str, LoadNeeds],
) -> None:
    """Decide the dependencies and build dependencies of the package.

    ``needs`` are what the rock's modules need when they are loaded.
    """
    names = tables.names
    lua_versions = draft.lua_versions
    run = _Packages(form, names, lua_versions, facts.rock)
    test_only(facts, draft, names)
    for dependency in _once(facts.dependencies):
        if dependency.rock_name not in draft.test_only:
            run.add(dependency)
    _undeclared(facts, draft, tables, run, needs)
    run.put(draft, Fields.requires, Fields.requires_missing)
    idle(facts, draft, names)
    build = _Packages(form, names, lua_versions, facts.rock)
    for dependency in _once(build_dependencies_of(facts)):
        build.add(dependency)
    build.put(draft, Fields.build_requires, Fields.build_requires_missing)
    around = Surroundings(facts, draft.package, tables, packages_in(run.known))
    unloadable_field(around, draft, needs)
    external_fields(facts, form, draft, tables.libraries, names.where_not)


def _once(dependencies: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """Return dependencies of which each rock is one, with all that is asked of its version."""
    found: dict[str, Dependency] = {}
    for each in dependencies:
        known = found.setdefault(each.rock_name, each)
        if known is not each:
            constraints = tuple(dict.fromkeys((*known.constraints, *each.constraints)))
            found[each.rock_name] = known._replace(constraints=constraints)
    return tuple(found.values())


def build_dependencies_of(facts: Facts) -> tuple[Dependency, ...]:
    """Return the build dependencies of a rock, including the rock of its build type."""
    named = facts.build_dependencies
    implied = f"luarocks-build-{facts.build_type}"
    if facts.build_type in _OWN_TYPES or implied in {each.rock_name for each in named}:
        return named
    return (*named, Dependency.parse(implied))


def _undeclared(
    facts: Facts,
    draft: Draft,
    tables: Tables,
    run: _Packages,
    needs: Mapping[str, LoadNeeds],
) -> None:
    """Add the packages of what all of the rock needs and its rockspec does not name.

    So are those that a needed package does not depend on, though its rock does, and the first of
    those of which the rock's main module needs one with a Lua version.
    """
    names = tables.names

    def is_undeclared(module: str) -> bool:
        root = module.partition(".")[0]
        named = (each.rock_name for each in facts.dependencies)
        return root not in STANDARD_MODULES and not any(
            module in names.modules_of(rock) or alike(module, rock) for rock in named
        )

    there = {draft.package, *packages_in(run.known)}
    packages: dict[str, str] = {}
    weak = {more: each for each in sorted(there) for more in names.needs_of(each)}
    weak = {more: each for more, each in weak.items() if more not in there}
    there.update(weak)
    for module in needed_by_all(needs, facts.modules, is_undeclared):
        package = names.package_with(module)
        if package and package not in there:
            packages.setdefault(package, module)
    around = Surroundings(facts, draft.package, tables, {*there, *packages})
    for lua in draft.lua_versions:
        for module, package in around.chosen(needs, lua).items():
            packages.setdefault(package, module)
    found = (*packages, *weak)
    run.known.update(dict.fromkeys(found))
    pairs = tuple(f"{module} of {package}" for package, module in packages.items())
    gaps = [f"the code requires {listed(pairs)}, which the rockspec does not name"] if pairs else []
    gaps += [
        f"{each} only recommends {more}, which its rock requires" for more, each in weak.items()
    ]
    confidence = MEDIUM if gaps else HIGH
    draft.put(Fields.undeclared, found, confidence=confidence, gap="; ".join(gaps))


def packages_in(relations: Iterable[str]) -> set[str]:
    """Return the words of relations, which have the names of the packages among them."""
    return {word for each in relations for word in re.findall(r"[A-Za-z0-9][\w.+-]*", each)}


def _readable(spans: Spans, version: str | None) -> Spans:
    """Return spans without those that only tell spellings and pre-releases of a bound apart.

    Package managers order 2, 2.0~rc1 and 2.0, of which LuaRocks takes the first and the last for
    the same, so ``>= 2.0`` is two spans. Hardly a package is spelled so; the span that holds
    ``version``, which is that of the distribution's package, is kept.
    """
    key = deb_key(spelled(Version.parse(version).parts)) if version else None

    def is_kept(span: Span) -> bool:
        low, high = (_ZEROS.sub("", bound.rstrip("~")) for bound in span)
        is_held = key is not None and span.low and deb_key(span.low) <= key < deb_key(span.high)
        return low != high or bool(is_held)

    return tuple(filter(is_kept, spans)) if len(spans) > 1 else spans


class _Packages:
    """The packages of a list of dependencies."""

    def __init__(
        self, form: Format, names: PackageNames, lua_versions: tuple[str, ...], own: str
    ) -> None:
        self._form = form
        self._names = names
        self._lua_versions = lua_versions
        self._own = own
        self.known: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        self._guesses: list[str] = []
        self._unfit: list[str] = []

    def add(self, dependency: Dependency) -> None:
        """Add the package of one rock, unless Lua itself provides it."""
        rock = dependency.rock_name
        if rock == self._own or all(rock in rocks_provided(each) for each in self._lua_versions):
            return
        package = self._names.of(rock)
        spans = _readable(accepted(dependency.constraints, slots=0), package.version)
        written = self._form.written_need(package.name, spans)
        lacking = next(iter(package.not_for(rock, self._lua_versions)), "")
        had = " and ".join(sorted(package.lua_versions))
        unserved = f"{rock} for Lua {lacking} ({package.name} is for {had})"
        if not package.is_packaged:
            self.missing[written] = None
            self._guesses.append(f"{rock} (as {package.name})")
        elif lacking and self._form.is_split:  # the Lua is part of the name, which nothing has
            self.missing[written] = None
            self._guesses.append(unserved)
        else:
            self.known[written] = None
            self._unfit += [unserved] if lacking else []
            if package.lacks((dependency,)):
                self._unfit.append(f"{dependency} ({package.name} has {package.version})")

    def put(self, draft: Draft, known: _Texts, missing: _Texts) -> None:
        """Add both fields: the packages that the distribution has, and those that it lacks."""
        gap = f"the distribution has no {listed(tuple(self._unfit))}" if self._unfit else ""
        draft.put(known, tuple(self.known), confidence=MEDIUM if gap else HIGH, gap=gap)
        gap = ""
        if self._guesses:
            gap = f"no package is known for {listed(tuple(self._guesses))}"
        draft.put(missing, tuple(self.missing), confidence=LOW if gap else HIGH, gap=gap)
