"""Lua files on disk, read as data."""

from __future__ import annotations

from distrorocks.lua.read import Chunk, NotLiteral, parse
from distrorocks.lua.scan import LuaSyntaxError
from distrorocks.lua.value import LuaTable
from distrorocks.system.files.bounded_file import FileReadError as LuaFileError, read_bounded
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.jail import Jail

__all__ = ["LuaFileError", "chunk_of", "read_bounded", "read_chunk"]

ROCKSPEC_LIMIT = 1024 * 1024
ROCK_MANIFEST_LIMIT = 4 * 1024 * 1024
MANIFEST_LIMIT = 32 * 1024 * 1024
_ZIP = b"PK\x03\x04"


def read_chunk(
    path: str,
    *,
    jail: Jail | None,
    limit: int,
    environment: LuaTable | None = None,
    root: str = "/",
) -> Chunk:
    """Return the globals that a file in ``root``, of at most ``limit`` bytes, assigns.

    The strict parser reads it; code that is not literal runs only in a ``jail``. Raise
    ``LuaFileError``, or what the parser and the jail raise, with the path in the brief; as root
    ``UntrustedError`` for a link of another user, since messages quote the content.
    """
    shown = path if root == "/" else f"{root.rstrip('/')}{path}"
    return chunk_of(read_named(path, limit, root=root), shown, jail=jail, environment=environment)


def chunk_of(
    text: bytes, path: str, *, jail: Jail | None, environment: LuaTable | None = None
) -> Chunk:
    """Return the globals that the text of the file at ``path`` assigns, as ``read_chunk``."""
    try:
        return parse(text, environment=environment)
    except LuaSyntaxError as error:
        if text.startswith(_ZIP):
            raise LuaFileError(
                f"{path} is a zip archive, as rocks are, and no file of Lua",
                hint="`distrorocks unpack` takes the rockspec out of a rock",
            ) from None
        raise error.in_file(path) from None
    except NotLiteral as error:
        if jail is None:
            raise error.in_file(path) from None
    return jail.evaluate(text, name=path, environment=environment)
