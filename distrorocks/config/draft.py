"""Building a configuration: files are merged in order, with the defaults below.

The steps are LuaRocks': each file sees the values that earlier files set.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from math import isfinite

from distrorocks.config.configuration import Circumstances, Configuration, Places, joined
from distrorocks.config.defaults import defaults
from distrorocks.config.layers import (
    DETECTED,
    WHOLE,
    Layered,
    laid_over,
    laid_under,
    layer,
    replaced,
)
from distrorocks.config.shape import fitting
from distrorocks.config.traps import (
    assigned,
    checked_certificates,
    local_without_user,
    mixed_lists,
    safe_servers,
    safe_trees,
)
from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue, deep_copy, sequence
from distrorocks.rocks.platform import ORDER
from distrorocks.values import NamedTuple

LIVE = "\0live"
"""A hidden key of ``variables`` that identifies the original table."""

LIVE_NAME = "__live_variables"
"""A global for the original ``variables``, even if a file replaces them."""

NO_SETTING = ("os_getenv", "dump_env", "platforms", LIVE_NAME)
_WITH_DEFAULTS = {"unix", "linux", "bsd", "freebsd", "dragonfly", "openbsd", "netbsd", "solaris"}


class Draft(NamedTuple):
    """The settings of the files read so far."""

    facts: Circumstances
    layered: Layered
    platforms: frozenset[str]
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def home(self) -> str:
        """The home directory, which a file may have changed."""
        home = self.layered.table.get("home")
        return home if isinstance(home, str) else self.facts.home

    @property
    def home_tree(self) -> str:
        """The root of the user's own tree, which a file may have changed."""
        tree = self.layered.table.get("home_tree")
        return tree if isinstance(tree, str) else self.facts.home_tree

    def sandbox(self) -> LuaTable:
        """Return the plain globals for the next file."""
        table = self.layered.table
        variables = table.get("variables")
        variables = deep_copy(variables) if isinstance(variables, dict) else {}
        version = table.get("lua_version")
        cpu = table.get("target_cpu")
        cpu = cpu if isinstance(cpu, str) else self.facts.cpu
        return {
            "home": self.home,
            "lua_version": version if isinstance(version, str) else self.facts.lua_version,
            "platforms": dict.fromkeys(sorted(self.platforms), True),
            "processor": cpu,
            "target_cpu": cpu,
            "variables": {**variables, LIVE: True},
        }


def begun(facts: Circumstances) -> Draft:
    """Return the draft before any file is read."""
    found = layer({"variables": dict(facts.lua.items())}, DETECTED)
    return Draft(facts, found, frozenset(facts.platforms))


def with_file(draft: Draft, path: str, given: LuaTable) -> Draft:
    """Return the draft after one file; ``given`` are its globals after it ran."""
    before = draft.sandbox()
    settings = {key: _plain(value) for key, value in given.items() if key not in NO_SETTING}
    settings = {key: value for key, value in settings.items() if value is not None}
    layered = draft.layered
    variables, known = given.get("variables"), before["variables"]
    live = given.get(LIVE_NAME, variables)
    if isinstance(live, dict) and isinstance(known, dict) and LIVE in live:
        for name in [name for name in known if name not in live]:
            layered = _without_variable(layered, name)
        changed = {name: each for name, each in live.items() if each != known.get(name)}
        layered = laid_over(layered, {"variables": _plain(changed)}, path)
    if isinstance(variables, dict) and LIVE in variables:
        settings.pop("variables")
    for key in ("home", "lua_version", "processor", "target_cpu"):
        if settings.get(key) == before[key]:
            settings.pop(key, None)
    layered = laid_over(layered, {"processor": before["processor"]}, DETECTED)
    platforms, warnings = _platforms(draft.platforms, given.get("platforms"))
    mixed = mixed_lists(layered.table, settings, path)
    return draft._replace(
        layered=laid_over(layered, settings, path),
        platforms=platforms,
        files=(*draft.files, path),
        warnings=(*draft.warnings, *(f"{path}: {text}" for text in warnings), *mixed),
    )


