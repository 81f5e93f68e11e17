"""Rules that hold for every table that a file may hold."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from distrorocks.lua.read import Chunk, parse
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.rocks.rockspec import Rockspec, RockspecError, for_platforms, merged
from distrorocks.rocks.rockspec_advice import advice
from distrorocks.rocks.schema import STRICT

SOUND = parse(
    b"""
    rockspec_format = "3.0"
    package = "foo"
    version = "1.0-1"
    source = { url = "https://example.org/foo-1.0.tar.gz", platforms = { linux = { url = "x" } } }
    description = { license = "MIT" }
    dependencies = { "lua >= 5.1" }
    build = { type = "builtin", modules = {} }
    """
).globals

FIELDS = [*(name for name in STRICT["3.0"].fields if isinstance(name, str)), "other"]
WORDS = ["url", "type", "install", "license", "platforms", "linux", "unix", "X", "header", "dir"]
TEXTS = st.sampled_from(["", "x", "1.0-1", "3.0", "3.1", "lua >= 5.1", "a => 1", "a/b", "http://h"])
SCALARS = st.booleans() | st.integers(-1, 9) | st.floats(allow_nan=False) | TEXTS
VALUES: st.SearchStrategy[LuaValue] = st.recursive(
    SCALARS,
    lambda inner: st.dictionaries(st.integers(1, 3) | st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=8,
)
CHANGES = st.dictionaries(st.sampled_from(FIELDS), st.none() | VALUES, max_size=3)
TABLES: st.SearchStrategy[LuaTable] = st.dictionaries(
    st.integers(1, 3) | st.sampled_from(WORDS), VALUES, max_size=4
)


def changed(changes: dict[str, LuaValue], *, deep: bool) -> Chunk:
    """Return the sound rockspec with fields put in, laid over, or (None) taken out."""
    taken = {key for key, value in changes.items() if value is None}
    put: LuaTable = {key: value for key, value in changes.items() if key not in taken}
    table = merged(SOUND, put) if deep else {**SOUND, **put}
    return Chunk({key: value for key, value in table.items() if key not in taken}, ())


def verdict(chunk: Chunk, *, strict: bool, quick: bool = False) -> Rockspec | None:
    """Return the rockspec, or None where it has faults; anything else raised fails the test."""
    try:
        return Rockspec.from_chunk(
            chunk, file_name="foo-1.0-1.rockspec", strict=strict, quick=quick
        )
    except RockspecError:
        return None


@settings(max_examples=200)
@given(CHANGES, st.booleans())
def test_every_table_is_a_rockspec_or_has_faults(changes: dict[str, LuaValue], deep: bool) -> None:
    """No table raises anything but the one error that tells its faults."""
    chunk = changed(changes, deep=deep)
    strict = verdict(chunk, strict=True)
    tolerant = verdict(chunk, strict=False)
    verdict(chunk, strict=False, quick=True)
    for rockspec in filter(None, (strict, tolerant)):
        rockspec.to_table()
        assert all(each.rule for each in advice(rockspec, chunk.globals))


@settings(max_examples=200)
@given(CHANGES, st.booleans())
def test_tolerance_takes_all_that_strictness_takes(
    changes: dict[str, LuaValue], deep: bool
) -> None:
    """What 3.8 accepts is accepted always, and means the same."""
    chunk = changed(changes, deep=deep)
    strict = verdict(chunk, strict=True)
    if strict:
        assert verdict(chunk, strict=False) == strict
        assert verdict(chunk, strict=True, quick=True) == strict


@given(TABLES, TABLES)
def test_an_override_is_there_afterwards(table: LuaTable, over: LuaTable) -> None:
    """Laying the same values over twice changes nothing more, and no scalar is lost."""
    once = merged(table, over)
    assert merged(once, over) == once
    assert once.keys() == table.keys() | over.keys()
    for key, value in over.items():
        if not isinstance(value, dict):
            assert once[key] is value


@given(TABLES)
def test_a_table_without_active_platforms_stays(table: LuaTable) -> None:
    """Only ``platforms`` goes."""
    expected = {key: value for key, value in table.items() if key != "platforms"}
    assert for_platforms(table, ()) == expected
