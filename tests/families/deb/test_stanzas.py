"""Stanzas are read as dpkg reads them, and edited as their maintainer wrote them."""

from __future__ import annotations

import pytest

from distrorocks.families.deb.stanzas import control_fields, placed_stanzas, with_entry


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Build-Depends: a, b", "Build-Depends: a, b, x"),
        ("Build-Depends: a,", "Build-Depends: a, x"),
        ("Build-Depends:\n a,\n b,", "Build-Depends:\n a,\n b,\n x,"),
        (
            "Build-Depends: a,\n               b",
            "Build-Depends: a,\n               b,\n               x",
        ),
        ("Build-Depends: a\n , b", "Build-Depends: a\n , b\n , x"),
        ("Build-Depends:\n a,\n# why\n b,\n", "Build-Depends:\n a,\n# why\n b,\n x,\n"),
        ("Section: x", "Section: x\nBuild-Depends: x"),
        ("build-depends: a", "build-depends: a, x"),
    ],
)
def test_an_entry_joins_the_list_in_its_style(before: str, after: str) -> None:
    """One line stays one line, an entry a line gets a line, commas stand where they stood."""
    text = f"Source: foo\n{before}\n\nPackage: bar\nBuild-Depends: no\n"
    edited = with_entry(text, placed_stanzas(text)[0], "Build-Depends", "x")
    assert edited == f"Source: foo\n{after}\n\nPackage: bar\nBuild-Depends: no\n"


def test_the_last_stanza_may_end_with_the_file() -> None:
    """A field is added to a last stanza with and without a line break at its end."""
    for end in ("\n", "", "\n\n"):
        text = f"Source: foo\n\nPackage: bar\nArchitecture: all{end}"
        edited = with_entry(text, placed_stanzas(text)[1], "Provides", "x")
        assert [s.fields.get("provides") for s in placed_stanzas(edited)] == [None, "x"]


def test_stanzas_are_read_as_dpkg_reads_them() -> None:
    """Comments are none of the fields, continued lines belong to theirs, names have no case."""
    text = "Source: foo\n# Depends: no\nDepends: a,\n b\n\n\nPackage: bar\nDescription: x\n .\n y\n"
    source, package = placed_stanzas(text)
    assert source.fields == {"source": "foo", "depends": "a,\nb"}
    assert package.fields["description"] == "x\n.\ny"
