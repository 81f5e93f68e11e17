"""A rockspec made to be slow is refused or read in good time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distrorocks.lua.read import Chunk
from distrorocks.lua.value import LuaTable, table_of
from distrorocks.rocks.rockspec import Rockspec, RockspecError
from distrorocks.rocks.rockspec_advice import advice
from distrorocks.rocks.version import Version
from tests.effort import little_time

SIZE = 200_000
SECONDS = 2.5

SOUND: LuaTable = {
    "rockspec_format": "3.0",
    "package": "foo",
    "version": "1.0-1",
    "source": {"url": "https://example.org/foo-1.0.tar.gz"},
    "description": {"license": "MIT"},
    "build": {"type": "builtin"},
}


@pytest.fixture(autouse=True)
def _in_good_time() -> Iterator[None]:
    """No attack takes longer than the limit that holds for every hostile file."""
    with little_time(SECONDS):
        yield


FIELDS: dict[str, LuaTable] = {
    "a name that nearly matches": {"dependencies": {1: "a" * SIZE + "/a/"}},
    "blanks that nearly match": {"dependencies": {1: " " * SIZE + "/"}},
    "a name and blanks": {"dependencies": {1: "a" + " " * SIZE + "/"}},
    "an endless operator": {"dependencies": {1: "a " + "=" * SIZE}},
    "an endless number": {"version": "1" * SIZE + "-1"},
    "an endless branch": {"version": "1" * SIZE + "scm-1"},
    "endless slots": {"version": "1." * SIZE + "0-1"},
    "endless constraints": {"dependencies": {1: "a " + ">= 1," * (SIZE // 5)}},
    "many bad dependencies": {"dependencies": table_of(["a => 1"] * (SIZE // 10))},
    "many numbers for texts": {"dependencies": table_of(range(SIZE // 10))},
    "many unknown fields": {f"field{number}": 1 for number in range(SIZE // 10)},
    "an endless field": {"x" * SIZE: 1},
    "an endless address": {"source": {"url": ":" * SIZE + "/" * SIZE}},
    "an endless digest": {"source": {"url": "x", "md5": "(" * SIZE}},
    "many constraints": {"dependencies": {1: "foo" + ", == 1-1" * (SIZE // 8)}},
    "many constraints of one part": {"dependencies": {1: "foo" + ", == 1" * (SIZE // 6)}},
    "many platforms": {"build": {"platforms": {f"p{number}": {} for number in range(SIZE // 10)}}},
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("strict", [True, False])
def test_an_attack_in_a_field_ends_soon(name: str, strict: bool) -> None:
    """The rockspec is read, or refused with an error of bearable length."""
    chunk = Chunk({**SOUND, **FIELDS[name]}, ())
    text = ""
    try:
        rockspec = Rockspec.from_chunk(chunk, file_name="foo-1.0-1.rockspec", strict=strict)
        text = "".join(map(str, advice(rockspec, chunk.globals)))
        version = Version.parse(rockspec.version)
        assert version >= version
    except RockspecError as error:
        text = f"{error}{error.faults}"
    assert len(text) < 20 * SIZE


def test_many_unset_variables_are_told_of_once_each() -> None:
    """Their number is bounded, and so is what is said of them."""
    chunk = Chunk(SOUND, tuple(f"name{number}" for number in range(SIZE // 10)))
    with pytest.raises(RockspecError) as caught:
        Rockspec.from_chunk(chunk)
    assert len(caught.value.faults) == 100


def test_versions_of_any_length_compare_soon() -> None:
    """Reading, comparing and sorting are linear in the text."""
    long, longer = Version.parse("1." * SIZE + "1"), Version.parse("1." * SIZE + "rc2")
    assert longer.precedes(long)
    assert longer < long
