"""The parts of an ELF file that the loader reads, by address and within bounds.

Only the program headers count, as for the loader: section headers may be stripped, or say anything.
pyelftools reads the headers and the few records of fixed form, after their number was checked.
Symbols are many, so they are unpacked here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO

from distrorocks.errors import DistrorocksError
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, Literal

    from elftools.elf.elffile import ELFFile

MAGIC = b"\x7fELF"
MOST_SEGMENTS = 128
MOST_TAGS = 4096
MOST_NAMES = 32 << 20
LONGEST_NAME = 8192

_HEADER_SIZES = {1: 52, 2: 64}
_SEGMENT_COUNT = {1: 44, 2: 56}
_SECTION_FIELDS = {1: ((32, 4), (46, 6)), 2: ((40, 8), (58, 6))}
"""Offset and length of e_shoff, and of e_shentsize, e_shnum and e_shstrndx."""


class ElfError(DistrorocksError):
    """An ELF file is damaged or hostile; the brief lacks the file's name."""


class MissingLibraryError(DistrorocksError):
    """Python's library for ELF files is not installed."""


class Loaded(NamedTuple):
    """A part of the file that is mapped to an address."""

    address: int
    offset: int
    size: int
    is_code: bool


class Image:
    """An ELF file in memory; each method raises ``ElfError`` for what is not there."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.elf = _opened(content)
        self.header = self.elf.header
        self.structs = self.elf.structs
        self.is_wide = self.elf.elfclass == 64
        self.order = "<" if self.elf.little_endian else ">"
        self.segments = self._segments()
        self.loaded = [
            Loaded(each["p_vaddr"], each["p_offset"], each["p_filesz"], bool(each["p_flags"] & 1))
            for each in self.segments
            if each["p_type"] == "PT_LOAD"
        ]
        self._strings = self._limit = 0
        self._left = MOST_NAMES

    def _segments(self) -> list[Any]:
        """Return the program headers."""
        size = self.header["e_phentsize"]
        if self.header["e_phnum"] and size != self.structs.Elf_Phdr.sizeof():
            raise ElfError(f"its program headers have {size} bytes each")
        start = self.header["e_phoff"]
        return [
            self.record(self.structs.Elf_Phdr, start + size * number)
            for number in range(self.header["e_phnum"])
        ]

    def segment(self, kind: str) -> Any | None:
        """Return the first program header of a type such as ``PT_DYNAMIC``, or None."""
        return next((each for each in self.segments if each["p_type"] == kind), None)

    def part(self, offset: int, size: int) -> bytes:
        """Return bytes of the file."""
        found = self.content[offset : offset + size]
        if len(found) < size:
            raise ElfError("it is truncated")
        return found

    def record(self, form: Any, offset: int) -> Any:
        """Return a record that pyelftools describes."""
        return _guarded(lambda: form.parse(self.part(offset, form.sizeof())))

    def offset(self, address: int) -> int:
        """Return where in the file the byte of an address is."""
        return self._place(address)[0]

    def room(self, address: int) -> int:
        """Return how many bytes of the file follow from an address on, within its segment."""
        return self._place(address)[1]

    def _place(self, address: int) -> tuple[int, int]:
        for each in self.loaded:
            if each.address <= address < each.address + each.size:
                offset = each.offset + address - each.address
                size = min(each.address + each.size - address, len(self.content) - offset)
                if size > 0:
                    return offset, size
        raise ElfError(f"it refers to the address {address:#x}, where it has nothing")

    def numbers(self, letter: str, address: int, count: int) -> tuple[int, ...]:
        """Return ``count`` numbers of struct's format ``letter`` at an address."""
        form = struct.Struct(f"{self.order}{count}{letter}")
        if form.size > self.room(address):
            raise ElfError("one of its tables is longer than the file")
        return form.unpack_from(self.content, self.offset(address))

    def tags(self) -> Iterator[tuple[str | int, int]]:
        """Yield the entries of the dynamic segment, up to the one that ends it."""
        found = self.segment("PT_DYNAMIC")
        if found is None:
            return
        form = self.structs.Elf_Dyn
        size = form.sizeof()
        for number in range(found["p_filesz"] // size):
            if number == MOST_TAGS:
                raise ElfError(f"its dynamic segment has more than {MOST_TAGS} entries")
            entry = self.record(form, found["p_offset"] + number * size)
            if entry["d_tag"] == "DT_NULL":
                return
            yield entry["d_tag"], entry["d_val"]

    def use_strings(self, address: int, size: int) -> None:
        """Set the table that ``name`` reads."""
        offset, room = self._place(address)
        self._strings, self._limit = offset, offset + min(size, room)

    def name(self, offset: int) -> str:
        """Return a name of the string table; bytes that are not UTF-8 become surrogates."""
        start = self._strings + offset
        if offset < 0 or start >= self._limit:
            raise ElfError("a name is outside of its string table")
        end = self.content.find(b"\0", start, min(self._limit, start + LONGEST_NAME))
        if end < 0:
            raise ElfError(f"a name has more than {LONGEST_NAME} bytes, or no end")
        self._left -= end - start
        if self._left < 0:
            raise ElfError(f"its names have more than {MOST_NAMES} bytes")
        return self.content[start:end].decode("utf-8", "surrogateescape")


def is_elf(content: bytes) -> bool:
    """Return whether bytes begin like an ELF file."""
    return content.startswith(MAGIC)


def require_library() -> None:
    """Raise ``MissingLibraryError`` unless pyelftools can be imported."""
    try:
        import elftools.elf.elffile  # noqa: F401
    except ImportError:
        raise MissingLibraryError(
            "pyelftools, which reads compiled files, is not installed",
            hint="install the package python3-pyelftools, or Python's library pyelftools",
        ) from None


def _opened(content: bytes) -> ELFFile:
    """Return what pyelftools says of the header, without any section headers."""
    require_library()
    from elftools.elf.elffile import ELFFile

    kind = content[4] if len(content) > 4 else 0
    if not is_elf(content) or kind not in _HEADER_SIZES or content[5:6] not in (b"\1", b"\2"):
        raise ElfError("it is not an ELF file")
    if len(content) < _HEADER_SIZES[kind]:
        raise ElfError("it is truncated")
    header = bytearray(content[: _HEADER_SIZES[kind]])
    for start, size in _SECTION_FIELDS[kind]:
        header[start : start + size] = bytes(size)
    order: Literal["little", "big"] = "little" if content[5] == 1 else "big"
    at = _SEGMENT_COUNT[kind]
    if int.from_bytes(header[at : at + 2], order) > MOST_SEGMENTS:
        raise ElfError(f"it has more than {MOST_SEGMENTS} segments")
    elf: ELFFile = _guarded(lambda: ELFFile(BytesIO(bytes(header))))
    return elf


def _guarded(ask: Any) -> Any:
    """Return what pyelftools answers; it raises many kinds of exceptions for hostile files."""
    try:
        return ask()
    except DistrorocksError:
        raise
    except Exception as error:
        raise ElfError(f"its headers cannot be read ({type(error).__name__})") from None
