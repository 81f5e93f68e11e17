"""Versions are sorted as dpkg sorts them."""

from __future__ import annotations

from distrorocks.families.deb.order import deb_key

ORDERED = (
    "0~~",
    "0",
    "1~rc1",
    "1",
    "1-1",
    "1+dfsg",
    "1.0~~",
    "1.0~rc2",
    "1.0~rc10",
    "1.0",
    "1.0-1",
    "1.0-1+b1",
    "1.0a",
    "1.0.1",
    "1.10",
    "1:0.1",
)


def test_the_order_is_the_one_of_deb_version() -> None:
    """A tilde comes before the end, letters before other characters, numbers by value."""
    mixed = [*ORDERED[1::2], *ORDERED[::2]]
    assert sorted(mixed, key=deb_key) == list(ORDERED)


def test_no_revision_is_revision_zero() -> None:
    """Leading zeros do not count, and 1.0 is 1.0-0."""
    assert deb_key("1.0") == deb_key("1.0-0") == deb_key("0:1.00-")
