"""Of an ELF file only what the loader maps is there, in bounds, and all else is an error."""

from __future__ import annotations

import struct
import sys
from typing import Any

import pytest

from distrorocks.binaries import elf_image
from distrorocks.binaries.elf_image import (
    MOST_SEGMENTS,
    ElfError,
    Image,
    Loaded,
    MissingLibraryError,
    is_elf,
    require_library,
)
from tests.elf_files import Elf, elf, module

KINDS = [(is_wide, order) for is_wide in (True, False) for order in "<>"]
BOTH = pytest.mark.parametrize(("is_wide", "order"), KINDS)
PLAIN = Elf(needed=("libc.so.6",), constants=b"constant", code=b"code" * 4)


def image(**fields: Any) -> Image:
    """Return a small library."""
    return Image(elf(PLAIN._replace(**fields)))


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"#!/bin/sh\n", b"\x7fELF\3\1" + bytes(90)])
def test_other_files_are_no_elf_files(content: bytes) -> None:
    """Nor is one of an unknown class."""
    with pytest.raises(ElfError, match="not an ELF file"):
        Image(content)


@pytest.mark.parametrize("is_wide", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_header_is_whole_and_says_how_many_segments_there_are(is_wide: bool, order: str) -> None:
    """128 segments are read as far as they are there, one more is refused in any file."""
    content = bytearray(elf(Elf(needed=("libc.so.6",))._replace(is_wide=is_wide, order=order)))
    size, at = (64, 56) if is_wide else (52, 44)
    with pytest.raises(ElfError, match="truncated"):
        Image(bytes(content[: size - 1]))
    struct.pack_into(f"{order}H", content, at, 129)
    with pytest.raises(ElfError, match="more than 128 segments"):
        Image(bytes(content))
    struct.pack_into(f"{order}H", content, at, 128)
    with pytest.raises(ElfError, match="truncated"):
        Image(bytes(content[: size + 100]))


def test_without_pyelftools_the_hint_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "elftools.elf.elffile", None)
    with pytest.raises(MissingLibraryError, match="pyelftools") as caught:
        Image(module("foo"))
    assert "python3-pyelftools" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (b"\x7fELF", True),
        (b"\x7fELF\2\1", True),
        (b"\x7fEL", False),
        (b"ELF", False),
        (b" \x7fELF", False),
        (b"", False),
    ],
)
def test_an_elf_file_begins_like_one(content: bytes, is_one: bool) -> None:
    """Whatever follows."""
    assert is_elf(content) is is_one


@pytest.mark.parametrize("at", [4, 5])
@pytest.mark.parametrize("value", [0, 3, 255])
def test_an_unknown_class_or_byte_order_is_none(at: int, value: int) -> None:
    """There are two of each."""
    content = bytearray(elf(PLAIN))
    content[at] = value
    with pytest.raises(ElfError, match="not an ELF file"):
        Image(bytes(content))


def test_a_header_that_the_library_refuses_is_an_error() -> None:
    """Which names the kind of fault, and not the library's words; ours stay as they are."""

    def fails() -> None:
        raise ZeroDivisionError("secret")

    def refuses() -> None:
        raise ElfError("as we say")

    assert elf_image._guarded(lambda: 7) == 7
    with pytest.raises(ElfError, match=r"^its headers cannot be read \(ZeroDivisionError\)$"):
        elf_image._guarded(fails)
    with pytest.raises(ElfError, match=r"^as we say$"):
        elf_image._guarded(refuses)


@BOTH
def test_an_image_has_the_size_and_order_of_its_file(is_wide: bool, order: str) -> None:
    """And its segments: those to be loaded with their place, and whether they are code."""
    found = image(is_wide=is_wide, order=order)
    assert (found.is_wide, found.order) == (is_wide, order)
    code = found.content.index(PLAIN.code)
    assert found.loaded == [
        Loaded(0, 0, code, is_code=False),
        Loaded(code, code, len(PLAIN.code), is_code=True),
    ]
    assert [each["p_type"] for each in found.segments] == [
        *("PT_LOAD", "PT_LOAD", "PT_DYNAMIC", "PT_GNU_STACK")
    ]
    first = found.segment("PT_LOAD")
    assert first is not None
    assert first["p_vaddr"] == 0
    assert found.segment("PT_INTERP") is None


def test_a_file_without_segments_is_one() -> None:
    """Nothing of it is loaded, whatever the size of a segment's header is said to be."""
    content = bytearray(elf(PLAIN))
    struct.pack_into("<2H", content, 54, 7, 0)
    found = Image(bytes(content))
    assert (found.segments, found.loaded, list(found.tags())) == ([], [], [])
    struct.pack_into("<H", content, 56, 1)
    with pytest.raises(ElfError, match="its program headers have 7 bytes each"):
        Image(bytes(content))


def test_as_many_segments_as_the_limit_are_read() -> None:
    """The test of one more is that of the header."""
    content = bytearray(elf(PLAIN))
    at = len(content)
    struct.pack_into("<Q", content, 32, at)
    struct.pack_into("<H", content, 56, MOST_SEGMENTS)
    content += bytes(56 * MOST_SEGMENTS)
    assert len(Image(bytes(content)).segments) == MOST_SEGMENTS


def test_a_part_of_the_file_is_whole_or_an_error() -> None:
    """Its last byte is there, the one behind it is not."""
    found = image()
    size = len(found.content)
    assert found.part(0, 4) == b"\x7fELF"
    assert found.part(size - 3, 3) == found.content[-3:]
    assert found.part(size, 0) == b""
    for offset, length in ((size - 3, 4), (size, 1), (size + 9, 1)):
        with pytest.raises(ElfError, match="it is truncated"):
            found.part(offset, length)


