"""apk's entries of installed and available packages: lines of a letter, a colon, a value.

Both the installed database and an APKINDEX consist of them, separated by empty lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from distrorocks.families.package import Package

END = b"\n\n"


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
