"""A directory of another user, beside files that only root can read, for the tests of packaging."""

from __future__ import annotations

import os
from pathlib import Path

from tests.system.trees.planting import MALLORY

SECRET = "root:$6$of-root-only:19000"  # noqa: S105 - no password of anybody


def made_hers(top: Path) -> None:
    """Give a directory and all in it to another user."""
    for path in [top, *top.rglob("*")]:
        os.lchown(path, MALLORY, MALLORY)


def link(path: Path, target: Path) -> None:
    """Make a link of another user's."""
    path.symlink_to(target)
    os.lchown(path, MALLORY, MALLORY)


def hidden(place: Path, text: str = SECRET) -> Path:
    """Make a file that only root can read."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    place.write_text(text)
    place.chmod(0o600)
    return place


def texts(top: Path) -> dict[str, bytes]:
    """Return what the files below a directory hold, links left out."""
    return {
        str(path.relative_to(top)): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def nested(top: Path, levels: int) -> Path:
    """Make directories within each other, and return the last."""
    for _ in range(levels):
        top /= "d"
        top.mkdir()
    return top


def remove_nested(top: Path, deepest: Path) -> None:
    """Remove what ``nested`` made: Python 3.11 itself gives up on so many."""
    for path in deepest.iterdir():
        path.unlink()
    while deepest != top:
        deepest.rmdir()
        deepest = deepest.parent
