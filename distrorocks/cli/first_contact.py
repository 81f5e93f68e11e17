"""What ``distrorocks`` says without a command: this system, its rocks, and the next command.

Only directories are listed and a few small files read: nothing is changed, started or asked for.
"""

from __future__ import annotations

import os

from distrorocks import __version__
from distrorocks.cli.report import print_prose
from distrorocks.configure.snippet import unseen_trees
from distrorocks.exit_status import DONE
from distrorocks.families.distribution import install_command, read_distribution
from distrorocks.families.known import installed_families
from distrorocks.luarocks.surroundings import has_interpreter, luarocks_release
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import distro_layout
from distrorocks.values import NamedTuple


class Sight(NamedTuple):
    """What is seen of a system.

    ``luarocks`` is the version, "" for an unknown one, None if it is not installed. ``rocks`` are
    the counts of rocks in the distribution's tree by Lua version; LuaRocks is not configured to
    see those of ``unseen``.
    """

    distribution: str
    families: tuple[str, ...]
    luas: tuple[str, ...]
    luarocks: str | None
    rocks: dict[str, int]
    unseen: tuple[str, ...]
    install: str


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
    return Sight(
        " ".join(filter(None, (found.id, found.version))),
        tuple(installed_families(root)),
        tuple(version for version in LUA_VERSIONS if has_interpreter(view, version)),
        luarocks_release(view),
        rocks,
        tuple(unseen_trees(root, [it for it in layouts if it.lua_version in rocks])),
        install_command(found.id, ["luarocks"]),
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


def _visible(sight: Sight) -> str:
    """Return for which Lua versions LuaRocks sees the rocks."""
    seen = [version for version in sight.rocks if version not in sight.unseen]
    if not seen:
        return "no: LuaRocks is not configured to use this tree"
    missing = f", but not for Lua {', '.join(sight.unseen)}" if sight.unseen else ""
    return f"to LuaRocks for Lua {', '.join(seen)}{missing}"


def _next(sight: Sight) -> str:
    """Return the command that helps most now, with what it does."""
    if not sight.families:
        return "distrorocks plan ROCK (there is no database of packages here)"
    if sight.luarocks is None and not sight.rocks:
        return f"{sight.install or 'install the package luarocks'} (to use its rocks)"
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
