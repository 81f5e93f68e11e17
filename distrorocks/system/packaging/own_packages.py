"""The packages of Lua that this system's package manager could install, with modules and versions.

They count for packaging of this system's own distribution: what it has is known best by its own
indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TypeAlias

from distrorocks.distro.families import FAMILIES
from distrorocks.distro.flavour import plain_name
from distrorocks.distro.lua_files import classify
from distrorocks.distro.package import Packages
from distrorocks.distro.package_names import NOTHING_OWN, OwnPackages
from distrorocks.system.packages import apt_lists, repository_metadata
from distrorocks.system.packages.apt_contents import read_contents
from distrorocks.system.packages.distribution import read_distribution
from distrorocks.system.packages.dpkg_status import read_native_architecture
from distrorocks.system.packages.pacman_files import read_pacman_files
from distrorocks.system.packages.repository_filelists import read_filelists
from distrorocks.system.packaging.packager import own_format

Read: TypeAlias = "Callable[[str, frozenset[str]], OwnPackages]"


@cache
def read_own_packages(root: str, form: str, names: frozenset[str]) -> OwnPackages:
    """Return what the system in ``root`` could install, if packages of a format are its own.

    ``names`` are packages that a map knows to be of Lua.
    """
    if form not in _READERS or own_format(read_distribution(root)) != form:
        return NOTHING_OWN
    return _READERS[form](root, names)


def _debian(root: str, names: frozenset[str]) -> OwnPackages:
    files, warnings = read_contents(root, read_native_architecture(root))
    offered = apt_lists.read_offered(root, names | set(files))
    return _own("apt's Contents", files, _versions("deb", offered), (*warnings, *offered.warnings))


def _of_repositories(program: str) -> Read:
    def read(root: str, names: frozenset[str]) -> OwnPackages:
        files, warnings = read_filelists(root)
        offered = repository_metadata.read_offered(root, names | set(files))
        faults = (*warnings, *offered.warnings)
        return _own(f"{program}'s filelists", files, _versions("rpm", offered), faults)

    return read


def _arch(root: str, _names: frozenset[str]) -> OwnPackages:
    files, versions, warnings = read_pacman_files(root)
    plain = {plain_name(package): version for package, version in sorted(versions.items())}
    return _own("pacman's lists of files", files, plain, warnings)


_READERS: dict[str, Read] = {
    "deb": _debian,
    "fedora": _of_repositories("dnf"),
    "opensuse": _of_repositories("zypper"),
    "arch": _arch,
}


def _own(
    listing: str,
    files: Mapping[str, Collection[str]],
    versions: Mapping[str, str],
    warnings: Iterable[str],
) -> OwnPackages:
    sources = [f"{listing} of this system"] if files else []
    if versions:
        sources.append("the packages that this system could install")
    return OwnPackages(_modules(files), versions, tuple(sources), tuple(warnings))


def _versions(family: str, offered: Packages) -> dict[str, str]:
    """Return each package's upstream version, the newest of those for several Luas."""
    key = FAMILIES[family].version_key
    found = {}
    for package in sorted(offered.packages, key=lambda each: key(each.version)):
        found[plain_name(package.name)] = FAMILIES[family].upstream_version(package.version)
    return found


def _modules(files: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Return the modules of each package, those for all Luas together."""
    found: dict[str, set[str]] = {}
    for package, paths in files.items():
        modules = {file.module for file in map(classify, paths) if file} - {""}
        if modules:
            found.setdefault(plain_name(package), set()).update(modules)
    return {package: frozenset(modules) for package, modules in sorted(found.items())}
