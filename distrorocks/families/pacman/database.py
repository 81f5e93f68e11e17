"""The packages that own Lua files, read from pacman's own files: no program, any root.

``/var/lib/pacman/local`` has a folder for each package: ``desc`` describes it, ``files`` lists its
files, ``mtree`` has their digests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.families.database_files import present_files
from distrorocks.families.known import PLACES
from distrorocks.families.lua_files import has_lua
from distrorocks.families.package import InstalledPackages, Package
from distrorocks.families.pacman.desc import parse_sections, section_package
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.file_signature import signature_of
from distrorocks.system.files.root_path import RootView

(LOCAL,) = PLACES["pacman"]
ANY = "any"
_MOST_OF_DESC = 1 << 20
_MOST_OF_FILES = 64 << 20


def folders(view: RootView) -> list[str]:
    """Return the names of the packages' folders, NAME-VERSION, sorted."""
    found = view.find(LOCAL)
    if found is None:
        return []
    try:
        with os.scandir(view.host_path(found.path)) as entries:
            return sorted(each.name for each in entries if each.is_dir(follow_symlinks=False))
    except OSError as fault:
        raise DistrorocksError(
            f"pacman's database cannot be read: {view.host_path(LOCAL)}",
            detail=fault.strerror or str(fault),
        ) from fault


def read_packages(root: str, cache: Cache | None = None) -> InstalledPackages:
    """Return every installed package of ``root`` that owns an existing Lua file or rock metadata.

    What is malformed is left out with a warning. A package's files are those that ``cache`` knows
    while its list is the same.
    """
    view, warnings = RootView(root), list[str]()
    packages = []
    for folder, paths in lua_lists(view, warnings, cache or Cache()):
        files = present_files(view, paths)
        package = _described(view, folder, warnings) if has_lua(files) else None
        if package:
            packages.append(package._replace(files=files))
    packages.sort(key=lambda one: one[:4])
    native = frozenset(package.architecture for package in packages) - {ANY, ""}
    return InstalledPackages(tuple(packages), tuple(warnings), native, "lib")


def lua_lists(
    view: RootView, warnings: list[str], cache: Cache
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the folder and all files of each package that lists something of Lua."""
    for folder in folders(view):
        path = f"{LOCAL}/{folder}/files"
        found = view.find(path)
        if found is None:
            continue
        try:
            paths = cache.of(
                ("pacman", folder),
                signature_of(found.status),
                partial(_lua_files, view.host_path(found.path)),
            )
        except FileReadError as fault:
            warnings.append(f"{path} was skipped: {fault.brief}")
            continue
        if paths:
            yield folder, tuple(paths)


def files_of(view: RootView, folder: str) -> tuple[str, ...]:
    """Return the files that a package lists, () where they cannot be read."""
    found = view.find(f"{LOCAL}/{folder}/files")
    try:
        return _listed(read_bounded(view.host_path(found.path), _MOST_OF_FILES)) if found else ()
    except FileReadError:
        return ()


def name_of(folder: str) -> str:
    """Return the package of a folder ``lua-say-1:1.4.1-3``."""
    return folder.rpartition("-")[0].rpartition("-")[0]


def _lua_files(path: str) -> tuple[str, ...]:
    """Return the files of one list, none where no Lua module or rock is among them."""
    text = read_bounded(path, _MOST_OF_FILES, follow=False)
    if b"/lua/5." not in text and b"/rocks-5." not in text:
        return ()
    paths = _listed(text)
    return paths if has_lua(paths) else ()


def _listed(text: bytes) -> tuple[str, ...]:
    """Return the paths under ``%FILES%``; directories end with a slash and are left out."""
    lines = parse_sections(text).get("FILES", ())
    return tuple(f"/{line}" for line in lines if not line.endswith("/"))


def _described(view: RootView, folder: str, warnings: list[str]) -> Package | None:
    path = f"{LOCAL}/{folder}/desc"
    found = view.find(path)
    try:
        text = read_bounded(view.host_path(found.path), _MOST_OF_DESC) if found else b""
    except FileReadError as fault:
        warnings.append(f"{path} was skipped: {fault.brief}")
        return None
    package = section_package(parse_sections(text))
    if package is None:
        warnings.append(f"{path} was skipped: it has no package name or version")
    return package
