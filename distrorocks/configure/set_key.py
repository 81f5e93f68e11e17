"""Set or unset one key of LuaRocks' configuration, in the file of one scope."""

from __future__ import annotations

import posixpath

from distrorocks.config.configuration import Configuration, Place
from distrorocks.config.key_path import NoEntryError, check, key_text, parse_key, typed, value_at
from distrorocks.config.layers import Path
from distrorocks.config.text_edit import NotSetError, with_key, without_key
from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.luarocks.config import file_settings
from distrorocks.luarocks.config_file import read_config, write_config
from distrorocks.luarocks.default_lua_version import NAME
from distrorocks.rocks.lua_version import LuaVersion
from distrorocks.system.files.root_path import RootView, is_writable
from distrorocks.system.lua.jail import Jail
from distrorocks.system.lua.program import find_headers, find_program_at
from distrorocks.values import NamedTuple

_SCOPES = ("system", "user", "project")


class Written(NamedTuple):
    """The changed file, the settings by key (None for unset), and warnings."""

    path: str
    settings: dict[str, LuaValue]
    warnings: tuple[str, ...] = ()


def set_key(
    root: str, found: Configuration, key: str, text: str, *, scope: str, jail: Jail
) -> Written:
    """Set a key in the file of a scope ("" for LuaRocks' choice), and return the change.

    ``lua_version`` has a file of its own; ``lua_dir`` sets all variables of the Lua below a prefix.
    On error raise ``DistrorocksError`` without writing anything.
    """
    place, scope = _place(root, found, scope)
    if key == "lua_version":
        return _default_version(root, place, text)
    if key == "lua_dir":
        settings = _lua_below(root, found.lua_version, text)
    else:
        path = parse_key(key)
        settings = {path: typed(path, text, _known(found.table, path))}
    return _written(root, found, place, settings, scope, jail)


def unset_key(root: str, found: Configuration, key: str, *, scope: str, jail: Jail) -> Written:
    """Remove a key from the file of a scope, and return the change."""
    place, scope = _place(root, found, scope)
    return _written(root, found, place, {parse_key(key): None}, scope, jail)


def _place(root: str, found: Configuration, scope: str) -> tuple[Place, str]:
    """Return the file of a scope, and the scope.

    By default: the user's if that tree is the default or the system's file is not writable, else
    the system's.
    """
    places = found.places
    if not scope:
        is_local = found.table["local_by_default"] is True
        is_open = is_writable(RootView(root), places.system.path)
        scope = "user" if is_local or not is_open else "system"
    place = dict(zip(_SCOPES, places[:3], strict=True))[scope]
    if not isinstance(place, Place) or not place.path:
        raise DistrorocksError(
            "Current directory is not part of a project"
            if scope == "project"
            else f"no file for the scope {scope}",
            hint="run `distrorocks init` to create a project" if scope == "project" else "",
        )
    return place, scope


def _known(table: LuaTable, path: Path) -> LuaValue:
    try:
        return value_at(table, path)
    except NoEntryError:
        return None


def _written(
    root: str,
    found: Configuration,
    place: Place,
    settings: dict[Path, LuaValue],
    scope: str,
    jail: Jail,
) -> Written:
    """Edit a file and write it atomically."""

    def evaluate(text: bytes) -> LuaTable:
        return file_settings(place.path, text, found.lua_version, jail, root=root)

    file = read_config(root, place.path, found.lua_version)
    if file.fault and file.text is None:
        raise file.fault
    before = text = file.text or b""
    try:
        for path, value in settings.items():
            text = (
                without_key(text, path, evaluate)
                if value is None
                else with_key(text, path, value, evaluate)
            )
            check(path, evaluate(text))
    except DistrorocksError as error:
        has_path = error.brief.startswith(place.path)
        brief = error.brief if has_path else f"{place.path}: {error.brief}"
        kind = NotSetError if isinstance(error, NotSetError) else DistrorocksError
        raise kind(brief, detail=error.detail, hint=error.hint) from error
    if text != before or file.text is None:
        write_config(root, place.path, text, make_directory=True)
    by_key = {key_text(path): value for path, value in settings.items()}
    return Written(place.path, by_key, tuple(_overruled(found, settings, scope)))


def _overruled(found: Configuration, settings: dict[Path, LuaValue], scope: str) -> list[str]:
    """Return a warning for each key that a later file overrides."""
    later = found.places[_SCOPES.index(scope) + 1 : 3]
    paths = {place.path for place in later if isinstance(place, Place)}
    return [
        f"{key_text(path)} is overridden by {found.origins[path]}"
        for path in settings
        if found.origins.get(path) in paths
    ]


def _default_version(root: str, place: Place, text: str) -> Written:
    """Write the file that sets the default Lua version."""
    version = LuaVersion.parse(text)
    path = f"{posixpath.dirname(place.path)}/{NAME}"
    write_config(root, path, f'return "{version}"\n'.encode(), make_directory=True)
    return Written(path, {"lua_version": str(version)})


def _lua_below(root: str, lua_version: str, prefix: str) -> dict[Path, LuaValue]:
    """Return the variables of the Lua below a prefix."""
    view, prefix = RootView(root), posixpath.normpath(prefix)
    program = find_program_at(view, lua_version, prefix) if prefix.startswith("/") else {}
    if not program:
        raise DistrorocksError(
            f"Lua {lua_version} interpreter not found at {prefix}",
            hint="pass the directory that contains bin/lua, or another --lua-version",
        )
    headers = find_headers(view, prefix, lua_version)
    known = {**program, **({"LUA_INCDIR": headers} if headers else {})}
    return {("variables", name): value for name, value in known.items()}
