"""The tables that plans of packages are made with, from what distrorocks ships."""

from __future__ import annotations

from functools import cache

from distrorocks.distro.package_names import PackageNames, parse_package_modules
from distrorocks.distro.rock_modules import parse_rock_versions
from distrorocks.packaging.format import Format
from distrorocks.packaging.tables import Tables
from distrorocks.system.files.shipped_data import has_shipped, read_shipped
from distrorocks.system.packages.external_libraries import read_external_libraries
from distrorocks.system.packages.names_file import read_rock_modules, read_shipped_names
from distrorocks.system.packaging.own_packages import read_own_packages

_TEXTS = ("0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "Unlicense", "Zlib")


def read_tables(form: Format, maintainer: str = "", root: str = "/") -> Tables:
    """Return the tables of a format's distribution; of the system in ``root`` if that is it."""
    return Tables(_names(form, root), read_external_libraries(), _license_texts(), maintainer)


@cache
def _names(form: Format, root: str) -> PackageNames:
    entries = read_shipped_names(form.distribution)
    contents = f"package_modules/{form.distribution}.tsv"
    return PackageNames(
        entries=entries,
        contents=parse_package_modules(read_shipped(contents)) if has_shipped(contents) else {},
        rule=form.name_rule,
        own=read_own_packages(root, form.name, frozenset(entries)),
        rock_modules=read_rock_modules,
        rock_versions=parse_rock_versions(read_shipped("rock_versions.tsv")),
    )


@cache
def _license_texts() -> dict[str, str]:
    names = [name for name in _TEXTS if has_shipped(f"licenses/{name}.txt")]
    return {name: read_shipped(f"licenses/{name}.txt") for name in names}
