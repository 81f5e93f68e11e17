"""The file ``upload_config.lua`` that keeps an account's key, beside the user's configuration.

It is LuaRocks' own: either program reads the key that the other one has kept.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.config.configuration import Configuration
from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import NotLiteral, parse
from distrorocks.lua.value import LuaKey, LuaValue
from distrorocks.lua.write import persist
from distrorocks.rocks.quotation import plain
from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.trust import read_trusted
from distrorocks.values import NamedTuple

NAME = "upload_config.lua"
LIMIT = 64 * 1024
"""Bytes of the file."""

_OTHERS = 0o077


class KeptKey(NamedTuple):
    """A key, the server that it is for, and the other entries of the file; "" if not kept.

    Unlike LuaRocks, which sends the kept key to any server that is named, it goes to its own only.
    """

    key: str = ""
    server: str = ""
    others: Mapping[LuaKey, LuaValue] = MappingProxyType({})

    def key_for(self, server: str) -> str:
        """Return the key if it is for a server, else ""."""
        return self.key if self.server.rstrip("/") in ("", server.rstrip("/")) else ""


def key_path(config: Configuration) -> str:
    """Return the path of the file; raise ``DistrorocksError`` for a user without a home."""
    place = config.places.user
    if not place.path:
        raise DistrorocksError("there is no home directory to keep a key in", hint="set HOME")
    return f"{posixpath.dirname(place.path)}/{NAME}"


def read_key(path: str) -> KeptKey:
    """Return what the file keeps, nothing if it is missing.

    Raise ``DistrorocksError`` if another user can change it, or if it has more than texts.
    """
    try:
        text = read_trusted("/", path, LIMIT)
    except FileReadError as error:
        if error.is_missing:
            return KeptKey()
        raise
    try:
        found = parse(text).globals
    except (NotLiteral, DistrorocksError):
        raise DistrorocksError(
            f"{plain(path)} is not as LuaRocks and distrorocks write it",
            hint="remove it, and pass --api-key once",
        ) from None
    key, server = (str(found.get(name) or "") for name in ("key", "server"))
    others = {name: value for name, value in found.items() if name not in ("key", "server")}
    return KeptKey(key, server, others)


def write_key(path: str, kept: KeptKey) -> None:
    """Keep a key where nobody else can read it; raise ``WriteError``."""
    os.makedirs(posixpath.dirname(path), mode=0o755, exist_ok=True)
    table = {**kept.others, "key": kept.key, "server": kept.server}
    write_atomically(path, persist(table), mode=0o600)


def is_open(path: str) -> bool:
    """Return whether other users may read the file."""
    try:
        return bool(os.stat(path).st_mode & _OTHERS)
    except OSError:
        return False
