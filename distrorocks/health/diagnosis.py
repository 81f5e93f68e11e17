"""What keeps LuaRocks from seeing packages' modules: problems, each with its cure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from distrorocks.lua.value import LuaTable
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import entry_layout, is_distro, listed_trees
from distrorocks.world.config_edit import needs

_MOST_TOLD = 120


class Problem(NamedTuple):
    """One thing in the way; ``topic`` is a word for programs, ``lua_version`` "" for all."""

    topic: str
    told: str
    hint: str
    lua_version: str = ""


def config_problems(config: LuaTable, layout: Layout, *, home: str) -> list[Problem]:
    """Return what LuaRocks' configuration for one Lua version, all files together, lacks."""
    version = layout.lua_version
    apply = f"distrorocks config-snippet --apply --lua-version {version}"
    entries = listed_trees(config)
    layouts = [entry_layout(entry, config, version) for entry in entries]
    if not any(it and is_distro(it, layout) for it in layouts):
        told = f"LuaRocks does not look at {layout.root}: its rocks_trees do not list it"
        return [Problem("config", told, apply, version)]
    problems = []
    lines, notes = needs(config, layout, home=home)
    found = next(it.lib_dir for it in layouts if it and is_distro(it, layout))
    if found != layout.lib_dir:
        by_hand = any("lib_dir" in note for note in notes)
        told = f"LuaRocks looks for C modules in {found}, and packages put them in {layout.lib_dir}"
        edit = f'write lib_dir = "{layout.lib_dir}" into its entry of rocks_trees'
        problems.append(Problem("lib-dir", told, edit if by_hand else apply, version))
    if config.get("deps_mode") != "all":
        is_unset = any("deps_mode" in line for line in lines)
        told = "deps_mode is not all: a rock in this tree may not count as a met dependency"
        hint = apply if is_unset else 'set deps_mode = "all", or use luarocks --deps-mode=all'
        problems.append(Problem("deps-mode", told, hint, version))
    return problems


def environment_problems(variables: Mapping[str, str], layout: Layout) -> list[Problem]:
    """Return what the environment hides from one Lua version.

    Lua reads LUA_PATH_5_x before LUA_PATH (luaconf.h; from 5.2); ``;;`` stands for its defaults.
    """
    version = layout.lua_version
    suffix = f"_{version.replace('.', '_')}"
    problems = []
    for name, directory in (("LUA_PATH", layout.lua_dir), ("LUA_CPATH", layout.lib_dir)):
        own = f"{name}{suffix}" if version != "5.1" and f"{name}{suffix}" in variables else name
        value = variables.get(own)
        if value is not None and ";;" not in value and f"{directory}/" not in value:
            told = f"{own} names neither {directory} nor the defaults (;;), so Lua skips them"
            problems.append(Problem("environment", told, f"unset {own}, or end it in ;;", version))
    return problems


def start_up_problems(variables: Mapping[str, str]) -> list[Problem]:
    """Return the code that every Lua runs first; it can change where modules are looked for."""
    return [
        Problem(
            "environment",
            f"{name} makes each Lua program run {_shortened(value)} first",
            f"unset {name}, and see whether the module is there then",
        )
        for name, value in sorted(variables.items())
        if name.partition("_5_")[0] == "LUA_INIT"
    ]


def hook_problems(families: Collection[str], hooked: Collection[str]) -> list[Problem]:
    """Return the package managers that change packages without a refresh."""
    return [
        Problem(
            "hooks",
            f"the package distrorocks-hooks is not installed ({family}), so packages change "
            "without a refresh",
            "install distrorocks-hooks, or run `distrorocks refresh` after each change",
        )
        for family in families
        if family not in hooked
    ]


def unpublished_problem(version: str, count: int) -> Problem:
    """Return that packages have modules for a Lua version, and none of them is a rock."""
    packages = "1 package has" if count == 1 else f"{count} packages have"
    told = f"{packages} modules for Lua {version}, and none is known as a rock"
    return Problem("packages", told, f"distrorocks scan --lua-version {version}", version)


def _shortened(text: str) -> str:
    """Return a text that is no longer than a line."""
    return text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]}..."