def test_an_address_is_that_of_a_loaded_byte() -> None:
    """Each has an offset, and bytes up to the end of its segment, or of the file."""
    found = image()
    size = len(found.content)
    found.loaded = [Loaded(1000, 10, 20, is_code=False), Loaded(2000, size - 5, 20, is_code=True)]
    for address, place in (
        *((1000, (10, 20)), (1001, (11, 19)), (1019, (29, 1))),
        *((2000, (size - 5, 5)), (2004, (size - 1, 1))),
    ):
        assert (found.offset(address), found.room(address)) == place
    for address in (0, 999, 1020, 1999, 2005, 2019, 2020):
        for ask in (found.offset, found.room):
            with pytest.raises(ElfError, match=f"the address {address:#x}, where it has nothing"):
                ask(address)


def test_of_two_segments_at_an_address_the_first_counts() -> None:
    """Unless it has nothing of the file there."""
    found = image()
    behind = Loaded(1000, len(found.content), 20, is_code=False)
    found.loaded = [behind, Loaded(1000, 4, 20, is_code=False), Loaded(1000, 8, 20, is_code=False)]
    assert found.offset(1000) == 4


@BOTH
def test_numbers_are_read_in_the_order_of_the_file(is_wide: bool, order: str) -> None:
    """Of any width, as many as there is room for and no more."""
    numbers = (1, 2, 0xFFFFFFFF, 4)
    code = struct.pack(f"{order}4I", *numbers)
    found = image(is_wide=is_wide, order=order, code=code)
    at = found.loaded[1].address
    assert found.numbers("I", at, 4) == numbers
    assert found.numbers("I", at + 4, 2) == numbers[1:3]
    assert found.numbers("H", at, 1) == struct.unpack_from(f"{order}H", code)
    assert found.numbers("I", at, 0) == ()
    for address, count in ((at, 5), (at + 4, 4), (at + 13, 1)):
        with pytest.raises(ElfError, match="one of its tables is longer than the file"):
            found.numbers("I", address, count)


@BOTH
def test_tags_end_where_the_dynamic_segment_says(is_wide: bool, order: str) -> None:
    """At the first empty one, or at the end of the segment; a part of an entry is none."""
    found = image(is_wide=is_wide, order=order, soname="x", flags=8)
    names = [name for name, _ in found.tags()]
    assert names[:2] == ["DT_NEEDED", "DT_SONAME"]
    assert (names[-1], dict(found.tags())["DT_FLAGS"]) == ("DT_FLAGS", 8)
    dynamic = found.segment("PT_DYNAMIC")
    assert dynamic is not None
    size = 16 if is_wide else 8
    for length, count in ((0, 0), (size - 1, 0), (size, 1), (2 * size + 1, 2)):
        dynamic["p_filesz"] = length
        assert [name for name, _ in found.tags()] == names[:count]


def test_the_number_of_tags_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many are read, the one that ends them is not counted."""
    found = image()
    count = len(list(found.tags()))
    monkeypatch.setattr(elf_image, "MOST_TAGS", count)
    with pytest.raises(ElfError, match=f"more than {count} entries"):
        list(found.tags())
    monkeypatch.setattr(elf_image, "MOST_TAGS", count + 1)
    assert len(list(found.tags())) == count


def named(table: bytes) -> Image:
    """Return an image with a table of strings as its code, which is in use."""
    found = image(code=table)
    found.use_strings(found.loaded[1].address, len(table))
    return found


def test_a_name_ends_at_a_zero_of_its_table() -> None:
    """It may begin anywhere in it, and be empty; bytes that are no UTF-8 become surrogates."""
    found = named(b"\0abc\0\xff\xc3\xa9\0")
    names = {0: "", 1: "abc", 3: "c", 4: "", 5: "\udcff\u00e9"}
    assert {offset: found.name(offset) for offset in names} == names
    for offset in (-1, 9, 10, 1 << 40):
        with pytest.raises(ElfError, match="a name is outside of its string table"):
            found.name(offset)


@pytest.mark.parametrize(("size", "is_there"), [(3, False), (4, True), (1 << 40, True)])
def test_a_table_of_strings_is_as_long_as_is_said_or_there(size: int, is_there: bool) -> None:
    """A zero behind it ends no name; none is looked for behind the segment."""
    found = image(code=b"abc\0")
    found.use_strings(found.loaded[1].address, size)
    if is_there:
        assert found.name(0) == "abc"
    else:
        with pytest.raises(ElfError, match="or no end"):
            found.name(0)
    with pytest.raises(ElfError, match="outside of its string table"):
        found.name(4)


def test_no_name_is_there_before_a_table_is_set() -> None:
    """Not even an empty one."""
    with pytest.raises(ElfError, match="outside of its string table"):
        image().name(0)


def test_a_name_is_bounded_and_so_are_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a byte less than the limit is read; each reading of a name counts."""
    monkeypatch.setattr(elf_image, "LONGEST_NAME", 4)
    assert named(b"abc\0").name(0) == "abc"
    with pytest.raises(ElfError, match="a name has more than 4 bytes, or no end"):
        named(b"abcd\0").name(0)
    monkeypatch.setattr(elf_image, "MOST_NAMES", 6)
    found = named(b"abc\0")
    assert [found.name(0), found.name(0), found.name(3)] == ["abc", "abc", ""]
    with pytest.raises(ElfError, match="its names have more than 6 bytes"):
        found.name(2)


def test_the_library_is_here() -> None:
    """Who asks for it before a file is read learns the same."""
    require_library()
