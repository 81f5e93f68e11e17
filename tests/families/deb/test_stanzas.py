"""A stanza of a control file is read as dpkg reads it."""

from __future__ import annotations

import pytest

from distrorocks.families.deb.stanzas import control_fields


def test_a_value_keeps_its_later_lines() -> None:
    """With the blank before each; those at the end of the first are gone."""
    lines = ["Package: foo \t", "Depends:", " a,", "\tb", "X-Y:z"]
    assert control_fields(lines) == {"Package": "foo", "Depends": "\n a,\n\tb", "X-Y": "z"}


@pytest.mark.parametrize("line", ["", "foo", ": x", "1a: x", "a b: x", "# x", "é: x"])
def test_what_is_no_field_spoils_the_stanza(line: str) -> None:
    """Neither a half nor a guess is taken from it."""
    assert control_fields(["Package: foo", line]) is None


def test_a_stanza_begins_with_a_field() -> None:
    """A line that continues nothing spoils it, too; no lines are no fields."""
    assert control_fields([" a", "Package: foo"]) is None
    assert control_fields([]) == {}
