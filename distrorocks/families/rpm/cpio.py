"""The payload of an RPM: a cpio archive of the "new ASCII" format (cpio(5)), read strictly."""

from __future__ import annotations

import re
import stat

from distrorocks.families.package_file import PackageFileError, Unpacked
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.archive_member import (
    Kind,
    Member,
    Tally,
    check_members,
    check_mode,
    member_path,
)

_HEADER = 110
_FIELDS = re.compile(rb"07070[12]([0-9A-Fa-f]{104})")
_END = "TRAILER!!!"
_LONGEST_NAME = 4096
_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.DIRECTORY, stat.S_IFLNK: Kind.LINK}


def read_cpio(archive: bytes) -> Unpacked:
    """Return the files of a cpio archive; raise ``DistrorocksError`` for one that is unsound.

    Of several names of one file (hard links) only the last has the content.
    """
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    members: list[Member] = []
    shared: dict[tuple[int, ...], list[str]] = {}
    tally, at = Tally(), 0
    while True:
        fields, name, start = _header(archive, at)
        size = fields[6]
        if name == _END:
            break
        path, kind = member_path(name), _KINDS.get(stat.S_IFMT(fields[1]))
        content = archive[start : start + size]
        if kind is None:
            raise PackageFileError(f"its member {quoted(name)} is a device or a special file")
        if len(content) != size:
            raise PackageFileError(f"its member {quoted(name)} ends too early")
        tally.add(size)
        at = _aligned(start + size)
        target = content.decode("utf-8", "surrogateescape") if kind is Kind.LINK else ""
        members.append(Member(path, kind, size, target))
        if kind is Kind.LINK:
            links[f"/{path}"] = target
        elif kind is Kind.FILE:
            check_mode(name, fields[1])
            files[f"/{path}"] = content
            if fields[4] > 1:
                shared.setdefault((fields[0], *fields[7:9]), []).append(f"/{path}")
    if any(archive[start + size :]):
        raise PackageFileError("its payload has extra data after its end")
    if len({each.path for each in members}) != len(members):
        raise PackageFileError("its payload has a duplicate name")
    check_members(members, is_system=True)
    for paths in shared.values():
        files.update(dict.fromkeys(paths, files[paths[-1]]))
    return Unpacked(files, links)


def _header(archive: bytes, at: int) -> tuple[list[int], str, int]:
    """Return the fields of a member, its name, and where its content starts."""
    found = _FIELDS.fullmatch(archive[at : at + _HEADER])
    if not found:
        raise PackageFileError("its payload is not a cpio archive of a known format, or is damaged")
    fields = [int(found[1][each : each + 8], 16) for each in range(0, 104, 8)]
    size = fields[11]
    name = archive[at + _HEADER : at + _HEADER + size]
    if not 1 < size <= _LONGEST_NAME or len(name) != size or name.find(b"\0") != size - 1:
        raise PackageFileError("its payload has a damaged name")
    return fields, name[:-1].decode("utf-8", "surrogateescape"), _aligned(at + _HEADER + size)


def _aligned(at: int) -> int:
    return -(-at // 4) * 4
