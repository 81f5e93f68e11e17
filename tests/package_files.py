"""Package files made in memory, sound ones and with any fault that a test wants."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

CONTROL = (
    "Package: lua-foo\nVersion: 1.2-1\nArchitecture: all\nDepends: lua-penlight (>= 1.3), bar\n"
    "Homepage: https://example.org/foo\nDescription: the foo thing\n It is long.\n"
)
ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" + bytes(60)
"""The start of a shared object for x86_64."""


def tar(files: Mapping[str, bytes | str], more: Iterable[tarfile.TarInfo] = ()) -> bytes:
    """Return a tar with files (bytes) and links (text, the target), then any other members."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f".{path}")
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        for member in more:
            archive.addfile(member)
    return written.getvalue()


def ar(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Return an ar archive."""
    parts = [b"!<arch>\n"]
    for name, content in members:
        head = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        parts += [head.encode(), content, b"\n" * (len(content) % 2)]
    return b"".join(parts)


def deb(
    files: Mapping[str, bytes | str] = MappingProxyType({}),
    control: str = CONTROL,
    data: bytes | None = None,
) -> bytes:
    """Return a Debian package with these files, or with another archive of data."""
    data = tar(files) if data is None else data
    return ar(
        [
            ("debian-binary", b"2.0\n"),
            ("control.tar.xz", lzma.compress(tar({"/control": control.encode()}))),
            ("data.tar.xz", lzma.compress(data)),
        ]
    )


def cpio_member(name: str, content: bytes, mode: int = 0o100644, links: int = 1) -> bytes:
    """Return a member of a cpio archive."""
    encoded = name.encode() + b"\0"
    fields = (7, mode, 0, 0, links, 0, len(content), 1, 2, 0, 0, len(encoded), 0)
    head = b"070701" + b"".join(b"%08x" % each for each in fields) + encoded
    return _padded(head) + _padded(content)


def _padded(text: bytes) -> bytes:
    return text + bytes(-len(text) % 4)


def cpio(files: Mapping[str, bytes | str], more: bytes = b"") -> bytes:
    """Return a cpio archive with files (bytes) and links (text, the target)."""
    members = [
        cpio_member(f".{path}", content.encode(), 0o120777)
        if isinstance(content, str)
        else cpio_member(f".{path}", content)
        for path, content in files.items()
    ]
    return b"".join([*members, more, cpio_member("TRAILER!!!", b"")])


def header(tags: Mapping[int, Any]) -> bytes:
    """Return an RPM header: texts (str), lists of texts, and lists of numbers."""
    index, store = b"", b""
    for tag, value in tags.items():
        if isinstance(value, str):
            kind, count, content = 6, 1, value.encode() + b"\0"
        elif value and isinstance(value[0], int):
            store += bytes(-len(store) % 4)
            kind, count, content = 4, len(value), struct.pack(f"!{len(value)}I", *value)
        else:
            kind, count = 8, len(value)
            content = b"".join(each.encode() + b"\0" for each in value)
        index += struct.pack("!4I", tag, kind, len(store), count)
        store += content
    return (
        b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack("!2I", len(tags), len(store)) + index + store
    )


def rpm_tags(paths: Sequence[str]) -> dict[int, Any]:
    """Return the tags of a package lua-foo with these files."""
    tags: dict[int, Any] = {1000: "lua-foo", 1001: "1.2", 1002: "1.fc42", 1022: "noarch"}
    tags |= {1004: "the foo thing", 1005: "It is long.", 1014: "MIT", 1125: "xz", 1124: "cpio"}
    tags |= {1010: "Fedora Project", 1049: ["lua-penlight"], 1048: [12], 1050: ["1.3"]}
    tags |= {1117: [path.rpartition("/")[2] for path in paths]}
    tags |= {1118: [path.rpartition("/")[0] + "/" for path in paths]}
    return tags | {1116: list(range(len(paths))), 1037: [0] * len(paths)}


def rpm(
    files: Mapping[str, bytes | str] = MappingProxyType({}),
    tags: Mapping[int, Any] = MappingProxyType({}),
    payload: bytes | None = None,
) -> bytes:
    """Return an RPM package with these files; ``tags`` change or add to those of the header."""
    payload = cpio(files) if payload is None else payload
    main = header({**rpm_tags(list(files)), **tags})
    return rpm_of(main, lzma.compress(payload))


def rpm_of(main: bytes, packed: bytes, signature: bytes | None = None) -> bytes:
    """Return an RPM package of its parts."""
    signature = header({1000: [0]}) if signature is None else signature
    lead = b"\xed\xab\xee\xdb\x03\x00" + bytes(90)
    return lead + signature + bytes(-len(lead + signature) % 8) + main + packed
