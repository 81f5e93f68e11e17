"""Which packages a distribution has: by the indexes of this system, or by lists that are shipped.

The indexes are used when packaging for this system's own release, for which they are the best
source. The shipped lists are of the releases of Debian and of Fedora's rawhide. For other releases
the nearest one tells versions and Luas, but not that a package is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import family_of, read_distribution
from distrorocks.families.known import installed_families, leading_family
from distrorocks.families.lua_files import classify
from distrorocks.families.name_entry import plain_name
from distrorocks.families.package import Packages
from distrorocks.families.package_names import NO_LISTS, PackageLists
from distrorocks.packaging.plan.format import Format, Release, known_format, own_format
from distrorocks.packaging.plan.release import at_release, read_releases
from distrorocks.system.files.shipped_files import has_shipped, read_shipped, table_rows

if TYPE_CHECKING:
    from distrorocks.families.family import Family

MAIN = "lua"
"""What a list calls the Lua of which packages do not name the version: the newest."""
_NEAREST = {"debian": "trixie", "fedora": "rawhide"}


def read_package_lists(
    form: Format, root: str, release: Release | None, names: frozenset[str]
) -> PackageLists:
    """Return the packages of a release, or without one of the system in ``root``.

    ``names`` are packages with Lua modules by the names map, and those of libraries.
    """
    own, running = NO_LISTS, release_of(form, root)
    if release in (None, running):
        own = read_own_packages(root, form.name, names)
    if own.modules or own.versions:
        return own._replace(lacking=names - own.versions.keys())
    release = release or running
    shipped = shipped_lists(form.distribution, release, at_release(form, release).lua_versions[-1])
    return shipped._replace(warnings=own.warnings, lacking=names - shipped.versions.keys())


def release_of(form: Format, root: str) -> Release | None:
    """Return the release of the system in ``root``, None if it is none of the format."""
    own = read_distribution(root)
    known = read_releases() if known_format(own) == form.name else ()
    return next((each for each in known if each.form == form.name and each.is_of(own)), None)


@cache
def read_own_packages(root: str, form: str, names: frozenset[str]) -> PackageLists:
    """Return the packages that the system in ``root`` can install, if it uses the format."""
    family = own_family(root, form)
    if family is None:
        return NO_LISTS
    listed = family.read_listings(root)
    offered = family.read_offered(root, names | set(listed.files))
    versions = {**_plain(listed.versions), **_versions(family, offered)}
    sources = [f"{listed.source} of this system"] if listed.files else []
    if versions:
        sources.append("the packages that this system could install")
    warnings = (*listed.warnings, *offered.warnings)
    luas = {it.name: frozenset(it.lua_versions) for it in offered.packages if it.lua_versions}
    return PackageLists(_modules(listed.files), versions, tuple(sources), warnings, luas)


def own_family(root: str, form: str) -> Family | None:
    """Return the family of the system in ``root``, None if it does not use the format."""
    distribution = read_distribution(root)
    family = family_of((distribution.id, *distribution.id_like))
    present = installed_families(root)
    if own_format(distribution) != form or not (family or present):
        return None
    return family or leading_family(present)


def _plain(versions: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of packages, those for several Luas as one."""
    return {plain_name(package): version for package, version in sorted(versions.items())}


def _versions(family: Family, offered: Packages) -> dict[str, str]:
    """Return the upstream version of each package, the newest of all Lua versions."""
    key = family.version_key
    found = {}
    for package in sorted(offered.packages, key=lambda each: key(each.version)):
        found[plain_name(package.name)] = family.upstream_version(package.version)
    return found


def _modules(files: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Return the modules of each package, for all Lua versions together."""
    found: dict[str, set[str]] = {}
    for package, paths in files.items():
        modules = {file.module for file in map(classify, paths) if file} - {""}
        if modules:
            found.setdefault(plain_name(package), set()).update(modules)
    return {package: frozenset(modules) for package, modules in sorted(found.items())}


@cache
def shipped_lists(distribution: str, release: Release | None, main: str) -> PackageLists:
    """Return the shipped list of a release, or of the nearest one, none if nothing is near.

    ``main`` is the version of the Lua that is called ``MAIN`` there.
    """
    place = "package_lists/{}-{}.tsv"
    nearest = _NEAREST.get(distribution, "")
    known = release.name if release else nearest
    is_near = release is None or not has_shipped(place.format(distribution, known))
    place = place.format(distribution, nearest if is_near else known)
    if not has_shipped(place):
        return NO_LISTS
    return parse_package_list(read_shipped(place), main)._replace(is_near=is_near)


def parse_package_list(text: str, main: str) -> PackageLists:
    """Parse a shipped list: first what it is of, then a package, its version and Luas on each line.

    Raise ``DistrorocksError`` for any other line.
    """
    rows = list(table_rows(text, 3, "packages"))
    if not rows:
        raise DistrorocksError("the list of packages is empty", hint="install distrorocks again")
    source = rows.pop(0)[0]
    versions = {package: version for package, version, _ in rows if version}
    luas = {
        package: frozenset(main if lua == MAIN else lua for lua in named.split())
        for package, _, named in rows
        if named
    }
    return PackageLists(versions=versions, sources=(source,), lua_versions=luas)
