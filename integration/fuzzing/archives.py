"""Changes of archives: members are renamed, retyped, doubled; headers still make sense."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from integration.fuzzing.mutation import mutated
from integration.fuzzing.target import Means

_NAMES = (
    *("../x", "/etc/x", "a/../../x", "", ".", "a//b", "./a", "a\\..\\b", "\u202e", "a\x1b[2J"),
    *("x" * 300, "a/" * 200 + "b", "²", "LICENSE", "README.md", "x.c", "x.lua", "a.1", "files"),
    *("foo-1.0-1.rockspec", "rock_manifest", "lua/foo.lua", "doc/x.html"),
)
_KINDS = tuple(b"01234567LKxgSVDNA\0")
_BLOCK = 512
_MOST_RAW = 1 << 20
_FIELDS = ((0, 100), (100, 8), (108, 8), (124, 12), (136, 12), (156, 1), (157, 100), (257, 8))
_HEADS = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")


class Item(NamedTuple):
    """One member: ``kind`` is tar's letter, ``link`` where a link leads."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    link: str = ""


def zip_of(items: Sequence[Item] | Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """Return a zip of members, in their order; names may stand twice."""
    stream = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(stream, "w") as archive:
        for item in _items(items):
            info = zipfile.ZipInfo(item.name or "x", (2020, 1, 1, 0, 0, 0))
            info.compress_type = method
            if item.kind == tarfile.SYMTYPE:
                info.external_attr = 0o120777 << 16
            archive.writestr(info, item.link.encode() or item.content)
    return stream.getvalue()


def tar_of(items: Sequence[Item] | Mapping[str, bytes], packer: str = "") -> bytes:
    """Return a tar of members, packed by ``gz``, ``bz2`` or ``xz``."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for item in _items(items):
            info = tarfile.TarInfo(item.name)
            info.type, info.linkname, info.size = item.kind, item.link, len(item.content)
            archive.addfile(info, io.BytesIO(item.content))
    return _packed(stream.getvalue(), packer)


def _items(items: Sequence[Item] | Mapping[str, bytes]) -> Sequence[Item]:
    return [Item(*each) for each in items.items()] if isinstance(items, Mapping) else items


def _packed(raw: bytes, packer: str) -> bytes:
    if packer == "gz":
        return gzip.compress(raw, 1, mtime=0)
    if packer == "bz2":
        return bz2.compress(raw, 1)
    return lzma.compress(raw, preset=0) if packer == "xz" else raw


def _unpacked(data: bytes) -> tuple[bytes, str]:
    """Return the bytes of a tar, and what it was packed by."""
    for packer, start in (("gz", b"\x1f\x8b"), ("bz2", b"BZh"), ("xz", b"\xfd7zXZ")):
        if data.startswith(start):
            return _first_part(data, packer), packer
    return data, ""


def _first_part(data: bytes, packer: str) -> bytes:
    if packer == "gz":
        return zlib.decompressobj(31).decompress(data, _MOST_RAW)
    opened = bz2.BZ2Decompressor() if packer == "bz2" else lzma.LZMADecompressor()
    return opened.decompress(data, _MOST_RAW)


def _members_of(data: bytes) -> list[Item]:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [Item(each.filename, _start(archive, each)) for each in archive.infolist()[:50]]
    with tarfile.open(fileobj=io.BytesIO(_unpacked(data)[0]), mode="r:") as packed:
        return [
            Item(each.name, _tar_content(packed, each), each.type, each.linkname)
            for each in packed.getmembers()[:50]
        ]


def _start(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return stream.read(1 << 14)


def _tar_content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member) if member.isreg() else None
    return stream.read(1 << 14) if stream else b""


def archive(data: bytes, means: Means) -> bytes:
    """Return an archive with another member, or with a header that says otherwise."""
    chance = means.chance
    try:
        if chance.random() < 0.5:
            return _with_header(data, means)
        items = _changed(_members_of(data), means)
        if data.startswith(b"PK"):
            return zip_of(items, stored=chance.random() < 0.3)
        return tar_of(items, _unpacked(data)[1])
    except Exception:
        return mutated(data, means)  # no archive any more, as far as Python's own readers know


def _changed(items: list[Item], means: Means) -> list[Item]:
    chance = means.chance
    items = items or [Item("a", b"a")]
    at = chance.randrange(len(items))
    kind, item = chance.randrange(6), items[at]
    if kind == 0:
        items[at] = item._replace(name=chance.choice(_NAMES))
    elif kind == 1:
        items[at] = item._replace(content=mutated(item.content, means))
    elif kind == 2:
        items.append(item._replace(name=chance.choice((*_NAMES, item.name))))
    elif kind == 3:
        links = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE)
        items[at] = Item(item.name, b"", chance.choice(links), chance.choice(_NAMES))
    elif kind == 4:
        del items[at]
    else:
        items[at] = item._replace(content=item.content * chance.choice((2, 100)))
    return items


def _with_header(data: bytes, means: Means) -> bytes:
    if not data.startswith(b"PK"):
        raw, packer = _unpacked(data)
        return _packed(_with_tar_header(raw, means), packer)
    places = [at for head in _HEADS for at in _places(data, head)]
    if not places:
        return mutated(data, means)
    at = means.chance.choice(places) + means.chance.randrange(4, 46)
    size = means.chance.choice((1, 2, 4))
    value = means.chance.choice((0, 1, 8, 9, 99, 1 << 15, (1 << 8 * size) - 1, len(data)))
    return data[:at] + (value % (1 << 8 * size)).to_bytes(size, "little") + data[at + size :]


def _places(data: bytes, head: bytes) -> list[int]:
    found: list[int] = []
    at = data.find(head)
    while at >= 0 and len(found) < 100:
        found.append(at)
        at = data.find(head, at + 1)
    return found


def _with_tar_header(raw: bytes, means: Means) -> bytes:
    """Change a field of a header and make its sum right again, else nobody reads on."""
    chance = means.chance
    heads = [
        at for at in range(0, len(raw) - _BLOCK + 1, _BLOCK) if raw[at + 257 :][:5] == b"ustar"
    ]
    if not heads:
        return mutated(raw, means)
    at = chance.choice(heads)
    head = bytearray(raw[at : at + _BLOCK])
    start, size = chance.choice(_FIELDS)
    head[start : start + size] = _field(size, means)
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % sum(head)
    return raw[:at] + bytes(head) + raw[at + _BLOCK :]


def _field(size: int, means: Means) -> bytes:
    chance = means.chance
    if size == 1:
        return bytes((chance.choice(_KINDS),))
    if size > 12:
        return chance.choice(_NAMES).encode()[:size].ljust(size, b"\0")
    numbers = (b"0", b"7" * (size - 1), b"\x80" + b"\0" * (size - 2) + b"\7", b"-1", b" ", b"9")
    return chance.choice((*numbers, b"\xff" * size, b"\x80" + b"\xff" * (size - 1)))[:size].ljust(
        size, b"\0"
    )
