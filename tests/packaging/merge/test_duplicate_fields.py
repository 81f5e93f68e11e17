"""A field that a merge sets twice, though neither side did, becomes a conflict that is seen."""

from __future__ import annotations

import pytest

from distrorocks.packaging.merge.duplicate_fields import mark_duplicate_fields
from distrorocks.packaging.merge.lines import Labels, Merged

LABELS = Labels("mine", "base", "new")


def marked(text: str, path: str, ours: str = "", theirs: str = "") -> Merged:
    """Return a clean merge with its twice set fields marked."""
    return mark_duplicate_fields(Merged(text), ours, theirs, path, LABELS)


def block(ours: str, theirs: str) -> str:
    """Return what a packager sees."""
    return f"<<<<<<< mine\n{ours}||||||| base\n=======\n{theirs}>>>>>>> new\n"


def test_two_values_are_a_conflict_with_the_packagers_first() -> None:
    """At the first place; the second one goes, and the line of the conflict is told."""
    text = "Source: a\nSection: x\nPriority: p\nSection: y\n"
    expected = "Source: a\n" + block("Section: x\n", "Section: y\n") + "Priority: p\n"
    for ours in ("Section: x\n", "Source: a\nSection: x\n"):
        assert marked(text, "debian/control", ours) == Merged(expected, (2,))
    swapped = "Source: a\n" + block("Section: y\n", "Section: x\n") + "Priority: p\n"
    assert marked(text, "debian/control", "Section: y\n") == Merged(swapped, (2,))


def test_twice_the_same_is_once() -> None:
    """The second one goes without a conflict."""
    text = "Section: x\nPriority: p\nsection: x\nSection: x\n"
    assert marked(text.replace("section: x\n", ""), "control") == Merged(
        "Section: x\nPriority: p\n"
    )
    assert marked(text, "control") == Merged(text)


def test_a_conflict_is_told_by_its_line_in_the_new_text() -> None:
    """Also where lines before it went and others came."""
    text = "A: 1\nA: 1\nB: 1\nB: 2\nC: 1\nC: 2\n"
    found = marked(text, "control", "B: 1\nC: 1\n")
    assert found.text == "A: 1\n" + block("B: 1\n", "B: 2\n") + block("C: 1\n", "C: 2\n")
    assert found.conflicts == (2, 8)


def test_each_doubled_field_is_seen_to_by_itself() -> None:
    """One that is left, or that is twice the same, does not hide the others."""
    text = "A: 1\nA: 2\nY: 1\nY: 1\nZ: 1\nZ: 2\n"
    expected = block("A: 1\n", "A: 2\n") + "Y: 1\nZ: 1\nZ: 2\n"
    assert marked(text, "control", "A: 1\nZ: 1\nZ: 2\n") == Merged(expected, (1,))


def test_what_goes_on_belongs_to_the_field() -> None:
    """Indented lines in control files; an empty line ends the paragraph, and the field."""
    text = "Build-Depends: a,\n b\nX: 1\nBuild-Depends: c,\n\td\n"
    found = marked(text, "debian/control", "Build-Depends: a,\n b\n")
    assert found.text == block("Build-Depends: a,\n b\n", "Build-Depends: c,\n\td\n") + "X: 1\n"
    apart = "Package: a\nDepends: x\n\nPackage: b\nDepends: y\n \n"
    assert marked(apart, "debian/control") == Merged(apart)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("control", "A: 1\nA: 2\n"),
        ("debian/upstream/metadata", "A: 1\nA: 2\n"),
        ("a.spec", "A: 1\nA: 2\n"),
        ("a.spec", "%package x\nA(post): 1\nA(post): 2\n"),
        ("PKGBUILD", "a=1\na=2\n"),
        ("aur/APKBUILD", "a=1\na=2\n"),
    ],
)
def test_files_whose_fields_are_set_once(path: str, text: str) -> None:
    """They are known by their names."""
    assert len(marked(text, path).conflicts) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rules", "A: 1\nA: 2\n"),
        ("rules", "a=1\na=2\n"),
        ("x/APKBUILD.txt", "a=1\na=2\n"),
        ("upstream/other", "A: 1\nA: 2\n"),
        ("PKGBUILD", "A: 1\nA: 2\n"),
        ("PKGBUILD", "a=1\nA=2\n"),
        ("control", "a=1\na=2\n"),
        ("control", "A: 1\nA: 2\nA: 3\n"),
        ("control", "A: 1\n\nA: 2\n"),
        ("control", "X: 1\n\nA: 1\n\nA: 2\n"),
        ("a.spec", "%package x\nA: 1\n%package y\nA: 2\n"),
        ("a.spec", "Requires: a\nRequires: b\n"),
        ("a.spec", "BuildRequires: a\nbuildrequires: b\n"),
        ("a.spec", "Provides: a\nProvides: b\nConflicts: a\nConflicts: b\n"),
        ("a.spec", "Obsoletes: a\nObsoletes: b\nSuggests: a\nSuggests: b\n"),
        ("a.spec", "Recommends: a\nRecommends: b\n"),
        ("a.spec", "A: 1\n%package x\nA: 2\n"),
        ("a.spec", "%description\nA: 1\nA: 2\n"),
        ("a.spec", "%prep\nA: 1\nA: 2\n"),
    ],
)
def test_fields_that_may_be_set_twice_are_left(path: str, text: str) -> None:
    """Relations of spec files, each part's own fields, and what is no field at all."""
    assert marked(text, path) == Merged(text)


def test_conditions_of_a_spec_are_no_sections() -> None:
    """Nor are definitions: the preamble goes on behind them."""
    for word in ("if 1", "else", "endif", "global a 1", "define a 1", "undefine a", "dnl a"):
        assert len(marked(f"A: 1\n%{word}\nA: 2\n", "a.spec").conflicts) == 1
    for line in ("%{?a}", "%%a"):
        assert len(marked(f"A: 1\n{line}\nA: 2\n", "a.spec").conflicts) == 1


def test_what_a_side_sets_twice_itself_is_left() -> None:
    """It was meant so, whichever side it is; so is a merge that has conflicts already."""
    text = "A: 1\nA: 2\n"
    assert marked(text, "control", ours=text) == Merged(text)
    assert marked(text, "control", theirs=text) == Merged(text)
    conflicting = Merged(text, (1,))
    assert mark_duplicate_fields(conflicting, "", "", "control", LABELS) == conflicting


def test_a_field_of_several_lines_moves_no_other() -> None:
    """Each later one is found where it stands, whichever of them is marked first."""
    long = "Z: a,\n b,\n c\n"
    text = f"{long}Z: d\nA: 1\nA: 2\n"
    found = marked(text, "control", f"{long}A: 1\n")
    assert found.text == block(long, "Z: d\n") + block("A: 1\n", "A: 2\n")
    assert found.conflicts == (1, 9)
    later = marked(f"A: 1\n{long}Z: d,\n e\nA: 2\n", "control", f"A: 1\n{long}")
    assert later.text == block("A: 1\n", "A: 2\n") + block(long, "Z: d,\n e\n")
