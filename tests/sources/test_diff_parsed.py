"""Unified diffs are parsed as LuaRocks and GNU patch do, and damaged ones are refused."""

from __future__ import annotations

import pytest

from distrorocks.sources import diff as module
from distrorocks.sources.diff import DiffError, Hunk, parse_diff

HEAD = b"--- a/f\n+++ b/f\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "it has no changes in the unified format"),
        (b"no diff at all", "it has no changes in the unified format"),
        (b"x\n--- a/f", "it has no changes in the unified format"),
        (HEAD, "it changes nothing at line 3"),
        (HEAD + b"what\n", "it changes nothing at line 3"),
        (HEAD + b"@@ -1,3 +1,3 @@\n a\n", "line 5 of it is in no hunk"),
        (HEAD + b"@@ -1,1 +1,1 @@\nwrong\n", "line 4 of it is in no hunk"),
        (HEAD + b"@@ -1 +1 @@\nX\n", "line 4 of it is in no hunk"),
        (HEAD + b"@@ -1 +1 @@\n-a\n", "line 5 of it is in no hunk"),
        (b"x\n--- a/f\nwhat\n@@ -1 +1 @@\n-a\n+b\n", "line 2 of it names no file"),
        (b"--- a/f\n--- b/f\n@@ -1 +1 @@\n-a\n+b\n", "line 1 of it names no file"),
        (b"--- \n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "line 1 of it names no file"),
        (HEAD + b"@@ -1,1 +1,2 @@\n-a\n-b\n+c\n+c\n", "the hunk before line 8 of it has too many"),
        (HEAD + b"@@ -1,2 +1,1 @@\n-a\n+b\n+c\n-d\n", "the hunk before line 8 of it has too many"),
    ],
)
def test_a_damaged_diff_is_refused(text: bytes, why: str) -> None:
    """Nothing of it is applied; the error says which line is at fault."""
    with pytest.raises(DiffError, match=f"^{why}"):
        parse_diff(text)


def test_what_stands_around_the_changes_is_ignored() -> None:
    """Before them, between them and after them, as mails and version control write it."""
    one, two = b"@@ -1 +1 @@\n-a\n+b\n", b"@@ -7 +7 @@ int f()\n-c\n+d\n"
    text = (
        b"From: me\n\nSome words\ndiff --git a/f b/f\nindex 1..2\n"
        + HEAD
        + one
        + two
        + b"\\ No newline at end of file\nIndex: g\n===\n"
        + HEAD.replace(b"f", b"g")
        + one
        + b"-- \n2.39\n--- "
    )
    found = parse_diff(text)
    assert [(each.old, each.new) for each in found] == [("a/f", "b/f"), ("a/g", "b/g")]
    assert [each.hunks for each in found] == [
        (Hunk(1, (b"-a\n", b"+b\n")), Hunk(7, (b"-c\n", b"+d"))),
        (Hunk(1, (b"-a\n", b"+b\n")),),
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"a/f\n", "a/f"),
        (b"a/f\t2020-01-01\n", "a/f"),
        (b"a/f g\n", "a/f"),
        (b"a/f\r\n", "a/f"),
        (b"f\xff\xc3\xa9\n", "f\udcff\u00e9"),
    ],
)
def test_a_name_ends_at_white_space(line: bytes, name: str) -> None:
    """As in LuaRocks; bytes that are no UTF-8 become surrogates."""
    [found] = parse_diff(b"--- " + line + b"+++ " + line + b"@@ -1 +1 @@\n-a\n+b\n")
    assert (found.old, found.new) == (name, name)


def test_the_number_of_hunks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all files together; so many are taken, and one more is an error that says the limit."""
    monkeypatch.setattr(module, "MOST_HUNKS", 4)
    hunk = b"@@ -1 +1 @@\n-a\n+b\n"
    two = HEAD + hunk * 2
    assert [len(each.hunks) for each in parse_diff(two * 2)] == [2, 2]
    for text in (two * 2 + HEAD + hunk, HEAD + hunk * 5, two + HEAD + hunk * 3):
        with pytest.raises(DiffError, match="it has more than 4 hunks"):
            parse_diff(text)


NOWHERE = b"/dev/null"
EPOCH = b"f\t1970-01-01 00:00:00 +0000"
BEFORE_IT = b"f\t1969-12-31 19:00:00 -0500"


@pytest.mark.parametrize(
    ("old", "new", "hunks", "creates", "deletes"),
    [
        (NOWHERE, b"f", b"@@ -0,0 +1 @@\n+x\n", True, False),
        (EPOCH, b"f", b"@@ -0,0 +1 @@\n+x\n", True, False),
        (BEFORE_IT, b"f", b"@@ -0,0 +1 @@\n+x\n", True, False),
        (b"f", b"f", b"@@ -0,0 +1 @@\n+x\n", False, False),
        (b"f\t11970", b"f", b"@@ -0,0 +1 @@\n+x\n", False, False),
        (EPOCH, b"f", b"@@ -1 +1,2 @@\n a\n+x\n", False, False),
        (EPOCH, b"f", b"@@ -1,0 +2 @@\n+x\n", False, False),
        (EPOCH, b"f", b"@@ -0,0 +1 @@\n+x\n@@ -2,0 +3 @@\n+y\n", False, False),
        (b"f", NOWHERE, b"@@ -1 +0,0 @@\n-x\n", False, True),
        (b"f", EPOCH, b"@@ -1 +0,0 @@\n-x\n", False, True),
        (b"f", b"f", b"@@ -1 +0,0 @@\n-x\n", False, False),
        (b"f", NOWHERE, b"@@ -1,2 +1 @@\n a\n-x\n", False, False),
        (b"f", NOWHERE, b"@@ -1 +0,0 @@\n-x\n@@ -3 +1,0 @@\n-y\n", False, False),
    ],
)
def test_files_that_are_made_and_removed_are_known(
    old: bytes, new: bytes, hunks: bytes, creates: bool, deletes: bool
) -> None:
    """By /dev/null, or by a date at the beginning of 1970, in any zone, with nothing else there."""
    [found] = parse_diff(b"--- %b\n+++ %b\n%b" % (old, new, hunks))
    assert (found.creates, found.deletes) == (creates, deletes)
