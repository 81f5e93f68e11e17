"""What holds of every merge of two edits of one text."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings, strategies as st

from distrorocks.packaging.merge.lines import (
    BASE,
    MIDDLE,
    OURS,
    THEIRS,
    Labels,
    marked_lines,
    merge_lines,
    split_lines,
)

LINES = ["a\n", "b\n", " lua-x (>= 1),\n", " lua-x (>= 2),\n", "Version: 1\n", "Version: 2\n"]

LINES += ["Release: 1\n", "Release: 2\n", "\n", "c\x0cd\n", "e\r\n"]
text = st.lists(st.sampled_from(LINES), max_size=9).map("".join)
ragged = st.tuples(text, st.sampled_from(["", "", "end"])).map("".join)


@st.composite
def edited(draw: st.DrawFn, base: str, mark: str) -> str:
    """Return a text with some lines removed, and with lines that only this side has."""
    lines = split_lines(base)
    for number in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(lines)))
        if draw(st.booleans()):
            del lines[place : place + draw(st.integers(1, 2))]
        else:
            lines.insert(place, f"{mark} {number}\n")
    return "".join(lines)


@st.composite
def three(draw: st.DrawFn) -> tuple[str, str, str]:
    """Return a base and two edits of it."""
    base = draw(text)
    return base, draw(edited(base, "ours")), draw(edited(base, "theirs"))


def swapped(merged: str) -> str:
    """Return a merged text with the sides of its conflicts exchanged."""
    result: list[str] = []
    parts: list[list[str]] = []
    for line in split_lines(merged):
        if line.startswith((f"{OURS} ", f"{BASE} ", f"{MIDDLE}\n")):
            parts.append([])
        elif line.startswith(f"{THEIRS} "):
            left, base, right = parts
            result += [f"{OURS} a\n", *right, f"{BASE} b\n", *base, f"{MIDDLE}\n", *left]
            result.append(f"{THEIRS} c\n")
            parts = []
        else:
            (parts[-1] if parts else result).append(line)
    return "".join(result)


@given(ragged, ragged)
def test_an_edit_of_one_side_is_the_result(base: str, side: str) -> None:
    """Where only one side changed something, or both the same, that is what comes out."""
    for ours, theirs in ((side, base), (base, side), (side, side)):
        assert merge_lines(base, ours, theirs) == (side, ())


@given(three())
@settings(max_examples=300)
def test_no_line_of_a_side_is_lost(texts: tuple[str, str, str]) -> None:
    """Every line that one side added is in the result as often as that side added it."""
    base, ours, theirs = texts
    there = Counter(split_lines(merge_lines(base, ours, theirs).text))
    for side, mark in ((ours, "ours"), (theirs, "theirs")):
        added = Counter(line for line in split_lines(side) if line.startswith(mark))
        assert not added - there


@given(three())
@settings(max_examples=300)
def test_a_line_that_one_side_removed_is_gone_unless_it_is_in_doubt(
    texts: tuple[str, str, str],
) -> None:
    """Outside conflicts no line stands more often than the sides' edits together make it."""
    base, ours, theirs = texts
    merged = merge_lines(base, ours, theirs)
    if merged.conflicts:
        return
    was, mine, new = (Counter(split_lines(each)) for each in texts)
    there = Counter(split_lines(merged.text))
    for line in there:
        together = mine[line] + new[line] - was[line]
        assert there[line] in range(min(mine[line], new[line], together), together + 99)
        assert there[line] <= max(mine[line], new[line], together)


@given(st.tuples(ragged, ragged, ragged) | three())
@settings(max_examples=300)
def test_the_merge_is_symmetric(texts: tuple[str, str, str]) -> None:
    """Exchanging the sides exchanges only the sides of conflicts."""
    base, ours, theirs = texts
    labels = Labels("a", "b", "c")
    one = merge_lines(base, ours, theirs, labels)
    other = merge_lines(base, theirs, ours, labels)
    assert one.conflicts == other.conflicts or one.text.count(OURS) == other.text.count(OURS)
    assert one.text.rstrip("\n") == swapped(other.text).rstrip("\n")


@given(st.tuples(ragged, ragged, ragged) | three())
def test_conflict_lines_are_exact(texts: tuple[str, str, str]) -> None:
    """Each reported line begins a conflict, and no other does."""
    merged = merge_lines(*texts)
    lines = split_lines(merged.text)
    begins = [n for n, line in enumerate(lines, start=1) if line.startswith(f"{OURS} ")]
    assert list(merged.conflicts) == begins
    assert bool(marked_lines(merged.text)) == bool(begins)


@given(st.text(st.sampled_from("ab \n\r\x0c\x1c\u2028")))
def test_lines_are_the_text_and_end_at_line_feeds_alone(text: str) -> None:
    """Joined they are the text again, and each but the last ends with its one line feed."""
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line.endswith("\n") for line in lines[:-1])
    assert all("\n" not in line[:-1] for line in lines)
