"""The packages that own Lua files, read from pacman's own files: no program, any root.

``/var/lib/pacman/local`` has a folder for each package: ``desc`` describes it, ``files`` lists its
files, ``mtree`` (packed mtree(5)) has their digests. The first two consist of sections: lines under
a name such as ``%DEPENDS%``, followed by an empty line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.families.database_files import Promise, present_files
from distrorocks.families.known import PLACES
from distrorocks.families.lua_files import has_lua
from distrorocks.families.package import InstalledPackages, Package
from distrorocks.patterns import regex
from distrorocks.system.files.bounded_file import FileReadError, open_regular, read_bounded
from distrorocks.system.files.cache import Cache, signature_of
from distrorocks.system.files.root_path import RootView

(LOCAL,) = PLACES["pacman"]
ANY = "any"
_MOST_OF_DESC = 1 << 20
_MOST_OF_FILES = 64 << 20
MOST_OF_MTREE = 64 << 20
Sections = Mapping[str, tuple[str, ...]]
_ENTRY = regex(r"\./(?P<path>\S+)(?P<words>( \S+)*)")
_DIGEST = regex(r"(?P<algorithm>sha256|md5)digest=(?P<digest>[0-9a-f]{32,64})")
_ESCAPE = regex(r"\\([0-7]{3})")


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
    table = cache.table("pacman")
    for folder in folders(view):
        path = f"{LOCAL}/{folder}/files"
        found = view.find(path)
        if found is None:
            continue
        try:
            paths = table.of(
                folder,
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


def parse_sections(text: bytes) -> dict[str, tuple[str, ...]]:
    """Return the lines of each section; lines before the first one are ignored."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        if len(line) > 2 and line[0] == line[-1] == "%":
            lines = found.setdefault(line[1:-1], [])
        elif line:
            lines.append(line)
    return {name: tuple(each) for name, each in found.items()}


def section_package(sections: Sections) -> Package | None:
    """Return the package that the sections of a ``desc`` describe, None without name or version.

    Several licences are written one below the other, and all of them count.
    """
    name, version = _first(sections, "NAME"), _first(sections, "VERSION")
    if not name or not version:
        return None
    return Package(
        family="pacman",
        name=name,
        version=version,
        architecture=_first(sections, "ARCH"),
        source=_first(sections, "BASE") or name,
        summary=_first(sections, "DESC"),
        homepage=_first(sections, "URL"),
        license=" and ".join(sections.get("LICENSE", ())),
        relations=tuple(sections.get("DEPENDS", ())),
        provides=tuple(sections.get("PROVIDES", ())),
    )


def _first(sections: Sections, name: str) -> str:
    return next(iter(sections.get(name, ())), "").strip()


def promises(view: RootView) -> Iterator[Promise]:
    """Yield the files of all packages that have something of Lua, with their digests."""
    for folder, paths in lua_lists(view, [], Cache()):
        digests = parse_mtree(_unpacked(view, f"{LOCAL}/{folder}/mtree"))
        for path in paths or files_of(view, folder):
            algorithm, digest = digests.get(path, ("sha256", ""))
            yield Promise(name_of(folder), path, digest, algorithm)


def parse_mtree(text: bytes) -> dict[str, tuple[str, str]]:
    """Return (algorithm, digest) by path; SHA-256 where there are both."""
    found = {}
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        entry = _ENTRY.fullmatch(line)
        digests = {it["algorithm"]: it["digest"] for it in _DIGEST.finditer(line)} if entry else {}
        for algorithm in ("sha256", "md5"):
            if entry and algorithm in digests:
                found[f"/{_plain(entry['path'])}"] = (algorithm, digests[algorithm])
                break
    return found


def _plain(path: str) -> str:
    """Return a path without its escapes: a backslash and the byte in three octal digits."""
    if "\\" not in path:
        return path
    raw = _ESCAPE.sub(lambda it: chr(int(it[1], 8) & 0xFF), path)
    return raw.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def _unpacked(view: RootView, path: str) -> bytes:
    """Return what a packed file holds, b"" where it cannot be read or is past the limit."""
    found = view.find(path)
    if found is None:
        return b""
    import zlib
    from gzip import GzipFile  # only `verify` reads digests

    try:
        with open_regular(view.host_path(found.path), MOST_OF_MTREE) as file:
            text = GzipFile(fileobj=file).read(MOST_OF_MTREE + 1)
    except (FileReadError, OSError, EOFError, zlib.error):
        return b""
    return text if len(text) <= MOST_OF_MTREE else b""
