"""What the packager changed of a render, as one unified difference."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from distrorocks.packaging.lines import split_lines
from distrorocks.packaging.packaging_file import Files, PackagingFile

_NOTHING = "/dev/null"


def own_edits(base: Files, ours: Files) -> str:
    """Return the difference from ``base`` to ``ours`` as patch(1) reads it, "" where none is."""
    paths = sorted({*base, *ours})
    return "".join(line for path in paths for line in _of(path, base.get(path), ours.get(path)))


def _of(path: str, was: PackagingFile | None, now: PackagingFile | None) -> Iterator[str]:
    if was == now:
        return
    old, new = f"a/{path}" if was else _NOTHING, f"b/{path}" if now else _NOTHING
    if was and now and was.mode != now.mode:
        yield f"old mode 100{was.mode:03o}\nnew mode 100{now.mode:03o}\n"
    if (now and b"\0" in now.content) or (was and b"\0" in was.content):
        yield f"Binary files {old} and {new} differ\n"
        return
    for line in unified_diff(
        split_lines(was.text) if was else [],
        split_lines(now.text) if now else [],
        old,
        new,
    ):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
