"""What apk could install, from the ``APKINDEX`` archives that ``apk update`` fetched."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from distrorocks.families.apk.database import END, entry_package, parse_fields, read_architecture
from distrorocks.families.index_archive import members
from distrorocks.families.offer import MARKS
from distrorocks.families.package import Indexed, Packages, has_end, shortest_first
from distrorocks.families.package_indexes import Newest, index_files, read_each
from distrorocks.patterns import regex
from distrorocks.system.files.packed_file import read_packed, whole_blocks
from distrorocks.system.files.root_path import RootView

DIRECTORIES = ("/etc/apk/cache", "/var/cache/apk")
_UNPACKED = "APKINDEX"
_PROVIDED = regex(rb"[: ](?:pc|cmd):")
_PATHS = {"pc": "/usr/lib/pkgconfig/{}.pc", "cmd": "/usr/bin/{}"}
_LUA = (b"\nP:lua", *(mark.encode() for mark in MARKS))


def read_offered(root: str, names: Collection[str]) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is left out, with a warning.
    """
    view = RootView(root)
    architecture = read_architecture(view, []) or os.uname().machine
    return packages_in(_indexes(view), names, Newest("apk", ("noarch", architecture)))


def packages_in(paths: Iterable[str], names: Collection[str], newest: Newest) -> Packages:
    """Return the same of given indexes, packed or not, whatever else ``newest`` has collected."""
    wanted = {name.encode("utf-8", "surrogateescape") for name in names}

    def read(path: str) -> None:
        if path.endswith(_UNPACKED):
            texts = whole_blocks(read_packed(path), END)
        else:
            texts = (text for _, text in members(path, "APKINDEX"))
        for text in texts:
            for entry in text.split(END):
                package = _wanted(entry, wanted) and entry_package(parse_fields(entry))
                if package:
                    newest.add(package)

    return newest.packages(read_each(paths, read))


def _indexes(view: RootView) -> list[str]:
    """Return the host's paths of the indexes; the administrator's cache may be the other one."""
    places = dict.fromkeys(found.path for path in DIRECTORIES if (found := view.find(path)))
    return [
        path
        for place in places
        for path in index_files(
            view, place, lambda name: name.startswith("APKINDEX.") and name.endswith(".tar.gz")
        )
    ]


def _wanted(entry: bytes, names: set[bytes]) -> bool:
    if any(mark in entry for mark in _LUA) or entry.startswith(b"P:lua"):
        return True
    name = entry if entry.startswith(b"P:") else entry.partition(b"\nP:")[2]
    return name.removeprefix(b"P:").partition(b"\n")[0] in names


def find_in_indexes(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the ``.pc`` files and programs whose paths end with one of ``ends``, shortest first.

    apk's indexes list no files, but name these two kinds among what a package provides. Indexes
    that cannot be read count for nothing.
    """
    hits: set[Indexed] = set()

    def read(path: str) -> None:
        for _, text in members(path, "APKINDEX"):
            for entry in text.split(END):
                package = _PROVIDED.search(entry) and entry_package(parse_fields(entry))
                if package:
                    paths = map(_provided_path, package.provides)
                    hits.update(Indexed(it, package.name) for it in paths if has_end(it, ends))

    read_each(_indexes(RootView(root)), read)
    return shortest_first(hits)


def _provided_path(provided: str) -> str:
    """Return the path of what a package provides, "" for another kind."""
    kind, _, rest = provided.partition(":")
    name = rest.partition("=")[0]
    return _PATHS[kind].format(name) if kind in _PATHS and "/" not in name else ""
