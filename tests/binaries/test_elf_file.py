"""ELF files are read as the loader reads them, and hostile ones are refused."""

from __future__ import annotations

import struct

import pytest

from distrorocks.binaries import elf_file, elf_image
from distrorocks.binaries.elf_file import ElfFile, Machine, NeededVersion, Symbol, read_elf
from distrorocks.binaries.elf_image import ElfError
from tests.elf_files import Elf, elf, module

FULL = Elf(
    soname="libfoo.so.1",
    needed=("libc.so.6", "libm.so.6"),
    undefined=("malloc@GLIBC_2.38", "lua_pushnil", "pow@GLIBC_2.29"),
    defined=("luaopen_foo", "foo_new@FOO_1"),
    versions=(("libc.so.6", "GLIBC_2.38"), ("libm.so.6", "GLIBC_2.29")),
    defines=("FOO_1",),
    runpath="$ORIGIN/x:/opt/lib",
    stack="executable",
    has_text_relocations=True,
)


def test_everything_that_the_loader_reads_is_read() -> None:
    """Names, versions, symbols with their versions, and flags."""
    found = read_elf(elf(FULL))
    assert (found.kind, str(found.machine)) == ("dyn", "x86_64 (64-bit)")
    assert found.soname == "libfoo.so.1"
    assert found.needed == ("libc.so.6", "libm.so.6")
    assert found.runpath == ("$ORIGIN/x", "/opt/lib")
    assert found.versions == (
        NeededVersion("libc.so.6", "GLIBC_2.38"),
        NeededVersion("libm.so.6", "GLIBC_2.29"),
    )
    assert found.defines == ("FOO_1",)
    assert found.undefined == (
        Symbol("malloc", "GLIBC_2.38"),
        Symbol("lua_pushnil"),
        Symbol("pow", "GLIBC_2.29"),
    )
    assert found.defined >= {Symbol("luaopen_foo"), Symbol("foo_new", "FOO_1"), Symbol("foo_new")}
    assert (found.stack, found.has_text_relocations) == ("executable", True)


@pytest.mark.parametrize(
    ("machine", "is_wide", "order", "text"),
    [
        (3, False, "<", "386 (32-bit)"),
        (8, False, ">", "mips (32-bit, big-endian)"),
        (22, True, ">", "s390 (64-bit, big-endian)"),
        (183, True, "<", "aarch64 (64-bit)"),
    ],
)
@pytest.mark.parametrize("hashed", [("sysv",), ("gnu",), ("sysv", "gnu")])
def test_both_sizes_and_byte_orders_are_read_alike(
    machine: int, is_wide: bool, order: str, text: str, hashed: tuple[str, ...]
) -> None:
    """All of a file, whichever hash table tells how many symbols there are."""
    other = FULL._replace(machine=machine, is_wide=is_wide, order=order, hashed=hashed)
    found, known = read_elf(elf(other)), read_elf(elf(FULL))
    assert str(found.machine) == text
    assert found._replace(machine=known.machine) == known


@pytest.mark.parametrize("is_wide", [True, False])
def test_a_gnu_hash_table_counts_the_symbols(is_wide: bool) -> None:
    """Those before the first hashed one, and its chains to their end; without any, the former."""
    few = Elf(undefined=("a", "b"), is_wide=is_wide, hashed=("gnu",))
    assert read_elf(elf(few)).undefined == (Symbol("a"), Symbol("b"))
    one = few._replace(defined=("c",))
    assert read_elf(elf(one)).defined == {Symbol("c")}
    content = bytearray(elf(one))
    head = struct.pack("<4I", 1, 3, 2, 0)
    at = content.index(head)
    chain = at + 16 + (16 if is_wide else 8) + 4
    assert struct.unpack_from("<I", content, chain) == (3,)
    struct.pack_into("<I", content, at, 0)  # no bucket at all
    assert read_elf(bytes(content)).undefined == (Symbol("a"), Symbol("b"))


def test_symbols_without_a_hash_table_are_none() -> None:
    """As for the loader, which finds none of them."""
    found = read_elf(elf(FULL._replace(hashed=())))
    assert (found.undefined, found.defined) == ((), frozenset())
    assert found.needed == FULL.needed


@pytest.mark.parametrize("stack", ["plain", "executable", "unsaid"])
def test_the_stack_is_that_of_its_segment(stack: str) -> None:
    """A file without the segment does not say."""
    assert read_elf(elf(Elf(stack=stack))).stack == stack


def test_rpath_counts_without_runpath() -> None:
    """As for the loader, which ignores DT_RPATH beside DT_RUNPATH."""
    both = read_elf(elf(Elf(rpath="/a", runpath="/b")))
    assert (both.runpath, both.has_rpath) == (("/b",), False)
    one = read_elf(elf(Elf(rpath="/a")))
    assert (one.runpath, one.has_rpath) == (("/a",), True)


