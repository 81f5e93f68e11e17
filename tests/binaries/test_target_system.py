"""Tables of systems are read, and refused if they are damaged."""

from __future__ import annotations

import pytest

from distrorocks.binaries.elf_file import Machine, Symbol
from distrorocks.binaries.target_system import (
    MUSL,
    Library,
    LuaHere,
    System,
    TableError,
    parse_lacking,
    parse_system,
)

TABLE = """# comment
system\tx:1
source\tits files
source\tits notes
machine\tx86_64\t64
libc\tglibc\t2.36
lua\t5.4\tlua5.4\tliblua5.4.so.0\tliblua5.4-0\tshared
lua\t5.1\tlua5.1

library\tlibc.so.6\tlibc6\tGLIBC_2.2.5,GLIBC_2.36
library\tlibx.so.1\tlibx
"""


def test_a_table_is_read() -> None:
    """Its Luas, its libraries with packages and versions, its sources."""
    found = parse_system(TABLE, ["malloc"])
    assert found == System(
        "x:1",
        "glibc",
        "2.36",
        Machine("x86_64", 64, is_little=True),
        {
            "libc.so.6": Library("libc.so.6", "libc6", frozenset({"GLIBC_2.2.5", "GLIBC_2.36"})),
            "libx.so.1": Library("libx.so.1", "libx"),
        },
        luas={
            "5.4": LuaHere("lua5.4", "liblua5.4.so.0", "liblua5.4-0", is_shared=True),
            "5.1": LuaHere("lua5.1"),
        },
        usual=frozenset({"malloc"}),
        source=("its files", "its notes"),
    )
    assert not found.is_complete


def test_musl_has_its_symbols_and_answers_for_the_parts_of_a_libc() -> None:
    """By any version of their names; for glibc each is a library of its own."""
    musl = parse_system(TABLE.replace("glibc", "musl"), ["malloc"])
    for soname in ("libc.so.6", "libm.so.6", "libpthread.so.0", "libc.musl-x86_64.so.1"):
        assert musl.library(soname) == Library(MUSL, MUSL, symbols=frozenset({Symbol("malloc")}))
    assert musl.library("libmagic.so.1") is None
    assert parse_system(TABLE).library("libm.so.6") is None


@pytest.mark.parametrize(
    ("libc", "version", "is_fixed"),
    [("glibc", "2.41", True), ("glibc", "2.40", False), ("glibc", "", False), (MUSL, "3", False)],
)
def test_glibc_fixed_the_stack_in_2_41(libc: str, version: str, is_fixed: bool) -> None:
    """Earlier ones and musl let a library have an executable one."""
    assert System("x", libc, version).is_stack_fixed == is_fixed


@pytest.mark.parametrize("line", ["system", "machine", "libc", "lua\t5.4", "library\tlibc"])
def test_a_damaged_table_is_refused(line: str) -> None:
    """A missing line, or one with too many fields."""
    kept = [each for each in TABLE.splitlines() if not each.startswith(line)]
    more = [each + "\ta\tb\tc\td" if each.startswith(line) else each for each in TABLE.splitlines()]
    with pytest.raises(TableError):
        parse_system("\n".join(more))
    if line in ("system", "machine", "libc"):
        with pytest.raises(TableError):
            parse_system("\n".join(kept))


def test_what_a_library_lacks_is_what_other_systems_have() -> None:
    """Lines that do not name the system."""
    text = "# x\nlibx.so.1\tx_new\tb:2 c:3\nlibx.so.1\tx_old\ta:1\nliby.so.1\ty\tb:2\n"
    assert parse_lacking(text, "a:1") == {
        "libx.so.1": frozenset({"x_new"}),
        "liby.so.1": frozenset({"y"}),
    }
    assert parse_lacking(text, "b:2") == {"libx.so.1": frozenset({"x_old"})}
