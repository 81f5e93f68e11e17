"""Candidates from the distribution's packages, read on first use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from distrorocks.families.distribution import read_distribution
from distrorocks.families.known import FAMILIES
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.version import Version
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.families.names import NameTable
    from distrorocks.families.offer import Offer
    from distrorocks.families.package import Package, Packages

_RANKS = {"high": 0, "medium": 1, "low": 2}


class DistroRocks:
    """The offers of one root's distribution for one Lua version."""

    def __init__(self, root: str, lua_version: str) -> None:
        self._root = root
        self._lua_version = lua_version
        self._offered: dict[Candidate, Offer] = {}
        self.warnings: tuple[str, ...] = ()

    @cached_property
    def _distribution(self) -> tuple[str, ...]:
        found = read_distribution(self._root)
        return (found.id, *found.id_like)

    @cached_property
    def _names(self) -> NameTable:
        from distrorocks.families.names_file import read_name_table

        return read_name_table(self._root, read_distribution(self._root))

    @cached_property
    def every_offer(self) -> dict[str, list[Offer]]:
        """All offers by rock name, highest confidence first."""
        return self._by_rock(self._packages)

    @cached_property
    def _packages(self) -> Packages:
        from distrorocks.families.package_indexes import read_offered

        return read_offered(self._root, self._names)

    @cached_property
    def _lua_versions(self) -> dict[str, set[str]]:
        """The Lua versions for which packages certainly have each rock."""
        from distrorocks.families.offer import offers_of

        found: dict[str, set[str]] = {}
        for package in self._packages.packages:
            for version in LUA_VERSIONS:
                for offer in offers_of(package, self._names, version):
                    if offer.is_sure:
                        found.setdefault(offer.rock, set()).add(version)
        return found

    def lua_versions(self, name: str) -> set[str]:
        """Return the Lua versions for which a package certainly has a rock."""
        return self._lua_versions.get(name, set())

    @cached_property
    def offers_by_modules(self) -> dict[str, list[Offer]]:
        """The offers of unmapped packages, found by their modules; this takes seconds.

        Empty if the package manager has no file lists of packages that are not installed.
        """
        from distrorocks.families.package_indexes import read_unmapped

        return self._by_rock(read_unmapped(self._root, self._names))

    def offers(self, name: str) -> Sequence[Offer]:
        """Return the offers of a rock, highest confidence first."""
        known = self.every_offer.get(name, [])
        if any(offer.is_sure for offer in known):
            return known
        return [*self.offers_by_modules.get(name, ()), *known]

    def _by_rock(self, found: Packages) -> dict[str, list[Offer]]:
        from distrorocks.families.offer import offers_of

        self.warnings = (*self.warnings, *found.warnings)
        offers: dict[str, list[Offer]] = {}
        for package in found.packages:
            for offer in offers_of(package, self._names, self._lua_version):
                offers.setdefault(offer.rock, []).append(offer)
        for of_name in offers.values():
            of_name.sort(key=lambda it: (not it.is_sure, _RANKS[it.confidence], it.package.name))
        return offers

    def candidates(self, name: str) -> Iterator[Candidate]:
        """Yield the packages that certainly provide a rock of that name."""
        for offer in self.offers(name):
            if offer.is_sure:
                version = Version.parse(offer.version)
                candidate = Candidate(name, version, Origin.DISTRO, offer.package.name)
                self._offered[candidate] = offer
                yield candidate

    def offer_of(self, candidate: Candidate) -> Offer:
        """Return the offer of a candidate."""
        return self._offered[candidate]

    def command(self, package: Package) -> str:
        """Return the command that installs a package."""
        family = FAMILIES[package.family]
        return f"{family.install_command(self._distribution)} {package.name}"

    def needs(self, candidate: Candidate) -> list[Need]:
        """Return the dependencies of a candidate's package that are rocks.

        Its other dependencies are left to the package manager.
        """
        package = self.offer_of(candidate).package
        where = f"package {package.name} {package.version}"
        needs: dict[Dependency, None] = {}
        for text in package.relations:
            for relation in FAMILIES[package.family].parse_relation(text)[:1]:
                for other in self._rocks_of_package.get(relation.name, ()):
                    need = Dependency.parse(f"{other.rock} {relation.constraint}")
                    if not need.satisfied_by(Version.parse(other.version)):
                        need = Dependency.parse(other.rock)
                    if other.rock != candidate.name:
                        needs[need] = None
        return [Need(need, where) for need in needs]

    @cached_property
    def _rocks_of_package(self) -> dict[str, list[Offer]]:
        """The certain offers of each package, by its name and the names that it provides."""
        found: dict[str, list[Offer]] = {}
        for offers in self.every_offer.values():
            for offer in offers:
                provided = (text.partition(" ")[0] for text in offer.package.provides)
                for name in dict.fromkeys((offer.package.name, *provided)):
                    if offer.is_sure:
                        found.setdefault(name, []).append(offer)
        return found
