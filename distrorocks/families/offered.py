"""The packages of Lua that a root's package managers could install, of every family it has."""

from __future__ import annotations

from distrorocks.families.deb import apt_lists
from distrorocks.families.deb.apt_contents import read_contents
from distrorocks.families.deb.status import read_native_architecture
from distrorocks.families.distribution import installed_families
from distrorocks.families.names import NameTable
from distrorocks.families.package import Package, Packages
from distrorocks.families.rpm import repositories as repository_metadata

_READERS = {"deb": apt_lists.read_offered, "rpm": repository_metadata.read_offered}


def read_offered(root: str, names: NameTable) -> Packages:
    """Return the newest version of each package that may be a rock, and what could not be read."""
    packages: list[Package] = []
    warnings: list[str] = []
    for family in installed_families(root):
        found = _READERS[family](root, names.known_packages(family))
        packages += found.packages
        warnings += found.warnings
    return Packages(tuple(packages), tuple(warnings))


def read_unmapped(root: str, names: NameTable) -> Packages:
    """Return packages of Lua that no map knows, with their files of Lua.

    Only their modules can tell which rocks they are. There are some where apt was told to fetch
    lists of files, as apt-file does.
    """
    if "deb" not in installed_families(root):
        return Packages(())
    files, warnings = read_contents(root, read_native_architecture(root))
    unmapped = {name for name in files if not names.is_mapped("deb", name)}
    if not unmapped:
        return Packages((), tuple(warnings))
    found = apt_lists.read_offered(root, unmapped)
    packages = [
        each._replace(files=files[each.name]) for each in found.packages if each.name in unmapped
    ]
    return Packages(tuple(packages), tuple(warnings))
