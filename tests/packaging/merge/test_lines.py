"""Changes to different lines are merged, and changes to the same lines conflict."""

from __future__ import annotations

import pytest

from distrorocks.packaging.merge.lines import (
    Labels,
    Merged,
    conflict_block,
    marked_lines,
    merge_lines,
    split_lines,
)

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


@pytest.mark.parametrize("ours", ["mine", "mine\n"])
@pytest.mark.parametrize("base", ["b", "b\n"])
@pytest.mark.parametrize("theirs", ["new", "new\n"])
def test_markers_stand_on_lines_of_their_own(ours: str, base: str, theirs: str) -> None:
    """Also behind a last line without a line break, whichever side has it."""
    block = "<<<<<<< o\nmine\n||||||| b\nb\n=======\nnew\n>>>>>>> t\n"
    labels = Labels("o", "b", "t")
    assert merge_lines(base, ours, theirs, labels) == Merged(block, (1,))
    assert "".join(conflict_block([ours], [base], [theirs], labels)) == block


def test_a_block_may_have_empty_sides() -> None:
    """The markers alone stand there; each of several lines has its line break."""
    labels = Labels("o", "b", "t")
    markers = ["<<<<<<< o\n", "||||||| b\n", "=======\n", ">>>>>>> t\n"]
    assert conflict_block([], [], [], labels) == markers
    block = conflict_block(["a", "b"], ["c\n", "d"], ["e", "f\n"], labels)
    assert [line for line in block if len(line) == 2] == [f"{it}\n" for it in "abcdef"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a\n"]),
        ("\n\na", ["\n", "\n", "a"]),
        ("a\r\nb\fc\u2028d\n", ["a\r\n", "b\fc\u2028d\n"]),
    ],
)
def test_only_a_line_feed_ends_a_line(text: str, lines: list[str]) -> None:
    """So each text is its lines, one after another."""
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("<<<<<<< a\n||||||| b\n=======\n>>>>>>> c\n", (1, 2, 4)),
        ("a\n<<<<<<< b", (2,)),
        ("=======\n", ()),
        ("<<<<<<<\n <<<<<<< a\n<<<<<<<< a\n", ()),
    ],
)
def test_markers_of_an_earlier_merge_are_found(text: str, places: tuple[int, ...]) -> None:
    """By their labels: a line of equal signs may be a heading."""
    assert marked_lines(text) == places


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ("a\n", "a\n", "b\n", "b\n"),
        ("a\n", "b\n", "a\n", "b\n"),
        ("a\n", "b\n", "b\n", "b\n"),
        ("a\nx\nb\n", "c\nx\nb\n", "a\nx\nd\n", "c\nx\nd\n"),
        ("a\nx\nb\n", "c\nx\nb\n", "c\nx\nd\n", "c\nx\nd\n"),
        ("a\nx\nb\n", "x\nb\n", "a\nx\n", "x\n"),
        ("a\nx\nb\n", "a\nx\nb\ne\n", "d\na\nx\nb\n", "d\na\nx\nb\ne\n"),
        ("a\nx\nb", "a\nx\nb\nc\n", "d\nx\nb", "d\nx\nb\nc\n"),
        ("A: 1\nB: 1\n", "A: 2\nB: 1\n", "A: 1\nB: 2\n", "A: 2\nB: 2\n"),
        ("A=1\nB=1\n", "A=2\nB=1\n", "A=1\nB=2\n", "A=2\nB=2\n"),
        ("A: 1\nB: 1\nC: 1\n", "A: 2\nB: 1\nC: 2\n", "A: 1\nB: 2\nC: 1\n", "A: 2\nB: 2\nC: 2\n"),
        ("A: 1\nB: 1\n", "A: 2\nB: 2\n", "A: 1\nB: 2\n", "A: 2\nB: 2\n"),
        (" aa,\n bb\n", " aa (>= 1),\n bb\n", " aa,\n bb (>= 2)\n", " aa (>= 1),\n bb (>= 2)\n"),
    ],
)
def test_edits_apart_are_both_made(base: str, ours: str, theirs: str, merged: str) -> None:
    """One side's alone, both sides' alike, and those of fields that only touch."""
    assert merge_lines(base, ours, theirs) == Merged(merged)
    assert merge_lines(base, theirs, ours) == Merged(merged)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "places"),
    [
        ("A: 1\n", "A: 2\n", "A: 3\n", (1,)),
        ("A: 1\nB: 1\n", "C: 1\nB: 1\n", "A: 1\nB: 2\n", (1,)),
        ("A: 1\nB: 1\n", "A: 2\nB: 1\n", "A: 1\n", (1,)),
        ("a b\nc d\n", "a x\nc d\n", "a b\nc x\n", (1,)),
        ("x\n", "x\na\n", "x\nb\n", (2,)),
        ("x\n", "a\nx\n", "b\nx\n", (1,)),
        ("a\nx\ny\nb\n", "1\nx\ny\n2\n", "3\nx\ny\n4\n", (1, 10)),
        ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n", (2,)),
    ],
)
def test_edits_that_meet_are_conflicts(
    base: str, ours: str, theirs: str, places: tuple[int, ...]
) -> None:
    """They are counted by the lines of the new text, and each begins with a marker."""
    merged = merge_lines(base, ours, theirs)
    assert merged.conflicts == places
    lines = merged.text.split("\n")
    assert [number for number, line in enumerate(lines, 1) if line == "<<<<<<< yours"] == [*places]


@pytest.mark.parametrize(
    ("ours", "theirs", "before", "sides", "after"),
    [
        ("p\nm\nq\n", "p\nn\nq\n", "p\n", ("m\n", "n\n"), "q\n"),
        ("p\nq\n", "p\nn\nq\n", "p\n", ("", "n\n"), "q\n"),
        ("m\np\np\n", "n\np\n", "", ("m\np\n", "n\n"), "p\n"),
        ("p\np\n", "p\n", "p\n", ("p\n", ""), ""),
    ],
)
def test_what_both_sides_say_stands_around_a_conflict(
    ours: str, theirs: str, before: str, sides: tuple[str, str], after: str
) -> None:
    """At its start and at its end; no line of it is taken for both."""
    block = (
        f"<<<<<<< yours\n{sides[0]}||||||| as it was rendered\nx\n=======\n{sides[1]}>>>>>>> new\n"
    )
    assert merge_lines("x\n", ours, theirs).text == f"{before}{block}{after}"