def test_section_headers_do_not_count() -> None:
    """Whatever they say: the loader does not read them."""
    content = bytearray(module("foo"))
    plain = read_elf(bytes(content))
    struct.pack_into("<Q", content, 40, 1 << 60)
    struct.pack_into("<3H", content, 58, 64, 0xFFFF, 0xFFFF)
    assert read_elf(bytes(content)) == plain


def test_lua_is_told_by_constants() -> None:
    """By the number that modules pass to luaL_checkversion_, and by the index of the registry."""
    number, registry = struct.pack("<d", 504.0), struct.pack("<i", -1_001_000 - 1)
    found = read_elf(elf(Elf(constants=number, code=b"\x90" * 3 + registry)))
    assert (found.lua_numbers, found.lua_registries) == (("5.4",), ("5.2",))
    unaligned = read_elf(elf(Elf(constants=b"\x01" + number)))
    assert unaligned.lua_numbers == ()


def test_every_truncation_is_an_error_or_read() -> None:
    """No cut file raises anything but the error for damaged files."""
    content = elf(FULL)
    refused = 0
    for size in range(len(content)):
        try:
            read_elf(content[:size])
        except ElfError:
            refused += 1
    assert refused == len(content)


def _with(at: int, form: str, value: int) -> bytes:
    content = bytearray(elf(FULL))
    struct.pack_into(form, content, at, value)
    return bytes(content)


def _with_tag(tag: int, value: int) -> bytes:
    """Return the file with another value of a tag of the dynamic segment."""
    content = bytearray(elf(FULL))
    offset, size = struct.unpack_from("<Q16xQ", content, 64 + 56 * 2 + 8)
    for at in range(offset, offset + size, 16):
        if struct.unpack_from("<Q", content, at)[0] == tag:
            struct.pack_into("<Q", content, at + 8, value)
            return bytes(content)
    raise AssertionError(tag)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_with(56, "<H", 0xFFFF), "more than 128 segments"),
        (_with(54, "<H", 8), "program headers have 8 bytes"),
        (_with(32, "<Q", 1 << 63), "truncated"),
        (_with_tag(5, 1 << 40), "has nothing"),
        (_with_tag(6, 1 << 40), "has nothing"),
        (_with_tag(10, 2), "outside of its string table|no end"),
        (_with_tag(0x6FFFFFFE, 8), "outside of its string table|no end|truncated"),
    ],
)
def test_hostile_files_are_refused(content: bytes, reason: str) -> None:
    """Counts and places that lead out of the file are errors."""
    with pytest.raises(ElfError, match=reason):
        read_elf(content)


