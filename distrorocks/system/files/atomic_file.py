"""Files that are whole at any moment: the old content or the new, never part of one.

The new content is written beside, forced to disk, and renamed over the old. A manifest of no bytes
stops every luarocks command, and a renamed file whose bytes were still in memory is just that after
a power cut: so the order matters.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.bounded_file import has_content
from distrorocks.system.processes.process import is_running, started

PREFIX = ".distrorocks-"
"""How the names of files begin that are on their way."""

_MOST_DIGITS = 10  # no process has a number of more
_MOST_BYTES = 150  # of the name that is to be; a file system takes 255
_serial = 0


class WriteError(DistrorocksError):
    """A file could not be written, or not be removed; what was there before is untouched."""


def write_atomically(
    path: str, content: bytes, *, mode: int = 0o644, is_forced: bool = True
) -> None:
    """Make ``path`` a regular file with ``content`` and ``mode``, or raise ``WriteError``.

    A link at ``path`` is replaced, not followed. The directory must exist; it is opened once, so
    that what takes its place meanwhile is not written to. What is not ``is_forced`` to disk may be
    cut short by a power cut: that is for files with a checksum.
    """
    above, _, name = path.rpartition("/")
    try:
        directory = os.open(above or "/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _write(directory, name, content, mode=mode, is_forced=is_forced)
        finally:
            os.close(directory)
    except OSError as error:
        raise WriteError(
            f"cannot write {path}: {error.strerror}",
            hint="what was there before is untouched; mend this and run the command again",
        ) from error


def write_if_different(path: str, content: bytes) -> bool:
    """Make ``path`` hold ``content``; return False where it did already and nothing was written."""
    if has_content(path, content):
        return False
    write_atomically(path, content)
    return True


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


def _write(directory: int, name: str, content: bytes, *, mode: int, is_forced: bool) -> None:
    """Write a file in an open directory; leave nothing of it on failure or interruption."""
    sweep(directory)
    beside = temporary_name(name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    opened = os.open(beside, flags, 0o600, dir_fd=directory)
    try:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(opened, left) :]
            os.fchmod(opened, mode)
            if is_forced:
                os.fsync(opened)
        finally:
            os.close(opened)
        os.rename(beside, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside, dir_fd=directory)
        raise
    if is_forced:
        with contextlib.suppress(OSError):
            os.fsync(directory)


def temporary_name(name: str) -> str:
    """Return a name for a file on its way to ``name`` that no other process or call uses.

    It says which process writes the file and when that one began, so that what a killed one left
    is known even when its number lives again.
    """
    global _serial
    _serial += 1
    end = os.fsdecode(os.fsencode(name)[-_MOST_BYTES:])
    return f"{PREFIX}{os.getpid()}-{started(os.getpid())}-{_serial}-{end}"


def sweep(directory: int) -> None:
    """Remove what killed runs were writing in an open directory when they died."""
    for name in os.listdir(directory):
        if is_left_over(name):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=directory)


def is_left_over(name: str) -> bool:
    """Return whether a file is one that was on its way when its process died."""
    if not name.startswith(PREFIX):
        return False
    number, _, rest = name.removeprefix(PREFIX).partition("-")
    if not (number.isascii() and number.isdigit()):
        return False
    if len(number) > _MOST_DIGITS or not is_running(int(number)):
        return True
    began = rest.partition("-")[0]
    return began.isascii() and began.isdigit() and began != started(int(number))
