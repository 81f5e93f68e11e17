"""Packaging formats: their interface, the one of a distribution, and the dates of changelogs.

Dates are in UTC and in English, regardless of locale and time zone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from distrorocks.families.distribution import Distribution
from distrorocks.families.external_library import ExternalLibraries
from distrorocks.families.package_names import PackageNames
from distrorocks.families.version_range import Spans
from distrorocks.packaging.code.module_tables import NO_TABLES, ModuleTables
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.source.facts import Facts
from distrorocks.values import NamedTuple

_FORMATS = {
    "debian": "deb",
    "ubuntu": "deb",
    "fedora": "fedora",
    "rhel": "fedora",
    "centos": "fedora",
    "suse": "opensuse",
    "opensuse": "opensuse",
    "sles": "opensuse",
    "arch": "arch",
    "alpine": "alpine",
}

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Format(NamedTuple):
    """One packaging format.

    ``name`` is also its directory of templates, ``distribution`` the one whose package names apply.
    ``kindred`` are others that name packages alike. ``lua_versions`` are those that the
    distribution builds modules for. ``written_need`` writes a dependency on a package. ``finish``
    adds the fields that only this format has. ``has_pkg_config`` is whether a dependency can be a
    ``.pc`` file, ``is_split`` whether each Lua version has a package of its own, ``leaves_out``
    whether its templates can leave out modules.
    """

    name: str
    distribution: str
    lua_versions: tuple[str, ...]
    name_rule: Callable[[str], str]
    written_need: Callable[[str, Spans], str]
    finish: Callable[[Facts, Draft, Tables], None]
    has_pkg_config: bool = False
    is_split: bool = False
    leaves_out: bool = False
    kindred: tuple[str, ...] = ()


class Release(NamedTuple):
    """A release by its name, with its other names; ``standards_version`` is Debian's policy's."""

    form: str = ""
    name: str = ""
    aliases: tuple[str, ...] = ()
    lua_versions: tuple[str, ...] = ()
    standards_version: str = ""

    def is_of(self, distribution: Distribution) -> bool:
        """Return whether a system has this release, by the version of its os-release.

        Systems of a rolling release, such as sid, have none there.
        """
        version = distribution.version
        names = (self.name, *self.aliases)
        if not version:
            return not any(name[0].isdigit() for name in names)
        return any(f"{version}.".startswith(f"{name}.") for name in names)


class PackagingDate(NamedTuple):
    """The time of the packaging, in seconds since 1970, and where it is from."""

    seconds: int
    source: str


NO_DATE = PackagingDate(0, "")


class Tables(NamedTuple):
    """Package names, libraries, standard licence texts by SPDX name, and what the packager says.

    That is who maintains the package, the release that the packaging is for, None for any, and the
    time of the packaging. ``helper`` is what the packaging is to be built with, "" for that of the
    format, ``modules`` what packaged modules define.
    """

    names: PackageNames
    libraries: ExternalLibraries
    license_texts: Mapping[str, str] = MappingProxyType({})
    maintainer: str = ""
    release: Release | None = None
    date: PackagingDate = NO_DATE
    helper: str = ""
    modules: ModuleTables = NO_TABLES


def own_format(distribution: Distribution) -> str:
    """Return the format of a distribution by its ID, else by ID_LIKE, else deb."""
    return known_format(distribution) or "deb"


def known_format(distribution: Distribution) -> str:
    """Return the format of a distribution by its ID, else by ID_LIKE, else ""."""
    for name in (distribution.id, *distribution.id_like):
        found = _FORMATS.get(name) or _FORMATS.get(name.partition("-")[0])
        if found:
            return found
    return ""


def mail_date(seconds: int) -> str:
    """Return a time in the format of mail and of Debian's changelogs."""
    at = time.gmtime(seconds)
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
        f" {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"
    )


def spec_date(seconds: int) -> str:
    """Return a date in the format of a spec file's changelog."""
    at = time.gmtime(seconds)
    return f"{_DAYS[at.tm_wday]} {_MONTHS[at.tm_mon - 1]} {at.tm_mday:02} {at.tm_year}"


def changes_date(seconds: int) -> str:
    """Return a time in the format of openSUSE's .changes files."""
    at = time.gmtime(seconds)
    return (
        f"{_DAYS[at.tm_wday]} {_MONTHS[at.tm_mon - 1]} {at.tm_mday:2}"
        f" {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} UTC {at.tm_year}"
    )