def test_a_gnu_hash_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its buckets, its symbols, and the end of its last chain."""
    content = bytearray(elf(Elf(undefined=("a",), defined=("b", "c"), hashed=("gnu",))))
    at = content.index(struct.pack("<4I", 1, 2, 2, 0))
    monkeypatch.setattr(elf_file, "MOST_SYMBOLS", 4)
    assert len(read_elf(bytes(content)).defined) == 2
    monkeypatch.setattr(elf_file, "MOST_SYMBOLS", 3)
    with pytest.raises(ElfError, match="more than 3 symbols"):
        read_elf(bytes(content))
    struct.pack_into("<I", content, at, 4)
    with pytest.raises(ElfError, match="more than 3 symbols"):
        read_elf(bytes(content))
    struct.pack_into("<I", content, at, 1)
    struct.pack_into("<I", content, at + 16 + 16 + 4 + 4, 4)  # the last of the chain is none
    monkeypatch.setattr(elf_file, "MOST_SYMBOLS", 1)
    with pytest.raises(ElfError, match="its table of symbols has no end"):
        read_elf(bytes(content))


def test_counts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symbols, versions, tags and names beyond the limits are errors, however they are stored."""
    content = elf(FULL)
    for module_, name, value, reason in (
        (elf_file, "MOST_SYMBOLS", 3, "more than 3 symbols"),
        (elf_file, "MOST_VERSIONS", 0, "more than 0 versions"),
        (elf_image, "MOST_TAGS", 2, "more than 2 entries"),
        (elf_image, "MOST_NAMES", 30, "more than 30 bytes"),
        (elf_image, "LONGEST_NAME", 3, "more than 3 bytes"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module_, name, value)
            with pytest.raises(ElfError, match=reason):
                read_elf(content)


def test_a_file_of_which_nothing_is_known_is_a_plain_library() -> None:
    """What was not found is not there."""
    found = ElfFile("dyn", Machine("x86_64", 64, is_little=True))
    assert not any((*found[2:11], *found[12:]))
    assert found.stack == "plain"


def test_the_loader_of_a_program_is_read_up_to_a_limit() -> None:
    """A path is what stands before its zero, and of a longer text its first 256 bytes."""
    assert read_elf(elf(Elf(interpreter="/lib/ld.so"))).interpreter == "/lib/ld.so"
    assert read_elf(elf(Elf(interpreter="/" + "x" * 400))).interpreter == "/" + "x" * 255


def test_a_loader_is_read_to_the_end_of_the_file_and_no_further() -> None:
    """A short path may be the last that a file has; one that is cut off is none."""
    path = b"/lib/ld.so\0"
    header = struct.pack("<2I6Q", 3, 4, 120, 120, 120, len(path), len(path), 1)
    whole = bytearray(elf(Elf(kind=2)))[:64] + header + path
    struct.pack_into("<QQ", whole, 32, 64, 0)  # program headers after the header, no sections
    struct.pack_into("<H", whole, 56, 1)
    struct.pack_into("<3H", whole, 58, 0, 0, 0)
    assert read_elf(bytes(whole)).interpreter == "/lib/ld.so"
    with pytest.raises(ElfError):
        read_elf(bytes(whole[:-1]))


@pytest.mark.parametrize(
    ("binding", "undefined", "defined"),
    [
        (0, False, False),  # local
        (1, True, True),  # global
        (2, False, True),  # weak
        (3, False, False),
        (9, False, False),
        (10, True, True),  # GNU's unique
        (11, False, False),
        (13, False, False),  # of the processor
    ],
)
@pytest.mark.parametrize("is_wide", [False, True])
def test_a_symbol_counts_by_its_binding(
    binding: int, undefined: bool, defined: bool, is_wide: bool
) -> None:
    """A weak one that is nowhere is zero, so nobody must have it."""
    found = read_elf(elf(Elf(undefined=("a",), defined=("b",), binding=binding, is_wide=is_wide)))
    assert found.undefined == ((Symbol("a"),) if undefined else ())
    assert found.defined == ({Symbol("b")} if defined else set())


@pytest.mark.parametrize(("flags", "is_weak"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_version_may_be_missing_where_it_is_weak(flags: int, is_weak: bool) -> None:
    """The flag is the second."""
    found = read_elf(elf(Elf(versions=(("liba.so", "A_1"),), need_flags=flags)))
    assert found.versions == (NeededVersion("liba.so", "A_1", is_weak),)


@pytest.mark.parametrize(("flags", "is_own"), [(0, False), (1, True), (2, False), (3, True)])
def test_the_version_that_is_the_name_of_a_library_is_none(flags: int, is_own: bool) -> None:
    """The flag is the first."""
    found = read_elf(elf(Elf(defines=("A_1", "A_2"), define_flags=flags)))
    assert found.defines == (() if is_own else ("A_1", "A_2"))


def test_no_more_entries_of_versions_are_read_than_the_file_says() -> None:
    """Though each says where the next one would be."""
    whole = elf(Elf(versions=(("liba.so", "A_1"), ("libb.so", "B_1"))))
    said = struct.pack("<2Q", 0x6FFFFFFF, 2)
    assert whole.count(said) == 1
    assert [each.library for each in read_elf(whole).versions] == ["liba.so", "libb.so"]
    fewer = whole.replace(said, struct.pack("<2Q", 0x6FFFFFFF, 1))
    assert [each.library for each in read_elf(fewer).versions] == ["liba.so"]


def test_several_versions_of_one_library_are_all_read() -> None:
    """In their order, each with the names of symbols that have it."""
    versions = (("liba.so", "A_1"), ("liba.so", "A_2"), ("libb.so", "B_1"))
    found = read_elf(elf(Elf(versions=versions, undefined=("a@A_1", "b@A_2", "c@B_1"))))
    assert found.versions == tuple(NeededVersion(*each) for each in versions)
    assert found.undefined == (Symbol("a", "A_1"), Symbol("b", "A_2"), Symbol("c", "B_1"))


@pytest.mark.parametrize(
    ("is_wide", "size", "count"), [(False, 52, 44), (True, 64, 56)], ids=["32", "64"]
)
def test_a_file_may_be_a_header_alone(is_wide: bool, size: int, count: int) -> None:
    """One byte less is no header."""
    header = bytearray(elf(Elf(is_wide=is_wide))[:size])
    header[count : count + 2] = bytes(2)  # no segments
    assert read_elf(bytes(header)).machine.bits == (64 if is_wide else 32)
    with pytest.raises(ElfError, match="it is truncated"):
        read_elf(bytes(header[:-1]))
