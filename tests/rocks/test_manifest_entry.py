"""The parts of a manifest for one rock are the text that LuaRocks' writer gives."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.value import LuaTable, table_of
from distrorocks.lua.write import key_text, value_text
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest_entry import (
    Entry,
    InstalledRock,
    block,
    byte_order,
    dependency_text,
    entry_of,
    key,
    keys,
    mapping,
    string,
)

TEXTS = st.text('ab ~.é\udcff"\\\t\x7f_-7', max_size=6)
NAMES = [*("a", "a1", "_", "end", "nil", "1a", "a-b", "a b", "", 'a"', "a\\", "é", "a\n", "\x7f")]


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_that_of_the_general_writer(name: str) -> None:
    """Keywords, digits at the start and all that has to be escaped included."""
    assert key(name) == key_text(name)


def test_many_keys_are_each_as_one() -> None:
    """One name with something to escape does not change the others."""
    assert keys(["a", "b-c"]) == [key("a"), key("b-c")]
    assert keys(NAMES) == [key(name) for name in NAMES]


@given(TEXTS)
def test_a_string_is_that_of_the_general_writer(text: str) -> None:
    """The fast path is taken only where nothing has to be escaped."""
    assert string(text) == value_text(text)


@given(st.dictionaries(TEXTS, TEXTS, max_size=4), st.integers(1, 5))
def test_a_mapping_is_that_of_the_general_writer(entries: dict[str, str], level: int) -> None:
    """Keys in the order of their bytes, nested as deep as asked."""
    table: LuaTable = dict(entries.items())
    assert mapping(entries, level) == value_text(table, level)


def test_a_block_has_one_entry_per_line() -> None:
    """An empty one is on one line."""
    assert block([], 2) == "{}"
    assert block(["a", "b"], 1) == "{\n   a,\n   b\n}"
    assert block(["a"], 3) == "{\n         a\n      }"


def test_names_are_ordered_by_bytes() -> None:
    """A lone byte (U+DCFF, 0xff) comes after all of UTF-8, unlike in the order of characters."""
    assert byte_order(["b", "a", "B"]) == ["B", "a", "b"]
    assert byte_order(["\U0001f600", "\udcff", "é", "a"]) == ["a", "é", "\U0001f600", "\udcff"]


@pytest.mark.parametrize(
    "text", ["a", "ns/a", "a >= 1.0", "a @~> 1.2-3, < 2", "a == scm", "lua >= 5.1, ~= 5.3rc1-0"]
)
def test_a_dependency_is_written_and_parsed(text: str) -> None:
    """As rockspecs write it, and as the table that manifests hold."""
    dependency = Dependency.parse(text)
    assert dependency_text(dependency) == (str(dependency), value_text(dependency.to_table(), 4))


def test_an_entry_has_names_and_their_tables() -> None:
    """Modules and commands each have their own; dependencies keep their order."""
    needs = tuple(map(Dependency.parse, ["b >= 1", "a"]))
    entry = entry_of(InstalledRock("foo", "1.0-1", {"m": "m.lua"}, {"c": "c"}, needs))
    assert entry[:3] == ("foo", "1.0-1", ("m",))
    assert entry.modules_text == value_text({"m": "m.lua"}, 5)
    assert (entry.commands, entry.commands_text) == (("c",), value_text({"c": "c"}, 5))
    assert entry.needs == ("b >= 1", "a")
    assert entry.dependencies == value_text(table_of([each.to_table() for each in needs]), 3)


def test_an_unread_rockspec_is_not_one_without_dependencies() -> None:
    """None differs from an empty table."""
    assert entry_of(InstalledRock("foo", "1-1"))[6:] == (None, None)
    assert entry_of(InstalledRock("foo", "1-1", dependencies=()))[6:] == ((), "{}")


@pytest.mark.parametrize("needs", [None, (), ("a", "b")])
def test_an_entry_survives_json(needs: tuple[str, ...] | None) -> None:
    """A cache stores tuples as lists."""
    text = None if needs is None else "{}"
    entry = Entry("a", "1-1", ("m",), "{m}", ("c", "d"), "{c}", needs, text)
    stored = [list(each) if isinstance(each, tuple) else each for each in entry]
    assert Entry.from_plain(stored) == entry
