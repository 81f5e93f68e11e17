"""Problems that keep LuaRocks from seeing packaged modules, each with its fix."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from distrorocks.config.configuration import Configuration
from distrorocks.lua.value import LuaTable
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import entry_layout, is_distro, listed_trees
from distrorocks.values import NamedTuple
from distrorocks.world.config_edit import needs

APPLY = "distrorocks config-snippet --apply"
_MOST_SHOWN = 120


class Problem(NamedTuple):
    """A problem and its fix; ``topic`` is a stable identifier, ``lua_version`` is "" for all."""

    topic: str
    text: str
    hint: str
    lua_version: str = ""


def config_problems(config: LuaTable, layout: Layout, *, home: str) -> list[Problem]:
    """Return what is missing from LuaRocks' merged configuration for one Lua version."""
    version = layout.lua_version
    apply = f"{APPLY} --lua-version {version}"
    entries = listed_trees(config)
    layouts = [entry_layout(entry, config, version) for entry in entries]
    if not any(it and is_distro(it, layout) for it in layouts):
        text = f"LuaRocks does not see {layout.root}: rocks_trees does not list it"
        return [Problem("config", text, apply, version)]
    problems = []
    lines, notes = needs(config, layout, home=home)
    found = next(it.lib_dir for it in layouts if it and is_distro(it, layout))
    if found != layout.lib_dir:
        by_hand = any("lib_dir" in note for note in notes)
        text = f"LuaRocks expects C modules in {found}, but packages install to {layout.lib_dir}"
        edit = f'set lib_dir = "{layout.lib_dir}" in its entry of rocks_trees'
        problems.append(Problem("lib-dir", text, edit if by_hand else apply, version))
    if config.get("deps_mode") != "all":
        is_unset = any("deps_mode" in line for line in lines)
        text = "deps_mode is not all: rocks in this tree may not satisfy dependencies"
        hint = apply if is_unset else 'set deps_mode = "all", or use luarocks --deps-mode=all'
        problems.append(Problem("deps-mode", text, hint, version))
    return problems


def apply_hint(config: Configuration) -> str:
    """Return how to have LuaRocks see the distribution's tree, whose configuration lacks it.

    ``config-snippet --apply`` refuses a faulty file, and edits none that is read after the
    system's.
    """
    if config.faults:
        return "fix the faulty configuration file first"
    if later := config.later_trees:
        scope, path = later
        unset = f"config rocks_trees --unset --scope {scope} --lua-version {config.lua_version}"
        return f"list /usr in {path} too, or have the system's trees again: distrorocks {unset}"
    return f"{APPLY} --lua-version {config.lua_version}"


def environment_problems(variables: Mapping[str, str], layout: Layout) -> list[Problem]:
    """Return the problems that environment variables cause for one Lua version.

    Lua reads LUA_PATH_5_x before LUA_PATH (luaconf.h; from 5.2); ``;;`` means the default path.
    """
    version = layout.lua_version
    suffix = f"_{version.replace('.', '_')}"
    problems = []
    for name, directory in (("LUA_PATH", layout.lua_dir), ("LUA_CPATH", layout.lib_dir)):
        own = f"{name}{suffix}" if version != "5.1" and f"{name}{suffix}" in variables else name
        value = variables.get(own)
        if value is not None and ";;" not in value and f"{directory}/" not in value:
            text = f"{own} names neither {directory} nor the defaults (;;), so Lua skips them"
            problems.append(
                Problem("environment", text, f"unset {own}, or append ;; to it", version)
            )
    return problems


def start_up_problems(variables: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each LUA_INIT variable: its code can change where Lua looks."""
    return [
        Problem(
            "environment",
            f"{name} makes each Lua program run {_shortened(value)} first",
            f"unset {name} and check whether the module is found",
        )
        for name, value in sorted(variables.items())
        if name.partition("_5_")[0] == "LUA_INIT"
    ]


def hook_problems(families: Collection[str], hooked: Collection[str]) -> list[Problem]:
    """Return a problem for each package manager without a refresh hook."""
    return [
        Problem(
            "hooks",
            f"the package distrorocks-hooks is not installed ({family}), so package changes do not "
            "trigger a refresh",
            "install distrorocks-hooks, or run `distrorocks refresh` after each change",
        )
        for family in families
        if family not in hooked
    ]


def unpublished_problem(version: str, count: int) -> Problem:
    """Return the problem that no packaged module of a Lua version belongs to a known rock."""
    packages = "1 package has" if count == 1 else f"{count} packages have"
    text = f"{packages} modules for Lua {version}, but none is a known rock"
    return Problem("packages", text, f"distrorocks scan --lua-version {version}", version)


def _shortened(text: str) -> str:
    """Return text truncated to about a line."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
