"""Which Lua file of a rock's sources each of its modules is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import dirname

from distrorocks.licensing.finding import is_aside
from distrorocks.lua.value import LuaTable

UPSTREAMS_BUILDS = ("make", "cmake", "command")
_FOLDERS = ("src/", "lua/", "lib/", "")


def module_paths(build: LuaTable, modules: Iterable[str], files: Iterable[str]) -> dict[str, str]:
    """Return the Lua file of each module: as the rockspec says, else the first that fits.

    Where upstream's build installs modules that the rockspec does not name, the likely ones count.
    """
    if build.get("type") in UPSTREAMS_BUILDS and not tuple(modules):
        return _likely_modules(files)
    install = build.get("install")
    tables = (build.get("modules"), install.get("lua") if isinstance(install, dict) else None)
    named = {
        name.removesuffix(".init").strip("."): path.removeprefix("./")
        for table in tables
        if isinstance(table, dict)
        for name, path in table.items()
        if isinstance(name, str) and isinstance(path, str) and path.endswith(".lua")
    }
    there = {path for path in files if path.endswith(".lua")}
    for module in modules:
        below = module.replace(".", "/")
        places = (f"{base}{below}{end}" for base in _FOLDERS for end in (".lua", "/init.lua"))
        if module not in named and (path := next((it for it in places if it in there), "")):
            named[module] = path
    return named


def _likely_modules(files: Iterable[str]) -> dict[str, str]:
    """Return modules by their places below the first usual folder for code, if they are in one.

    Beside a.lua, a/init.lua is the module a.init: Lua looks for it last (``package.path``).
    """
    found: dict[str, str] = {}
    for path in sorted(files, key=lambda it: (it.count("/"), it)):
        if path.endswith(".lua") and not path.startswith("../") and not is_aside(path):
            name = re.sub(r"\A(?:[^/]+/)*?(?:src|lua|lib|modules)/", "", path.removesuffix(".lua"))
            name = name.replace("/", ".")
            is_second = found.get(name.removesuffix(".init")) == f"{dirname(path)}.lua"
            found.setdefault(name if is_second else name.removesuffix(".init"), path)
    return found
