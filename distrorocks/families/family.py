"""The protocol of a package family, so that no other code depends on which one it is.

It is imported for type checks only; default answers are in ``ordinary.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from distrorocks.families.package import InstalledPackages, Listings, Packages, Unkept
from distrorocks.families.version_range import Spans
from distrorocks.families.versions import Relation

if TYPE_CHECKING:
    from distrorocks.families.build_flags import BuildFlags
    from distrorocks.families.package import Indexed
    from distrorocks.system.files.cache import Cache
    from distrorocks.system.files.root_path import RootView


class Licenses(Protocol):
    """The licences of one root's packages."""

    def of(self, package: str, declared: str) -> str:
        """Return a package's licence; ``declared`` is what the database says, "" for nothing."""

    @property
    def warnings(self) -> list[str]:
        """What could not be read so far."""


class Language(Protocol):
    """How a family writes versions, relations and commands. No file is read for it."""

    @property
    def name(self) -> str:
        """Return the word for the family: "deb", "rpm" and so on."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose names of packages are known.

        Those of the first one are used if the system does not identify itself.
        """

    @property
    def aliases(self) -> Mapping[str, str]:
        """Return other ids of os-release for the same names of packages."""

    def upstream_version(self, version: str) -> str:
        """Return a package version without epoch and package revision."""

    def version_key(self, version: str) -> Any:
        """Return the place of a whole package version in the family's order."""

    def install_command(self, distributions: Sequence[str]) -> str:
        """Return what installs packages, their names to follow.

        ``distributions`` are the system's own id and those of the ones that it is like.
        """

    def remove_command(self, distributions: Sequence[str]) -> str:
        """Return what removes packages, as ``install_command`` what installs them."""

    def reinstall_hint(self, package: str) -> str:
        """Return how the package manager restores the files of a package."""

    def parse_relation(self, text: str) -> tuple[Relation, ...]:
        """Return the alternatives of one relation; () if it names no package."""

    def written_need(self, name: str, spans: Spans) -> str:
        """Return the need of some versions of a package or capability as control files have it."""


class Reader(Protocol):
    """What a family's databases and indexes in a root say."""

    def is_present(self, root: str) -> bool:
        """Return whether ``root`` has a package database of the family."""

    def read_installed(self, root: str, cache: Cache | None = None) -> InstalledPackages:
        """Return the packages with Lua files. What ``cache`` knows is not looked up again."""

    def basis(self, view: RootView) -> tuple[Any, ...]:
        """Return, as plain values, what else the result of reading packages depends on."""

    def licenses(self, root: str, cache: Cache) -> Licenses:
        """Return the licences of a root's packages."""

    def unkept_promises(self, view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
        """Return the modules that are not as the database recorded them."""

    @property
    def has_digests(self) -> bool:
        """Return whether ``unkept_promises`` finds a module that was changed."""

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return the newest version of each package that could be installed.

        Packages count that may be of Lua, and those with one of ``names``.
        """

    def read_listings(self, root: str) -> Listings:
        """Return the files of Lua of packages that could be installed, as far as they are known."""

    def packages_in(self, paths: Collection[str], names: Collection[str]) -> Packages:
        """Return the same of lists that are given as files, for whatever architecture."""

    def listings_in(self, paths: Collection[str]) -> Listings:
        """Return the files of Lua of packages by lists that are given as files."""

    def find_installed(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return the installed files whose paths end with one of ``ends``, shortest path first."""

    def find_offered(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return the same of packages that could be installed."""

    def has_hook(self, root: str) -> bool:
        """Return whether the package manager refreshes the rocks after each transaction."""

    def build_flags(self) -> BuildFlags:
        """Return the flags with which packages are built on the running system.

        Raise ``NoFlagsError`` if they are not known.
        """

    def multiarch(self, root: str) -> str:
        """Return the directory below ``/usr/lib`` for one architecture's libraries, "" for none."""


class Family(Language, Reader, Protocol):
    """All answers of one package format."""
