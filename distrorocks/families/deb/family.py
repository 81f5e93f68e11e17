"""The deb family: the answers of dpkg and apt."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.families.ordinary import HOOKS_PACKAGE, Ordinary
from distrorocks.families.package import InstalledPackages, Listings, Packages, Unkept
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from distrorocks.families.build_flags import BuildFlags
    from distrorocks.families.family import Family, Licenses
    from distrorocks.families.package import Indexed
    from distrorocks.families.version_range import Spans
    from distrorocks.families.versions import DebKey, Relation
    from distrorocks.system.files.cache import Cache


def reinstall_hint(package: str) -> str:
    """Return how the files of a package are restored."""
    return f"apt install --reinstall {package}"


# dpkg's architecture tables (cputable, ostable, tupletable): Debian's architectures and its ports.
TRIPLETS = {
    "alpha": "alpha-linux-gnu",
    "amd64": "x86_64-linux-gnu",
    "arc": "arc-linux-gnu",
    "arm64": "aarch64-linux-gnu",
    "armel": "arm-linux-gnueabi",
    "armhf": "arm-linux-gnueabihf",
    "hppa": "hppa-linux-gnu",
    "hurd-amd64": "x86_64-gnu",
    "hurd-i386": "i386-gnu",
    "i386": "i386-linux-gnu",
    "ia64": "ia64-linux-gnu",
    "kfreebsd-amd64": "x86_64-kfreebsd-gnu",
    "kfreebsd-i386": "i386-kfreebsd-gnu",
    "loong64": "loongarch64-linux-gnu",
    "m68k": "m68k-linux-gnu",
    "mips": "mips-linux-gnu",
    "mips64": "mips64-linux-gnuabi64",
    "mips64el": "mips64el-linux-gnuabi64",
    "mips64r6el": "mipsisa64r6el-linux-gnuabi64",
    "mipsel": "mipsel-linux-gnu",
    "powerpc": "powerpc-linux-gnu",
    "ppc64": "powerpc64-linux-gnu",
    "ppc64el": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "sh4": "sh4-linux-gnu",
    "sparc": "sparc-linux-gnu",
    "sparc64": "sparc64-linux-gnu",
    "x32": "x86_64-linux-gnux32",
}


def triplet(architecture: str) -> str:
    """Return the multiarch directory name of a Debian architecture, or "" if it is unknown."""
    return TRIPLETS.get(architecture, "")


class _Deb(Ordinary):
    """The answers of dpkg's family."""

    name = "deb"
    distributions = ("debian",)
    aliases = MappingProxyType({"ubuntu": "debian"})
    has_digests = True
    installing = "apt install"
    removing = "apt remove"
    reinstall_hint = staticmethod(reinstall_hint)

    # Most runs ask only where modules are: what reads versions is imported when it is asked.

    @cached_property
    def upstream_version(self) -> Callable[[str], str]:
        """What takes epoch and revision away."""
        from distrorocks.families.deb.versions import upstream_version

        return upstream_version

    @cached_property
    def version_key(self) -> Callable[[str], DebKey]:
        """Debian's order."""
        from distrorocks.families.versions import deb_key

        return deb_key

    @cached_property
    def parse_relation(self) -> Callable[[str], tuple[Relation, ...]]:
        """What reads one entry of ``Depends``."""
        from distrorocks.families.deb.versions import parse_relation

        return parse_relation

    @cached_property
    def written_need(self) -> Callable[[str, Spans], str]:
        """What writes entries of ``Depends``."""
        from distrorocks.families.deb.versions import written_need

        return written_need

    def read_installed(self, root: str, cache: Cache | None = None) -> InstalledPackages:
        """Return the packages with Lua files, and the directory of dpkg's own architecture."""
        from distrorocks.families.deb.database import read_packages
        from distrorocks.families.deb.stanzas import read_native_architecture

        found = read_packages(root, cache)
        architecture = read_native_architecture(root)
        if not architecture:
            return InstalledPackages(*found)
        library_dir = f"lib/{triplet(architecture)}"
        return InstalledPackages(*found, frozenset({architecture}), library_dir)

    def basis(self, view: RootView) -> tuple[Any, ...]:
        """Return the state of dpkg's diversions, and whether copyright files can be read."""
        from distrorocks.families.deb.copyright_file import has_reader
        from distrorocks.families.deb.file_lists import DIVERSIONS
        from distrorocks.system.files.cache import signature_of

        diversions = view.find(DIVERSIONS)
        return signature_of(diversions.status) if diversions else (), has_reader()

    def licenses(self, root: str, cache: Cache) -> Licenses:
        """Return the licences that the packages' copyright files name."""
        from distrorocks.families.deb import copyright_file

        return copyright_file.Licenses(root, cache)

    def unkept_promises(self, view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
        """Return the modules that ``dpkg --verify`` would name, and links to nowhere."""
        from distrorocks.families.deb import file_lists

        return file_lists.unkept_promises(view, lua_versions)

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return what the ``Packages`` that apt fetched list."""
        from distrorocks.families.deb import apt_indexes

        return apt_indexes.read_offered(root, names)

    def read_listings(self, root: str) -> Listings:
        """Return what the ``Contents`` that apt fetched for apt-file list."""
        from distrorocks.families.deb import apt_indexes
        from distrorocks.families.deb.stanzas import read_native_architecture

        files, warnings = apt_indexes.read_contents(root, read_native_architecture(root))
        return Listings("apt's Contents", files, warnings=tuple(warnings))

    def packages_in(self, paths: Collection[str], names: Collection[str]) -> Packages:
        """Return what given lists have."""
        from distrorocks.families.deb.apt_indexes import packages_in
        from distrorocks.families.package_indexes import Newest

        return packages_in(paths, names, Newest("deb"))

    def listings_in(self, paths: Collection[str]) -> Listings:
        """Return the files of Lua that given lists have."""
        from distrorocks.families.deb.apt_indexes import contents_in

        files, warnings = contents_in(paths)
        return Listings("Contents", files, warnings=tuple(warnings))

    def find_installed(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what dpkg's lists of files have."""
        from distrorocks.families.deb import file_lists

        return file_lists.find_installed(root, ends)

    def find_offered(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what apt's ``Contents`` have."""
        from distrorocks.families.deb import apt_indexes

        return apt_indexes.find_in_contents(root, ends)

    def has_hook(self, root: str) -> bool:
        """Return whether dpkg knows our triggers."""
        return RootView(root).find(f"/var/lib/dpkg/info/{HOOKS_PACKAGE}.triggers") is not None

    def build_flags(self) -> BuildFlags:
        """Return what dpkg-buildflags says."""
        from distrorocks.families.build_flags import BuildFlags, output_of

        return BuildFlags.parse(output_of("dpkg-buildflags", package="dpkg-dev"))

    def multiarch(self, root: str) -> str:
        """Return the directory of dpkg's own architecture, as gcc would."""
        from distrorocks.families.deb.stanzas import read_native_architecture

        try:
            return triplet(read_native_architecture(root))
        except DistrorocksError:
            return ""


FAMILY: Family = _Deb()
