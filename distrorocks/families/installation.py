"""The distributions whose packages' names are known, and how a package is installed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from distrorocks.families.external_library import ExternalLibrary
from distrorocks.families.known import FAMILIES

if TYPE_CHECKING:
    from distrorocks.families.family import Family

_HAS_CAPABILITIES = frozenset({"fedora", "opensuse"})


def known_distribution(ids: Iterable[str]) -> str:
    """Return the first of os-release's ids whose packages are known, by one name; "" for none."""
    return next((name for name, _ in _known(ids)), "")


def family_of(ids: Iterable[str]) -> Family | None:
    """Return the family of the first distribution whose packages are known, None for none."""
    return next((family for _, family in _known(ids)), None)


def _known(ids: Iterable[str]) -> Iterator[tuple[str, Family]]:
    """Yield the distributions that ids of os-release stand for, with their families."""
    for written in ids:
        for family in FAMILIES.values():
            name = family.aliases.get(written, written)
            if name in family.distributions:
                yield name, family


def development_package(library: ExternalLibrary, distribution: str) -> str:
    """Return the package that has what building against a library needs, "" if it is not known.

    RPM's distributions also install ``pkgconfig(NAME)``, whatever the package is called.
    """
    if distribution in library.packages:
        return library.packages[distribution]
    if distribution in _HAS_CAPABILITIES and library.pkg_config:
        return f"pkgconfig({library.pkg_config[0]})"
    return ""


def install_command(distribution: str, packages: Iterable[str]) -> str:
    """Return the command that installs packages, "" where there is nothing to say."""
    words = [f"'{each}'" if "(" in each else each for each in dict.fromkeys(packages)]
    family = family_of([distribution])
    if not words or family is None:
        return ""
    return " ".join([family.install_command([distribution]), *words])
