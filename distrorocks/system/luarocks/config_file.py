"""One of LuaRocks' configuration files: where the system's is, what it says, how it is replaced."""

from __future__ import annotations

import os
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaTextError, parse
from distrorocks.lua.value import LuaTable
from distrorocks.system.files.atomic_file import (
    WriteError,
    force_directory,
    remove_files,
    write_atomically,
)
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import read_bounded
from distrorocks.system.packages.host_cpu import host_cpu

DIRECTORY = "/etc/luarocks"
CONFIG_LIMIT = 1024 * 1024


class ConfigFile(NamedTuple):
    """One configuration file; ``path`` is its name inside the root.

    ``text`` is None where there is no such file; ``chunk`` is None there too, and where the
    strict parser cannot read it: then ``fault`` tells why, and where.
    """

    path: str
    text: bytes | None
    chunk: Chunk | None
    fault: DistrorocksError | None = None


def system_config_path(lua_version: str) -> str:
    """Return where LuaRocks reads the system's configuration for a Lua version."""
    return f"{DIRECTORY}/config-{lua_version}.lua"


def read_system_config(root: str, lua_version: str) -> ConfigFile:
    """Return ``/etc/luarocks/config-5.x.lua`` of a root; nothing in it is run. Never raises."""
    return read_config(root, system_config_path(lua_version), lua_version)


def read_config(
    root: str, path: str, lua_version: str, *, known: LuaTable | None = None
) -> ConfigFile:
    """Return one configuration file, read by the strict parser. Never raises.

    ``known`` are the plain globals of its sandbox, where they are not those of the first file.
    """
    view = RootView(root)
    found = view.find(path)
    if found is None:
        return ConfigFile(path, None, None)
    host = view.host_path(found.path)
    try:
        text = read_bounded(host, CONFIG_LIMIT)
    except DistrorocksError as error:
        return ConfigFile(path, None, None, error)
    given = environment(root, lua_version) if known is None else known
    return parsed(path, text, given, shown=host)


def parsed(path: str, text: bytes, known: LuaTable, *, shown: str = "") -> ConfigFile:
    """Return what the strict parser says of a text; a fault names the file as ``shown``."""
    try:
        return ConfigFile(path, text, parse(text, environment=known))
    except LuaTextError as error:
        return ConfigFile(path, text, None, error.in_file(shown or path))


def environment(root: str, lua_version: str) -> LuaTable:
    """Return the plain globals that LuaRocks gives a configuration file (its sandbox)."""
    cpu = host_cpu(root)
    return {
        "home": home(root),
        "lua_version": lua_version,
        "platforms": {"linux": True, "unix": True},
        "processor": cpu,
        "target_cpu": cpu,
        "variables": {},
    }


def home(root: str) -> str:
    """Return the user's home directory; in another root it is that of its administrator."""
    return (os.environ.get("HOME") or "/root").rstrip("/") if root == "/" else "/root"


def has_config_directory(root: str) -> bool:
    """Return whether a root has LuaRocks' configuration directory."""
    view = RootView(root)
    found = view.find(DIRECTORY)
    return found is not None and os.path.isdir(view.host_path(found.path))


def write_config(root: str, path: str, text: bytes | None, *, make_directory: bool = False) -> None:
    """Make a configuration file hold ``text``, or be gone for None; raise ``WriteError``.

    Its mode and owner stay; a link stays too, and what it leads to inside the root is replaced.
    """
    view = RootView(root)
    found = view.find(path)
    if found is None:
        above, _, name = path.rpartition("/")
        directory = _directory(view, above, make=make_directory)
        if not directory or text is None:
            raise WriteError(f"cannot write {path}: {above} is not there")
        write_atomically(f"{directory}/{name}", text)
        return
    host = view.host_path(found.path)
    if text is None:
        remove_files([host])
        return
    beside = f"{host}.distrorocks-{os.getpid()}"
    write_atomically(beside, text, mode=0o600)
    try:
        _give_owner(beside, found.status)
        os.rename(beside, host)
        force_directory(host.rpartition("/")[0] or "/")
    except OSError as error:
        remove_files([beside])
        raise WriteError(
            f"cannot write {host}: {error.strerror}", hint="what was there before is untouched"
        ) from error


def _directory(view: RootView, path: str, *, make: bool) -> str:
    """Return where a directory of the root is, made with those above it if wanted; "" for none."""
    found = view.find(path)
    if found:
        return view.host_path(found.path)
    if not make or path in ("", "/"):
        return ""
    above, _, name = path.rpartition("/")
    directory = f"{_directory(view, above or '/', make=True)}/{name}"
    try:
        os.mkdir(directory)
    except OSError as error:
        raise WriteError(f"cannot make {directory}: {error.strerror}") from error
    return directory


def _give_owner(path: str, status: os.stat_result) -> None:
    """Give a file the owner and the mode that ``status`` tells."""
    now = os.lstat(path)
    if (now.st_uid, now.st_gid) != (status.st_uid, status.st_gid):
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, status.st_mode & 0o7777)
