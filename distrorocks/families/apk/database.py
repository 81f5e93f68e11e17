"""The packages that own Lua files, read from ``lib/apk/db/installed``: no program, any root.

The database consists of entries, as an APKINDEX does: lines of a letter, a colon and a value, with
an empty line after each entry.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.families.database_files import Promise, present_files
from distrorocks.families.known import PLACES
from distrorocks.families.lua_files import has_lua
from distrorocks.families.package import InstalledPackages, Package
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView

(INSTALLED,) = PLACES["apk"]
_ARCHITECTURE = "/etc/apk/arch"
_NOARCH = "noarch"
_LUA = (b"/lua/5.", b"/rocks-5.")
_MOST_BYTES = 256 << 20
_MOST_OF_NAME = 1 << 12
_DIGEST_BYTES = 20
END = b"\n\n"
"""What separates two entries."""


def read_packages(root: str) -> InstalledPackages:
    """Return every installed package of ``root`` that owns an existing Lua file or rock metadata.

    What is malformed is left out with a warning. Raise DistrorocksError if the database cannot
    be read at all.
    """
    view, warnings = RootView(root), list[str]()
    packages: list[Package] = []
    for entry in _lua_entries(view):
        package = entry_package(parse_fields(entry))
        files = present_files(view, (path for path, _ in files_of(entry)))
        if package is None:
            warnings.append(f"an entry of {INSTALLED} has no package name or version")
        elif has_lua(files):
            packages.append(package._replace(files=files))
    packages.sort(key=lambda one: one[:4])
    architecture = read_architecture(view, packages)
    native = frozenset({architecture} if architecture else ())
    return InstalledPackages(tuple(packages), tuple(warnings), native, "lib")


def read_architecture(view: RootView, packages: list[Package]) -> str:
    """Return the root's architecture: what apk noted, else that of its packages, else ""."""
    found = view.find(_ARCHITECTURE)
    if found:
        try:
            noted = read_bounded(view.host_path(found.path), _MOST_OF_NAME).split()
        except FileReadError:
            noted = []
        if noted:
            return noted[0].decode("utf-8", "surrogateescape")
    named = (package.architecture for package in packages)
    return next((name for name in named if name not in ("", _NOARCH)), "")


def promises(view: RootView) -> Iterator[Promise]:
    """Yield the files of all packages that have something of Lua, with their digests.

    They are SHA-1, or where ``f:`` has an S the first 20 bytes of SHA-256.
    """
    for entry in _lua_entries(view):
        fields = parse_fields(entry)
        algorithm = "sha256" if _has_sha256(entry) else "sha1"
        for path, checksum in files_of(entry):
            yield Promise(fields.get("P", ""), path, _digest(checksum), algorithm)


def every_file(view: RootView) -> Iterator[tuple[str, str]]:
    """Yield the path and the package of each installed file."""
    for entry in read_entries(view):
        name = parse_fields(entry).get("P", "")
        for path, _ in files_of(entry):
            yield path, name


def read_entries(view: RootView) -> list[bytes]:
    """Return the entries of the database, one for each package; none where there is none."""
    found = view.find(INSTALLED)
    if found is None:
        return []
    try:
        text = read_bounded(view.host_path(found.path), _MOST_BYTES)
    except FileReadError as fault:
        raise DistrorocksError(
            f"apk's database cannot be read: {view.host_path(INSTALLED)}",
            detail=fault.brief,
            hint="check it with `apk audit --system`",
        ) from fault
    return [entry for entry in text.split(END) if entry.strip()]


def _lua_entries(view: RootView) -> list[bytes]:
    return [entry for entry in read_entries(view) if any(mark in entry for mark in _LUA)]


def _has_sha256(entry: bytes) -> bool:
    return any(line[:2] == b"f:" and b"S" in line for line in entry.split(b"\n"))


def _digest(checksum: str) -> str:
    """Return a checksum ``Q1<base64>`` in hexadecimal digits, "" where it is of another form."""
    if not checksum.startswith("Q1"):
        return ""
    try:
        digest = b64decode(checksum[2:].encode("ascii"), validate=True)
    except ValueError:
        return ""
    return digest.hex() if len(digest) == _DIGEST_BYTES else ""


def parse_fields(entry: bytes) -> dict[str, str]:
    """Return field to value, of those that describe a package; its files come after them."""
    fields: dict[str, str] = {}
    for line in _lines(entry):
        if line[:2] == "F:":
            break
        if line[1:2] == ":":
            fields[line[0]] = line[2:]
    return fields


def entry_package(fields: Mapping[str, str]) -> Package | None:
    """Return the package that an entry describes, None without name or version."""
    name, version = fields.get("P", ""), fields.get("V", "")
    if not name or not version:
        return None
    return Package(
        family="apk",
        name=name,
        version=version,
        architecture=fields.get("A", ""),
        source=fields.get("o") or name,
        summary=fields.get("T", "").strip(),
        homepage=fields.get("U", "").strip(),
        license=fields.get("L", "").strip(),
        relations=tuple(fields.get("D", "").split()),
        provides=tuple(fields.get("p", "").split()),
    )


def files_of(entry: bytes) -> Iterator[tuple[str, str]]:
    """Yield each file's path with the checksum that was recorded, "" for none.

    ``F:`` names a directory, ``R:`` a file in it, ``Z:`` the file's checksum.
    """
    directory, path, checksum = "", "", ""
    for line in _lines(entry):
        kind, value = line[:2], line[2:]
        if kind in ("F:", "R:") and path:
            yield path, checksum
            path = checksum = ""
        if kind == "F:":
            directory = value
        elif kind == "R:":
            path = f"/{directory}/{value}" if directory else f"/{value}"
        elif kind == "Z:":
            checksum = value
    if path:
        yield path, checksum


def _lines(entry: bytes) -> list[str]:
    return entry.decode("utf-8", "surrogateescape").split("\n")
