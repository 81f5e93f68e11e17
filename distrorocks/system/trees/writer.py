"""Carries out changes below a root, all of them or none.

Nothing is written through a link: a directory below the root is either itself, or the change is
refused. Whatever fails, what was done before is undone, last first.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.plan.change import Change, Keep, RemoveDirectory, RemoveFile, WriteFile
from distrorocks.system.files.atomic_file import WriteError, sweep, write_atomically
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT, LuaFileError, read_bounded

Undo = Callable[[], None]


def apply_changes(root: str, changes: Sequence[Change]) -> None:
    """Do each change in order; on failure undo those done, and raise what stood in the way."""
    view = RootView(root)
    undo: list[Undo] = []
    try:
        for change in changes:
            undo.extend(_apply(view, change))
    except (DistrorocksError, OSError, KeyboardInterrupt):
        for step in reversed(undo):
            step()
        raise


def _apply(view: RootView, change: Change) -> list[Undo]:
    """Do one change; return how to undo it."""
    if isinstance(change, Keep):
        return []
    path = view.host_path(change.path)
    if isinstance(change, WriteFile):
        made = _make_directories(view, change.path.rpartition("/")[0])
        sweep(path.rpartition("/")[0])
        before = _content(path)
        try:
            write_atomically(path, change.content)
        except WriteError:
            for step in reversed(made):
                step()
            raise
        return [*made, _restore(path, before)]
    if isinstance(change, RemoveFile):
        if not _is_direct(view, change.path.rpartition("/")[0]):
            return []
        before = _content(path)
        _remove(os.unlink, path)
        return [_restore(path, before)]
    return _remove_directory(view, change, path)


def _remove_directory(view: RootView, change: RemoveDirectory, path: str) -> list[Undo]:
    """Remove a directory if it is empty."""
    if not _is_direct(view, change.path):
        return []
    sweep(path)
    try:
        os.rmdir(path)
    except OSError:
        return []
    return [lambda: os.mkdir(path, 0o755)]


def _make_directories(view: RootView, directory: str) -> list[Undo]:
    """Make what is missing of a directory; return how to undo it."""
    undo: list[Undo] = []
    above = ""
    try:
        for step in directory.strip("/").split("/"):
            above += f"/{step}"
            path = view.host_path(above)
            if not _is_directory(path):
                os.mkdir(path, 0o755)
                undo.append(_unmake(path))
                os.chmod(path, 0o755)  # noqa: S103 - every user reads a tree
    except (OSError, WriteError) as error:
        for undone in reversed(undo):
            undone()
        if isinstance(error, OSError):
            raise WriteError(f"cannot make {view.host_path(above)}: {error.strerror}") from error
        raise
    return undo


def _is_directory(path: str) -> bool:
    """Return whether a directory is there; raise ``WriteError`` for a link or a file."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(mode):
        what = "a link" if stat.S_ISLNK(mode) else "no directory"
        raise WriteError(
            f"{path} is {what}, and nothing is written behind it",
            hint="make it a directory, or move it away",
        )
    return True


def _unmake(path: str) -> Undo:
    """Return how to remove a directory that was made."""

    def step() -> None:
        try:
            os.rmdir(path)
        except OSError:
            return

    return step


def _is_direct(view: RootView, directory: str) -> bool:
    """Return whether a directory is itself, with no link on the way to it below the root."""
    found = view.find(directory)
    return found is not None and found.path == directory


def _content(path: str) -> bytes | None:
    """Return what a file holds, or None if there is none that could be put back."""
    try:
        return read_bounded(path, MANIFEST_LIMIT)
    except LuaFileError:
        return None


def _restore(path: str, before: bytes | None) -> Undo:
    """Return how to give a file its former content, or absence."""

    def step() -> None:
        if before is None:
            _remove(os.unlink, path)
        else:
            write_atomically(path, before)

    return step


def _remove(call: Callable[[str], None], path: str) -> None:
    """Remove what may already be gone."""
    try:
        call(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise WriteError(f"cannot remove {path}: {error.strerror}") from error
