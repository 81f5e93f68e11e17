"""``luarocks.lock`` on disk, read and written as LuaRocks does.

``luarocks.lock``: the versions that a project fixes for what it needs.

LuaRocks writes it as ``return { dependencies = { name = "version" }, ... }``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.fault import LuaTextError
from distrorocks.lua.read import parse_returned
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes
from distrorocks.lua.write import value_text
from distrorocks.rocks.name import is_rock_name
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.version import Version
from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.trust import read_steering
from distrorocks.system.lua.file import ROCKSPEC_LIMIT

_PLACES = ("dependencies", "build_dependencies", "test_dependencies")
_HINT = "write it anew with `luarocks install --pin`, or take it away"


class LockFileError(DistrorocksError):
    """A text that is no lock file; the brief names the place by a dotted path."""


class LockFile(NamedTuple):
    """The pinned versions by name, ``name`` or ``namespace/name``, for each kind of need.

    ``lua`` is never among them: LuaRocks 3.8 writes it, later ones leave it out when they read.
    """

    dependencies: Mapping[str, Version] = MappingProxyType({})
    build_dependencies: Mapping[str, Version] = MappingProxyType({})
    test_dependencies: Mapping[str, Version] = MappingProxyType({})

    @classmethod
    def parse(cls, text: bytes) -> LockFile:
        """Return what a file's text says; no Lua is run. Raises ``LockFileError``."""
        try:
            value = parse_returned(text)
        except LuaTextError as error:
            raise LockFileError(error.brief, detail=error.detail, hint=_HINT) from error
        if not isinstance(value, dict):
            raise LockFileError("it returns no table", hint=_HINT)
        return cls(*(_pins(value.get(place), place) for place in _PLACES))


def _pins(value: LuaValue, place: str) -> dict[str, Version]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise LockFileError(f"{place} is no table", hint=_HINT)
    pins = {}
    for key, version in value.items():
        namespace, slash, name = key.rpartition("/") if isinstance(key, str) else ("", "", "")
        if not is_rock_name(name) or (slash and not is_rock_name(namespace)):
            raise LockFileError(f"{place} has {quoted(key)}, which names no rock", hint=_HINT)
        if not isinstance(version, str) or not version.strip():
            raise LockFileError(f"{place}.{key} is no version", hint=_HINT)
        if name != "lua":
            pins[f"{namespace}{slash}{name}"] = Version.parse(version)
    return pins


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
