"""Send a rockspec and the rock of its sources to a server with an account, as ``luarocks upload``.

Everything is made and signed before the first file is sent. The server has the last word on names
and versions: an existing version is replaced only with ``is_forced``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.pack.pack import PackJob
from distrorocks.servers.account import Account, AccountError, Upload
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.servers.signature import ENDING, sign
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple

_MOVING = ("dev", "scm")


class Sending(NamedTuple):
    """What to send: the rockspec at ``path``; with ``has_rock`` also the rock of its sources."""

    path: str
    above: str
    has_rock: bool = True
    is_signed: bool = False
    is_forced: bool = False


class Sent(NamedTuple):
    """The files that the server has, the page of the rock there, and what it says of it."""

    files: tuple[str, ...]
    page: str
    warnings: tuple[str, ...] = ()


class Parcel(NamedTuple):
    """The files of a rock that are to be sent, in two requests."""

    rockspec: Rockspec
    first: tuple[Upload, ...]
    second: tuple[Upload, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all files."""
        return tuple(each.name for each in (*self.first, *self.second))


def parcel(sending: Sending) -> Parcel:
    """Return the files to send, packed and signed; the rock is left in the working directory.

    A version that moves (``dev``, ``scm``) has no rock, as in LuaRocks. Raise ``DistrorocksError``.
    """
    name = posixpath.basename(sending.path)
    text = read_named(sending.path, ROCKSPEC_LIMIT)
    with Jail() as jail:
        rockspec = read_rockspec(text, sending.path, file_name=name, jail=jail)
    first = _signed("rockspec", name, text, sending)
    if not sending.has_rock or rockspec.version.startswith(_MOVING):
        return Parcel(rockspec, first)
    try:
        (path,) = PackJob(sending.above).rockspecs([sending.path], above=sending.above).paths
    except DistrorocksError as error:
        hint = "--skip-pack sends the rockspec alone"
        told = f"{error.hint or 'correct it'}; {hint}"
        raise DistrorocksError(error.brief, detail=error.detail, hint=told) from None
    content = read_named(path, ROCK_LIMIT)
    return Parcel(rockspec, first, _signed("rock", posixpath.basename(path), content, sending))


def _signed(kind: str, name: str, content: bytes, sending: Sending) -> tuple[Upload, ...]:
    """Return a file for its field, with its signature if files are signed."""
    file = Upload(f"{kind}_file", name, content)
    if not sending.is_signed:
        return (file,)
    return file, Upload(f"{kind}_sig", f"{name}{ENDING}", sign(content, name))


def send(
    account: Account, files: Parcel, sending: Sending, progress: Callable[[str], object]
) -> Sent:
    """Send the files; raise ``NegativeError`` for a version that the server has."""
    name, version = files.rockspec.name, files.rockspec.version
    known = account.get("check_rockspec", {"package": name, "version": version})
    if known.get("version") and not sending.is_forced:
        raise NegativeError(
            f"the server has {name} {version} already",
            hint="raise the revision with `distrorocks new-version`; --force replaces a mistake",
        )
    if not known.get("module"):
        progress(f"{name} is new on the server")
    progress(f"sending {', '.join(each.name for each in files.first)}")
    done = account.post("upload", files.first)
    warnings = _warnings(done, name)
    if files.second:
        progress(f"sending {', '.join(each.name for each in files.second)}")
        account.post(f"upload_rock/{_number(done)}", files.second)
    return Sent(files.files, plain(done.get("module_url") or ""), warnings)


def _warnings(done: dict[str, Any], name: str) -> tuple[str, ...]:
    if done.get("is_new") and not done.get("manifests"):
        return (
            f"another rock has the name {name}: the server lists this one under its owner only",
        )
    return ()


def _number(done: dict[str, Any]) -> int:
    """Return the server's number of the version that the rockspec has made."""
    version = done.get("version")
    number = version.get("id") if isinstance(version, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise AccountError(
            "the server has taken the rockspec, but does not say where its rock belongs",
            hint="look at the rock's page there; `upload --force` sends both again",
        )
    return number
