"""What pacman's repositories have: the ``.db`` of ``pacman -Sy``, the ``.files`` of ``-Fy``.

Each is an archive with a folder for each package; both have its ``desc``, ``.files`` its ``files``
too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from distrorocks.families.index_archive import members
from distrorocks.families.lua_files import classify
from distrorocks.families.offer import MARKS
from distrorocks.families.package import Indexed, Listings, Packages, is_wanted_file, shortest_first
from distrorocks.families.package_indexes import Newest, index_files, read_each
from distrorocks.families.pacman.database import name_of, parse_sections, section_package
from distrorocks.system.files.root_path import RootView

DIRECTORY = "/var/lib/pacman/sync"
_LUA = b"/lua/5."
_OFFERED = (b"%NAME%\nlua", *(mark.encode() for mark in MARKS))
_INDEX, _LISTING = ".db", ".files"


def read_offered(root: str, names: Collection[str], architecture: str) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is left out, with a warning. If a repository has no ``.db``, its
    ``.files`` counts.
    """
    found = index_files(RootView(root), DIRECTORY, lambda name: name.endswith((_INDEX, _LISTING)))
    indexes = [path for path in found if path.endswith(_INDEX)]
    listed = {path.removesuffix(_INDEX) for path in indexes}
    indexes += [
        path
        for path in found
        if path.endswith(_LISTING) and path.removesuffix(_LISTING) not in listed
    ]
    return packages_in(indexes, names, Newest("pacman", ("any", architecture)))


def packages_in(paths: Iterable[str], names: Collection[str], newest: Newest) -> Packages:
    """Return the same of given databases, whatever else ``newest`` has collected."""

    def read(path: str) -> None:
        for folder, text in members(path, "desc"):
            name = name_of(folder.rpartition("/")[0])
            if name in names or any(mark in text for mark in _OFFERED):
                package = section_package(parse_sections(text))
                if package:
                    newest.add(package)

    return newest.packages(read_each(paths, read))


def read_listings(root: str) -> Listings:
    """Return the files of Lua of each package and its version, and what could not be read."""
    return listings_in(index_files(RootView(root), DIRECTORY, lambda it: it.endswith(_LISTING)))


def listings_in(paths: Iterable[str]) -> Listings:
    """Return the same of given databases; those without files count for nothing."""
    files: dict[str, tuple[str, ...]] = {}
    versions: dict[str, str] = {}

    def read(path: str) -> None:
        for member, text in members(path, "files", _LUA):
            name, version = _named(member.removesuffix("/files"))
            lines = text.decode("utf-8", "surrogateescape").splitlines()
            paths = sorted(f"/{line}" for line in lines if classify(f"/{line}"))
            if name and paths:
                files.setdefault(name, tuple(paths))
                versions.setdefault(name, version)

    warnings = read_each(paths, read)
    return Listings("pacman's lists of files", files, versions, tuple(warnings))


def find_in_listings(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the files whose paths end with one of ``ends``, shortest path first.

    An end with a final dot also finds longer names. Lists that cannot be read count for nothing.
    """
    needles = [end.encode("utf-8", "surrogateescape") for end in ends]
    hits: set[Indexed] = set()

    def read(path: str) -> None:
        for member, text in members(path, "files"):
            if any(each in text for each in needles):
                name, _ = _named(member.removesuffix("/files"))
                lines = text.decode("utf-8", "surrogateescape").splitlines()
                paths = (f"/{line}" for line in lines)
                hits.update(Indexed(it, name) for it in paths if is_wanted_file(it, ends))

    read_each(index_files(RootView(root), DIRECTORY, lambda it: it.endswith(_LISTING)), read)
    return shortest_first(hits)


def _named(folder: str) -> tuple[str, str]:
    """Return the name and the version without epoch and release of ``lua-say-1:1.4.1-3``."""
    stem, _, _ = folder.rpartition("-")
    name, _, version = stem.rpartition("-")
    return name, version.rpartition(":")[2]
