"""Where ``add`` and ``remove`` change a server: a folder here, or one that a program reaches.

A server is named as in LuaRocks' configuration: a key of ``upload_servers``, by default the value
of ``upload_server``; or it is an address. An entry of ``upload_servers`` has ``rsync``, ``sftp`` or
``scp`` with ``HOST/PATH``, optionally ``USER@`` before it; else ``upload_user`` is the user.
"""

from __future__ import annotations

import posixpath
import re

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.rocks.quotation import quoted
from distrorocks.values import NamedTuple, distinct

PROTOCOLS = ("rsync", "sftp", "scp")
"""What an entry of ``upload_servers`` may name, in order of preference; all go through ssh."""

_LUAROCKS_ONLY = ("http", "https", "ftp")
_ADDRESS = re.compile(r"([a-z]+)://(.*)", re.DOTALL)
_USER = re.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_PLACE = re.compile(
    rf"(?:(?P<user>{_USER.pattern})@)?"
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252})(?P<path>/[A-Za-z0-9._~/@+,=-]{1,1000})"
)


class UploadServerError(DistrorocksError):
    """The configuration names no server that files can be added to."""


@distinct
class LocalFolder(NamedTuple):
    """A server's folder on this machine: an absolute path."""

    path: str


@distinct
class RemoteFolder(NamedTuple):
    """A server's folder on another machine: ``protocol`` is one of ``PROTOCOLS``.

    ``user`` is "" for ssh's own choice, ``path`` is absolute. All are plain words for a shell.
    """

    protocol: str
    user: str
    host: str
    path: str

    @property
    def login(self) -> str:
        """The user and the host as ssh takes them."""
        return f"{self.user}@{self.host}" if self.user else self.host

    def __str__(self) -> str:
        """Return the address."""
        return f"{self.protocol}://{self.login}{self.path}"


def upload_server(name: str, config: LuaTable, *, above: str) -> LocalFolder | RemoteFolder:
    """Return the server with this name or address, the configured one for "".

    A directory may be relative to ``above``. Raise ``UploadServerError``, or ``UsageError`` without
    any name.
    """
    if not name:
        configured = config.get("upload_server")
        if not isinstance(configured, str) or not configured:
            raise UsageError(
                "no server is given, and the configuration has no upload_server",
                hint="pass --server DIR or --server NAME, or set upload_server",
            )
        name = configured
    user = config.get("upload_user")
    known = config.get("upload_servers")
    entry = known.get(name) if isinstance(known, dict) else None
    if entry is not None:
        return _of_entry(name, entry, user if isinstance(user, str) else "")
    found = _ADDRESS.fullmatch(name)
    if not found:
        return LocalFolder(posixpath.normpath(posixpath.join(above, name)))
    if found[1] == "file":
        return LocalFolder(posixpath.normpath(posixpath.join(above, found[2])))
    return _remote(found[1], found[2], user if isinstance(user, str) else "", name)


def _of_entry(name: str, entry: LuaValue, user: str) -> RemoteFolder:
    """Return the server that an entry of ``upload_servers`` describes."""
    for protocol in PROTOCOLS:
        place = entry.get(protocol) if isinstance(entry, dict) else None
        if isinstance(place, str):
            return _remote(protocol, place, user, f"upload_servers[{name!r}].{protocol}")
    raise UploadServerError(
        f"upload_servers[{name!r}] has no rsync, sftp or scp",
        hint='set one to "HOST/PATH", as in { rsync = "rocks.example.org/srv/rocks" }',
    )


def _remote(protocol: str, place: str, user: str, shown: str) -> RemoteFolder:
    """Return a folder on another machine."""
    if protocol in _LUAROCKS_ONLY:
        raise UploadServerError(
            f"{quoted(shown)}: files are not uploaded over {protocol}",
            hint="name the server's rsync, sftp or scp address, or a folder",
        )
    found = _PLACE.fullmatch(place)
    is_plain = found and ".." not in found["path"].split("/")
    if protocol not in PROTOCOLS or not found or not is_plain:
        raise UploadServerError(
            f"{quoted(shown)} is not a folder of a server: {quoted(place)}",
            hint="it is [USER@]HOST/PATH, of letters, digits and . _ ~ / @ + , = -",
        )
    user = found["user"] or user
    if user and not _USER.fullmatch(user):
        raise UploadServerError(
            f"upload_user {quoted(user)} is not the name of a user",
            hint="set it to letters, digits and . _ -, or name the user before the host: USER@HOST",
        )
    return RemoteFolder(protocol, user, found["host"], posixpath.normpath(found["path"]))
