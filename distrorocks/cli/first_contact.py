"""What ``distrorocks`` says without a command: this system, its rocks, and the next command.

Only directories are listed, and LuaRocks' configuration and the manifests of its trees are read:
nothing is changed or asked for, and Lua is started only for a configuration that computes.
"""

from __future__ import annotations

import os

from distrorocks import __version__
from distrorocks.cli.report import print_prose
from distrorocks.exit_status import DONE
from distrorocks.families.distribution import install_command, read_distribution
from distrorocks.families.known import installed_families
from distrorocks.luarocks.surroundings import has_interpreter, luarocks_release
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail, JailUnavailable
from distrorocks.trees.layout import DISTRO_ROOT, distro_layout
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed, look


class Sight(NamedTuple):
    """What is seen of a system.

    ``luarocks`` is the version, "" for an unknown one, None if it is not installed. ``rocks`` are
    the counts of rocks in the distribution's tree by Lua version; LuaRocks is not configured to
    see those of ``unseen``; for ``failing`` Lua versions that is not for `setup` to mend.
    """

    distribution: str
    families: tuple[str, ...]
    luas: tuple[str, ...]
    luarocks: str | None
    rocks: dict[str, int]
    unseen: tuple[str, ...]
    install: str
    failing: tuple[str, ...] = ()


def greet(root: str = "/") -> int:
    """Print what is seen of the system in at most ten lines."""
    for line in greeting(look_around(root)):
        print_prose(line)
    return DONE


def look_around(root: str) -> Sight:
    """Look at a system, without changing anything."""
    view, found = RootView(root), read_distribution(root)
    layouts = [distro_layout(version) for version in LUA_VERSIONS]
    rocks = {each.lua_version: _rocks(view, each.rocks_dir) for each in layouts}
    rocks = {version: count for version, count in rocks.items() if count}
    layouts = [each for each in layouts if each.lua_version in rocks]
    with Jail() as jail:
        looks = {each.lua_version: look(view, each.lua_version, jail) for each in layouts}
    failing = [version for version, each in looks.items() if _fails(each)]
    return Sight(
        " ".join(filter(None, (found.id, found.version))),
        tuple(installed_families(root)),
        tuple(version for version in LUA_VERSIONS if has_interpreter(view, version)),
        luarocks_release(view),
        rocks,
        tuple(each for each in looks if each not in failing and _is_unseen(looks[each])),
        install_command(found.id, ["luarocks"]),
        tuple(failing),
    )


def greeting(sight: Sight) -> list[str]:
    """Return the lines that describe a system and name the next command."""
    luas = ", ".join(sight.luas) or "no interpreter found"
    packages = f", packages of {', '.join(sight.families)}" if sight.families else ""
    release = "not installed" if sight.luarocks is None else sight.luarocks or "installed"
    rocks = ", ".join(f"{count} for Lua {it}" for it, count in sight.rocks.items())
    return [
        f"distrorocks {__version__} makes packaged Lua modules visible to LuaRocks",
        f"system:     {sight.distribution or 'unknown'}{packages}",
        f"Lua:        {luas}",
        f"LuaRocks:   {release}",
        f"published:  {rocks or 'no rocks of packages yet'}",
        *([f"visible:    {_visible(sight)}"] if sight.rocks else []),
        f"next:       {_next(sight)}",
        "commands:   distrorocks --help",
    ]


def _fails(found: Installed) -> bool:
    """Return whether something that `setup` does not mend keeps LuaRocks from the packages' rocks.

    It cannot read its configuration or a manifest, or a user's configuration has trees of its own.
    """
    faults = found.configuration.faults
    if any(not isinstance(fault, JailUnavailable) for fault in faults):
        return True
    listed = [each for each in found.trees if each.tree.is_listed]
    if len(listed) < len(found.trees) and found.configuration.later_trees:
        return True
    is_unread = any(each.layout.root == DISTRO_ROOT and not each.is_read for each in listed)
    return is_unread or any(each.stops_luarocks for each in listed)


def _is_unseen(found: Installed) -> bool:
    """Return whether LuaRocks' configuration does not list the distribution's tree.

    One that cannot be read without running it may well list the tree.
    """
    if any(isinstance(fault, JailUnavailable) for fault in found.configuration.faults):
        return False
    return any(not each.tree.is_listed for each in found.trees)


def _visible(sight: Sight) -> str:
    """Return for which Lua versions LuaRocks sees the rocks."""
    if sight.luarocks is None:
        return "no: LuaRocks is not installed"
    lost = [version for version in sight.rocks if version in (*sight.unseen, *sight.failing)]
    seen = [version for version in sight.rocks if version not in lost]
    if not seen and not sight.failing:
        return "no: LuaRocks is not configured to use this tree"
    if not seen:
        return "no: something keeps LuaRocks from them"
    missing = f", but not for Lua {', '.join(lost)}" if lost else ""
    return f"to LuaRocks for Lua {', '.join(seen)}{missing}"


def _next(sight: Sight) -> str:
    """Return the command that helps most now, with what it does."""
    if not sight.families:
        return "distrorocks plan ROCK (there is no database of packages here)"
    if sight.luarocks is None:
        return f"{sight.install or 'install the package luarocks'} (to use its rocks)"
    if sight.failing:
        versions = ", ".join(sight.failing)
        return f"distrorocks doctor (what keeps LuaRocks from them for Lua {versions})"
    if not sight.rocks or sight.unseen:
        return "distrorocks setup (shows the changes and asks; needs root)"
    return "distrorocks list (the installed rocks), distrorocks plan ROCK (what it needs)"


def _rocks(view: RootView, rocks_dir: str) -> int:
    """Return how many rocks have metadata in a tree."""
    return sum(len(_folders(view, f"{rocks_dir}/{name}")) for name in _folders(view, rocks_dir))


def _folders(view: RootView, path: str) -> list[str]:
    """Return the names of the directories in one; () where it cannot be listed."""
    found = view.find(path)
    if not found:
        return []
    try:
        with os.scandir(view.host_path(found.path)) as entries:
            return [each.name for each in entries if each.is_dir()]
    except OSError:
        return []
