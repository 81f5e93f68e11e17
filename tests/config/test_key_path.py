"""Keys are written as LuaRocks' users write them."""

from __future__ import annotations

import pytest

from distrorocks.config.key_path import (
    AssignmentError,
    KeyPathError,
    key_text,
    parse_key,
    split_assignments,
    value_at,
)
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


def test_assignments_are_taken_out_of_the_words() -> None:
    """The first of two wins; an option is none; what follows ``--`` is left."""
    words = ["install", "CC=gcc", "--x=y", "foo", "CC=tcc", "A_1=b=c", "E=", "--", "D=1"]
    rest, variables = split_assignments(words)
    assert rest == ["install", "--x=y", "foo", "--", "D=1"]
    assert variables == {"CC": "gcc", "A_1": "b=c", "E": ""}


@pytest.mark.parametrize("word", ["cc=gcc", "1A=b", "A-B=c", "a b=c"])
def test_other_names_are_refused(word: str) -> None:
    """A slip of the pen must not become the name of a rock."""
    with pytest.raises(AssignmentError, match="Invalid assignment"):
        split_assignments([word])


def test_a_word_that_begins_with_an_equals_sign_is_a_word() -> None:
    """LuaRocks leaves it alone too."""
    assert split_assignments(["=x", "y"]) == (["=x", "y"], {})
