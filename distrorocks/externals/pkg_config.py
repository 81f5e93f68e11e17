"""External dependencies that LuaRocks' search does not find, and pkg-config knows.

pkg-config says where a package keeps its headers and libraries, which may be below different
prefixes; LuaRocks wants both below one. What it says counts only if the files are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from distrorocks.externals.search import (
    Located,
    Missing,
    Probe,
    Verdict,
    directories_of,
    names_of,
    place_in,
)
from distrorocks.externals.settings import BINDIR, BUILD, INCDIR, LIBDIR, Settings
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import ExternalDependency
from distrorocks.values import NamedTuple

_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,99}", re.ASCII)
_END = regex(r"\.(?:h|hpp|so|a)\Z|\.so\.[0-9.]+\Z")


class Package(NamedTuple):
    """A package as pkg-config knows it; directories are absolute, ``prefix`` may be ""."""

    name: str
    prefix: str
    include_dirs: tuple[str, ...]
    library_dirs: tuple[str, ...]


Packages = Callable[[str], Package | None]
"""Answers what pkg-config says of a name, None if it knows none."""


def with_packages(
    verdict: Verdict,
    settings: Settings,
    variables: Mapping[str, str],
    probe: Probe,
    packages: Packages,
) -> Verdict:
    """Return a verdict in which pkg-config has found what was missing.

    A dependency whose place is given by ``variables`` stays missing, and in install mode nothing
    changes: pkg-config knows what is for building.
    """
    if settings.mode != BUILD:
        return verdict
    located, missing = list(verdict.located), []
    known = dict(verdict.variables)
    for each in verdict.missing:
        found = _found(each, settings, variables, probe, packages)
        if found:
            located.append(found)
            known.update(found.variables)
        else:
            missing.append(each)
    return Verdict(tuple(located), tuple(missing), known)


def package_names(dependency: ExternalDependency) -> Iterator[str]:
    """Yield the names under which pkg-config may know a dependency, the likeliest first."""
    words = [dependency.name.lower()]
    words += [_END.sub("", dependency.library)] if dependency.library else []
    if dependency.header:
        above, _, last = dependency.header.rpartition("/")
        words += [above.partition("/")[0], _END.sub("", last)]
    seen: set[str] = set()
    for word in filter(None, words):
        for name in (word, f"lib{word}"):
            if name not in seen and _NAME.fullmatch(name):
                seen.add(name)
                yield name


def _found(
    missing: Missing,
    settings: Settings,
    variables: Mapping[str, str],
    probe: Probe,
    packages: Packages,
) -> Located | None:
    """Return where one dependency is, by the first package that has all of it."""
    dependency = missing.dependency
    given = ("DEPS_DIR", *(f"{dependency.name}_{end}" for end in ("DIR", *settings.patterns)))
    if any(name in variables for name in given):
        return None
    for name in package_names(dependency):
        package = packages(name)
        located = package and _located(dependency, package, settings, probe)
        if located:
            return located
    return None


def _located(
    dependency: ExternalDependency, package: Package, settings: Settings, probe: Probe
) -> Located | None:
    """Return where a dependency is if a package has it, else None.

    For a compiler's own directories pkg-config may say nothing: LuaRocks' are searched after its.
    """
    own = {INCDIR: package.include_dirs, LIBDIR: package.library_dirs, BINDIR: ()}
    found: dict[str, str] = {f"{dependency.name}_DIR": package.prefix or settings.prefixes[0].path}
    for kind in sorted(settings.patterns):
        directories = [*own[kind], *directories_of(kind, settings)]
        place = place_in(names_of(dependency, kind, settings), directories, probe, {})
        if place is None:
            return None
        found[f"{dependency.name}_{kind}"] = place.directory or directories[0]
        if place.file:
            found[f"{dependency.name}_{kind}_FILE"] = place.file
    return Located(dependency, found, package.name)
