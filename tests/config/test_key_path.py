"""Keys are written as LuaRocks' users write them."""

from __future__ import annotations

import pytest

from distrorocks.config.key_path import KeyPathError, key_text, parse_key, value_at
from distrorocks.lua.value import LuaTable

TABLE: LuaTable = {
    "deps_mode": "one",
    "no": False,
    "rocks_trees": {1: {"root": "/a"}, 2: "/b"},
    "variables": {"CC": "gcc"},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("deps_mode", "one"),
        ("no", False),
        ("rocks_trees[1].root", "/a"),
        ("rocks_trees.[1].root", "/a"),
        ("rocks_trees[2]", "/b"),
        ("CC", "gcc"),
        ("variables.CC", "gcc"),
    ],
)
def test_a_key_leads_to_its_value(text: str, value: object) -> None:
    """Dots, brackets, and upper-case names of variables."""
    assert value_at(TABLE, parse_key(text)) == value


@pytest.mark.parametrize("text", ["nope", "rocks_trees[3]", "deps_mode.x", "LD", "no.x"])
def test_what_is_not_there_is_unknown(text: str) -> None:
    """The words are LuaRocks'."""
    with pytest.raises(KeyPathError, match="Unknown entry "):
        value_at(TABLE, parse_key(text))


@pytest.mark.parametrize("text", ["", ".", "a..b", "a.", "[1]", "a[", "a[x]", "a]b", "a[1", ".a"])
def test_what_is_no_key_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(KeyPathError, match="not a key"):
        parse_key(text)


def test_a_path_is_told_as_it_was_written() -> None:
    """For messages, and for programs."""
    for text in ("a", "a.b[2].c", "variables.CC"):
        assert key_text(parse_key(text)) == text
