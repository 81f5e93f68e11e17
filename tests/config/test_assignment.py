"""Words that assign variables are told from others as LuaRocks tells them."""

from __future__ import annotations

import pytest

from distrorocks.config.key_path import AssignmentError, split_assignments


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
