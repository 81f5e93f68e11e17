"""The words after ``install``, as LuaRocks reads them and a little further."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from distrorocks.errors import DistrorocksError
from distrorocks.install.request import OperandError, parse_operands


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["foo"], ["foo"]),
        (["foo", "1.0"], ["foo 1.0"]),
        (["foo", "1.0-1", "bar", "scm-1", "baz"], ["foo 1.0-1", "bar scm-1", "baz"]),
        (["foo", "30log", "1.3.0-1"], ["foo", "30log 1.3.0-1"]),
        (["foo >= 1.2, < 2"], ["foo >= 1.2, < 2"]),
        (["foo>=1.2", "bar"], ["foo >= 1.2", "bar"]),
        (["me/foo", "1.0"], ["me/foo 1.0"]),
        (["foo", "1.0beta2"], ["foo 1.0beta2"]),
        (["1.0-1"], ["1.0-1"]),
        (["foo", "1.0", "2.0"], ["foo 1.0", "2.0"]),
        (["foo >= 1", "2.0"], ["foo >= 1", "2.0"]),
        (["foo", "./a-1-1.rockspec", "1.0"], ["foo", "1.0"]),
        (["foo", "CC=cc", "1.0"], ["foo", "1.0"]),
        (["foo", "1.0.beta2"], ["foo 1.0.beta2"]),
        (["scm"], ["scm"]),
        (["Foo"], ["Foo"]),
    ],
)
def test_names_versions_and_constraints(words: list[str], wanted: list[str]) -> None:
    """A version follows its rock; a constraint stands in one word with it."""
    assert [str(each) for each in parse_operands(words).dependencies] == wanted


def test_files_and_variables_are_distinguished() -> None:
    """Wherever they stand; a version after a file is none."""
    found = parse_operands(
        ["CFLAGS=-O2 -g", "./a-1-1.rockspec", "foo", "/x/b-1-1.all.rock", "LUA=x"]
    )
    assert found.files == ("./a-1-1.rockspec", "/x/b-1-1.all.rock")
    assert found.variables == ("CFLAGS=-O2 -g", "LUA=x")
    assert [str(each) for each in found.dependencies] == ["foo"]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("https://rocks.example/foo", "is a URL"),
        ("https://rocks.example/foo-1.0-1.rockspec", "is a URL"),
        ("file:///srv/foo-1.0-1.src.rock", "is a URL"),
        ("a/b/c", "neither a rock nor a rock file"),
        ("foo/", "neither a rock nor a rock file"),
        ("/foo", "neither a rock nor a rock file"),
        ("./foo", "neither a rock nor a rock file"),
        ("../foo", "neither a rock nor a rock file"),
        ("", "is not a rock"),
        (">= 1.0", "is not a rock"),
        ("foo => 1", "is not a rock"),
    ],
)
def test_what_is_no_rock_is_refused(word: str, told: str) -> None:
    """Nothing of a word is left out in silence."""
    with pytest.raises(DistrorocksError, match=told):
        parse_operands([word])


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([">= 1.0"], "write 'name', 'name >= 1.0' or 'namespace/name ~> 1.0'"),
        (["a/b/c"], "write NAME or NAMESPACE/NAME, or a file that ends in .rockspec or .rock"),
        (["foo", "9.."], "write the version as in foo 1.2 or foo 1.2-1"),
        (["foo", "1.0-"], "write the version as in foo 1.2 or foo 1.2-1"),
        (["https://x/foo"], "pass the name and --server, or download the file and pass its path"),
    ],
)
def test_an_error_says_what_to_write(words: list[str], hint: str) -> None:
    """In place of a word that is no rock."""
    with pytest.raises(OperandError) as caught:
        parse_operands(words)
    assert caught.value.hint == hint


def test_the_error_for_a_url_shows_no_password() -> None:
    """It may end in a log."""
    with pytest.raises(OperandError) as caught:
        parse_operands(["https://me:hidden@rocks.example/foo"])
    assert "hidden" not in caught.value.brief
    assert "rocks.example/foo" in caught.value.brief


@given(st.lists(st.text(max_size=12), max_size=4))
def test_any_operands_are_parsed_or_rejected(words: list[str]) -> None:
    """There is no other error."""
    with suppress(DistrorocksError):
        parse_operands(words)
