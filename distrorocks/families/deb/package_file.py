"""Debian's binary packages: an ar archive of two tar archives (deb(5)).

python-debian finds the parts; whether they are what they say is checked before and after.
"""

from __future__ import annotations

from io import BytesIO

from distrorocks.families.deb.copyright_file import copyright_path, license_in
from distrorocks.families.deb.family import triplet
from distrorocks.families.deb.stanzas import control_fields, stanza_package
from distrorocks.families.package_file import (
    PackageFile,
    PackageFileError,
    Unpacked,
    contents_of,
    opened_part,
)
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.system.files.archive_content import tar_content
from distrorocks.system.files.archive_member import MOST_UNPACKED

_MAGIC = b"!<arch>\n"
_HEADER = 60
_MOST_MEMBERS = 16
_MOST_CONTROL = 16 << 20
_SIZE = regex(rb"[0-9]{1,10} *")
_PART = regex(r"(?:control|data)\.tar(?:\.(?:gz|xz|bz2|zst))?")
# deb-control(5); Debian Policy 5.6.1 and 5.6.12.
_NAME = regex(r"[a-z0-9][a-z0-9+.-]+")
_VERSION = regex(r"(?:[0-9]+:)?[A-Za-z0-9.+~:-]+")
_ARCHITECTURE = regex(r"[a-z0-9-]+")
_LONGEST_LINE = 1 << 16


def parse_package_file(content: bytes) -> PackageFile:
    """Return the package in a .deb file; raise ``DistrorocksError`` for any other."""
    control, data = _parts(content)
    fields = _fields(_unpacked(opened_part(*control, _MOST_CONTROL)))
    unpacked = _unpacked(opened_part(*data, MOST_UNPACKED))
    package = stanza_package(fields)
    contents = contents_of(unpacked)
    notice = contents.get(copyright_path(package.name))
    return PackageFile(
        package._replace(files=tuple(sorted(contents))),
        contents,
        f"lib/{triplet(package.architecture)}".rstrip("/"),
        license_in(notice) or "" if notice else "",
    )


def _parts(content: bytes) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """Return the names and bytes of the control part and the data part."""
    _check_ar(content)
    try:
        from debian.debfile import DebFile
    except ImportError:
        raise PackageFileError(
            "python-debian, which reads .deb files, is not installed",
            hint="install the package python3-debian",
        ) from None
    try:
        members = DebFile(fileobj=BytesIO(content)).getmembers()
        parts = {member.name: member.read() for member in members}
    except Exception as error:  # of a hostile file: python-debian raises many kinds
        raise PackageFileError(f"it is not a Debian package ({plain(error)})") from None
    found = [(name, text) for name, text in parts.items() if _PART.fullmatch(name)]
    control = [each for each in found if each[0].startswith("control")]
    data = [each for each in found if each[0].startswith("data")]
    if len(parts) != len(members) or (len(control), len(data)) != (1, 1):
        shown = ", ".join(map(quoted, parts))
        raise PackageFileError(f"its parts are {shown}; one control.tar and one data.tar are read")
    return control[0], data[0]


def _check_ar(content: bytes) -> None:
    """Raise unless the ar archive has few members that follow each other up to the end."""
    if not content.startswith(_MAGIC):
        raise PackageFileError("it is not a Debian package (no ar archive)")
    at, count = len(_MAGIC), 0
    while at < len(content):
        header = content[at : at + _HEADER]
        if len(header) < _HEADER or header[58:] != b"`\n" or not _SIZE.fullmatch(header[48:58]):
            raise PackageFileError("it is a damaged ar archive")
        size = int(header[48:58])
        at += _HEADER + size
        if at > len(content):
            raise PackageFileError("its ar archive ends too early")
        at += size % 2
        count += 1
        if count > _MOST_MEMBERS:
            raise PackageFileError(f"its ar archive has more than {_MOST_MEMBERS} members")


def _unpacked(archive: bytes) -> Unpacked:
    """Return the files of a tar archive by absolute path."""
    found = tar_content(archive, is_system=True)
    return Unpacked(
        {f"/{path}": file.content for path, file in found.files.items()},
        {f"/{path}": target for path, target in found.links.items()},
    )


def _fields(control: Unpacked) -> dict[str, str]:
    """Return the fields of the control file; those that identify the package must be sound."""
    text = control.files.get("/control")
    if text is None:
        raise PackageFileError("it has no control file")
    lines = text.decode("utf-8", "surrogateescape").strip("\n").split("\n")
    fields = control_fields(lines) if max(map(len, lines)) < _LONGEST_LINE else None
    rules = {"Package": _NAME, "Version": _VERSION, "Architecture": _ARCHITECTURE}
    for name, rule in rules.items():
        value = (fields or {}).get(name, "")
        if fields is None or not rule.fullmatch(value):
            raise PackageFileError(f"its control file is malformed ({name}: {quoted(value)})")
    return fields or {}
