"""Unified diffs are applied as LuaRocks and GNU patch do."""

from __future__ import annotations

import difflib
import random

import pytest

from distrorocks.sources.diff import DiffError, Effort, Hunk, apply_hunks, parse_diff

HEAD = b"--- a/f\n+++ b/f\n"
OLD = b"".join(b"line %d\n" % number for number in range(1, 21))


def diff(old: bytes, new: bytes, context: int = 3) -> bytes:
    """Return the diff of two texts."""
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        b"a/f",
        b"b/f",
        n=context,
    )
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    )


def patched(text: bytes, patch: bytes) -> bytes:
    """Apply a patch of one file."""
    [change] = parse_diff(patch)
    return apply_hunks(text, change.hunks, Effort())


@pytest.mark.parametrize("seed", range(60))
def test_a_diff_gives_the_new_text(seed: int) -> None:
    """Whatever lines were changed, and with or without an end of the last line."""
    chance = random.Random(seed)  # noqa: S311 - the same for each run
    lines = [line for line in OLD.splitlines(keepends=True) if chance.random() > 0.15]
    for _ in range(3):
        lines.insert(chance.randint(0, len(lines)), b"new %d\n" % chance.randint(0, 9))
    new = b"".join(lines)
    new = new.rstrip(b"\n") if seed % 3 == 0 else new
    if new != OLD:
        assert patched(OLD, diff(OLD, new, seed % 4)) == new


def test_a_hunk_is_found_at_another_place() -> None:
    """Lines were added before it."""
    change = diff(OLD, OLD.replace(b"line 9\n", b"nine\n"))
    moved = b"a\nb\nc\n" + OLD
    assert patched(moved, change) == moved.replace(b"line 9\n", b"nine\n")


def test_of_two_places_the_nearer_is_taken() -> None:
    """As GNU patch does."""
    text = b"x\ny\nz\n" * 9
    change = b"--- a/f\n+++ b/f\n@@ -13,3 +13,3 @@\n x\n-y\n+Y\n z\n"
    assert patched(text, change) == b"x\ny\nz\n" * 4 + b"x\nY\nz\n" + b"x\ny\nz\n" * 4


def test_context_may_differ_by_two_lines_at_its_ends() -> None:
    """This is the fuzz of patch, and of LuaRocks."""
    change = diff(OLD, OLD.replace(b"line 9\n", b"nine\n"))
    text = OLD.replace(b"line 6\n", b"six\n").replace(b"line 7\n", b"seven\n")
    assert patched(text, change) == text.replace(b"line 9\n", b"nine\n")


def test_a_hunk_that_does_not_fit_is_refused() -> None:
    """It is named by its number."""
    change = diff(OLD, OLD.replace(b"line 9\n", b"nine\n"))
    with pytest.raises(DiffError, match="hunk 1"):
        patched(OLD.replace(b"line 9\n", b"other\n"), change)


def test_a_patch_that_is_applied_already_changes_nothing() -> None:
    """LuaRocks warns and goes on."""
    new = OLD.replace(b"line 9\n", b"nine\n")
    assert patched(new, diff(OLD, new)) == new


def test_the_file_keeps_its_line_ends() -> None:
    """A patch with other ones adds lines like those of the file."""
    text = OLD.replace(b"\n", b"\r\n")
    change = diff(OLD, OLD.replace(b"line 9\n", b"nine\n"))
    assert patched(text, change) == text.replace(b"line 9\r", b"nine\r")


def test_an_empty_line_in_a_hunk_is_context() -> None:
    """Editors remove the blank at its beginning."""
    change = b"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n\n-b\n+B\n"
    assert patched(b"a\n\nb\n", change) == b"a\n\nB\n"


HEAD = b"--- a/f\n+++ b/f\n"


