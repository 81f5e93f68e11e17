"""An entry is added to a control file as its maintainer writes lists, and nothing else changes."""

from __future__ import annotations

import pytest

from distrorocks.packaging.build.adoption import stanzas, with_entry


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
    edited = with_entry(text, stanzas(text)[0], "Build-Depends", "x")
    assert edited == f"Source: foo\n{after}\n\nPackage: bar\nBuild-Depends: no\n"


def test_the_last_stanza_may_end_with_the_file() -> None:
    """A field is added to a last stanza with and without a line break at its end."""
    for end in ("\n", "", "\n\n"):
        text = f"Source: foo\n\nPackage: bar\nArchitecture: all{end}"
        edited = with_entry(text, stanzas(text)[1], "Provides", "x")
        assert [s.fields.get("provides") for s in stanzas(edited)] == [None, "x"]


def test_stanzas_are_read_as_dpkg_reads_them() -> None:
    """Comments are none of the fields, continued lines belong to theirs, names have no case."""
    text = "Source: foo\n# Depends: no\nDepends: a,\n b\n\n\nPackage: bar\nDescription: x\n .\n y\n"
    source, package = stanzas(text)
    assert source.fields == {"source": "foo", "depends": "a,\nb"}
    assert package.fields["description"] == "x\n.\ny"
