"""A Lua file of the machine, read as data."""

from __future__ import annotations

import errno
import os
import stat

from distrorocks.errors import DistrorocksError
from distrorocks.lua.fault import LuaSyntaxError
from distrorocks.lua.read import Chunk, NotLiteral, parse
from distrorocks.lua.value import LuaTable
from distrorocks.system.lua.jail import Jail

ROCKSPEC_LIMIT = 1024 * 1024
ROCK_MANIFEST_LIMIT = 4 * 1024 * 1024
MANIFEST_LIMIT = 32 * 1024 * 1024
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class LuaFileError(DistrorocksError):
    """A file could not be read; ``is_missing`` is true where there is none of that name."""

    def __init__(self, brief: str, *, is_missing: bool = False, hint: str = "") -> None:
        super().__init__(brief, hint=hint)
        self.is_missing = is_missing


def read_chunk(
    path: str, *, jail: Jail | None, limit: int, environment: LuaTable | None = None
) -> Chunk:
    """Return what the file at ``path`` (of at most ``limit`` bytes) assigns to its globals.

    The strict parser reads it; only what it declines runs, and only if there is a ``jail``.
    Raises ``LuaFileError``, or what the parser and the jail raise, with the path in the brief.
    """
    return chunk_of(read_bounded(path, limit), path, jail=jail, environment=environment)


def chunk_of(
    text: bytes, path: str, *, jail: Jail | None, environment: LuaTable | None = None
) -> Chunk:
    """Return what the text of the file at ``path`` assigns to its globals, as ``read_chunk``."""
    try:
        return parse(text, environment=environment)
    except LuaSyntaxError as error:
        raise error.in_file(path) from None
    except NotLiteral as error:
        if jail is None:
            raise error.in_file(path) from None
    return jail.evaluate(text, name=path, environment=environment)


def read_bounded(path: str, limit: int, *, directory: int | None = None) -> bytes:
    """Return the bytes of a regular file of at most ``limit``, or raise ``LuaFileError``.

    With ``directory``, an open one, ``path`` is a name in it, and must not be a link.
    """
    flags = _FLAGS if directory is None else _FLAGS | os.O_NOFOLLOW
    try:
        file = os.open(path, flags, dir_fd=directory)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        raise LuaFileError(f"cannot read {path}: {error.strerror}", is_missing=is_missing) from None
    except ValueError:
        raise LuaFileError(f"cannot read {path!r}: the name holds a NUL byte") from None
    try:
        return _content(file, path, limit)
    except OSError as error:
        raise LuaFileError(f"cannot read {path}: {error.strerror}") from None
    finally:
        os.close(file)


def _content(file: int, path: str, limit: int) -> bytes:
    """Return what an open file holds."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise LuaFileError(f"cannot read {path}: it is not a regular file")
    text = os.read(file, min(limit, status.st_size) + 1)
    if len(text) == status.st_size <= limit:
        return text
    parts = [text]
    left = limit + 1 - len(text)
    while left > 0 and (part := os.read(file, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise LuaFileError(
            f"cannot read {path}: it has more than {limit} bytes",
            hint="a Lua file of rocks is a few kilobytes; look at what made this one",
        )
    return b"".join(parts)
