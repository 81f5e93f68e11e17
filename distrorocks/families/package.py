"""Installed binary packages that own Lua files, as their package database describes them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Package(NamedTuple):
    """One package as its database describes it; every path is absolute within its root.

    ``version`` is whole, with epoch and revision. ``relations`` has one Depends or Requires entry
    each, as written. ``lua_versions`` are those that the package itself names, if any.
    ``files`` are the paths that matter here and exist, links followed for the test. ``recorded``
    has the recorded MD5 of those among them that have not changed since.
    """

    family: str
    name: str
    version: str
    architecture: str
    source: str = ""
    summary: str = ""
    description: str = ""
    homepage: str = ""
    license: str = ""
    relations: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    lua_versions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    recorded: Mapping[str, str] = MappingProxyType({})

    @property
    def plain(self) -> tuple[Any, ...]:
        """The same as a plain tuple of plain values."""
        return (*self[:-1], dict(self.recorded))


class Packages(NamedTuple):
    """Packages in the order of name and architecture, and what could not be read of others."""

    packages: tuple[Package, ...]
    warnings: tuple[str, ...] = ()


class InstalledPackages(NamedTuple):
    """The packages with Lua files of one database, in the order of name and architecture.

    ``native`` are the architectures whose modules this root's Lua loads. ``library_dir`` is where
    the tree's C modules lie below ``/usr``, such as ``lib64``; "" if nothing tells.
    """

    packages: tuple[Package, ...]
    warnings: tuple[str, ...] = ()
    native: frozenset[str] = frozenset()
    library_dir: str = ""
