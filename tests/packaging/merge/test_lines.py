"""Changes to different lines are merged, and changes to the same lines conflict."""

from __future__ import annotations

from distrorocks.packaging.merge.lines import Labels, merge_lines

BASE = "Name: lua-foo\nVersion: 1.0\nRelease: 1\nSummary: Foo\n"


def test_adjacent_fields_do_not_conflict() -> None:
    """A packager's release and a new version on adjacent lines are both applied."""
    ours = BASE.replace("Release: 1", "Release: 3")
    theirs = BASE.replace("Version: 1.0", "Version: 1.1")
    merged = merge_lines(BASE, ours, theirs)
    assert merged.text == "Name: lua-foo\nVersion: 1.1\nRelease: 3\nSummary: Foo\n"
    assert not merged.conflicts


def test_adjacent_relations_do_not_conflict() -> None:
    """Changed relations of two packages are merged, even if the last has no comma."""
    base = "Depends:\n lua-a (>= 1),\n lua-b\n"
    merged = merge_lines(
        base, base.replace("(>= 1)", "(>= 2)"), base.replace("lua-b", "lua-b (>= 7)")
    )
    assert merged.text == "Depends:\n lua-a (>= 2),\n lua-b (>= 7)\n"
    assert not merged.conflicts


def test_adjacent_lines_of_prose_conflict() -> None:
    """Two lines of a paragraph that both sides changed are left to the packager."""
    base = " A thing that does\n what it does.\n"
    merged = merge_lines(
        base, base.replace("A thing", "One thing"), base.replace("it does", "you want")
    )
    assert merged.conflicts == (1,)


def test_a_conflict_has_both_sides_and_the_base() -> None:
    """Lines that both sides changed are between labelled markers."""
    merged = merge_lines(
        "a\nb\nc\n", "a\nmine\nc\n", "a\nnew\nc\n", Labels("yours", "rendered for 1", "for 2")
    )
    assert merged.text == (
        "a\n<<<<<<< yours\nmine\n||||||| rendered for 1\nb\n=======\nnew\n>>>>>>> for 2\nc\n"
    )
    assert merged.conflicts == (2,)


def test_common_lines_are_outside_of_a_conflict() -> None:
    """A conflict contains only the lines in which the sides differ."""
    merged = merge_lines("x\n", "one\nmine\n", "one\nnew\n")
    assert merged.text.startswith("one\n<<<<<<<")
    assert merged.conflicts == (2,)


def test_a_line_added_to_what_the_other_side_removed_is_a_conflict() -> None:
    """A relation added at the end of a field that is not rendered any more is never left alone."""
    base = "Section: x\nDepends:\n lua-a,\n\nPackage: y\n"
    merged = merge_lines(
        base,
        base.replace(" lua-a,\n", " lua-a,\n lua-mine,\n"),
        base.replace("Depends:\n lua-a,\n", ""),
    )
    assert merged.conflicts


def test_the_sides_of_a_conflict_have_names_for_people() -> None:
    """The packager's own, what was rendered last, and what is rendered now."""
    assert Labels() == ("yours", "as it was rendered", "new")
