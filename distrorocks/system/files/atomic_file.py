"""Files that are whole at any moment: the old content or the new, never part of one.

The new content is written beside, forced to disk, and renamed over the old. A manifest of no bytes
stops every luarocks command, and a renamed file whose bytes were still in memory is just that after
a power cut: so the order matters.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.system.processes.process import is_running

_PREFIX = ".distrorocks-"


class WriteError(DistrorocksError):
    """A file could not be written, or not be removed; what was there before is untouched."""


def write_atomically(
    path: str, content: bytes, *, mode: int = 0o644, is_forced: bool = True
) -> None:
    """Make ``path`` a regular file with ``content`` and ``mode``, or raise ``WriteError``.

    A link at ``path`` is replaced, not followed. The directory must exist. What is not
    ``is_forced`` to disk may be cut short by a power cut: that is for files with a checksum.
    """
    directory, _, name = path.rpartition("/")
    beside = f"{directory}/{_PREFIX}{os.getpid()}-{name}"[: len(directory) + 200]
    try:
        _write_beside(beside, content, mode, is_forced=is_forced)
        try:
            os.rename(beside, path)
        except OSError:
            _remove_quietly(beside)
            raise
        if is_forced:
            force_directory(directory or "/")
    except OSError as error:
        raise WriteError(
            f"cannot write {path}: {error.strerror}",
            hint="what was there before is untouched; mend this and run the command again",
        ) from error


def write_if_different(path: str, content: bytes) -> bool:
    """Make ``path`` hold ``content``; return False where it did already and nothing was written."""
    try:
        with open(path, "rb") as file:
            if os.path.isfile(path) and file.read(len(content) + 1) == content:
                return False
    except OSError:
        pass  # it is missing or unreadable: writing tells which
    write_atomically(path, content)
    return True


def sweep(directory: str) -> None:
    """Remove what a killed process was writing in ``directory`` when it died."""
    try:
        names = os.listdir(directory)
    except OSError:
        return
    for name in names:
        process = name.removeprefix(_PREFIX).partition("-")[0]
        if name.startswith(_PREFIX) and process.isdigit() and not is_running(int(process)):
            _remove_quietly(f"{directory}/{name}")


def remove_files(paths: Iterable[str]) -> list[str]:
    """Remove those files that are there, links themselves and not their targets; return them."""
    removed = []
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise WriteError(f"cannot remove {path}: {error.strerror}") from error
        removed.append(path)
    return removed


def _write_beside(path: str, content: bytes, mode: int, *, is_forced: bool) -> None:
    """Write a new file, forced to disk or not; leave nothing behind on failure."""
    _remove_quietly(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    opened = os.open(path, flags, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(opened, left) :]
        os.fchmod(opened, mode)
        if is_forced:
            os.fsync(opened)
    except OSError:
        _remove_quietly(path)
        raise
    finally:
        os.close(opened)


def force_directory(path: str) -> None:
    """Force a directory's names to disk, where the file system can."""
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    except OSError:
        pass  # some file systems refuse fsync of a directory: then there is nothing to force
    finally:
        os.close(opened)


def _remove_quietly(path: str) -> None:
    """Remove a file of ours if it is there."""
    try:
        os.unlink(path)
    except OSError:
        return
