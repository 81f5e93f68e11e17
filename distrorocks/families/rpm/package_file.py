"""RPM's binary packages: two headers and a compressed payload, whose headers rpmfile reads.

rpmfile trusts what it reads. So the counts and offsets of both headers are checked before it sees
them, and the payload, a cpio archive of the "new ASCII" format (cpio(5)), is decompressed and read
strictly here.
"""

from __future__ import annotations

import re
import stat
import struct
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any

from distrorocks.families.package import Package
from distrorocks.families.package_file import (
    PackageFile,
    PackageFileError,
    Unpacked,
    contents_of,
    opened_part,
)
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.system.files.archive_member import (
    MOST_UNPACKED,
    Kind,
    Member,
    Tally,
    check_members,
    check_mode,
    member_path,
)

_LEAD = 96
_LEAD_MAGIC, _HEADER_MAGIC = b"\xed\xab\xee\xdb", b"\x8e\xad\xe8\x01"
_MOST_TAGS = 512
_MOST_ITEMS = 1_000_000
_MOST_STORE = 8 << 20
_GHOST = 1 << 6  # RPMFILE_GHOST
_LESS, _GREATER, _EQUAL = 1 << 1, 1 << 2, 1 << 3  # RPMSENSE_*
_HEADER_DIGEST, _PAYLOAD_DIGEST = 273, 5092  # RPMSIGTAG_SHA256, RPMTAG_PAYLOADDIGEST
_SHA256_LENGTH = 64
_PLAIN_CPIO = b"07070"
_ENDINGS = {"gzip": ".gz", "xz": ".xz", "bzip2": ".bz2", "zstd": ".zst"}
_NAME = regex(r"[A-Za-z0-9_][A-Za-z0-9._+~-]*")
_WORD = regex(r"[A-Za-z0-9._+~^]+")
_DISTRIBUTIONS = ("fedora", "opensuse", "altlinux")

_CPIO_HEADER = 110
_FIELDS = regex(rb"07070[12]([0-9A-Fa-f]{104})")
_END = "TRAILER!!!"
_LONGEST_NAME = 4096
_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.DIRECTORY, stat.S_IFLNK: Kind.LINK}


def parse_package_file(content: bytes) -> PackageFile:
    """Return the package in an .rpm file; raise ``DistrorocksError`` for any other."""
    start, end = _checked_headers(content)
    _check_digests(content, start, end)
    headers = _headers(content)
    unpacked = read_cpio(_payload(headers, content[end:]))
    listed = _listed(headers)
    contents = {path: text for path, text in contents_of(unpacked).items() if path in listed}
    package = _package(headers)
    is_wide = any(path.startswith("/usr/lib64/lua/") for path in contents)
    return PackageFile(
        package._replace(files=tuple(sorted(contents))),
        contents,
        "lib64" if is_wide else "lib",
        package.license,
        _distribution(headers),
    )


