"""The rpm family: its versions and relations, and the readers of its databases."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from distrorocks.families.distribution import read_distribution
from distrorocks.families.ordinary import HOOKS_PACKAGE, Listings, Ordinary
from distrorocks.families.package import InstalledPackages, Packages
from distrorocks.families.rpm.directory import database_directory
from distrorocks.families.rpm.order import rpm_key
from distrorocks.families.version_range import ALL, Span, Spans
from distrorocks.families.versions import Relation, implied_constraint

if TYPE_CHECKING:
    from distrorocks.families.family import Family
    from distrorocks.system.files.cache import Cache

_WIDE = frozenset({"x86_64", "aarch64", "ppc64le", "s390x", "riscv64", "loongarch64", "mips64el"})
_WIDE_MODULES = "/usr/lib64/lua/"
_RELATION = re.compile(
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9._+~-]*)(?:\((?P<inner>[^()]*)\))?"
    r"(?:\s+(?P<operator><=|>=|==|=|<|>)\s+(?P<version>\S+))?"
)
_ROCK_CAPABILITY = re.compile(r"luarocks5\.[1-9]")
_ISA = re.compile(r"[a-z0-9_]+-(?:32|64|128)")
# Fedora's older guideline: releases 0.N.WORD are of a version that is not out yet.
_EARLY_RELEASE = re.compile(r"0\.[0-9]+\.((?:alpha|beta|pre|rc)?[0-9]*(?:git|svn|hg|cvs)?[^.]*).*")
_LUA_PACKAGE = re.compile(r"(?<![^\s(])(?<![^\s(]\()lua(?=-)")
_DIST_TAG = re.compile(r"(?:fc|el|amzn|suse|lp|sle|bp|mga|alt|oe|cm|an)[0-9_]*.*")


def upstream_version(version: str) -> str:
    """Return the version part of ``[epoch:]version[-release]``.

    A release such as ``0.2.rc1.fc20`` (Fedora's form before ``~``) makes it a pre-release.
    """
    epoch, colon, rest = version.partition(":")
    if colon and epoch.isdigit():
        version = rest
    upstream, dash, release = version.rpartition("-")
    if not dash:
        return version
    early = _EARLY_RELEASE.fullmatch(release)
    if early and early[1] and not _DIST_TAG.fullmatch(early[1]):
        return f"{upstream}~{early[1]}"
    return upstream


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the alternatives of one Requires; () for files, libraries, conditions, interpreters.

    ``(a or b)`` gives two. Any other rich dependency says nothing that holds for certain.
    """
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        parts = [_parse_one(part.strip()) for part in text[1:-1].split(" or ")]
        return tuple(part for part in parts if part) if all(parts) else ()
    one = _parse_one(text)
    return (one,) if one else ()


def _parse_one(text: str) -> Relation | None:
    """Return one plain requirement, or None if it is of another kind."""
    found = _RELATION.fullmatch(text)
    if not found:
        return None
    name, inner, rock = found["name"], found["inner"], ""
    if inner is not None and not _ISA.fullmatch(inner):
        if not _ROCK_CAPABILITY.fullmatch(name) or not inner:
            return None
        name, rock = f"{name}({inner})", inner.lower()
    if not found["operator"]:
        return Relation(name, rock=rock)
    operator, version = implied_constraint(
        found["operator"].replace("==", "="),
        upstream_version(found["version"]),
        revised="-" in found["version"],
    )
    return Relation(name, operator, version, rock)


def written_need(name: str, spans: Spans) -> str:
    """Return one requirement, rich where it must be, that only versions in the spans satisfy."""
    if spans == ALL:
        return name
    if not spans:
        return f"{name} < 0~~"
    if len(spans) == 1:
        return _within(name, spans[0])
    return f"({' or '.join(_within(name, span) for span in spans)})"


def for_lua(need: str, prefix: str) -> str:
    """Return a requirement with its packages ``lua-NAME`` as one Lua's, ``PREFIX-NAME``."""
    return _LUA_PACKAGE.sub(lambda _: prefix, need)


def _within(name: str, span: Span) -> str:
    """Return the requirement of one span; ``with`` asks it all of the same package."""
    if span.low and span.high:
        return f"({name} >= {span.low} with {name} < {span.high})"
    return f"{name} >= {span.low}" if span.low else f"{name} < {span.high}"


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
    upstream_version = staticmethod(upstream_version)
    version_key = staticmethod(rpm_key)
    install_command = staticmethod(install_command)
    remove_command = staticmethod(remove_command)
    reinstall_hint = staticmethod(reinstall_hint)
    parse_relation = staticmethod(parse_relation)
    written_need = staticmethod(written_need)

    def is_present(self, root: str) -> bool:
        """Return whether ``root`` has an RPM database of any format."""
        return database_directory(root) is not None

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
        from distrorocks.families.rpm import repositories

        distribution = read_distribution(root)
        command = install_command((distribution.id, *distribution.id_like))
        program = "zypper" if command.startswith("zypper") else "dnf"
        files, warnings = repositories.read_filelists(root)
        return Listings(f"{program}'s filelists", files, warnings=tuple(warnings))

    def has_hook(self, root: str) -> bool:
        """Return whether rpm knows the package of our file triggers."""
        from distrorocks.families.rpm import database

        return database.has_package(root, HOOKS_PACKAGE)


FAMILY: Family = _Rpm()
