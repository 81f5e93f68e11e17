"""Look at a system: its packages with Lua files, the rocks they are, the tree they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.distro.lua_files import METADATA, classify
from distrorocks.distro.package import Package
from distrorocks.plan.provide import ProvidedRock, provided_rocks
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.distribution import Distribution, read_distribution
from distrorocks.system.installed_packages import read_installed
from distrorocks.system.names_file import read_name_table
from distrorocks.trees.layout import Layout, distro_layout


class System(NamedTuple):
    """Which system to look at, and how far to trust names.

    ``distribution`` is an id as in os-release, "" for what the root itself says; ``guess`` lets
    the naming rule publish what nothing else proves.
    """

    root: str = "/"
    lua_versions: tuple[str, ...] = LUA_VERSIONS
    guess: bool = False
    distribution: str = ""


class Survey(NamedTuple):
    """What was found; ``layouts`` has the distribution's tree for each Lua version."""

    packages: tuple[Package, ...]
    rocks: list[ProvidedRock]
    layouts: Mapping[str, Layout]
    families: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def shipped_metadata(self) -> set[str]:
        """The paths of rock metadata that packages own."""
        return {
            path
            for package in self.packages
            for path in package.files
            if (file := classify(path)) and file.kind == METADATA
        }

    @property
    def recorded(self) -> dict[str, str]:
        """The MD5s that package databases recorded and that still hold, by path."""
        return {path: md5 for package in self.packages for path, md5 in package.recorded.items()}


def survey(system: System) -> Survey:
    """Return what the root's package databases make of its Lua modules."""
    installed = read_installed(system.root)
    distribution = read_distribution(system.root)
    if system.distribution:
        distribution = Distribution(id=system.distribution)
    layouts = {
        version: distro_layout(version, library_dir=installed.library_dir)
        for version in system.lua_versions
    }
    names = read_name_table(system.root, distribution, guess=system.guess)
    rocks = provided_rocks(installed.packages, names, layouts, native=installed.native)
    warnings = installed.warnings
    if not installed.families:
        warnings = (*warnings, f"{system.root} has neither a dpkg nor an rpm database")
    return Survey(installed.packages, rocks, layouts, installed.families, warnings)