@pytest.mark.parametrize(
    ("hunk", "result"),
    [
        (b"@@ -0,0 +1 @@\n+x\n", b"x\na\nb\nc\n"),
        (b"@@ -1,0 +2 @@\n+x\n", b"a\nx\nb\nc\n"),
        (b"@@ -3,0 +4,2 @@\n+x\n+y\n", b"a\nb\nc\nx\ny\n"),
        (b"@@ -9,0 +9 @@\n+x\n", b"a\nb\nc\nx\n"),
        (b"@@ -2 +1,0 @@\n-b\n", b"a\nc\n"),
        (b"@@ -1,3 +0,0 @@\n-a\n-b\n-c\n", b""),
        (b"@@ -1 +1 @@\n-a\n+x\n@@ -3 +3 @@\n-c\n+z\n", b"x\nb\nz\n"),
        (b"@@ -3 +3 @@\n-c\n+z\n\\ No newline at end of file\n", b"a\nb\nz"),
        (b"@@ -1 +1 @@\n\\ odd\n-a\n+x\n", b"x\nb\nc\n"),
    ],
)
def test_a_hunk_says_where_it_is(hunk: bytes, result: bytes) -> None:
    """One without old lines stands behind the line that it names, or at the end."""
    assert patched(b"a\nb\nc\n", HEAD + hunk) == result


def test_hunks_follow_each_other() -> None:
    """Where one is found elsewhere the next is expected as far away, and never before it."""
    hunks = b"@@ -1,2 +1,2 @@\n-a\n+A\n x\n@@ -4 +4 @@\n-x\n+X\n"
    text = b"0\n0\n0\na\nx\n0\nx\n0\nx\n"
    assert patched(text, HEAD + hunks) == b"0\n0\n0\nA\nx\n0\nX\n0\nx\n"
    back = b"@@ -3 +3 @@\n-c\n+C\n@@ -1 +1 @@\n-a\n+A\n"
    assert patched(b"a\nb\nc\na\n", HEAD + back) == b"a\nb\nC\nA\n"
    with pytest.raises(DiffError, match="its hunk 2 does not fit the file"):
        patched(b"a\nb\nc\n", HEAD + back)


def test_a_hunk_for_the_first_line_is_found_there() -> None:
    """Though the line stands elsewhere as well."""
    for text in (b"x\nx\nx\n", b"x\n"):
        result = b"X" + text[1:]
        assert patched(text, HEAD + b"@@ -1 +1 @@\n-x\n+X\n") == result
        assert patched(text, HEAD + b"@@ -0 +0 @@\n-x\n+X\n") == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (b"x\n0\nx\n0\nx\n", b"x\n0\nX\n0\nx\n"),
        (b"0\nx\n0\nx\n0\n", b"0\nx\n0\nX\n0\n"),
        (b"x\n0\nx\n0\nx\nx\n", b"x\n0\nX\n0\nx\nx\n"),
        (b"x\n0\n0\n0\n0\n", b"X\n0\n0\n0\n0\n"),
        (b"0\n0\n0\n0\nx\n", b"0\n0\n0\n0\nX\n"),
        (b"x\n", b"X\n"),
    ],
)
def test_of_equally_near_places_the_later_is_taken(text: bytes, result: bytes) -> None:
    """And any place of a file counts, the first line and the last."""
    assert patched(text, HEAD + b"@@ -3 +3 @@\n-x\n+X\n") == result


@pytest.mark.parametrize(("odd", "fits"), [(0, True), (1, True), (2, True), (3, False)])
@pytest.mark.parametrize("is_end", [False, True])
def test_two_lines_of_context_at_an_end_may_differ(odd: int, fits: bool, is_end: bool) -> None:
    """Not three, and never a line that is changed; those of the file stay as they are."""
    change = diff(OLD, OLD.replace(b"line 9\n", b"nine\n"))
    text = OLD
    for number in range(odd):
        at = 12 - number if is_end else 6 + number
        text = text.replace(b"line %d\n" % at, b"other\n")
    if fits:
        assert patched(text, change) == text.replace(b"line 9\n", b"nine\n")
    else:
        with pytest.raises(DiffError, match="its hunk 1 does not fit the file"):
            patched(text, change)


def test_without_its_context_a_hunk_is_expected_where_it_was() -> None:
    """The lines that are left out before it still count for its place, those after it do not."""
    text = b"0\n0\n0\nx\n0\n0\nx\n0\n0\nx\n"
    change = HEAD + b"@@ -5,4 +5,4 @@\n c\n d\n-x\n+X\n e\n"
    assert patched(text, change) == b"0\n0\n0\nx\n0\n0\nX\n0\n0\nx\n"