def _checked_headers(content: bytes) -> tuple[int, int]:
    """Return where the header and the payload start; raise for headers of no sane size."""
    if content[:4] != _LEAD_MAGIC or len(content) < _LEAD:
        raise PackageFileError("it is not an RPM package")
    at = _check_header(content, _LEAD)
    padded = -(-at // 8) * 8
    if any(content[at:padded]):
        raise PackageFileError("its signature is not followed by its header")
    return padded, _check_header(content, padded)


def _check_digests(content: bytes, start: int, end: int) -> None:
    """Raise if the header or the payload is not what the package's SHA-256 of it says."""
    for at, tag, name, part in (
        (_LEAD, _HEADER_DIGEST, "header", content[start:end]),
        (start, _PAYLOAD_DIGEST, "payload", content[end:]),
    ):
        known = _string(content, at, tag)
        if len(known) == _SHA256_LENGTH and sha256(part).hexdigest() != known:
            raise PackageFileError(
                f"its {name} is damaged: it does not have the SHA-256 that the package names",
                hint="fetch it again; see `rpm --checksig`",
            )


def _string(content: bytes, at: int, tag: int) -> str:
    """Return the first text of a tag in a header that was checked, "" if it has none."""
    tags, _ = struct.unpack("!II", content[at + 8 : at + 16])
    store = at + 16 + 16 * tags
    for each, _, offset, _ in struct.iter_unpack("!4I", content[at + 16 : store]):
        if each == tag:
            text = content[store + offset : store + offset + _SHA256_LENGTH + 1]
            return text.partition(b"\0")[0].decode("ascii", "replace")
    return ""


def _check_header(content: bytes, at: int) -> int:
    """Return the end of a header whose counts and offsets are inside it."""
    start = content[at : at + 16]
    if len(start) < 16 or start[:4] != _HEADER_MAGIC:
        raise PackageFileError("it has no header where there must be one")
    tags, size = (int(each) for each in struct.unpack("!II", start[8:]))
    end = at + 16 + 16 * tags + size
    if tags > _MOST_TAGS or size > _MOST_STORE or end > len(content):
        raise PackageFileError(
            f"its header has more than {_MOST_TAGS} tags or {_MOST_STORE} bytes, or ends too early"
        )
    items, seen = 0, set()
    for tag, _, offset, count in struct.iter_unpack("!4I", content[at + 16 : at + 16 + 16 * tags]):
        items += count
        seen.add(tag)
        if offset >= size or items > _MOST_ITEMS:
            raise PackageFileError("its header has an entry that is outside of it")
    if len(seen) != tags:
        raise PackageFileError("its header has a tag twice")
    return end


def _headers(content: bytes) -> Mapping[Any, Any]:
    """Return the values of the headers by rpmfile's names."""
    try:
        import rpmfile
    except ImportError:
        raise PackageFileError(
            "rpmfile, which reads .rpm files, is not installed",
            hint="install Python's library rpmfile",
        ) from None
    try:
        with rpmfile.open(fileobj=BytesIO(content)) as package:
            headers: Mapping[Any, Any] = package.headers
    except Exception as error:  # of a hostile file: rpmfile raises many kinds
        raise PackageFileError(f"its header is damaged ({plain(error)})") from None
    return headers


def _payload(headers: Mapping[Any, Any], packed: bytes) -> bytes:
    """Return the decompressed payload; one without a named compression may have none."""
    named = _text(headers, "archive_compression")
    if not named and packed.startswith(_PLAIN_CPIO):
        return packed
    method = named or "gzip"
    if method not in _ENDINGS or _text(headers, "archive_format") not in ("", "cpio"):
        raise PackageFileError(f"its payload is compressed with {quoted(method)}, or is no cpio")
    return opened_part(f"payload{_ENDINGS[method]}", packed, MOST_UNPACKED)


def _listed(headers: Mapping[Any, Any]) -> set[str]:
    """Return the paths that rpm would install: those of the header, without ghosts."""
    names, directories = _texts(headers, "basenames"), _texts(headers, "dirnames")
    places, flags = _numbers(headers, "dirindexes"), _numbers(headers, "fileflags")
    if not len(names) == len(places) == len(flags) or max(places, default=-1) >= len(directories):
        raise PackageFileError("the list of files in its header is damaged")
    return {
        directories[place] + name
        for name, place, flag in zip(names, places, flags, strict=True)
        if not flag & _GHOST
    }


def _package(headers: Mapping[Any, Any]) -> Package:
    """Return the package as the database would describe it once it is installed."""
    name, version, release, architecture = (
        _text(headers, key) for key in ("name", "version", "release", "arch")
    )
    parts = (version, release, architecture)
    if not _NAME.fullmatch(name) or not all(map(_WORD.fullmatch, parts)):
        raise PackageFileError(f"it has no sound name and version ({quoted(name)})")
    epoch = "".join(f"{number}:" for number in _numbers(headers, "serial"))
    source = _text(headers, "sourcerpm")
    return Package(
        family="rpm",
        name=name,
        version=f"{epoch}{version}-{release}",
        architecture=architecture,
        source=re.sub(r"-[^-]*-[^-]*$", "", source) or name,
        summary=_text(headers, "summary"),
        description=_text(headers, "description").strip(),
        homepage=_text(headers, "url"),
        license=_text(headers, "copyright"),
        relations=_relations(headers, "requirename", "requireflags", "requireversion"),
        provides=_relations(headers, "provides", "provideflags", "provideversion"),
    )


def _relations(headers: Mapping[Any, Any], *keys: str) -> tuple[str, ...]:
    """Return relations as ``rpm -q --requires`` writes them, each once."""
    names, flags, versions = _texts(headers, keys[0]), _numbers(headers, keys[1]), keys[2]
    found = []
    for name, flag, version in zip(names, flags, _texts(headers, versions), strict=False):
        signs = ((_LESS, "<"), (_GREATER, ">"), (_EQUAL, "="))
        operator = "".join(sign for bit, sign in signs if flag & bit)
        found.append(f"{name} {operator} {version}" if operator and version else name)
    return tuple(dict.fromkeys(found))


def _distribution(headers: Mapping[Any, Any]) -> str:
    """Return the known distribution that the package names as its own, "" for none."""
    makers = f"{_text(headers, 'distribution')} {_text(headers, 'vendor')}".lower().replace(" ", "")
    return next((name for name in _DISTRIBUTIONS if name in makers), "")


def _text(headers: Mapping[Any, Any], key: str) -> str:
    """Return a text of a header, "" for none or for anything else."""
    value = headers.get(key)
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else ""


def _texts(headers: Mapping[Any, Any], key: str) -> list[str]:
    """Return the texts of a header."""
    value = headers.get(key)
    values = value if isinstance(value, list) else [value]
    return [each.decode("utf-8", "surrogateescape") for each in values if isinstance(each, bytes)]


def _numbers(headers: Mapping[Any, Any], key: str) -> list[int]:
    """Return the numbers of a header; rpmfile gives a single one as it is."""
    value = headers.get(key)
    values = value if isinstance(value, tuple) else (value,)
    return [each for each in values if isinstance(each, int)]


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
        fields, name, start = _cpio_header(archive, at)
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


def _cpio_header(archive: bytes, at: int) -> tuple[list[int], str, int]:
    """Return the fields of a member, its name, and where its content starts."""
    found = _FIELDS.fullmatch(archive[at : at + _CPIO_HEADER])
    if not found:
        raise PackageFileError("its payload is not a cpio archive of a known format, or is damaged")
    fields = [int(found[1][each : each + 8], 16) for each in range(0, 104, 8)]
    size = fields[11]
    name = archive[at + _CPIO_HEADER : at + _CPIO_HEADER + size]
    if not 1 < size <= _LONGEST_NAME or len(name) != size or name.find(b"\0") != size - 1:
        raise PackageFileError("its payload has a damaged name")
    return fields, name[:-1].decode("utf-8", "surrogateescape"), _aligned(at + _CPIO_HEADER + size)


def _aligned(at: int) -> int:
    return -(-at // 4) * 4
