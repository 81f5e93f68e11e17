"""What killed, forced or incomplete runs leave in LuaRocks' trees, with the command for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from shlex import quote
from stat import S_ISDIR
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.health.diagnosis import Problem
from distrorocks.luarocks.probe import RootProbe
from distrorocks.luarocks.surroundings import stale_lock
from distrorocks.patterns import regex
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.system.files.atomic_file import PREFIX
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT
from distrorocks.system.trees.journal import journal_in
from distrorocks.system.trees.reader import read_contents
from distrorocks.trees.layout import DISTRO_ROOT, Layout
from distrorocks.trees.stack import SYSTEM_ROOT
from distrorocks.values import NamedTuple
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import deployed_prefix, file_places

_MOST_FILES = 100_000
_MOST_LEVELS = 30
_ROCK_LEVELS = 2  # names and versions
_MOST_TOLD = 20
_WRAPPER_LIMIT = 16 * 1024
_PREFIXED = regex(r"([a-z0-9_]+_[0-9][0-9a-z_]*)-.")


class TreeFiles(NamedTuple):
    """The deployed files of one tree, and what its manifest accounts for.

    ``owned`` are the files of its rocks, ``prefixes`` what precedes the file names that another
    rock has too. ``dead`` are the commands in the tree's ``bin`` that run a file of a rock that is
    not there, with that file. ``remains`` are what a transaction staged or kept, also among the
    rocks. ``is_sure`` says whether all its rocks could be read.
    """

    layout: Layout
    files: tuple[str, ...] = ()
    owned: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    dead: Mapping[str, str] = MappingProxyType({})
    remains: tuple[str, ...] = ()
    is_sure: bool = True


def observe_files(view: RootView, tree: InstalledTree, packaged: Collection[str]) -> TreeFiles:
    """Return the deployed files of a tree; those of packages are owned."""
    layout, probe = tree.layout, RootProbe(view.root)
    owned, prefixes = set(packaged), set()
    for rock in tree.contents.every_rock:
        prefixes.add(deployed_prefix(rock))
        for name in (*rock.modules.values(), *rock.commands.values()):
            for part in ("lua", "lib", "bin"):
                owned.update(file_places(layout, rock, part, name))
    is_sure = all(list(_own_by_rock_manifest(view, tree, owned, prefixes)))
    files: list[str] = []
    for directory in dict.fromkeys((layout.lua_dir, layout.lib_dir)):
        _add_files(view, probe, directory, files, _MOST_LEVELS)
    commands = [f"{layout.bin_dir}/{name}" for name in sorted(probe.names(layout.bin_dir))]
    commands = [path for path in commands if path not in owned][:_MOST_FILES]
    dead = {path: gone for path in commands if (gone := _missing_target(view, layout, path))}
    is_shared = layout.root in (DISTRO_ROOT, SYSTEM_ROOT)
    files += (path for path in commands if not is_shared or path.endswith("~") or _is_ours(path))
    remains = [path for path in files if _is_ours(path)]
    remains += _remains(probe, layout.rocks_dir, _ROCK_LEVELS)
    return TreeFiles(
        layout,
        tuple(path for path in files if not _is_ours(path)),
        frozenset(owned),
        frozenset(prefixes),
        dead,
        tuple(remains),
        is_sure,
    )


def _own_by_rock_manifest(
    view: RootView, tree: InstalledTree, owned: set[str], prefixes: set[str]
) -> Iterator[bool]:
    """Add the files of each rock directory, also of one that the manifest does not list.

    Yield whether each rock could be read.
    """
    contents = read_contents(view, tree.layout.rocks_dir)
    yield not contents.unread
    for name, version, _ in contents.places:
        rock = IndexedRock(name, version)
        prefixes.add(deployed_prefix(rock))
        path = tree.layout.rock_manifest(name, version)
        try:
            found = RockManifest.parse(read_named(path, ROCK_MANIFEST_LIMIT, root=view.root))
        except DistrorocksError:
            yield False
            continue
        for part, files in (("lua", found.lua), ("lib", found.lib), ("bin", found.bin)):
            for relative in files:
                owned.update(file_places(tree.layout, rock, part, relative))


def _missing_target(view: RootView, layout: Layout, command: str) -> str:
    """Return the file of a rock that a wrapper runs, if it is not there; "" otherwise."""
    found = view.find(command)
    if not found or not found.is_file or found.status.st_size > _WRAPPER_LIMIT:
        return ""
    try:
        text = read_bounded(view.host_path(found.path), _WRAPPER_LIMIT)
    except DistrorocksError:
        return ""
    start = f"{layout.rocks_dir}/".encode("utf-8", "surrogateescape")
    target = re.search(rb"'(" + re.escape(start) + rb"[^'\n]+/bin/[^'\n]+)'", text)
    path = target[1].decode("utf-8", "surrogateescape") if target else ""
    return path if path and view.find(path) is None else ""


def _is_ours(path: str) -> bool:
    """Return whether a file has a name of those that a transaction stages or keeps."""
    return path.rpartition("/")[2].startswith(PREFIX)


def _remains(probe: RootProbe, directory: str, levels: int) -> Iterator[str]:
    """Yield what a transaction staged or kept in the directories of rocks."""
    for name in sorted(probe.names(directory)):
        path = f"{directory}/{name}"
        if _is_ours(path):
            yield path
        elif levels:
            yield from _remains(probe, path, levels - 1)


def is_at_work(view: RootView, layout: Layout) -> bool:
    """Return whether a run holds the lock of a tree."""
    return view.entry(layout.lock) is not None and not stale_lock(view, layout.lock)


def killed_journal(view: RootView, layout: Layout) -> str:
    """Return the journal that a killed run or undo left; that of a run at work is none."""
    return "" if is_at_work(view, layout) else journal_in(view, layout)


def recover_hint(layout: Layout) -> str:
    """Return the command that completes or undoes what a killed run began."""
    return f"distrorocks install --recover --tree={layout.root} --lua-version={layout.lua_version}"


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
    told = [*_staged(found), *_dead(found), *_files(found)]
    yield from told[:_MOST_TOLD]
    if len(told) > _MOST_TOLD:
        text = f"{layout.root} has {len(told) - _MOST_TOLD} more such files"
        yield Problem("leftover", text, "remove those above, and run this again", version)


def _staged(found: TreeFiles) -> Iterator[Problem]:
    """Yield what a transaction staged or kept, of which no journal tells any more."""
    for path in found.remains:
        text = f"{path} is of a run of distrorocks that was killed, and whose journal is gone"
        fix = f"see whether anything in it is missing from its place, then rm -r {quote(path)}"
        yield Problem("leftover", text, fix, found.layout.lua_version)


def _dead(found: TreeFiles) -> Iterator[Problem]:
    """Yield the wrappers of commands whose rock is not installed any more."""
    for path, gone in found.dead.items():
        text = f"{path} runs {gone}, which is not there"
        yield Problem("leftover", text, f"rm {quote(path)}", found.layout.lua_version)


def _files(found: TreeFiles) -> Iterator[Problem]:
    """Yield the files of no rock that have a name of LuaRocks' making, or are in its own tree."""
    layout = found.layout
    is_shared = layout.root in (DISTRO_ROOT, SYSTEM_ROOT)
    for path in found.files:
        if path in found.owned or path in found.dead:
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
    prefixed = _PREFIXED.match(found.layout.below_modules(path))
    if prefixed and prefixed[1] not in found.prefixes:
        return "is of a rock that is not installed any more"
    is_known = found.is_sure and not is_shared
    return "is of no rock in the tree" if is_known else ""


def every_leftover(
    view: RootView, trees: Sequence[InstalledTree], packaged: Collection[str]
) -> Iterator[Problem]:
    """Yield the leftovers of trees that exist.

    Of a tree that a run is changing, or has left half changed, no file is called a leftover: it may
    be the only one with its content.
    """
    told: set[str] = set()
    for tree in trees:
        layout = tree.layout
        if not view.find(layout.root) or is_at_work(view, layout):
            continue
        if (journal := killed_journal(view, layout)) in told:
            continue  # of a tree that has its rocks beside those of another
        if journal:
            told.add(journal)
            text = f"a killed run left {layout.root} half changed; its journal is {journal}"
            yield Problem("interrupted", text, recover_hint(layout), layout.lua_version)
        else:
            yield from leftovers(observe_files(view, tree, packaged))
