"""Strict tar reader: accepts only archives that all programs read alike.

GNU tar, Python and LuaRocks' own reader differ in how a name is formed (prefix, PAX records, GNU
long names), which sizes they understand, where they stop, and whether they verify checksums. So a
member is checked under each name that one of them may give it, and whatever only some of them
understand is refused.
"""

from __future__ import annotations

import re

from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.system.files.archive_member import (
    MOST_UNPACKED,
    ArchiveError,
    Kind,
    Member,
    Tally,
    check_members,
    check_mode,
    member_path,
)
from distrorocks.system.files.packed_file import DAMAGE
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import IO

_BLOCK = 512
_PIECE = 1 << 16
_MOST_RECORD = 1 << 16
_MOST_NAMES = 8
_NUMBER = regex(rb"[ \0]*([0-7]*)[ \0]*")
_PAX = regex(rb"([1-9][0-9]{0,5}) ")
_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"1": Kind.HARD_LINK,
    b"2": Kind.LINK,
    b"5": Kind.DIRECTORY,
}
_PAX_NAMES = (b"path", b"linkpath")
_PAX_HARMLESS = regex(
    rb"comment|[acm]time|charset|hdrcharset|[ug]id|[ug]name|LIBARCHIVE\..*|SCHILY\..*", re.DOTALL
)


class _Header(NamedTuple):
    """A header block; ``names`` are all names that a program may read from it."""

    flag: bytes
    names: tuple[str, ...]
    size: int
    mode: int
    target: str


class _Extra:
    """The extension records before a member."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.targets: list[str] = []


def read_tar(stream: IO[bytes], *, is_system: bool = False) -> list[Member]:
    """Return the members of an uncompressed tar archive, or raise ``ArchiveError``.

    A member with several possible names is returned once for each. Only headers are kept. See
    ``check_members`` for ``is_system``.
    """
    blocks = _Blocks(stream)
    members: list[Member] = []
    tally = Tally()
    extra = _Extra()
    while block := blocks.next():
        if not any(block):
            blocks.expect_end()
            break
        header = _header(block)
        tally.add(header.size)
        if header.flag in b"xgLK":
            _add(extra, header, blocks.take(header.size))
            continue
        members += _members(header, extra)
        blocks.skip(header.size)
        extra = _Extra()
    check_members(members, is_system=is_system)
    return members


class _Blocks:
    """The blocks of a stream, up to the size limit of archives."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._read = 0

    def next(self) -> bytes:
        """Return the next block, or b"" at the end."""
        block = self._some(_BLOCK)
        if block and len(block) != _BLOCK:
            raise ArchiveError("its tar ends in the middle of a block")
        return block

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes, without the padding of the last block."""
        if size > _MOST_RECORD:
            raise ArchiveError(f"its tar has a record of more than {_MOST_RECORD} bytes")
        whole = b"".join(self.next() for _ in range(_blocks(size)))
        if len(whole) < size:
            raise ArchiveError("its tar ends in the middle of a member")
        return whole[:size]

    def skip(self, size: int) -> None:
        """Skip the content of a member."""
        left = _blocks(size) * _BLOCK
        while left:
            piece = self._some(min(left, _PIECE))
            if not piece:
                raise ArchiveError("its tar ends in the middle of a member")
            left -= len(piece)

    def expect_end(self) -> None:
        """Raise if anything follows the end of the archive: some programs would read it."""
        while piece := self._some(_PIECE):
            if any(piece):
                raise ArchiveError("its tar has extra data after its end")

    def _some(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
        except DAMAGE as error:
            raise ArchiveError(f"it is damaged ({plain(error)})") from None
        self._read += len(piece)
        if self._read > MOST_UNPACKED:
            raise ArchiveError(f"it unpacks to more than {MOST_UNPACKED} bytes")
        return piece


def _blocks(size: int) -> int:
    return -(-size // _BLOCK)


def _header(block: bytes) -> _Header:
    """Return a header block, parsed."""
    total = sum(block[:148]) + 8 * 32 + sum(block[156:])
    if _number(block[148:156]) != total:
        raise ArchiveError("a header of its tar has a wrong checksum")
    name = _text(block[:100])
    names = [name]
    if block[345]:
        names.append(f"{_text(block[345:500])}/{name}")
    return _Header(
        block[156:157],
        tuple(names),
        _number(block[124:136]),
        _number(block[100:108]),
        _text(block[157:257]),
    )


def _number(field: bytes) -> int:
    """Return an octal number; not all programs read other notations."""
    found = _NUMBER.fullmatch(field)
    if found is None:
        raise ArchiveError("a header of its tar has a number that is not octal")
    return int(found[1] or b"0", 8)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _add(extra: _Extra, header: _Header, content: bytes) -> None:
    """Add an extension record for the next member."""
    if len(extra.names) + len(extra.targets) >= _MOST_NAMES:
        raise ArchiveError("its tar has too many names for one member")
    if header.flag == b"L":
        extra.names.append(_text(content))
    elif header.flag == b"K":
        extra.targets.append(_text(content))
    else:
        _add_pax(extra, header.flag, content)


def _add_pax(extra: _Extra, flag: bytes, content: bytes) -> None:
    """Add the lines of a PAX record, each ``LENGTH KEY=VALUE``."""
    while content:
        found = _PAX.match(content)
        line, rest = (content[: int(found[1])], content[int(found[1]) :]) if found else (b"", b"")
        key, equals, value = line[found.end() if found else 0 :].partition(b"=")
        if not equals or not line.endswith(b"\n") or len(line) != int(found[1] if found else 0):
            raise ArchiveError("its tar has a damaged PAX record")
        if key in _PAX_NAMES and flag == b"x":
            place = extra.names if key == b"path" else extra.targets
            place.append(value[:-1].decode("utf-8", "surrogateescape"))
        elif not _PAX_HARMLESS.fullmatch(key):
            what = quoted(key.decode("utf-8", "surrogateescape"))
            raise ArchiveError(f"its tar has a PAX record {what}, which not all programs support")
        content = rest


def _members(header: _Header, extra: _Extra) -> list[Member]:
    """Return the member once for each name that a program may give it."""
    kind = _KINDS.get(header.flag)
    told = quoted([*header.names, *extra.names][-1])
    if kind is None:
        raise ArchiveError(f"its member {told} is a device, a FIFO or another special file")
    if kind is Kind.FILE and header.names[0].endswith("/"):
        kind = Kind.DIRECTORY  # the notation of the earliest tar
    if header.size and kind is not Kind.FILE:
        raise ArchiveError(f"its member {told} is {kind.value} with content")
    if kind in (Kind.LINK, Kind.HARD_LINK):
        names = extra.names or [header.names[-1]]
        targets = extra.targets or [header.target]
    else:
        # LuaRocks applies the long name of a link to whatever member follows it.
        names, targets = [*header.names, *extra.names, *extra.targets], [""]
    if len(names) + len(targets) > _MOST_NAMES:
        raise ArchiveError(f"its member {told} has more than one name")
    if kind is Kind.FILE:
        check_mode(names[-1], header.mode)
    return [
        Member(path, kind, header.size, target)
        for path in dict.fromkeys(map(member_path, names))
        for target in targets
        if path or kind is not Kind.DIRECTORY
    ]
