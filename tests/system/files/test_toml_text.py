"""TOML from elsewhere is a table or an error, at a cost that its size bounds."""

from __future__ import annotations

import pytest

from distrorocks.system.files.toml_text import MOST_DOTS, TomlError, parse_toml
from tests.effort import little_time


def test_toml_is_read() -> None:
    """Tables, texts and lists come as Python's own."""
    assert parse_toml(b'[a.b]\nc = ["1.0"]\n') == {"a": {"b": {"c": ["1.0"]}}}


@pytest.mark.parametrize(
    "text",
    [
        b"a = ",
        b"a = \xff",
        b"a = " + b"[" * 100_000,
        b"a = " + b"{a=" * 100_000,
        b"a = " + b"9" * 100_000,
    ],
    ids=["cut", "bytes", "lists", "tables", "digits"],
)
def test_what_is_no_toml_is_an_error_of_ours(text: bytes) -> None:
    """Neither depth nor digits end in an exception of Python's."""
    with pytest.raises(TomlError):
        parse_toml(text)


def test_a_key_of_many_parts_takes_no_time() -> None:
    """Python's parser takes the square of a dotted key's parts: 160 KB of them, a minute."""
    with little_time(1), pytest.raises(TomlError, match=f"line 2 has more than {MOST_DOTS} dots"):
        parse_toml(b"x = 1\na" + b".a" * 80_000 + b" = 1\n")
