"""Regular files of bounded size: the only way to open files that others may have created.

A path that others control may be a FIFO without a writer, a device, a terminal, a sparse file of
eight terabytes, or a file that grows while it is read. Such a file is open only for as long as it
takes to check its type, and a device is never opened: opening alone can rewind a tape or arm a
watchdog.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader, RawIOBase

from distrorocks.errors import DistrorocksError, call_hint

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_PART = 1 << 20
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}


class FileReadError(DistrorocksError):
    """A file could not be read; ``is_missing`` is true if it does not exist."""

    def __init__(self, brief: str, *, is_missing: bool = False, hint: str = "") -> None:
        super().__init__(brief, hint=hint)
        self.is_missing = is_missing


def read_bounded(
    path: str, limit: int, *, directory: int | None = None, follow: bool = True, shown: str = ""
) -> bytes:
    """Return the bytes of a regular file of at most ``limit``, or raise ``FileReadError``.

    With ``directory``, an open descriptor, ``path`` is a name in it and must not be a link; nor may
    it be one if ``follow`` is false. ``shown`` is the path for messages, if different.
    """
    file = _opened(path, directory, follow=follow and directory is None, shown=shown or path)
    try:
        return read_opened(file, shown or path, limit)
    finally:
        os.close(file)


def read_listed(name: str, limit: int, *, directory: int, shown: str) -> bytes:
    """Return the bytes of a file that its open ``directory`` showed as regular just before.

    As ``read_bounded``, without another look at what it is before it is opened.
    """
    try:
        file = os.open(name, _FLAGS | os.O_NOFOLLOW, dir_fd=directory)
    except OSError as error:
        is_missing = error.errno == errno.ENOENT
        brief = f"cannot read {shown}: {error.strerror}"
        raise FileReadError(brief, is_missing=is_missing, hint=call_hint(error)) from None
    try:
        return read_opened(file, shown, limit)
    finally:
        os.close(file)


def read_opened(file: int, path: str, limit: int) -> bytes:
    """Return the bytes of an open file, as ``read_bounded``; ``path`` is for messages only."""
    try:
        size = _size(file, path, limit)
        text = os.read(file, size + 1)
        if len(text) == size:
            return text
        return _rest(file, path, limit, text)
    except OSError as error:
        brief = f"cannot read {path}: {error.strerror}"
        raise FileReadError(brief, hint=call_hint(error)) from None


def open_regular(
    path: str, limit: int, *, directory: int | None = None, follow: bool = True, shown: str = ""
) -> BufferedReader:
    """Open a regular file of at most ``limit`` bytes for reading in parts.

    See ``read_bounded`` for the other arguments. Raise ``FileReadError`` if it is not one; reading
    raises it too if the file grows past the limit.
    """
    file = _opened(path, directory, follow=follow and directory is None, shown=shown or path)
    return BufferedReader(_BoundedFile(file, shown or path, limit), _PART)


def has_content(path: str, content: bytes) -> bool:
    """Return whether a path is a regular file, or a link to one, with exactly ``content``."""
    try:
        return read_bounded(path, len(content)) == content
    except FileReadError:
        return False


def _opened(path: str, directory: int | None, *, follow: bool, shown: str) -> int:
    """Return the descriptor of a file that was regular just before it was opened."""
    flags = _FLAGS if follow else _FLAGS | os.O_NOFOLLOW
    try:
        _require_regular(shown, os.stat(path, dir_fd=directory, follow_symlinks=follow))
        return os.open(path, flags, dir_fd=directory)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        brief = f"cannot read {shown}: {error.strerror}"
        raise FileReadError(brief, is_missing=is_missing, hint=call_hint(error)) from None
    except ValueError:
        raise FileReadError(f"cannot read {shown!r}: the name holds a NUL byte") from None


def _size(file: int, path: str, limit: int) -> int:
    """Return the size of an open file; raise if it is not regular, or too large.

    Another file may have replaced the one that was checked before.
    """
    status = os.fstat(file)
    _require_regular(path, status)
    if status.st_size > limit:
        raise _too_large(path, limit)
    return status.st_size


def _require_regular(path: str, status: os.stat_result) -> None:
    """Raise ``FileReadError`` unless the file is regular."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        hint = "name a regular file" if kind != "a directory" else "name a file in it"
        raise FileReadError(f"cannot read {path}: it is not a regular file but {kind}", hint=hint)


def _rest(file: int, path: str, limit: int, text: bytes) -> bytes:
    """Return the content of a file whose size was wrong; ``text`` was read already."""
    parts = [text]
    left = limit + 1 - len(text)
    while left > 0 and (part := os.read(file, min(left, _PART))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise _too_large(path, limit)
    return b"".join(parts)


def _too_large(path: str, limit: int) -> FileReadError:
    return FileReadError(
        f"cannot read {path}: it has more than {limit} bytes",
        hint="no valid file of its kind is so large; find out what created this one",
    )


class _BoundedFile(RawIOBase):
    """A regular file that cannot be read past a limit."""

    def __init__(self, file: int, path: str, limit: int) -> None:
        self._file = file
        _size(file, path, limit)  # if it raises, the destructor closes the file
        self._path = path
        self._limit = limit
        self._read = 0

    def readable(self) -> bool:
        """Return True: it is readable."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._file

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read a part; raise ``FileReadError`` if the file has grown past the limit."""
        length = os.readv(self._file, [buffer])
        self._read += length
        if self._read > self._limit:
            raise _too_large(self._path, self._limit)
        return length

    def close(self) -> None:
        """Close the file; closing it again has no effect."""
        if not self.closed and hasattr(self, "_file"):
            os.close(self._file)
        super().close()
