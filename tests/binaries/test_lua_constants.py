"""Which Lua's headers a module was compiled with is told by numbers, where they can be meant."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from distrorocks.binaries.elf_image import Image, Loaded
from distrorocks.binaries.lua_constants import X86, lua_numbers, lua_registries
from tests.elf_files import Elf, elf

NUMBERS = {"5.2": 502.0, "5.3": 503.0, "5.4": 504.0, "5.5": 505.0}
REGISTRIES = {"5.1": -10_000, "5.2": -1_001_000, "5.5": -1_073_742_823}


def image(**fields: Any) -> Image:
    """Return a library with constants or code."""
    return Image(elf(Elf()._replace(**fields)))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", NUMBERS)
def test_a_number_of_the_headers_tells_their_lua(version: str, order: str) -> None:
    """In the byte order of the file; in the other it is none."""
    for used, expected in ((order, (version,)), ("<" if order == ">" else ">", ())):
        number = struct.pack(f"{used}d", NUMBERS[version])
        assert lua_numbers(image(constants=number, order=order)) == expected


def test_all_numbers_are_told_in_the_order_of_luas() -> None:
    """A module may be made of several, and 5.1 has none."""
    numbers = struct.pack("<5d", 505.0, 501.0, 502.0, 504.0, 503.0)
    assert lua_numbers(image(constants=numbers)) == ("5.2", "5.3", "5.4", "5.5")
    assert lua_numbers(image()) == lua_numbers(image(constants=struct.pack("<d", 501.0))) == ()


@pytest.mark.parametrize("shift", range(1, 8))
def test_a_number_is_a_constant_only_where_one_can_be(shift: int) -> None:
    """At a multiple of its size; one behind it is still found."""
    number = struct.pack("<d", 504.0)
    assert lua_numbers(image(constants=bytes(shift) + number)) == ()
    both = bytes(shift) + number + bytes(8 - shift) + number
    assert lua_numbers(image(constants=both)) == ("5.4",)


def test_numbers_in_code_and_outside_of_what_is_loaded_do_not_count() -> None:
    """Code has them by chance, and what is not loaded has no meaning."""
    number = struct.pack("<d", 504.0)
    found = image(code=number)
    assert lua_numbers(found) == ()
    found.loaded = [each._replace(is_code=False) for each in found.loaded]
    assert lua_numbers(found) == ("5.4",)
    at = found.content.index(number)
    for start, size, expected in (
        (at, 8, ("5.4",)),
        (at, 7, ()),
        (at + 1, 8, ()),
        (0, at + 7, ()),
        (0, at + 8, ("5.4",)),
    ):
        found.loaded = [Loaded(0, start, size, is_code=False)]
        assert lua_numbers(found) == expected
        found.loaded.insert(0, Loaded(0, 0, len(found.content), is_code=True))
        assert lua_numbers(found) == expected


def test_the_search_for_a_number_is_bounded() -> None:
    """A file that has it in 64 places where it cannot be meant is not searched on."""
    odd = b"\1" + struct.pack("<d", 504.0) + bytes(7)
    meant = struct.pack("<d", 504.0)
    assert lua_numbers(image(constants=odd * 63 + meant)) == ("5.4",)
    assert lua_numbers(image(constants=odd * 64 + meant)) == ()


@pytest.mark.parametrize("version", REGISTRIES)
@pytest.mark.parametrize("index", range(-1, 5))
def test_an_index_in_code_tells_the_first_lua_that_has_it(version: str, index: int) -> None:
    """That of the registry and the three below it, at any place, in whatever order of bytes."""
    number = struct.pack("<i", REGISTRIES[version] - index)
    expected = (version,) if 0 <= index < 4 else ()
    for shift in range(5):
        assert lua_registries(image(code=b"\x90" * shift + number)) == expected
    assert lua_registries(image(code=number, order=">")) == expected


def test_an_index_counts_only_in_code() -> None:
    """And only within what is loaded as such."""
    number = struct.pack("<i", REGISTRIES["5.1"])
    assert lua_registries(image(constants=number)) == ()
    found = image(code=number)
    at = found.content.index(number)
    for start, size, expected in ((at, 4, ("5.1",)), (at, 3, ()), (at + 1, 4, ())):
        found.loaded = [Loaded(0, start, size, is_code=True)]
        assert lua_registries(found) == expected


def test_several_indexes_are_told_in_the_order_of_luas() -> None:
    """Wherever each stands; a file without code has none."""
    numbers = struct.pack("<3i", *reversed(REGISTRIES.values()))
    assert lua_registries(image(code=numbers)) == tuple(REGISTRIES)
    assert lua_registries(image()) == ()


def test_these_processors_have_numbers_in_their_code() -> None:
    """As they are; those of others have them in parts."""
    assert X86 == ("x86_64", "386")
