"""The default answers of a family."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from distrorocks.families.known import PLACES
from distrorocks.families.package import Indexed, Listings, Unkept
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from distrorocks.families.build_flags import BuildFlags
    from distrorocks.families.family import Licenses
    from distrorocks.system.files.cache import Cache

HOOKS_PACKAGE = "distrorocks-hooks"
"""The package that has a package manager refresh the rocks."""


class Declared:
    """The licences of packages whose database records them."""

    def of(self, package: str, declared: str) -> str:  # noqa: ARG002 - others look it up
        """Return what the database says."""
        return declared

    @property
    def warnings(self) -> list[str]:
        """Nothing more is read."""
        return []


class Ordinary:
    """The default answers of a family; each may be overridden."""

    name = ""
    has_digests = False
    installing = ""
    removing = ""

    def is_present(self, root: str) -> bool:
        """Return whether the family's database is a file that lists something."""
        view = RootView(root)
        files = [found for path in PLACES[self.name] if (found := view.find(path))]
        return any(found.is_file and found.status.st_size for found in files)

    def install_command(self, distributions: Sequence[str]) -> str:  # noqa: ARG002 - one for all
        """Return the command of the family's only package manager."""
        return self.installing

    def remove_command(self, distributions: Sequence[str]) -> str:  # noqa: ARG002 - one for all
        """Return the command of the family's only package manager."""
        return self.removing

    def basis(self, view: RootView) -> tuple[Any, ...]:  # noqa: ARG002
        """Return that reading depends on nothing else."""
        return ()

    def licenses(self, root: str, cache: Cache) -> Licenses:  # noqa: ARG002
        """Return the licences that the database records."""
        return Declared()

    def unkept_promises(
        self,
        view: RootView,  # noqa: ARG002
        lua_versions: Collection[str],  # noqa: ARG002
    ) -> list[Unkept]:
        """Return nothing: the database has no digests to compare."""
        return []

    def read_listings(self, root: str) -> Listings:  # noqa: ARG002
        """Return nothing: no index has files."""
        return Listings()

    def listings_in(self, paths: Collection[str]) -> Listings:  # noqa: ARG002
        """Return nothing: no list has files."""
        return Listings()

    def find_installed(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def find_offered(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def build_flags(self) -> BuildFlags:
        """Raise: no program of the family tells them."""
        from distrorocks.families.build_flags import NoFlagsError

        raise NoFlagsError(
            f"the flags of the distribution are not known: no program of {self.name} tells them",
            hint="pass them: CFLAGS='...' LIBFLAG='-shared ...'",
        )

    def multiarch(self, root: str) -> str:  # noqa: ARG002
        """Return that libraries of all architectures share a directory."""
        return ""
