"""The journal of a transaction on a tree: what a later run needs to complete or to undo it.

It is the file ``.distrorocks-deploy-5.x`` beside the tree's rocks directory. It is written before
anything else changes (``is_ready`` false: the directories to be made and the names of what is
staged), and again when all new content is staged and synced (``is_ready``: how each path was, and
how it will be). The same name with ``.undo`` means that the transaction is being undone. Only paths
of its tree are accepted, since the journal controls what root renames and removes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import PREFIX
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import read_trusted
from distrorocks.system.trees.tree_place import TreePlace, tree_place
from distrorocks.trees.layout import Layout
from distrorocks.trees.ledger import is_plain
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

FORMAT = 1
LIMIT = 64 * 1024 * 1024
NAME = ".distrorocks-deploy-"
UNDO = ".undo"
_HINT = "see what is in it and in the tree, and move it away"
_HINT_OF_OTHERS = (
    "if it is of another tree that has its rocks beside these, run `distrorocks install --recover` "
    f"with the --tree of that one; else {_HINT}"
)

Mark = tuple[int, int, int]
"""The identity of a file that stays when it is renamed or linked: inode, mtime in ns, size."""


class JournalError(DistrorocksError):
    """A journal is invalid, or is not one of this tree."""


class Step(NamedTuple):
    """What happens to one path.

    The file ``staged`` is renamed over it, or the path is removed if that is ""; the old file is
    kept as ``kept``. ``old`` and ``new`` are the marks of the two, None for no file. What is staged
    is beside the path, or, below a directory that appears whole, at the same place in the staged
    one.
    """

    path: str
    staged: str
    kept: str
    old: Mark | None = None
    new: Mark | None = None


class Journal(NamedTuple):
    """A transaction: directories ``made``, topmost first, the steps in order, and the directories
    to remove afterwards if they are ``emptied``, deepest first.

    ``whole`` are pairs of a directory and the staged one that is renamed to it with all its files.
    """

    made: tuple[str, ...]
    steps: tuple[Step, ...]
    emptied: tuple[str, ...]
    is_ready: bool = False
    whole: tuple[tuple[str, str], ...] = ()

    def to_bytes(self) -> bytes:
        """Return the text of the file."""
        document = {"format": FORMAT, **self._asdict()}
        return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode()


def journal_path(place: TreePlace) -> str:
    """Return the path of a tree's journal."""
    return f"{place.above}/{NAME}{place.lua_version}"


def journal_in(view: RootView, layout: Layout) -> str:
    """Return the path of a tree's journal as seen in its root, "" if there is none."""
    path = f"{layout.rocks_dir.rpartition('/')[0]}/{NAME}{layout.lua_version}"
    return next((each for each in (path + UNDO, path) if view.entry(each)), "")


def left_journal(layout: Layout) -> str:
    """Return the path of the journal of a run at work or a killed one, "" if there is none."""
    path = journal_path(tree_place(layout))
    return next((each for each in (path + UNDO, path) if os.path.lexists(each)), "")


def read_journal(place: TreePlace, path: str) -> Journal | None:
    """Return a tree's journal, or None if there is none.

    Raise ``UntrustedError`` if another user can write it, and ``JournalError`` if it cannot be read
    or has content that no run of ours wrote.
    """
    try:
        text = read_trusted("/", path, LIMIT)
    except FileReadError as error:
        if error.is_missing:
            return None
        raise JournalError(error.brief, hint=_HINT) from error
    try:
        return _journal(json.loads(text), place)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise JournalError(
            f"{path} is not a journal of this tree: {error}",
            hint=_HINT_OF_OTHERS,
        ) from None


def _journal(document: Any, place: TreePlace) -> Journal:
    """Convert a decoded document; raise ``ValueError`` for anything that is not a journal."""
    number = document.get("format") if isinstance(document, dict) else None
    if number != FORMAT or isinstance(number, bool):
        raise ValueError(f"it has not the format {FORMAT}")
    made, emptied = _texts(document["made"]), _texts(document["emptied"])
    whole = tuple(_whole(each, place) for each in document.get("whole", ()))
    steps = tuple(_step(each, place, dict(whole)) for each in document["steps"])
    if not steps or not steps[-1].staged:
        raise ValueError("its last step places no file")
    for path in (*made, *emptied):
        if not (_is_inside(path, place) or _is_above(path, place)):
            raise ValueError(f"{path!r} is not a directory of the tree")
    return Journal(made, steps, emptied, document["is_ready"] is True, whole)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("it has no list of directories")
    return tuple(value)


def _whole(value: Any, place: TreePlace) -> tuple[str, str]:
    path, staged = value
    _check_place(path, place)
    _check_beside(staged, path)
    return path, staged


def _step(value: Any, place: TreePlace, whole: Mapping[str, str]) -> Step:
    path, staged, kept, old, new = value
    _check_place(path, place)
    _check_beside(kept, path)
    if staged != "" and staged != staged_whole(path, whole):
        _check_beside(staged, path)
    return Step(path, staged, kept, _mark(old), _mark(new))


def _check_place(path: Any, place: TreePlace) -> None:
    if not isinstance(path, str) or not _is_inside(path, place):
        raise ValueError(f"{path!r} is not in the tree")


def _check_beside(beside: Any, path: str) -> None:
    if not _is_beside(beside, path):
        raise ValueError(f"{beside!r} is not a temporary name beside {path}")


def _mark(value: Any) -> Mark | None:
    if value is None:
        return None
    inode, time, size = value
    return int(inode), int(time), int(size)


def _is_beside(beside: Any, path: str) -> bool:
    """Return whether a path is a temporary name in the directory of another."""
    if not isinstance(beside, str) or not _is_path(beside):
        return False
    directory, _, name = beside.rpartition("/")
    return directory == path.rpartition("/")[0] and name.startswith(PREFIX)


def _is_inside(path: str, place: TreePlace) -> bool:
    """Return whether a path is below one of the directories that a tree deploys to."""
    return _is_path(path) and any(path.startswith(f"{top}/") for _, top in place.tops)


def _is_above(path: str, place: TreePlace) -> bool:
    """Return whether a path is one of these directories, or leads to one."""
    tops = (place.root, *(top for _, top in place.tops))
    return _is_path(path) and any(f"{top}/".startswith(f"{path}/") for top in tops)


def _is_path(text: str) -> bool:
    """Return whether a text is a plain path; raise ``ValueError`` for one that no file can have."""
    return bool(os.fsencode(text)) and is_plain(text)


def whole_above(path: str, whole: Mapping[str, str]) -> str:
    """Return the directory of ``whole`` that a path is below, "" if it is below none."""
    above = path.rpartition("/")[0]
    while above and above not in whole:
        above = above.rpartition("/")[0]
    return above


def staged_whole(path: str, whole: Mapping[str, str]) -> str:
    """Return where a path below a directory of ``whole`` is staged, "" for any other path.

    ``whole`` maps directories to the staged ones that will be renamed to them.
    """
    above = whole_above(path, whole)
    return whole[above] + path.removeprefix(above) if above else ""


def mark_of(status: os.stat_result | None) -> Mark | None:
    """Return the mark of a file, None for no file."""
    if status is None:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def needed_directories(paths: Sequence[str]) -> list[str]:
    """Return the parent directories of ``paths``, each once, topmost first."""
    found: dict[str, None] = {}
    for path in paths:
        above = path.rpartition("/")[0]
        if above not in found:
            steps = above.split("/")
            found.update(dict.fromkeys("/".join(steps[:end]) for end in range(2, len(steps) + 1)))
    return sorted(found, key=lambda each: each.count("/"))
