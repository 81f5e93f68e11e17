"""The packages of Lua that this system's package manager could install, with modules and versions.

They count for packaging of this system's own distribution: what it has is known best by its own
indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import TypeAlias

from distrorocks.distro.families import FAMILIES
from distrorocks.distro.flavour import plain_name
from distrorocks.distro.lua_files import classify
from distrorocks.distro.package import Packages
from distrorocks.distro.package_names import NOTHING_OWN, OwnPackages
from distrorocks.system import apt_lists, repository_metadata
from distrorocks.system.apt_contents import read_contents
from distrorocks.system.distribution import read_distribution
from distrorocks.system.dpkg_status import read_native_architecture
from distrorocks.system.packager import own_format
from distrorocks.system.repository_filelists import read_filelists

Files: TypeAlias = "tuple[dict[str, tuple[str, ...]], list[str]]"


def _debian_files(root: str) -> Files:
    return read_contents(root, read_native_architecture(root))


_READERS: dict[str, tuple[str, str, Callable[[str], Files], Callable[..., Packages]]] = {
    "deb": ("deb", "apt's Contents", _debian_files, apt_lists.read_offered),
    "fedora": ("rpm", "dnf's filelists", read_filelists, repository_metadata.read_offered),
    "opensuse": ("rpm", "zypper's filelists", read_filelists, repository_metadata.read_offered),
}


@cache
def read_own_packages(root: str, form: str, names: frozenset[str]) -> OwnPackages:
    """Return what the system in ``root`` could install, if packages of a format are its own.

    ``names`` are packages that a map knows to be of Lua.
    """
    if form not in _READERS or own_format(read_distribution(root)) != form:
        return NOTHING_OWN
    family, listing, read_files, read_offered = _READERS[form]
    files, warnings = read_files(root)
    offered = read_offered(root, names | set(files))
    versions: dict[str, str] = {}
    key = FAMILIES[family].version_key
    for package in sorted(offered.packages, key=lambda each: key(each.version)):
        versions[plain_name(package.name)] = FAMILIES[family].upstream_version(package.version)
    sources = [f"{listing} of this system"] if files else []
    if versions:
        sources.append("the packages that this system could install")
    return OwnPackages(_modules(files), versions, tuple(sources), (*warnings, *offered.warnings))


def _modules(files: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Return the modules of each package, those for all Luas together."""
    found: dict[str, set[str]] = {}
    for package, paths in files.items():
        modules = {file.module for file in map(classify, paths) if file} - {""}
        if modules:
            found.setdefault(plain_name(package), set()).update(modules)
    return {package: frozenset(modules) for package, modules in sorted(found.items())}
