"""The pacman family: the answers of Arch's pacman."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

from distrorocks.families.ordinary import Ordinary
from distrorocks.families.package import InstalledPackages, Listings, Packages, Unkept
from distrorocks.families.pacman.versions import (
    pacman_key,
    parse_relation,
    upstream_version,
    written_need,
)
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.families.family import Family
    from distrorocks.families.package import Indexed
    from distrorocks.system.files.cache import Cache

_HOOKS = (
    "/etc/pacman.d/hooks/distrorocks.hook",
    "/usr/share/libalpm/hooks/distrorocks.hook",
)


def reinstall_hint(package: str) -> str:
    """Return how the files of a package are restored."""
    return f"pacman -S {package}"


class _Pacman(Ordinary):
    """The answers of pacman's family."""

    name = "pacman"
    distributions = ("arch",)
    aliases = MappingProxyType({"archlinux": "arch", "archarm": "arch"})
    has_digests = True
    upstream_version = staticmethod(upstream_version)
    version_key = staticmethod(pacman_key)
    installing = "pacman -S"
    removing = "pacman -R"
    reinstall_hint = staticmethod(reinstall_hint)
    parse_relation = staticmethod(parse_relation)
    written_need = staticmethod(written_need)

    def is_present(self, root: str) -> bool:
        """Return whether pacman has installed anything; a pacman program on Debian has not."""
        from distrorocks.families.pacman import database

        return bool(database.folders(RootView(root)))

    def read_installed(self, root: str, cache: Cache | None = None) -> InstalledPackages:
        """Return the packages with Lua files."""
        from distrorocks.families.pacman import database

        return database.read_packages(root, cache)

    def unkept_promises(self, view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
        """Return the modules that ``pacman -Qkk`` would name, and links to nowhere."""
        from distrorocks.families.database_files import unkept_modules
        from distrorocks.families.pacman import database

        return unkept_modules(view, self.name, database.promises(view), lua_versions)

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return what the repositories' databases list for this machine's architecture."""
        import os

        from distrorocks.families.pacman import repositories

        return repositories.read_offered(root, names, os.uname().machine)

    def read_listings(self, root: str) -> Listings:
        """Return what the ``.files`` that ``pacman -Fy`` fetched list."""
        from distrorocks.families.pacman import repositories

        return repositories.read_listings(root)

    def packages_in(self, paths: Collection[str], names: Collection[str]) -> Packages:
        """Return what given lists have."""
        from distrorocks.families.package_indexes import Newest
        from distrorocks.families.pacman.repositories import packages_in

        return packages_in(paths, names, Newest("pacman"))

    def listings_in(self, paths: Collection[str]) -> Listings:
        """Return the files of Lua that given lists have."""
        from distrorocks.families.pacman.repositories import listings_in

        return listings_in(paths)

    def find_installed(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what pacman's lists of files have."""
        from distrorocks.families.database_files import ending_with
        from distrorocks.families.pacman import database

        view = RootView(root)
        files = (
            (path, database.name_of(folder))
            for folder in (database.folders(view) if ends else ())
            for path in database.files_of(view, folder)
        )
        return ending_with(files, ends)

    def find_offered(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what the ``.files`` of ``pacman -Fy`` have."""
        from distrorocks.families.pacman import repositories

        return repositories.find_in_listings(root, ends) if ends else ()

    def has_hook(self, root: str) -> bool:
        """Return whether our hook is where pacman looks, and no link switches it off."""
        view = RootView(root)
        first = next(filter(view.entry, _HOOKS), "")
        found = view.find(first) if first else None
        return found is not None and found.is_file


FAMILY: Family = _Pacman()
