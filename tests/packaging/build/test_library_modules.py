"""Libraries that are no modules are told by their content."""

from __future__ import annotations

import pytest

from distrorocks.packaging.build.library_modules import no_module

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + b"\x3e\x00"


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("foo", b"\0luaopen_foo\0"),
        ("a.b", b"\0luaopen_a_b\0"),
        ("v1-foo", b"\0luaopen_foo\0"),
        ("foo", b"\0luaopen_base\0luaopen_bar\0"),
    ],
)
def test_a_library_that_opens_modules_may_be_one(module: str, names: bytes) -> None:
    """Also one that opens another module: Lua says whether it takes it."""
    assert no_module(module, ELF + names, ELF) == ""


@pytest.mark.parametrize(
    "names", [b"", b"\0luaopen_base\0luaopen_string\0", b"\0luaopen_\0", b"\0xluaopen_foo\0"]
)
def test_a_library_without_a_function_that_opens_a_module_is_none(names: bytes) -> None:
    """Neither is one that has a whole Lua in it."""
    assert no_module("foo", ELF + names, ELF) == "it has no function luaopen_foo"


def test_the_functions_of_a_name_with_a_hyphen_are_those_of_both_parts() -> None:
    """Lua takes the part before the hyphen, and 5.1 the part after it."""
    said = no_module("libfzy-linux.x", ELF, ELF)
    assert said == "it has no function luaopen_libfzy or luaopen_linux_x"
    assert no_module("a-b-c", ELF, ELF) == "it has no function luaopen_a or luaopen_b-c"
    assert no_module("a-", ELF, ELF) == "it has no function luaopen_a"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (ELF[:18] + b"\xb7\x00\0luaopen_foo\0", "it is a shared library of another machine"),
        (
            b"\x7fELF\x01" + ELF[5:] + b"\0luaopen_foo\0",
            "it is a shared library of another machine",
        ),
        (b"MZ\0luaopen_foo\0", "it is no shared library of this system"),
        (b"", "it is no shared library of this system"),
    ],
)
def test_a_library_of_another_system_is_no_module(content: bytes, why: str) -> None:
    """Its machine, width and byte order are those of Lua's program, or it is none."""
    assert no_module("foo", content, ELF) == why


def test_a_library_is_of_this_machine_where_the_program_is_not_known() -> None:
    """A program that is a script says nothing, nor does one that ends before its machine."""
    for program in (b"#!/bin/sh\n", b"#!/bin/sh\nexec lua5.4\n", ELF[:19], b"\x7fELF", b""):
        assert no_module("foo", ELF + b"\0luaopen_foo\0", program) == ""


@pytest.mark.parametrize("at", range(4, 20))
def test_only_the_system_of_a_library_is_compared(at: int) -> None:
    """Its width, byte order and machine; the rest of its head may be any."""
    other = ELF[:at] + b"\x7f" + ELF[at + 1 :]
    said = "it is a shared library of another machine" if at in (4, 5, 18, 19) else ""
    assert no_module("foo", other + b"\0luaopen_foo\0", ELF) == said


def test_a_name_without_a_hyphen_has_one_function() -> None:
    """Dots of it are underscores; a hyphen at its beginning leaves what stands after it."""
    assert no_module("a.b.c", ELF, ELF) == "it has no function luaopen_a_b_c"
    assert no_module("-a", ELF, ELF) == "it has no function luaopen_a"
