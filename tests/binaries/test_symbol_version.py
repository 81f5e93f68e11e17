"""Versions of symbols are names and numbers, and compare by them."""

from __future__ import annotations

import pytest

from distrorocks.binaries.symbol_version import newest, numbers_of, parts


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("GLIBC_2.38", ("GLIBC", (2, 38))),
        ("GLIBC_2.2.5", ("GLIBC", (2, 2, 5))),
        ("CURL_OPENSSL_4", ("CURL_OPENSSL", (4,))),
        ("NCURSES6_TINFO_5.0.19991023", ("NCURSES6_TINFO", (5, 0, 19991023))),
        ("GLIBC_PRIVATE", ("GLIBC_PRIVATE", ())),
        ("GLIBC_2.x", ("GLIBC_2.x", ())),
        ("_1", ("_1", ())),
        ("X_" + "9" * 10, ("X_" + "9" * 10, ())),
        ("", ("", ())),
    ],
)
def test_a_label_has_a_name_and_numbers(label: str, expected: tuple[str, object]) -> None:
    """A label of another form is all name."""
    assert parts(label) == expected


def test_the_newest_of_each_name_is_told() -> None:
    """By numbers, not as text; in the order of names."""
    labels = ["GLIBC_2.9", "GLIBC_2.38", "GCC_3.0", "GLIBC_PRIVATE", "GLIBC_2.4"]
    assert newest(labels) == ("GCC_3.0", "GLIBC_2.38", "GLIBC_PRIVATE")
    assert numbers_of(labels, "GLIBC") == (2, 38)
    assert numbers_of(labels, "GLIBCXX") == ()
