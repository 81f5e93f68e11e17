"""Survey a system: its packages with Lua files, the rocks they provide, the trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from distrorocks.families.distribution import RELEASE_FILES, Distribution, read_distribution
from distrorocks.families.installed import Installed, read_installed
from distrorocks.families.known import FAMILIES, installed_families, no_database
from distrorocks.families.lua_files import METADATA, classify
from distrorocks.families.names import NameTable
from distrorocks.families.names_file import NAMES_FILE, read_name_table
from distrorocks.families.package import Package
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.cache import Cache, fingerprint, signature_of
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import Layout, distro_layout
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.provided import ProvidedRock, package_offers, without_rivals

if TYPE_CHECKING:
    from typing import Any

_ROCKS = "/luarocks/rocks-"


class System(NamedTuple):
    """The system to examine, and how to map package names.

    ``distribution`` is an os-release ID, "" for the root's own; ``guess`` also publishes rocks that
    only the naming rule suggests.
    """

    root: str = "/"
    lua_versions: tuple[str, ...] = LUA_VERSIONS
    guess: bool = False
    distribution: str = ""


class Survey(NamedTuple):
    """The result of a survey; ``layouts`` has the distribution's tree for each Lua version."""

    packages: tuple[Package, ...]
    rocks: list[ProvidedRock]
    layouts: Mapping[str, Layout]
    families: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def shipped_metadata(self) -> set[str]:
        """The paths of rock metadata that packages own."""
        return metadata_of(self.packages)

    @property
    def recorded(self) -> dict[str, str]:
        """The MD5s recorded in package databases that still match, by path."""
        return {path: md5 for package in self.packages for path, md5 in package.recorded.items()}


def metadata_of(packages: Iterable[Package]) -> set[str]:
    """Return the paths of rock metadata that packages own."""
    return {
        path
        for package in packages
        for path in package.files
        if _ROCKS in path and (file := classify(path)) and file.kind == METADATA
    }


def system_basis(system: System) -> tuple[Any, ...]:
    """Return the fingerprint of a survey's inputs other than the packages."""
    view = RootView(system.root)
    files = map(view.find, (*RELEASE_FILES, NAMES_FILE))
    signatures = [signature_of(file.status) if file else () for file in files]
    signatures += [FAMILIES[name].basis(view) for name in installed_families(system.root)]
    return (*map(str, system.lua_versions), system.guess, system.distribution, signatures)


def survey(system: System, cache: Cache | None = None) -> Survey:
    """Return the packages, rocks and trees found in the root's package databases."""
    installed = read_installed(system.root, cache)
    distribution = read_distribution(system.root)
    if system.distribution:
        distribution = Distribution(id=system.distribution)
    layouts = {
        str(version): distro_layout(str(version), library_dir=installed.library_dir)
        for version in system.lua_versions
    }
    names = read_name_table(system.root, distribution, guess=system.guess)
    rocks = without_rivals(_offers(installed, names, layouts, cache or Cache()))
    warnings = installed.warnings
    if not installed.families:
        warnings = (*warnings, no_database(system.root))
    return Survey(installed.packages, rocks, layouts, installed.families, warnings)


def _offers(
    installed: Installed, names: NameTable, layouts: Mapping[str, Layout], cache: Cache
) -> Iterator[ProvidedRock]:
    """Yield what each package provides, the kept answer where package and trees are the same."""
    native = installed.native
    places = fingerprint((tuple(map(tuple, layouts.values())), tuple(sorted(native))))
    table = cache.table("offers")
    for package in sorted(installed.packages):
        plain = table.of(
            " ".join(package[:4]),
            (fingerprint(package.plain), places),
            lambda package=package: [  # type: ignore[misc]
                offer.plain for offer in package_offers(package, names, layouts, native=native)
            ],
        )
        yield from (ProvidedRock.from_plain(package, each) for each in plain)
