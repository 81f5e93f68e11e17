"""Regular files of bounded size: the one way in which files that others may have made are opened.

At a path that others choose may stand a FIFO that nobody writes to, a device, a terminal, a file
of eight terabytes without any content, or one that grows while it is read. None of them is opened
for longer than it takes to see what it is, and a device is not opened at all: opening alone can
rewind a tape or arm a watchdog.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader, RawIOBase

from distrorocks.errors import DistrorocksError

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
    """A file could not be read; ``is_missing`` is true where there is none of that name."""

    def __init__(self, brief: str, *, is_missing: bool = False, hint: str = "") -> None:
        super().__init__(brief, hint=hint)
        self.is_missing = is_missing


def read_bounded(
    path: str, limit: int, *, directory: int | None = None, follow: bool = True, shown: str = ""
) -> bytes:
    """Return the bytes of a regular file of at most ``limit``, or raise ``FileReadError``.

    With ``directory``, an open one, ``path`` is a name in it, and must not be a link; nor may it
    be one without ``follow``. ``shown`` is the path for messages, where it is another one.
    """
    file = _opened(path, directory, follow=follow and directory is None, shown=shown or path)
    try:
        return read_opened(file, shown or path, limit)
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
        raise FileReadError(f"cannot read {path}: {error.strerror}") from None


def open_regular(path: str, limit: int, *, follow: bool = True) -> BufferedReader:
    """Return a regular file of at most ``limit`` bytes, opened to be read in parts.

    Raises ``FileReadError`` where it is none; reading raises it, too, where the file has grown
    past the limit.
    """
    return BufferedReader(_BoundedFile(path, limit, follow=follow), _PART)


def has_content(path: str, content: bytes) -> bool:
    """Return whether a path leads to a regular file that holds exactly ``content``."""
    try:
        return read_bounded(path, len(content)) == content
    except FileReadError:
        return False


def _opened(path: str, directory: int | None, *, follow: bool, shown: str) -> int:
    """Return the number of an open file, which was a regular one just before."""
    flags = _FLAGS if follow else _FLAGS | os.O_NOFOLLOW
    try:
        _require_regular(shown, os.stat(path, dir_fd=directory, follow_symlinks=follow))
        return os.open(path, flags, dir_fd=directory)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        raise FileReadError(
            f"cannot read {shown}: {error.strerror}", is_missing=is_missing
        ) from None
    except ValueError:
        raise FileReadError(f"cannot read {shown!r}: the name holds a NUL byte") from None


def _size(file: int, path: str, limit: int) -> int:
    """Return the size of an open file; raise where it is not regular, or too large.

    Another file may have taken the place of the one that was looked at before.
    """
    status = os.fstat(file)
    _require_regular(path, status)
    if status.st_size > limit:
        raise _too_large(path, limit)
    return status.st_size


def _require_regular(path: str, status: os.stat_result) -> None:
    """Raise ``FileReadError`` for all but a regular file."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise FileReadError(f"cannot read {path}: it is not a regular file but {kind}")


def _rest(file: int, path: str, limit: int, text: bytes) -> bytes:
    """Return what a file holds that is not as long as it said, of which ``text`` was read."""
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
        hint="no honest file of its kind is so large; look at what made this one",
    )


class _BoundedFile(RawIOBase):
    """A regular file, of which no more than a number of bytes can be read."""

    def __init__(self, path: str, limit: int, *, follow: bool) -> None:
        self._file = _opened(path, None, follow=follow, shown=path)
        _size(self._file, path, limit)  # if it raises, the file is closed as the object goes
        self._path = path
        self._limit = limit
        self._read = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def fileno(self) -> int:
        """Return the number of the open file."""
        return self._file

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read a part; raise ``FileReadError`` where the file has become too large."""
        length = os.readv(self._file, [buffer])
        self._read += length
        if self._read > self._limit:
            raise _too_large(self._path, self._limit)
        return length

    def close(self) -> None:
        """Close the file, once."""
        if not self.closed and hasattr(self, "_file"):
            os.close(self._file)
        super().close()
