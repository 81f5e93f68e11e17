"""LuaRocks' configuration files: where they are, what they set, and how one is replaced."""

from __future__ import annotations

import os
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaTextError, NotLiteral, parse
from distrorocks.lua.value import LuaTable, to_bytes
from distrorocks.system.atomic_file import (
    WriteError,
    force_directory,
    remove_files,
    write_atomically,
)
from distrorocks.system.lua_file import read_bounded
from distrorocks.system.lua_jail import Jail
from distrorocks.system.root_path import RootView

DIRECTORY = "/etc/luarocks"
CONFIG_LIMIT = 1024 * 1024
_CPUS = {"i386": "x86", "i686": "x86", "ppc64": "ppc64", "s390x": "s390", "armv7l": "arm"}


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


def read_config(root: str, path: str, lua_version: str) -> ConfigFile:
    """Return one configuration file, read by the strict parser. Never raises."""
    view = RootView(root)
    found = view.find(path)
    if found is None:
        return ConfigFile(path, None, None)
    host = view.host_path(found.path)
    text = None
    try:
        text = read_bounded(host, CONFIG_LIMIT)
        return ConfigFile(path, text, parse(text, environment=environment(root, lua_version)))
    except LuaTextError as error:
        return ConfigFile(path, text, None, error.in_file(host))
    except DistrorocksError as error:
        return ConfigFile(path, text, None, error)


class Configuration(NamedTuple):
    """What LuaRocks' configuration files set, the later over the earlier.

    ``files`` are those that were there, in the order of reading.
    """

    table: LuaTable
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_configuration(root: str, lua_version: str, jail: Jail) -> Configuration:
    """Return the configuration for one Lua version: the system's file, then one of the user's.

    A file that cannot be read is told in ``warnings`` and counts for nothing. Never raises.
    """
    table: LuaTable = {}
    files: list[str] = []
    warnings: list[str] = []
    for path, is_demanded in _chain(root, lua_version):
        file = read_config(root, path, lua_version)
        if isinstance(file.fault, NotLiteral) and file.text is not None:
            file = _evaluated(root, file, lua_version, jail)
        if file.chunk:
            files.append(path)
            table = _merged(table, file.chunk.globals)
        elif file.fault:
            warnings.append(f"{file.fault.brief}; the file counts for nothing")
        elif is_demanded:
            warnings.append(f"{path}, which the environment names, is not there")
    return Configuration(table, tuple(files), tuple(warnings))


def _chain(root: str, lua_version: str) -> list[tuple[str, bool]]:
    """Return the files in the order of reading, and whether the environment demands each.

    LuaRocks reads the system's file, then the one that LUAROCKS_CONFIG_5_x, else LUAROCKS_CONFIG,
    names, or else the user's. The environment is that of this system, and of no other root.
    """
    name = f"config-{lua_version}.lua"
    known = os.environ if root == "/" else {}
    chain = [(f"{known.get('LUAROCKS_SYSCONFDIR') or DIRECTORY}/{name}", False)]
    for variable in (f"LUAROCKS_CONFIG_{lua_version.replace('.', '_')}", "LUAROCKS_CONFIG"):
        if variable in known:
            return [*chain, (os.path.abspath(known[variable]), True)]
    view, at_home = RootView(root), home(root)
    above = known.get("XDG_CONFIG_HOME") or f"{at_home}/.config"
    for path in (f"{above}/luarocks/{name}", f"{at_home}/.luarocks/{name}"):
        if view.find(path):
            return [*chain, (path, False)]
    return chain


def _evaluated(root: str, file: ConfigFile, lua_version: str, jail: Jail) -> ConfigFile:
    """Return a file that computes, run in the jail with the functions that LuaRocks gives it.

    Of the environment it sees what most files ask for; the rest is not set for it.
    """
    names = ("HOME", "USER", "XDG_CONFIG_HOME", "XDG_CACHE_HOME") if root == "/" else ()
    known = {name: os.environ[name] for name in names if name in os.environ} or {"HOME": home(root)}
    values = ",".join(f"{name}={_quoted(value)}" for name, value in known.items())
    functions = (
        f"local os_getenv=function(name) return ({{{values}}})[name] end;"
        "local dump_env=function() end;"
    )
    text = to_bytes(functions) + (file.text or b"")
    try:
        chunk = jail.evaluate(text, name=file.path, environment=environment(root, lua_version))
    except DistrorocksError as error:
        return file._replace(fault=error)
    return file._replace(chunk=chunk, fault=None)


def _quoted(text: str) -> str:
    """Return a text as Lua, every byte of it a decimal escape."""
    return '"' + "".join(f"\\{byte:03}" for byte in to_bytes(text)) + '"'


def _merged(below: LuaTable, above: LuaTable) -> LuaTable:
    """Return both tables as one, tables in them too; trees and servers are replaced whole."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        whole = key in ("rocks_trees", "rocks_servers")
        if isinstance(old, dict) and isinstance(value, dict) and not whole:
            value = _merged(old, value)
        result[key] = value
    return result


def environment(root: str, lua_version: str) -> LuaTable:
    """Return the plain globals that LuaRocks gives a configuration file (its sandbox)."""
    machine = os.uname().machine
    cpu = _CPUS.get(machine, machine)
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


def write_config(root: str, path: str, text: bytes | None) -> None:
    """Make a configuration file hold ``text``, or be gone for None; raise ``WriteError``.

    Its mode and owner stay; a link stays too, and what it leads to inside the root is replaced.
    """
    view = RootView(root)
    found = view.find(path)
    if found is None:
        directory = view.find(DIRECTORY)
        if directory is None or text is None:
            raise WriteError(f"cannot write {path}: {DIRECTORY} is not there")
        name = path.rpartition("/")[2]
        write_atomically(f"{view.host_path(directory.path)}/{name}", text)
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


def _give_owner(path: str, status: os.stat_result) -> None:
    """Give a file the owner and the mode that ``status`` tells."""
    now = os.lstat(path)
    if (now.st_uid, now.st_gid) != (status.st_uid, status.st_gid):
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, status.st_mode & 0o7777)
