"""Make the shipped lists of packages with Lua modules, and of those that rocks are built with.

    python -m integration.makers.package_lists SUITE...
    python -m integration.makers.package_lists PACKAGES.csv

They are in distrorocks/data/package_lists. A SUITE is one of Debian, of which the packages, their
versions and Luas are those of apt's lists. PACKAGES.csv has what Fedora's own spec files make:
distro, as_of, binary_package, rock, version, lua_versions. Fedora's names tell 5.1 alone: the Lua
of its other packages is that of the release.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path

from distrorocks.families.external_library import read_external_libraries
from distrorocks.families.name_entry import plain_name
from distrorocks.families.names_file import read_shipped_names
from distrorocks.packaging.plan.package_lists import MAIN, read_own_packages
from integration.machines.clean_roots import bare_root
from integration.machines.roots import LUA_VERSIONS

DATA = Path(__file__).parent.parent.parent / "distrorocks" / "data" / "package_lists"
HEAD = "# What the list is of; then a package, its upstream version, and the Luas it is for.\n"
HEAD += "# Made by integration/makers/package_lists.py.\n"


def written(source: str, versions: Mapping[str, str], luas: Mapping[str, Iterable[str]]) -> str:
    """Return a list."""
    lines = [
        f"{package}\t{versions[package]}\t{' '.join(sorted(luas.get(package, ())))}\n"
        for package in sorted(versions)
    ]
    return f"{HEAD}{source}\t\t\n{''.join(lines)}"


def of_debian(suite: str) -> str:
    """Return the list of a suite of Debian, by the lists of its apt."""
    libraries = read_external_libraries().packages_in("debian")
    names = libraries.union(read_shipped_names("debian"))
    root = bare_root(suite).folders[-1]
    found = read_own_packages(str(root), "deb", names)
    (release,) = root.glob("var/lib/apt/lists/*_InRelease")
    dated = re.search(r"^Date: (.+)$", release.read_text(), re.MULTILINE)
    assert dated, release
    day = parsedate_to_datetime(dated[1]).date()
    listed = {package for package in found.versions if package.startswith("lua-")} | names
    versions = {package: found.versions[package] for package in listed & found.versions.keys()}
    return written(f"Debian {suite}'s packages of {day}", versions, found.lua_versions)


def of_fedora(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the list of Fedora's rawhide, by its spec files."""
    source = ""
    versions: dict[str, str] = {}
    luas: dict[str, set[str]] = {}
    for row in rows:
        if row["distro"] != "fedora" or not row["rock"]:
            continue
        package = plain_name(row["binary_package"])
        source = f"Fedora {row['as_of'].replace(' ', chr(39) + 's packages of ', 1)}"
        versions[package] = row["version"]
        named = row["lua_versions"].split()
        luas.setdefault(package, set()).update(lua if lua == "5.1" else MAIN for lua in named)
    return written(source, versions, luas)


def main(words: Sequence[str]) -> int:
    """Write the lists of suites, and that of Fedora from a table."""
    DATA.mkdir(exist_ok=True)
    for word in words:
        if word in LUA_VERSIONS:
            DATA.joinpath(f"debian-{word}.tsv").write_text(of_debian(word))
        else:
            with open(word, newline="", encoding="utf-8") as file:
                DATA.joinpath("fedora-rawhide.tsv").write_text(of_fedora(csv.DictReader(file)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
