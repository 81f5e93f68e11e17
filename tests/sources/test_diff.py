"""Unified diffs are parsed and applied as LuaRocks and GNU patch do."""

from __future__ import annotations

import difflib
import random

import pytest

from distrorocks.sources.diff import DiffError, Effort, Hunk, apply_hunks, parse_diff

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


@pytest.mark.parametrize(
    "text",
    [
        b"no diff at all",
        b"--- a/f\n+++ b/f\n",
        b"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n",
        b"--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\nwrong\n",
        b"--- a/f\nwhat\n@@ -1 +1 @@\n-a\n+b\n",
        b"--- \n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n",
        b"--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-a\n-b\n+c\n+c\n",
    ],
)
def test_a_damaged_diff_is_refused(text: bytes) -> None:
    """Nothing of it is applied."""
    with pytest.raises(DiffError):
        parse_diff(text)


def test_files_that_are_made_and_removed_are_known() -> None:
    """By /dev/null, or by a date at the beginning of 1970."""
    made = b"--- a/f\t1970-01-01 00:00:00 +0000\n+++ b/f\n@@ -0,0 +1 @@\n+x\n"
    removed = b"--- a/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    first, second = parse_diff(made + removed)
    assert (first.creates, first.deletes, first.new) == (True, False, "b/f")
    assert (second.creates, second.deletes, second.old) == (False, True, "a/g")


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
