"""Atomic writes: readers see the old content or the new, never a part of it.

The new content is written to a temporary file beside the old one, synced (fsync(2)), and renamed
over it. The order matters: a file renamed before its data reached the disk may be empty after a
power failure, and an empty manifest breaks every luarocks command.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

from distrorocks.errors import DistrorocksError, call_hint
from distrorocks.system.files.bounded_file import has_content
from distrorocks.system.processes.process import is_running, started

PREFIX = ".distrorocks-"
"""The prefix of temporary files."""

_MOST_DIGITS = 10  # more than any process id has
_MOST_BYTES = 150  # of the final name; file systems allow 255
_serial = 0


class WriteError(DistrorocksError):
    """A file could not be written or removed; what was there before is unchanged."""


@contextlib.contextmanager
def failing_to(what: str, path: str) -> Iterator[None]:
    """Turn an ``OSError`` into a ``WriteError``: what could not be done to which file."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"cannot {what} {path}: {error.strerror}",
            hint=call_hint(error) or "fix this and run the command again",
        ) from error


def write_atomically(
    path: str, content: bytes, *, mode: int = 0o644, is_forced: bool = True
) -> None:
    """Make ``path`` a regular file with ``content`` and ``mode``, or raise ``WriteError``.

    A link at ``path`` is replaced, not followed. The directory must exist; it is opened once, so
    that a directory swapped in meanwhile is not written to. Without ``is_forced`` (fsync(2)) a
    power failure may truncate the file: use that only for files with a checksum.
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
            hint="what was there before is unchanged; fix this and run the command again",
        ) from error


def write_if_different(path: str, content: bytes) -> bool:
    """Write ``content`` to ``path`` unless it is there already; return whether it was written."""
    if has_content(path, content):
        return False
    write_atomically(path, content)
    return True


def remove_files(paths: Iterable[str]) -> list[str]:
    """Remove the files that exist and return them; links are removed, not their targets."""
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
    """Write a file in an open directory; leave no temporary file on failure or interruption."""
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
    """Return a temporary name for ``name`` that no other process or call uses.

    It contains the process id and start time of the writer, so that files of a killed process are
    recognized even after its id is reused.
    """
    global _serial
    _serial += 1
    end = os.fsdecode(os.fsencode(name)[-_MOST_BYTES:])
    return f"{PREFIX}{os.getpid()}-{started(os.getpid())}-{_serial}-{end}"


def sweep(directory: int) -> None:
    """Remove the temporary files that killed runs left in an open directory."""
    for name in os.listdir(directory):
        if is_left_over(name):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=directory)


def is_left_over(name: str) -> bool:
    """Return whether a file is a temporary file of a process that died."""
    if not name.startswith(PREFIX):
        return False
    number, _, rest = name.removeprefix(PREFIX).partition("-")
    if not (number.isascii() and number.isdigit()):
        return False
    if len(number) > _MOST_DIGITS or not is_running(int(number)):
        return True
    began = rest.partition("-")[0]
    return began.isascii() and began.isdigit() and began != started(int(number))


def make_directory(parent: int, name: str, mode: int) -> None:
    """Make a directory in an open one, with this mode; the umask, which all threads have, stays."""
    os.mkdir(name, mode, dir_fd=parent)
    try:
        _set_mode(parent, name, mode)
    except BaseException:
        with contextlib.suppress(OSError):
            os.rmdir(name, dir_fd=parent)
        raise


def _set_mode(parent: int, name: str, mode: int) -> None:
    """Give a directory that was just made the bits that the umask took."""
    if os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode & 0o777 == mode:
        return
    try:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        opened = os.open(name, flags, dir_fd=parent)
    except PermissionError:  # the umask took our own right to read it
        os.chmod(name, mode, dir_fd=parent)
        return
    try:
        os.fchmod(opened, mode)
    finally:
        os.close(opened)
