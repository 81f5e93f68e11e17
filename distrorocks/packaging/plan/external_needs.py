"""Decide which packages of external libraries a rock is built with.

They are those of the rockspec's ``external_dependencies``, of the headers that C code includes, and
of the libraries that it is linked with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from distrorocks.externals.needs import variable_word
from distrorocks.families.external_library import Brought, ExternalLibraries, ExternalLibrary
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import LOW, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format
from distrorocks.packaging.plan.prose import listed
from distrorocks.packaging.source.facts import Facts
from distrorocks.rocks.dependency import ExternalDependency

_ALWAYS_THERE = ("glibc",)  # installed with the compiler
_NOT_ASKED = (*_ALWAYS_THERE, "lua", "libstdc++")  # Lua's headers are asked for by its versions
_LIBRARY = re.compile(r"[\w.+-]+", re.ASCII)  # not one that a variable names
_PKG_CONFIG = "pkg-config"
# Packages that CMake looks for and that are no libraries to build with, or are part of the system.
_OF_CMAKE = frozenset(("Git", "PkgConfig", "Threads", "Doxygen", "Python", "Python3", "LATEX"))
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*", re.IGNORECASE | re.ASCII)


def external_fields(
    facts: Facts,
    form: Format,
    draft: Draft,
    libraries: ExternalLibraries,
    where_not: Callable[[str], str] = lambda _: "",
) -> None:
    """Decide the packages, the variables that tell LuaRocks where their headers are, and gaps.

    ``where_not`` returns the lists of packages that lack one, "" if it is there.
    """
    packages: dict[str, None] = {}
    unknown, evidence, variables = [], [], []
    for need in facts.externals:
        found = _found(need, libraries)
        if found and found.library.name in _ALWAYS_THERE:
            continue
        written = _written(found.library, form) if found else ""
        if not (found and written):
            unknown.append(need.name)
            continue
        packages[written] = None
        evidence.append(f"{need.name} is {found.library.name} ({found.library.evidence})")
        if found.directory and _VARIABLE.fullmatch(need.name):
            variables.append(f"{need.name}_INCDIR={found.directory}")
    told = {each.library for each in facts.externals} | {it.removeprefix("LIB") for it in unknown}
    for name, brought, why in (*_of_code(facts, libraries), *_of_build(facts, libraries)):
        if brought and brought.library.name.startswith(_NOT_ASKED):
            continue
        written = _written(brought.library, form) if brought else ""
        if brought and written:
            if written not in packages:
                packages[written] = None
                evidence.append(f"{name}, which {why} {brought.library.name}")
        elif _is_told(name, facts) and not {name, variable_word(name)} & {*told, *unknown}:
            unknown.append(name)
    lacking = {package: where for package in packages if (where := where_not(package))}
    gaps = [f"no package is known for the libraries {listed(tuple(unknown))}"] if unknown else []
    if lacking:
        verb = "is" if len(lacking) == 1 else "are"
        gaps.append(f"{listed(tuple(lacking))} {verb} not among {next(iter(lacking.values()))}")
    gap = "; ".join(gaps)
    source = "; ".join(evidence) or "rockspec: external_dependencies"
    there = tuple(package for package in packages if package not in lacking)
    draft.put(Fields.external_requires, there, source, LOW if gap else MEDIUM, gap)
    draft.put(Fields.build_variables, tuple(variables))


def _of_code(
    facts: Facts, libraries: ExternalLibraries
) -> Iterator[tuple[str, Brought | None, str]]:
    """Yield each header and library that C code names, what brings it, and how it is used."""
    if facts.has_c:
        for header in (*facts.headers.angled, *facts.headers.quoted):
            yield header, libraries.with_header(header), "the code includes, is of"
        for name in facts.linked:
            yield name, libraries.with_library(name), "the code links, is"


def _of_build(
    facts: Facts, libraries: ExternalLibraries
) -> Iterator[tuple[str, Brought | None, str]]:
    """Yield what the files of upstream's build ask for, what brings it, and how it is used."""
    calls = facts.build_calls
    if calls.runs_pkg_config:
        yield _PKG_CONFIG, libraries.with_program(_PKG_CONFIG), "the build runs, is of"
    for name in calls.pkg_config:
        brought = libraries.with_pkg_config(name) or _capability(name)
        yield name, brought, "the build asks pkg-config for, is of"
    for name in calls.libraries:
        yield name, libraries.with_library(name), "the build links, is"
    for name in calls.cmake:
        yield name, libraries.named(name), "CMake looks for, is"


def _capability(name: str) -> Brought:
    """Return what has a ``.pc`` file, whose package only RPM's dependencies find by its name."""
    return Brought(ExternalLibrary(name, (), (), (), (name,), {}, "pkg-config"))


def _is_told(name: str, facts: Facts) -> bool:
    """Return whether a gap tells that no package is known: of what is linked, or asked for."""
    calls = facts.build_calls
    is_linked = name in (*facts.linked, *calls.libraries) and not name.startswith("lua")
    is_asked = name in calls.pkg_config or name in set(calls.cmake) - _OF_CMAKE
    return (is_linked or is_asked) and len(name) > 1 and _LIBRARY.fullmatch(name) is not None


def _found(need: ExternalDependency, libraries: ExternalLibraries) -> Brought | None:
    """Return the library of an entry, by its header first, and by its name last."""
    return (
        (libraries.with_header(need.header) if need.header else None)
        or (libraries.with_library(need.library) if need.library else None)
        or (libraries.with_program(need.program) if need.program else None)
        or libraries.with_library(need.name.lower().removeprefix("lib"))
    )


def _written(library: ExternalLibrary, form: Format) -> str:
    """Return the dependency on a library: its ``.pc`` file if the format has these, or a name."""
    if form.has_pkg_config and library.pkg_config:
        return f"pkgconfig({library.pkg_config[0]})"
    return library.packages.get(form.distribution, "")
