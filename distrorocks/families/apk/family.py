"""The apk family: the answers of Alpine's apk."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

from distrorocks.families.apk.versions import (
    apk_key,
    parse_relation,
    upstream_version,
    written_need,
)
from distrorocks.families.ordinary import Ordinary
from distrorocks.families.package import InstalledPackages, Packages, Unkept
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.families.family import Family
    from distrorocks.families.package import Indexed
    from distrorocks.system.files.cache import Cache

_HOOKS = ("/etc/apk/commit_hooks.d/distrorocks", "/lib/apk/commit_hooks.d/distrorocks")


def reinstall_hint(package: str) -> str:
    """Return how the files of a package are restored."""
    return f"apk fix {package}"


class _Apk(Ordinary):
    """The answers of apk's family."""

    name = "apk"
    distributions = ("alpine",)
    aliases = MappingProxyType({"postmarketos": "alpine"})
    has_digests = True
    upstream_version = staticmethod(upstream_version)
    version_key = staticmethod(apk_key)
    installing = "apk add"
    removing = "apk del"
    reinstall_hint = staticmethod(reinstall_hint)
    parse_relation = staticmethod(parse_relation)
    written_need = staticmethod(written_need)

    def read_installed(self, root: str, cache: Cache | None = None) -> InstalledPackages:  # noqa: ARG002
        """Return the packages with Lua files; all are in one file, so nothing is cached."""
        from distrorocks.families.apk import database

        return database.read_packages(root)

    def unkept_promises(self, view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
        """Return the modules that ``apk audit`` would name, and links to nowhere."""
        from distrorocks.families.apk import database
        from distrorocks.families.database_files import unkept_modules

        return unkept_modules(view, self.name, database.promises(view), lua_versions)

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return what the indexes that apk fetched list."""
        from distrorocks.families.apk import repositories

        return repositories.read_offered(root, names)

    def packages_in(self, paths: Collection[str], names: Collection[str]) -> Packages:
        """Return what given lists have."""
        from distrorocks.families.apk.repositories import packages_in
        from distrorocks.families.package_indexes import Newest

        return packages_in(paths, names, Newest("apk"))

    def find_installed(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what apk's database has."""
        from distrorocks.families.apk import database
        from distrorocks.families.database_files import ending_with

        files = database.every_file(RootView(root)) if ends else ()
        return ending_with(files, ends)

    def find_offered(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what the indexes that apk fetched have."""
        from distrorocks.families.apk import repositories

        return repositories.find_in_indexes(root, ends) if ends else ()

    def has_hook(self, root: str) -> bool:
        """Return whether our commit hook is where apk looks."""
        view = RootView(root)
        return any((found := view.find(path)) and found.is_file for path in _HOOKS)


FAMILY: Family = _Apk()
