"""Decide whether and how a package runs upstream's tests, and what they depend on.

They are run at the build and on the installed package. What keeps them from it is told as a gap.
"""

from __future__ import annotations

from distrorocks.families.version_range import accepted
from distrorocks.packaging.code.lua_globals import STANDARD_MODULES
from distrorocks.packaging.code.lua_versions import evidence_against
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, LOW, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables
from distrorocks.packaging.source.facts import Facts
from distrorocks.rocks.dependency import Dependency
from distrorocks.values import NamedTuple


class _Needs(NamedTuple):
    """The packages that tests depend on, or why there are not all."""

    packages: tuple[str, ...] = ()
    fault: str = ""


def suite_fields(facts: Facts, form: Format, draft: Draft, tables: Tables) -> None:
    """Decide the fields of upstream's tests; the modules and dependencies are decided before."""
    tests = facts.tests
    needs = _needs(facts, form, draft, tables) if not tests.fault else _Needs()
    fault = tests.fault or needs.fault
    against = {it: evidence_against(it, tests.unfit) for it in draft.lua_versions}
    luas = tuple(it for it, why in against.items() if not why)
    if not fault and not luas:
        fault = next(iter(against.values()), "the package is for no Lua version")
    is_run = bool(tests.commands) and not fault
    gap = f"upstream's tests ({tests.place}) are not run: {fault}" if fault else ""
    source = tests.place or "the sources have no tests"
    confidence = LOW if gap else MEDIUM if is_run else HIGH
    commands = tests.commands if is_run else ()
    draft.put(Fields.upstream_tests, commands, source, confidence, gap)
    is_run = bool(draft.upstream_tests)  # which the packager may have set
    why = "; ".join(dict.fromkeys(filter(None, against.values()))) if is_run else ""
    source = f"lua_versions; {why}" if why else ""
    luas = (luas or draft.lua_versions) if is_run else ()
    draft.put(Fields.upstream_tests_luas, luas, source, MEDIUM)
    draft.put(Fields.upstream_tests_must_pass, False)
    without = (*tests.own, *draft.prebuilt) if is_run else ()
    draft.put(Fields.upstream_tests_without, without)
    draft.put(Fields.upstream_tests_requires, needs.packages if is_run else ())


def _needs(facts: Facts, form: Format, draft: Draft, tables: Tables) -> _Needs:
    """Return the packages of what the tests require beside the rock and its dependencies."""
    names = tables.names
    there = {word for each in draft.requires for word in each.split()}
    faults = dict(line.partition(" ")[::2] for line in draft.unloadable)
    packages: dict[str, None] = {}
    for program in facts.tests.programs:
        brought = tables.libraries.with_program(program)
        having = brought.library.packages.get(form.distribution, "") if brought else ""
        if not having:
            return _Needs(fault=f"they need the program {program}, which no package has")
        packages[having] = None
    for dependency in _declared(facts):
        package = names.of(dependency.rock_name)
        if dependency.rock_name == facts.rock:
            return _Needs(fault=f"{facts.rock} would have to be installed to test itself")
        if package.is_packaged:
            packages[form.written_need(package.name, accepted(dependency.constraints, slots=0))] = (
                None
            )
        elif dependency.rock_name in facts.tests.runners:
            return _Needs(fault=f"they need {dependency.rock_name}, which no package has")
    for module in facts.tests.requires:
        if module in STANDARD_MODULES or _is_own(module, facts):
            if module in faults:
                return _Needs(fault=f"{module}, which they require, {faults[module]}")
            continue
        package_name = names.package_with(module)
        if not package_name:
            return _Needs(fault=f"they require {module}, which no package has")
        packages.setdefault(package_name)
    named = tuple(it for it in packages if it not in there and it != draft.package)
    return _Needs(named)


def _declared(facts: Facts) -> tuple[Dependency, ...]:
    """Return the rocks that tests depend on, those that run them first where nobody names them."""
    named = facts.test_dependencies
    there = {facts.rock, *(each.rock_name for each in named)}
    runners = (Dependency.parse(it) for it in facts.tests.runners if it not in there)
    return (*runners, *named)


def _is_own(module: str, facts: Facts) -> bool:
    """Return whether a module is one of the rock, as far as its build tells."""
    if module in facts.modules:
        return True
    end = f"/{module.replace('.', '/')}"
    ends = (f"{end}.lua", f"{end}/init.lua", f"{end}.c")
    is_upstreams = facts.build_type not in ("builtin", "module", "none")
    return is_upstreams and any(f"/{path}".endswith(ends) for path in facts.files)
