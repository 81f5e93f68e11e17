"""A rock's name is one that dependencies can ask for."""

from __future__ import annotations

import pytest

from distrorocks.rocks.name import RockNameError, is_rock_name, lower, parse_rock_name


@pytest.mark.parametrize("text", ["lpeg", "lua-cjson", "30log", "a", "LuaSocket", "pl.x_y"])
def test_letters_digits_and_joints_make_a_name(text: str) -> None:
    """Every such name is known in lower case."""
    assert is_rock_name(text)
    assert parse_rock_name(text) == text.lower()


@pytest.mark.parametrize("text", ["", "-x", ".x", "a b", "a/b", "é", "a\n", "../x"])
def test_other_texts_are_refused_with_the_rule(text: str) -> None:
    """The error says which signs a name has."""
    assert not is_rock_name(text)
    with pytest.raises(RockNameError, match="letters, digits"):
        parse_rock_name(text)


def test_only_ascii_letters_are_lowered() -> None:
    """Other letters are bytes to Lua and stay as they are."""
    assert lower("ÀBC") == "Àbc"
    assert lower("\udcc0X") == "\udcc0x"
    assert lower("AMZ@[`\u00e9") == "amz@[`\u00e9"
