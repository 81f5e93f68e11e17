"""The packages that package managers could install, from the index files they last fetched."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.families.known import FAMILIES, installed_families
from distrorocks.families.names import NameTable
from distrorocks.families.package import Package, Packages
from distrorocks.system.files.root_path import RootView


class Newest:
    """Collects the newest version of each package of one family, for some or all architectures."""

    def __init__(self, family: str, architectures: Collection[str] | None = None) -> None:
        self._key = FAMILIES[family].version_key
        self._architectures = architectures
        self._kept: dict[str, Package] = {}

    def add(self, package: Package) -> None:
        """Keep a package, if it is for this system and newer than the one kept."""
        if self._architectures is not None and package.architecture not in self._architectures:
            return
        kept = self._kept.get(package.name)
        if kept is None or self._key(kept.version) < self._key(package.version):
            self._kept[package.name] = package

    def packages(self, warnings: Iterable[str]) -> Packages:
        """Return what was kept, by name, with what could not be read."""
        return Packages(tuple(self._kept[name] for name in sorted(self._kept)), tuple(warnings))


def read_each(paths: Iterable[str], read: Callable[[str], None]) -> list[str]:
    """Read each index; return a warning for each that cannot be read to its end."""
    warnings = []
    for path in paths:
        try:
            read(path)
        except DistrorocksError as error:
            hint = f" ({error.hint})" if error.hint else ""
            warnings.append(f"{error.brief}{hint}; the packages it lists are unknown")
    return warnings


def index_files(view: RootView, directory: str, is_wanted: Callable[[str], bool]) -> list[str]:
    """Return the regular files of a directory whose names are wanted, as sorted host paths."""
    found = view.find(directory)
    if found is None:
        return []
    try:
        with os.scandir(view.host_path(found.path)) as entries:
            return sorted(
                entry.path
                for entry in entries
                if is_wanted(entry.name) and entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return []


def read_offered(root: str, names: NameTable) -> Packages:
    """Return the newest version of each package that may be a rock, and what could not be read."""
    packages: list[Package] = []
    warnings: list[str] = []
    for family in installed_families(root):
        found = FAMILIES[family].read_offered(root, names.known_packages(family))
        packages += found.packages
        warnings += found.warnings
    return Packages(tuple(packages), tuple(warnings))


def read_unmapped(root: str, names: NameTable) -> Packages:
    """Return Lua packages that no map lists, with their Lua files.

    Only their modules show which rocks they are. There are some if the package manager was
    configured to fetch lists of files, as apt-file does.
    """
    packages: list[Package] = []
    warnings: list[str] = []
    for family in installed_families(root):
        listed = FAMILIES[family].read_listings(root)
        warnings += listed.warnings
        unmapped = {name for name in listed.files if not names.is_mapped(family, name)}
        if not unmapped:
            continue
        found = FAMILIES[family].read_offered(root, unmapped)
        warnings += found.warnings
        packages += [
            each._replace(files=listed.files[each.name])
            for each in found.packages
            if each.name in unmapped
        ]
    return Packages(tuple(packages), tuple(warnings))
