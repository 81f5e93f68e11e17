"""What killed, forced or incomplete runs leave in LuaRocks' trees, with the command for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from shlex import quote
from stat import S_ISDIR
from typing import NamedTuple

from distrorocks.health.diagnosis import Problem
from distrorocks.luarocks.probe import RootProbe
from distrorocks.luarocks.surroundings import stale_lock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.journal import NAME
from distrorocks.trees.layout import DISTRO_ROOT, Layout
from distrorocks.trees.stack import SYSTEM_ROOT
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import deployed_prefix, file_places

_MOST_FILES = 100_000
_MOST_LEVELS = 30
_MOST_TOLD = 20
_PREFIXED = re.compile(r"([a-z0-9_]+_[0-9][0-9a-z_]*)-.")


class TreeFiles(NamedTuple):
    """The deployed files of one tree, and what its manifest accounts for.

    ``owned`` are the files of its rocks, ``prefixes`` what precedes the file names that another
    rock has too. ``journal`` is that of a run that was killed, "" if there is none.
    """

    layout: Layout
    files: tuple[str, ...] = ()
    owned: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    journal: str = ""


def observe_files(view: RootView, tree: InstalledTree, packaged: Collection[str]) -> TreeFiles:
    """Return the deployed files of a tree; those of packages are owned."""
    layout, probe = tree.layout, RootProbe(view.root)
    owned, prefixes = set(packaged), set()
    for rock in tree.contents.every_rock:
        prefixes.add(deployed_prefix(rock))
        for name in (*rock.modules.values(), *rock.commands.values()):
            for part in ("lua", "lib", "bin"):
                owned.update(file_places(layout, rock, part, name))
    files: list[str] = []
    for directory in dict.fromkeys((layout.lua_dir, layout.lib_dir)):
        _add_files(view, probe, directory, files, _MOST_LEVELS)
    names = probe.names(layout.bin_dir) if layout.root not in (DISTRO_ROOT, SYSTEM_ROOT) else ()
    files += (f"{layout.bin_dir}/{name}" for name in sorted(names))
    return TreeFiles(
        layout, tuple(files), frozenset(owned), frozenset(prefixes), _journal(view, layout)
    )


def _journal(view: RootView, layout: Layout) -> str:
    """Return the journal that a killed run left; that of a run at work is none."""
    path = f"{layout.rocks_dir.rpartition('/')[0]}/{NAME}{layout.lua_version}"
    is_at_work = view.entry(layout.lock) is not None and not stale_lock(view, layout.lock)
    return path if view.entry(path) is not None and not is_at_work else ""


def _add_files(
    view: RootView, probe: RootProbe, directory: str, files: list[str], levels: int
) -> None:
    """Add the files below a directory, without following links."""
    for name in sorted(probe.names(directory)):
        path = f"{directory}/{name}"
        entry = view.entry(path)
        if entry is None or len(files) >= _MOST_FILES:
            continue
        if S_ISDIR(entry.status.st_mode):
            if levels:
                _add_files(view, probe, path, files, levels - 1)
        else:
            files.append(path)


def leftovers(found: TreeFiles) -> Iterator[Problem]:
    """Yield what a killed run, a collision or a removal left in a tree."""
    layout, version = found.layout, found.layout.lua_version
    if found.journal:
        text = f"a killed run left {layout.root} half changed; its journal is {found.journal}"
        fix = f"distrorocks install --recover --tree={layout.root} --lua-version={version}"
        yield Problem("interrupted", text, fix, version)
    told = list(_files(found))
    yield from told[:_MOST_TOLD]
    if len(told) > _MOST_TOLD:
        text = f"{layout.root} has {len(told) - _MOST_TOLD} more such files"
        yield Problem("leftover", text, "remove those above, and run this again", version)


def _files(found: TreeFiles) -> Iterator[Problem]:
    """Yield the files of no rock that have a name of LuaRocks' making, or are in its own tree."""
    layout = found.layout
    is_shared = layout.root in (DISTRO_ROOT, SYSTEM_ROOT)
    for path in found.files:
        if path in found.owned:
            continue
        name = path.rpartition("/")[2]
        if text := _reason(found, path, name, is_shared=is_shared):
            fix = f"rm {quote(path)}"
            if name.endswith("~"):  # it was somebody's
                fix = f"compare the two, then {fix}"
            yield Problem("leftover", f"{path} {text}", fix, layout.lua_version)


def _reason(found: TreeFiles, path: str, name: str, *, is_shared: bool) -> str:
    """Return why a file of no rock is a leftover, "" if it may be somebody's own."""
    if name.endswith("~") and path.rstrip("~") in found.owned:
        return f"is what LuaRocks moved aside to deploy {path.rstrip('~')}"
    below = path.removeprefix(f"{found.layout.lua_dir}/").removeprefix(f"{found.layout.lib_dir}/")
    prefixed = _PREFIXED.match(below)
    if prefixed and prefixed[1] not in found.prefixes:
        return "is of a rock that is not installed any more"
    return "" if is_shared else "is of no rock in the tree's manifest"


def every_leftover(
    view: RootView, trees: Sequence[InstalledTree], packaged: Collection[str]
) -> Iterator[Problem]:
    """Yield the leftovers of trees that exist."""
    for tree in trees:
        if view.find(tree.layout.root):
            yield from leftovers(observe_files(view, tree, packaged))
