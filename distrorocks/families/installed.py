"""All that a root's package databases say of Lua: packages, architectures, where libraries lie."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.families.known import FAMILIES, installed_families
from distrorocks.families.package import Package
from distrorocks.system.files.cache import Cache


class Installed(NamedTuple):
    """``native`` are the architectures of this root; ``library_dir`` is ``lib``, ``lib64`` or
    Debian's ``lib/<triplet>``, below ``/usr``."""

    packages: tuple[Package, ...]
    native: frozenset[str]
    library_dir: str
    families: tuple[str, ...]
    warnings: tuple[str, ...]


def read_installed(root: str, cache: Cache | None = None) -> Installed:
    """Return the packages with Lua files of every package database in ``root``.

    What ``cache`` knows of packages is not looked up again. Of several databases one without
    packages of Lua says nothing of the architecture.
    """
    families = installed_families(root)
    found = [FAMILIES[name].read_installed(root, cache) for name in families]
    telling = [each for each in found if each.packages] or found
    library_dirs = [each.library_dir for each in telling if each.library_dir]
    # The first family counts most; its packages come last, as in a map by path.
    found.reverse()
    return Installed(
        tuple(package for each in found for package in each.packages),
        frozenset().union(*(each.native for each in telling)),
        library_dirs[0] if library_dirs else "lib",
        families,
        tuple(text for each in found for text in each.warnings),
    )