def test_a_place_that_fits_wholly_is_better_than_a_nearer_one() -> None:
    """Context is left out only where no place has it."""
    change = HEAD + b"@@ -2,2 +2,2 @@\n c\n-x\n+X\n"
    assert patched(b"a\nb\nx\n0\nc\nx\n", change) == b"a\nb\nx\n0\nc\nX\n"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (b"a\r\nb\r\n", b"a\r\nx\r\n"),
        (b"a\rb\r", b"a\rx\r"),
        (b"a\r\nb\n", b"a\r\nx\n"),
        (b"a\nb", b"a\nx\n"),
        (b"a\r\nb", b"a\r\nx\r\n"),
    ],
)
def test_added_lines_end_as_those_of_the_file(text: bytes, result: bytes) -> None:
    """If all of them end alike; else as in the patch."""
    assert patched(text, HEAD + b"@@ -1,2 +1,2 @@\n a\n-b\n+x\n") == result
    bare = b"@@ -1,2 +1,2 @@\n a\n-b\n+x\n\\ No newline at end of file\n"
    assert patched(text, HEAD + bare) == result.rstrip(b"\r\n")


@pytest.mark.parametrize(
    ("text", "is_applied"),
    [
        (b"A\n0\nB\n", True),
        (b"0\nA\nB\n0\n", True),
        (b"B\nA\n", False),
        (b"A\n", False),
        (b"A\nb2\n", False),
    ],
)
def test_a_patch_is_applied_already_where_all_results_are_there(
    text: bytes, is_applied: bool
) -> None:
    """In their order; of one that is half applied nothing is changed."""
    change = HEAD + b"@@ -1 +1 @@\n-a\n+A\n@@ -9 +9 @@\n-b\n+B\n"
    if is_applied:
        assert patched(text, change) == text
    else:
        with pytest.raises(DiffError, match="its hunk 1 does not fit the file"):
            patched(text, change)


def test_lines_that_are_gone_prove_nothing() -> None:
    """A hunk that only removes may be applied, or not fit: that is an error."""
    with pytest.raises(DiffError, match="its hunk 1 does not fit the file"):
        patched(b"b\n", HEAD + b"@@ -1 +0,0 @@\n-a\n")


@pytest.mark.parametrize(
    "hunk",
    [
        Hunk(1, (b" a\n",) * 500 + (b"-other\n", b"+b\n")),
        Hunk(1, (b"-other\n", *(b"+a\n",) * 500, b"+other\n")),
    ],
)
def test_the_search_for_a_place_has_a_limit(hunk: Hunk) -> None:
    """Every line of a long hunk may have to be compared at every place of a long file."""
    with pytest.raises(DiffError, match="too costly"):
        apply_hunks(b"a\n" * 1000, [hunk], Effort(100_000))
    with pytest.raises(DiffError, match="does not fit"):
        apply_hunks(b"a\n" * 1000, [hunk], Effort(2_000_000))


def test_all_hunks_share_what_the_search_may_cost() -> None:
    """Each of thousands could lead to the other end of the file."""
    effort = Effort(500)
    hunk = Hunk(1, (b"-b\n", b"+c\n"))
    text = b"a\n" * 200 + b"b\n"
    assert apply_hunks(text, [hunk], effort).endswith(b"c\n")
    with pytest.raises(DiffError, match="too costly"):
        apply_hunks(text, [hunk], effort)


@pytest.mark.parametrize(("left", "is_enough"), [(4, False), (5, True)])
def test_the_lines_of_the_file_count_and_those_that_are_compared(
    left: int, is_enough: bool
) -> None:
    """So much is spent, and not more: two lines are read, and one found with two comparisons."""
    change = parse_diff(HEAD + b"@@ -2 +2 @@\n-b\n+c\n")[0]
    effort = Effort(left)
    effort.spend(1)
    if is_enough:
        assert apply_hunks(b"a\nb\n", change.hunks, effort) == b"a\nc\n"
    else:
        with pytest.raises(DiffError, match="too costly"):
            apply_hunks(b"a\nb\n", change.hunks, effort)
