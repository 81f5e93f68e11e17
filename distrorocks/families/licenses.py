"""The licences of a root's packages, each asked of its own family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Package
from distrorocks.system.files.cache import Cache

if TYPE_CHECKING:
    from distrorocks.families import family


class Licenses:
    """Licences of the packages of one root; families are asked when one of theirs comes."""

    def __init__(self, root: str, cache: Cache) -> None:
        self._root = root
        self._cache = cache
        self._by_family: dict[str, family.Licenses] = {}

    def of(self, package: Package) -> str:
        """Return a package's licence, "" where nothing tells it."""
        known = self._by_family.get(package.family)
        if known is None:
            known = FAMILIES[package.family].licenses(self._root, self._cache)
            self._by_family[package.family] = known
        return known.of(package.name, package.license)

    @property
    def warnings(self) -> list[str]:
        """What could not be read so far."""
        return [text for each in self._by_family.values() for text in each.warnings]
