"""``luarocks.lock`` on disk, read and written as LuaRocks does."""

from __future__ import annotations

import os
from collections.abc import Mapping

from distrorocks.lua.value import LuaTable, to_bytes
from distrorocks.lua.write import value_text
from distrorocks.rocks.lock_file import LockFile, LockFileError
from distrorocks.rocks.version import Version
from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.trust import read_steering
from distrorocks.system.lua.file import ROCKSPEC_LIMIT

NAME = "luarocks.lock"


def read_lock_file(path: str) -> LockFile | None:
    """Return a lock file, None where there is none; raise where what is there is no lock file."""
    try:
        return LockFile.parse(read_steering("/", os.path.abspath(path), ROCKSPEC_LIMIT))
    except FileReadError as error:
        if error.is_missing:
            return None
        raise
    except LockFileError as error:
        raise LockFileError(
            f"{path}: {error.brief}", detail=error.detail, hint=error.hint
        ) from error


def write_lock_file(path: str, pins: Mapping[str, Version]) -> None:
    """Pin dependencies to these versions, with the bytes of LuaRocks."""
    rows: LuaTable = {name: str(pins[name]) for name in sorted(pins)}
    text = f"return {{\n   dependencies = {value_text(rows, 2)},\n}}\n"
    write_atomically(path, to_bytes(text))
