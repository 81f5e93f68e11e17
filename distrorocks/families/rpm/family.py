"""The rpm family: the answers of rpm, dnf and zypper."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from types import MappingProxyType

from distrorocks.families.ordinary import HOOKS_PACKAGE, Ordinary
from distrorocks.families.package import InstalledPackages, Listings, Packages
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.families.build_flags import BuildFlags
    from distrorocks.families.family import Family
    from distrorocks.families.package import Indexed
    from distrorocks.families.rpm.versions import RpmKey
    from distrorocks.families.version_range import Spans
    from distrorocks.families.versions import Relation
    from distrorocks.system.files.cache import Cache

_WIDE = frozenset({"x86_64", "aarch64", "ppc64le", "s390x", "riscv64", "loongarch64", "mips64el"})
_WIDE_MODULES = "/usr/lib64/lua/"


def install_command(distributions: Sequence[str]) -> str:
    """Return what installs packages: openSUSE's zypper, ALT's apt, else dnf."""
    for name in distributions:
        if "suse" in name or name in ("sles", "sled"):
            return "zypper install"
        if name == "altlinux":
            return "apt-get install"
    return "dnf install"


def remove_command(distributions: Sequence[str]) -> str:
    """Return what removes packages: all of these programs call it ``remove``."""
    return install_command(distributions).replace("install", "remove")


def reinstall_hint(package: str) -> str:
    """Return how the files of a package are restored.

    The database has no MD5s, so only ``rpm -V`` can tell a changed file from an upgraded one.
    """
    return (
        f"dnf reinstall {package}, if `rpm -V {package}` names the file; else distrorocks refresh"
    )


class _Rpm(Ordinary):
    """The answers of RPM's family."""

    name = "rpm"
    distributions = ("fedora", "opensuse", "altlinux")
    aliases = MappingProxyType(
        {
            "suse": "opensuse",
            "sles": "opensuse",
            "opensuse-leap": "opensuse",
            "opensuse-tumbleweed": "opensuse",
            "rhel": "fedora",
            "centos": "fedora",
        }
    )
    install_command = staticmethod(install_command)
    remove_command = staticmethod(remove_command)
    reinstall_hint = staticmethod(reinstall_hint)

    # Most runs ask only where modules are: what reads versions is imported when it is asked.

    @cached_property
    def upstream_version(self) -> Callable[[str], str]:
        """What takes epoch and release away."""
        from distrorocks.families.rpm.versions import upstream_version

        return upstream_version

    @cached_property
    def version_key(self) -> Callable[[str], RpmKey]:
        """RPM's order."""
        from distrorocks.families.rpm.versions import rpm_key

        return rpm_key

    @cached_property
    def parse_relation(self) -> Callable[[str], tuple[Relation, ...]]:
        """What reads one entry of ``Requires``."""
        from distrorocks.families.rpm.versions import parse_relation

        return parse_relation

    @cached_property
    def written_need(self) -> Callable[[str, Spans], str]:
        """What writes entries of ``Requires``."""
        from distrorocks.families.rpm.versions import written_need

        return written_need

    def is_present(self, root: str) -> bool:
        """Return whether ``root`` has an RPM database of any format."""
        from distrorocks.families.rpm import database

        return database.database_directory(root) is not None

    def read_installed(self, root: str, cache: Cache | None = None) -> InstalledPackages:  # noqa: ARG002
        """Return the packages with Lua files; the widest architecture of them is the root's."""
        from distrorocks.families.rpm import database

        found = database.read_packages(root)
        architectures = {package.architecture for package in found.packages}
        paths = (path for package in found.packages for path in package.files)
        return InstalledPackages(
            *found,
            native=frozenset(architectures & _WIDE or architectures),
            library_dir="lib64" if any(path.startswith(_WIDE_MODULES) for path in paths) else "lib",
        )

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return what dnf's or zypper's repositories list."""
        from distrorocks.families.rpm import repositories

        return repositories.read_offered(root, names)

    def read_listings(self, root: str) -> Listings:
        """Return what the ``filelists.xml`` that dnf or zypper fetched list."""
        from distrorocks.families.distribution import read_distribution
        from distrorocks.families.rpm import repositories

        distribution = read_distribution(root)
        command = install_command((distribution.id, *distribution.id_like))
        program = "zypper" if command.startswith("zypper") else "dnf"
        files, warnings = repositories.read_filelists(root)
        return Listings(f"{program}'s filelists", files, warnings=tuple(warnings))

    def packages_in(self, paths: Collection[str], names: Collection[str]) -> Packages:
        """Return what given lists have."""
        from distrorocks.families.package_indexes import Newest
        from distrorocks.families.rpm.repositories import packages_in

        return packages_in(paths, names, Newest("rpm"))

    def listings_in(self, paths: Collection[str]) -> Listings:
        """Return the files of Lua that given lists have."""
        from distrorocks.families.rpm.repositories import filelists_in

        files, warnings = filelists_in(paths)
        return Listings("filelists", files, warnings=tuple(warnings))

    def find_offered(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what the ``filelists.xml`` that dnf or zypper fetched have."""
        from distrorocks.families.rpm import repositories

        return repositories.find_in_filelists(root, ends) if ends else ()

    def has_hook(self, root: str) -> bool:
        """Return whether rpm knows the package of our file triggers."""
        from distrorocks.families.rpm import database

        return database.has_package(root, HOOKS_PACKAGE)

    def build_flags(self) -> BuildFlags:
        """Return what rpm's macros say."""
        from distrorocks.families.rpm.build_flags import read_build_flags

        return read_build_flags()


FAMILY: Family = _Rpm()
