"""Compiled files in rocks, and the records of audits that servers have."""

from __future__ import annotations

import json
import struct

from distrorocks.binaries.elf_file import read_elf
from distrorocks.binaries.lua_abi import fitting
from distrorocks.binaries.rock_needs import RockNeeds, parse_record, to_record
from distrorocks.binaries.verdict import judge, told
from distrorocks.world.known_systems import known_system
from distrorocks.world.rock_binaries import lua_symbols
from integration.fuzzing.target import Means, Target, plain
from tests.elf_files import Elf, elf, module

FILES = (
    module("foo", "lua_pushnil", "luaL_checkversion_", constants=struct.pack("<d", 504.0)),
    elf(
        Elf(
            soname="libfoo.so.1",
            needed=("libc.so.6", "libm.so.6"),
            undefined=("malloc@GLIBC_2.38", "pow@GLIBC_2.29"),
            defined=("foo_new@FOO_1", "luaopen_foo"),
            versions=(("libc.so.6", "GLIBC_2.38"), ("libm.so.6", "GLIBC_2.29")),
            defines=("FOO_1", "FOO_2"),
            runpath="$ORIGIN/x:/opt/lib",
            stack="executable",
            interpreter="/lib64/ld-linux-x86-64.so.2",
        )
    ),
)
NUMBERS = (0, 1, 2, 7, 0xFF, 0xFFFF, 0x10000, 0xFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 40, 2**64 - 1)


def _field(data: bytes, means: Means) -> bytes:
    """Return a file with another number in one of its fields: an odd one, or one near its own."""
    size = means.chance.choice((2, 4, 8))
    if len(data) < 64:
        return data
    at = means.chance.randrange(0, len(data) - size, 2)
    old = int.from_bytes(data[at : at + size], "little")
    near = old + means.chance.choice((-16, -8, -1, 1, 8, 16, 24))
    new = means.chance.choice((*NUMBERS, near, len(data), len(data) - 8)) % (1 << 8 * size)
    return data[:at] + new.to_bytes(size, "little") + data[at + size :]


def _header(data: bytes, means: Means) -> bytes:
    """Return a file with another number in its header or its program headers."""
    return _field(data[:344], means) + data[344:]


def read_compiled(data: bytes) -> None:
    """Read a file, and judge it; its record is read back as it was written."""
    file = read_elf(data)
    needs = RockNeeds("foo-1.0-1.linux-x86_64.rock", "0" * 64, {"lib/foo.so": file})
    for lua in fitting([file], lua_symbols()) or ("5.4",):
        for name in ("debian:12", "alpine:3.22"):
            told(judge(needs, known_system(name), lua, lua_symbols()))
    text = json.dumps(to_record(needs)).encode()
    assert to_record(parse_record(text)) == to_record(needs)


def read_record(data: bytes) -> None:
    """Read a record, and judge what it says."""
    needs = parse_record(data)
    assert parse_record(json.dumps(to_record(needs)).encode()) == needs
    told(judge(needs, known_system("debian:12"), "5.4", lua_symbols()))


def _records() -> list[bytes]:
    files = {f"lib/{number}.so": read_elf(text) for number, text in enumerate(FILES)}
    return [json.dumps(to_record(RockNeeds("foo-1.0-1.all.rock", "0" * 64, files))).encode()]


BINARY_TARGETS = (
    Target(
        "elf files",
        plain(read_compiled),
        lambda: FILES,
        mutations=(_field, _field, _header),
        words=(b"\x7fELF", b"GLIBC_2.38\0", b"luaopen_", b"$ORIGIN\0"),
    ),
    Target(
        "audit records",
        plain(read_record),
        _records,
        words=(b'"undefined"', b"null", b"true", b"[[]]", b'["a","b"]', b'{"x":{}}', b"64"),
    ),
)
