"""The Lua files of dpkg's packages that are missing or do not have their recorded digests."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from distrorocks.families.deb.file_lists import INFO, PackageList, read_diversions, read_lists
from distrorocks.families.lua_files import classify
from distrorocks.families.ordinary import Unkept
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT

_SUM = re.compile(r"^([0-9a-f]{32})  (.+)$", re.MULTILINE)


def unkept_promises(view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
    """Return the modules for these Lua versions that ``dpkg --verify`` would name.

    Links to nowhere are among them, which it does not name. A file that has not been written
    since its package was unpacked is taken as right.
    """
    diverted, digests = read_diversions(view), Digests(view)
    return [
        unkept
        for entry in read_lists(view, [])
        for unkept in _of_package(view, entry, digests)
        if unkept.path not in diverted
        and (file := classify(unkept.path))
        and file.lua_version in lua_versions
    ]


def _of_package(view: RootView, entry: PackageList, digests: Digests) -> Iterator[Unkept]:
    """Yield the modules of one package that are not as it has them."""
    sums = _sums(view, entry.instance)
    for path in entry.paths:
        file = classify(path)
        if not file or not file.module:
            continue
        expected, found = sums.get(path, ""), view.find(path)
        if found is None:
            yield Unkept(entry.package, path, expected, "")
        elif expected and found.is_file and found.status.st_mtime_ns > entry.written:
            try:
                digest = digests.of(path)
            except DigestError as error:
                digest = error.brief
            if digest != expected:
                yield Unkept(entry.package, path, expected, digest)


def _sums(view: RootView, instance: str) -> dict[str, str]:
    """Return the MD5s that a package recorded, by path."""
    found = view.find(f"{INFO}/{instance}.md5sums")
    try:
        text = read_bounded(view.host_path(found.path), MANIFEST_LIMIT) if found else b""
    except FileReadError:
        return {}
    sums = _SUM.findall(text.decode("utf-8", "surrogateescape"))
    return {f"/{path}": digest for digest, path in sums}
