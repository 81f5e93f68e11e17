"""LuaRocks' configuration files: paths, reading and replacing one."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaTextError, parse
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.host_cpu import host_cpu
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import read_steering, trusted_file_path
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.system.files.beneath import Beneath

DIRECTORY = "/etc/luarocks"
CONFIG_LIMIT = 1024 * 1024


class ConfigFile(NamedTuple):
    """One configuration file; ``path`` is its name inside the root.

    ``text`` and ``chunk`` are None if it does not exist; ``chunk`` is None also if the strict
    parser cannot read it: then ``fault`` is the error.
    """

    path: str
    text: bytes | None
    chunk: Chunk | None
    fault: DistrorocksError | None = None


def system_config_path(lua_version: str) -> str:
    """Return the path of LuaRocks' system configuration for a Lua version."""
    return f"{DIRECTORY}/config-{lua_version}.lua"


def read_system_config(root: str, lua_version: str) -> ConfigFile:
    """Read ``/etc/luarocks/config-5.x.lua`` of a root without running it; never raise."""
    return read_config(root, system_config_path(lua_version), lua_version)


def read_config(
    root: str, path: str, lua_version: str, *, known: LuaTable | None = None
) -> ConfigFile:
    """Read one configuration file with the strict parser; never raise.

    ``known`` are the plain globals of its environment, if not those of the first file.
    """
    view = RootView(root)
    found = view.find(path)
    if found is None:
        return ConfigFile(path, None, None)
    host = view.host_path(found.path)
    try:
        text = read_steering(root, path, CONFIG_LIMIT)
    except DistrorocksError as error:
        return ConfigFile(path, None, None, error)
    given = environment(root, lua_version) if known is None else known
    return parsed(path, text, given, shown=host)


def parsed(path: str, text: bytes, known: LuaTable, *, shown: str = "") -> ConfigFile:
    """Parse a text with the strict parser; errors name the file as ``shown``."""
    try:
        return ConfigFile(path, text, parse(text, environment=known))
    except LuaTextError as error:
        return ConfigFile(path, text, None, error.in_file(shown or path))


def environment(root: str, lua_version: str) -> LuaTable:
    """Return the plain globals that LuaRocks provides to a configuration file."""
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
    """Return the user's home directory; in another root that of root.

    Without HOME it is the one that the user has by the passwd database.
    """
    if root == "/" and (given := os.environ.get("HOME")):
        return given.rstrip("/")
    if root != "/" or os.geteuid() == 0:
        return "/root"
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir.rstrip("/")
    except KeyError:
        return "/nonexistent"


def has_config_directory(root: str) -> bool:
    """Return whether a root has LuaRocks' configuration directory."""
    view = RootView(root)
    found = view.find(DIRECTORY)
    return found is not None and os.path.isdir(view.host_path(found.path))


def write_config(root: str, path: str, text: bytes | None, *, make_directory: bool = False) -> None:
    """Write a configuration file, or remove it if ``text`` is None; raise ``WriteError``.

    Its mode and owner are kept; a link is kept too, and its target inside the root is replaced.
    Root writes only if no component is another user's link or directory.
    """
    from distrorocks.system.files.atomic_file import WriteError  # most runs only read
    from distrorocks.system.files.beneath import Beneath

    if os.geteuid() == 0:
        try:
            path = trusted_file_path(root, path)
        except FileReadError as error:
            raise WriteError(error.brief, hint="what was there before is untouched") from None
    found = RootView(root).find(path)
    place = found.path if found else path
    directory = place.rpartition("/")[0]
    try:
        with Beneath(root) as below:
            if found is None:
                directory = _directory(below, directory, make=make_directory and text is not None)
                place = f"{directory}/{path.rpartition('/')[2]}"
            if text is None:
                below.remove_file(place)
            else:
                below.write(place, text, like=found.status if found else None, is_forced=True)
    except OSError as error:
        raise WriteError(
            f"cannot write {root.rstrip('/')}{place}: {error.strerror}",
            hint="what was there before is untouched",
        ) from error


def _directory(below: Beneath, path: str, *, make: bool) -> str:
    """Return a directory of the root with links resolved; create it if ``make``."""
    found = RootView(below.root).find(path)
    if found:
        return found.path
    if not make:
        from distrorocks.system.files.atomic_file import WriteError

        raise WriteError(f"cannot write below {below.shown(path)}: it is not there")
    above, _, name = path.rpartition("/")
    place = f"{_directory(below, above or '/', make=True).rstrip('/')}/{name}"
    below.make_directory(place)
    return place
