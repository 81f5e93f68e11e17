"""What package managers last fetched of what they could install: index files, read one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Package, Packages
from distrorocks.system.files.root_path import RootView


class Newest:
    """Of packages of one family, for some architectures, the newest version of each."""

    def __init__(self, family: str, architectures: Collection[str]) -> None:
        self._key = FAMILIES[family].version_key
        self._architectures = architectures
        self._kept: dict[str, Package] = {}

    def add(self, package: Package) -> None:
        """Keep a package, if it is for this system and newer than the one kept."""
        if package.architecture not in self._architectures:
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
            warnings.append(f"{error.brief}{hint}; what it lists is not known")
    return warnings


def index_files(view: RootView, directory: str, is_wanted: Callable[[str], bool]) -> list[str]:
    """Return the regular files of a directory by their names, as the host's sorted paths."""
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