def finished(
    draft: Draft, places: Places, *, assignments: Mapping[str, str] | None = None
) -> Configuration:
    """Add the defaults to a draft, and return the configuration."""
    facts, warnings = draft.facts, list(draft.warnings)
    found = draft.layered
    for step in (fitting, safe_servers, safe_trees):
        found, more = step(found)
        warnings += more
    found = replaced(found, "lua_version", facts.lua_version, DETECTED)
    detected: LuaTable = {
        "home": facts.home,
        "home_tree": facts.home_tree,
        "target_cpu": facts.cpu,
        "sysconfdir": posixpath.dirname(places.system.path),
    }
    if places.user_directory:
        detected["homeconfdir"] = places.user_directory
    if facts.project_dir:
        detected["project_dir"] = facts.project_dir
    found = laid_under(found, layer(detected, DETECTED))
    below = defaults(
        facts._replace(home=draft.home), draft.platforms, home_tree=str(found.table["home_tree"])
    )
    for key in WHOLE:
        if found.table.get(key) is not None:
            below = replaced(below, key, None, "")
    found = laid_under(found, below)
    found, more = checked_certificates(found)
    warnings += [*more, *local_without_user(found.table)]
    found = assigned(_completed(found), dict(assignments or {}))
    return Configuration(
        found.table,
        draft.files,
        tuple(dict.fromkeys(warnings)),
        found.origins,
        places=places,
        lua_version=facts.lua_version,
        home=draft.home,
        project_dir=facts.project_dir,
    )


def _completed(found: Layered) -> Layered:
    """Return a table with the variables that follow from Lua's location."""
    variables = found.table["variables"]
    known = variables if isinstance(variables, dict) else {}
    lua, interpreter = known.get("LUA"), found.table.get("lua_interpreter")
    bin_dir = known.get("LUA_BINDIR")
    more: LuaTable = {}
    if isinstance(bin_dir, str) and isinstance(interpreter, str) and not lua:
        lua = more["LUA"] = joined(bin_dir, interpreter)
    if isinstance(lua, str) and not bin_dir and "/" in lua:
        bin_dir = more["LUA_BINDIR"] = lua.rpartition("/")[0]
        if not known.get("LUA_DIR"):
            more["LUA_DIR"] = bin_dir.removesuffix("/bin")
    return laid_over(found, {"variables": more}, DETECTED) if more else found


def _platforms(known: frozenset[str], given: LuaValue) -> tuple[frozenset[str], list[str]]:
    """Return the platforms after a file, which may replace the list, and warnings."""
    if not isinstance(given, dict) or not given.get(1):
        return known, []
    named = {each for each in sequence(given) if isinstance(each, str)}
    warnings = [
        f"the platform {name} has no defaults here"
        for name in sorted(named)
        if name in ORDER and name not in _WITH_DEFAULTS
    ]
    return frozenset(named if "unix" in named else named | {"unix"}), warnings


def _without_variable(found: Layered, name: LuaValue) -> Layered:
    """Return a table without one variable."""
    variables = found.table.get("variables")
    kept = {key: it for key, it in variables.items() if key != name} if variables else {}  # type: ignore[union-attr]
    origins = {path: it for path, it in found.origins.items() if path[:2] != ("variables", name)}
    return Layered({**found.table, "variables": kept}, origins)


def _plain(value: LuaValue) -> LuaValue:
    """Return a value without functions, non-finite numbers, and the marker of ``variables``."""
    if isinstance(value, dict):
        plain = {key: _plain(each) for key, each in value.items() if key != LIVE}
        return {key: each for key, each in plain.items() if each is not None}
    if isinstance(value, float) and not isfinite(value):
        return None
    return None if value is FUNCTION else value
