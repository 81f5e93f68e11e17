"""Edits of a packaging are shown as a difference that patch(1) applies."""

from __future__ import annotations

import pytest

from distrorocks.packaging.scaffold.folder import PackagingFile
from distrorocks.packaging.scaffold.update import own_edits


@pytest.mark.parametrize(
    ("was", "now", "lines"),
    [
        (b"a\n", b"a\n", []),
        (b"a\n", b"b\n", ["--- a/x", "+++ b/x", "@@ -1 +1 @@", "-a", "+b"]),
        (None, b"b\n", ["--- /dev/null", "+++ b/x", "@@ -0,0 +1 @@", "+b"]),
        (b"a\n", None, ["--- a/x", "+++ /dev/null", "@@ -1 +0,0 @@", "-a"]),
        (
            b"a",
            b"a\n",
            [*("--- a/x", "+++ b/x", "@@ -1 +1 @@", "-a"), "\\ No newline at end of file", "+a"],
        ),
        (b"\0", b"a\n", ["Binary files a/x and b/x differ"]),
        (None, b"\0", ["Binary files /dev/null and b/x differ"]),
        (b"\0", None, ["Binary files a/x and /dev/null differ"]),
    ],
)
def test_a_difference_is_what_patch_reads(
    was: bytes | None, now: bytes | None, lines: list[str]
) -> None:
    """Also for files that are new or gone, lack the last line break, or are no text."""
    base = {} if was is None else {"x": PackagingFile(was)}
    ours = {} if now is None else {"x": PackagingFile(now)}
    shown = own_edits(base, ours)
    assert shown == "".join(f"{line}\n" for line in lines)
    both = own_edits({**base, "w": PackagingFile(b"")}, {**ours, "w": PackagingFile(b"1\n")})
    assert both == own_edits({"w": PackagingFile(b"")}, {"w": PackagingFile(b"1\n")}) + shown


def test_a_difference_of_modes_is_told_as_git_does() -> None:
    """Alone or before that of the content."""
    modes = "old mode 100644\nnew mode 100755\n"
    plain, program = PackagingFile(b"a\n"), PackagingFile(b"a\n", 0o755)
    assert own_edits({"x": plain}, {"x": program}) == modes
    changed = own_edits({"x": plain}, {"x": PackagingFile(b"b\n", 0o755)})
    assert changed == modes + own_edits({"x": plain}, {"x": PackagingFile(b"b\n")})
