"""The pacman family: Arch's versions and relations, and the readers of its databases."""

from __future__ import annotations

import re
from collections.abc import Collection
from types import MappingProxyType
from typing import TYPE_CHECKING

from distrorocks.families.ordinary import Listings, Ordinary, Unkept
from distrorocks.families.package import InstalledPackages, Packages
from distrorocks.families.pacman.order import pacman_key
from distrorocks.families.version_range import Spans, without_gaps
from distrorocks.families.versions import Relation, implied_constraint
from distrorocks.system.files.root_path import RootView

if TYPE_CHECKING:
    from distrorocks.families.family import Family
    from distrorocks.families.ordinary import Indexed
    from distrorocks.system.files.cache import Cache

_RELATION = re.compile(
    r"(?P<name>[A-Za-z0-9@_+][A-Za-z0-9@._+-]*)"
    r"(?:(?P<operator><=|>=|=|<|>)(?P<version>[^\s<>=]+))?"
)
_LIBRARY = re.compile(r"(?:lib)?[^=<>\s]*\.so(?:[.:=<>].*)?")
_HOOKS = (
    "/etc/pacman.d/hooks/distrorocks.hook",
    "/usr/share/libalpm/hooks/distrorocks.hook",
)


def upstream_version(version: str) -> str:
    """Return the pkgver of ``[epoch:]pkgver[-pkgrel]`` (PKGBUILD(5))."""
    epoch, colon, rest = version.partition(":")
    if colon and epoch.isdigit():
        version = rest
    upstream, dash, _ = version.rpartition("-")
    return upstream if dash else version


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the package that one line of ``%DEPENDS%`` needs; () for libraries and malformed."""
    text = text.partition(": ")[0].strip()
    found = _RELATION.fullmatch(text)
    if not found or _LIBRARY.fullmatch(text):
        return ()
    if not found["operator"]:
        return (Relation(found["name"]),)
    operator, version = implied_constraint(
        found["operator"], upstream_version(found["version"]), revised="-" in found["version"]
    )
    return (Relation(found["name"], operator, version),)


def written_need(name: str, spans: Spans) -> str:
    """Return the needs that every version in the spans satisfies: pacman has no "or".

    It has no sign for "before" either: 1.0rc1 is before 1.0, and nothing else is.
    """
    return without_gaps(name, spans, lambda bound: bound.replace("~", ""))


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
        from distrorocks.families.pacman import mtree

        return unkept_modules(view, self.name, mtree.promises(view), lua_versions)

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return what the repositories' databases list for this machine's architecture."""
        import os

        from distrorocks.families.pacman import repositories

        return repositories.read_offered(root, names, os.uname().machine)

    def read_listings(self, root: str) -> Listings:
        """Return what the ``.files`` that ``pacman -Fy`` fetched list."""
        from distrorocks.families.pacman import repositories

        return repositories.read_listings(root)

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

    def has_hook(self, root: str) -> bool:
        """Return whether our hook is where pacman looks, and no link switches it off."""
        view = RootView(root)
        first = next(filter(view.entry, _HOOKS), "")
        found = view.find(first) if first else None
        return found is not None and found.is_file


FAMILY: Family = _Pacman()
