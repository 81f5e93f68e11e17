"""Regular files of a bounded size, read whole; anything else of that name is an error."""

from __future__ import annotations

import errno
import os
import stat

from distrorocks.errors import DistrorocksError

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class FileReadError(DistrorocksError):
    """A file could not be read; ``is_missing`` is true where there is none of that name."""

    def __init__(self, brief: str, *, is_missing: bool = False, hint: str = "") -> None:
        super().__init__(brief, hint=hint)
        self.is_missing = is_missing


def read_bounded(path: str, limit: int, *, directory: int | None = None) -> bytes:
    """Return the bytes of a regular file of at most ``limit``, or raise ``FileReadError``.

    With ``directory``, an open one, ``path`` is a name in it, and must not be a link.
    """
    flags = _FLAGS if directory is None else _FLAGS | os.O_NOFOLLOW
    try:
        file = os.open(path, flags, dir_fd=directory)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        raise FileReadError(
            f"cannot read {path}: {error.strerror}", is_missing=is_missing
        ) from None
    except ValueError:
        raise FileReadError(f"cannot read {path!r}: the name holds a NUL byte") from None
    try:
        return read_opened(file, path, limit)
    finally:
        os.close(file)


def read_opened(file: int, path: str, limit: int) -> bytes:
    """Return the bytes of an open file, as ``read_bounded``; ``path`` is for messages only."""
    try:
        return _content(file, path, limit)
    except OSError as error:
        raise FileReadError(f"cannot read {path}: {error.strerror}") from None


def _content(file: int, path: str, limit: int) -> bytes:
    """Return what an open file holds."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise FileReadError(f"cannot read {path}: it is not a regular file")
    text = os.read(file, min(limit, status.st_size) + 1)
    if len(text) == status.st_size <= limit:
        return text
    parts = [text]
    left = limit + 1 - len(text)
    while left > 0 and (part := os.read(file, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise FileReadError(
            f"cannot read {path}: it has more than {limit} bytes",
            hint="a file of this kind is far smaller; look at what made this one",
        )
    return b"".join(parts)
