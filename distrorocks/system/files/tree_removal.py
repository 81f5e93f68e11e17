"""Removal of a directory with all that is in it, however deep, whoever filled it.

A build may leave directories without permissions, and thousands within each other: neither makes
this fail. It opens two directories at a time, follows no link, and changes the mode of directories
through their handles only. ``shutil.rmtree`` keeps a handle and a Python frame for each level, and
``tempfile`` of Python before 3.11.8 changed the mode of what a link leads to (CVE-2023-6597).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat

_STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def remove_tree(path: str) -> None:
    """Remove a directory with its content; one that is not there is no error.

    The parent directory must be trusted. Raise ``OSError`` if something cannot be removed, as on
    another file system that is mounted in it, or because a process is still adding files.
    """
    above, _, name = path.rstrip("/").rpartition("/")
    parent = os.open(above or "/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(FileNotFoundError):
            top = _entered(parent, name)
            try:
                empty(top)
            finally:
                os.close(top)
            os.rmdir(name, dir_fd=parent)
    finally:
        os.close(parent)


def empty(top: int) -> None:
    """Remove everything in an open directory; raise as ``remove_tree`` does.

    A directory in a directory is first moved to the top, so that no path becomes long.
    """
    device = os.fstat(top).st_dev
    unused = os.urandom(16).hex()  # no name in there begins with it
    moved = 0
    pending = os.listdir(top)
    while pending:
        name = pending.pop()
        if _is_file_removed(top, name):
            continue
        directory = _entered(top, name)
        try:
            if os.fstat(directory).st_dev != device:
                raise OSError(errno.EXDEV, "another file system is mounted there", name)
            for inner in os.listdir(directory):
                if not _is_file_removed(directory, inner):
                    os.close(_entered(directory, inner))
                    moved += 1
                    place = f"{unused}-{moved}"
                    os.rename(inner, place, src_dir_fd=directory, dst_dir_fd=top)
                    pending.append(place)
        finally:
            os.close(directory)
        os.rmdir(name, dir_fd=top)


def _is_file_removed(parent: int, name: str) -> bool:
    """Remove what is not a directory; return False for a directory."""
    try:
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            return False
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        pass
    return True


def _entered(parent: int, name: str) -> int:
    """Open a directory to list it and to remove from it, whatever its mode is."""
    step = os.open(name, _STEP, dir_fd=parent)
    try:
        status = os.fstat(step)
        if status.st_uid == os.geteuid() and status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
            os.chmod(f"/proc/self/fd/{step}", stat.S_IRWXU)
        return os.open(".", _LIST, dir_fd=step)
    finally:
        os.close(step)
