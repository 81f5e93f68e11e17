"""Writes rocks byte by byte, so that each part of the archive can lie on its own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from hashlib import md5
from types import MappingProxyType
from typing import Any, NamedTuple

NAME, VERSION = "evil", "1.0-1"
ROCKSPEC_NAME = f"{NAME}-{VERSION}.rockspec"
UNIX = 3


class Zipped(NamedTuple):
    """A member as it is, and where the archive says otherwise.

    ``listed`` and ``local`` replace fields of the two headers: ``name``, ``flags``, ``method``,
    ``crc``, ``packed_size``, ``size``, ``extra``, and in the list ``offset`` and ``comment``.
    """

    name: str
    content: bytes = b""
    mode: int = 0o100644
    is_stored: bool = False
    host: int = UNIX
    attributes: int | None = None
    listed: Mapping[str, Any] = MappingProxyType({})
    local: Mapping[str, Any] = MappingProxyType({})
    before: bytes = b""
    after: bytes = b""


def rockspec(name: str = NAME, version: str = VERSION, more: str = "") -> bytes:
    """Return the text of a rockspec."""
    return (
        f'package = "{name}"\nversion = "{version}"\n'
        f'source = {{ url = "https://example/{name}.tar.gz" }}\n'
        f'build = {{ type = "builtin", modules = {{}} }}\n{more}'
    ).encode()


def digest(content: bytes) -> str:
    """Return the MD5 of a file, as a rock_manifest has it."""
    return md5(content).hexdigest()


def manifest(files: dict[str, bytes], *, more: str = "") -> Zipped:
    """Return a rock_manifest that lists files with their MD5s; ``more`` are other entries."""
    top: dict[str, Any] = {}
    for path, content in files.items():
        *above, last = path.split("/")
        table = top
        for part in above:
            table = table.setdefault(part, {})
        table[last] = digest(content)
    return Zipped("rock_manifest", f"rock_manifest = {_lua(top, more)}\n".encode())


def _lua(table: dict[str, Any], more: str = "") -> str:
    parts = [
        f'["{key}"] = {_lua(value)}' if isinstance(value, dict) else f'["{key}"] = "{value}"'
        for key, value in table.items()
    ]
    return "{ " + ", ".join([*parts, *([more] if more else [])]) + " }"


def honest(files: dict[str, bytes] | None = None, *, more: str = "") -> list[Zipped]:
    """Return the members of a built rock that says of itself what it holds."""
    every = {ROCKSPEC_NAME: rockspec(), **(files or {"lua/evil.lua": b"return 1\n"})}
    return [*(Zipped(path, content) for path, content in every.items()), manifest(every, more=more)]


def zip_of(
    members: Sequence[Zipped], *, comment: bytes = b"", end: dict[str, int] | None = None
) -> bytes:
    """Return the archive; ``end`` replaces fields of its last record."""
    body, listing = b"", b""
    for member in members:
        body += member.before
        offset = len(body)
        packed, real = _packed(member)
        body += _local(member, real) + packed + member.after
        listing += _listed(member, {"offset": offset, **real})
    fields = {"count": len(members), "size": len(listing), "start": len(body), **(end or {})}
    disk = fields.get("disk", 0)
    counted = (disk, disk, fields["count"], fields["count"], fields["size"], fields["start"])
    return body + listing + struct.pack("<4s4H2LH", b"PK\5\6", *counted, len(comment)) + comment


def _packed(member: Zipped) -> tuple[bytes, dict[str, Any]]:
    """Return the packed content, and the honest fields of its headers."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(member.content) + packer.flush()
    if member.is_stored:
        packed = member.content
    return packed, {
        "name": member.name.encode("utf-8", "surrogateescape"),
        "flags": 0,
        "method": 0 if member.is_stored else 8,
        "crc": zlib.crc32(member.content),
        "packed_size": len(packed),
        "size": len(member.content),
        "extra": b"",
        "comment": b"",
    }


def _local(member: Zipped, real: dict[str, Any]) -> bytes:
    told = {**real, **member.local}
    sizes = (told["crc"], told["packed_size"], told["size"])
    lengths = (len(told["name"]), len(told["extra"]))
    head = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 20, told["flags"], told["method"], 0, 0, *sizes, *lengths
    )
    return head + bytes(told["name"]) + bytes(told["extra"])


def _listed(member: Zipped, real: dict[str, Any]) -> bytes:
    told = {**real, **member.listed}
    attributes = member.mode << 16 if member.attributes is None else member.attributes
    sizes = (told["crc"], told["packed_size"], told["size"])
    lengths = (len(told["name"]), len(told["extra"]), len(told["comment"]))
    head = struct.pack(
        "<4s6H3L5H2L",
        *(b"PK\1\2", member.host << 8 | 20, 20, told["flags"], told["method"], 0, 0),
        *(*sizes, *lengths, 0, 0, attributes, told["offset"]),
    )
    return head + bytes(told["name"]) + bytes(told["extra"]) + bytes(told["comment"])


class Tarred(NamedTuple):
    """A member of a tar; ``size`` and ``checksum`` are what its header says."""

    name: str
    content: bytes = b""
    flag: bytes = b"0"
    target: str = ""
    mode: int = 0o644
    size: bytes | None = None
    checksum: int | None = None
    prefix: str = ""


def tar_of(members: Sequence[Tarred], *, end: bytes = bytes(1024)) -> bytes:
    """Return the tar."""
    return b"".join(map(_block, members)) + end


def _block(member: Tarred) -> bytes:
    size = b"%011o\0" % len(member.content) if member.size is None else member.size
    fields = (member.name.encode(), b"%07o\0" % member.mode, b"0000000\0", b"0000000\0", size)
    head = struct.pack("<100s8s8s8s12s12s", *fields, b"00000000000\0") + b" " * 8
    head += struct.pack("<c100s6s2s", member.flag, member.target.encode(), b"ustar\0", b"00")
    head += bytes(80) + member.prefix.encode().ljust(155, b"\0") + bytes(12)
    total = sum(head) if member.checksum is None else member.checksum
    head = head[:148] + b"%06o\0 " % total + head[156:]
    return head + member.content + bytes(-len(member.content) % 512)


def pax(key: str, value: str) -> Tarred:
    """Return a PAX record about the next member."""
    rest = f" {key}={value}\n"
    size = len(rest) + 1
    size = len(rest) + len(str(len(rest) + len(str(size))))
    return Tarred("pax", f"{size}{rest}".encode(), flag=b"x")
