"""Check that a tree matches the plan after LuaRocks reported success.

LuaRocks does not verify that its writes and removals took effect. So compare the files of each new
rock with its rock_manifest, and check that nothing is left of removed rocks. ``tree_state`` returns
the rocks of a tree and their missing files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.install_engine import RockSource
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import INSTALLED, IndexedRock
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.file_signature import Signature, signature_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.system.trees.tree_place import TRIAL, resolved, tree_place
from distrorocks.trees.layout import Layout
from distrorocks.world.rock_files import Placed, Places, file_places, rock_files, versioned


class TreeState(NamedTuple):
    """``rocks`` are (name, version) pairs; ``missing`` are (name, version, module or command)."""

    rocks: frozenset[tuple[str, str]]
    missing: frozenset[tuple[str, str, str]]


def tree_state(root: str, layout: Layout) -> TreeState:
    """Return the state of a tree according to its manifest and rock_manifests."""
    view = RootView(root)
    contents, _ = read_index(view, layout)
    places = Places(view, layout._replace(bin_dir=f"{layout.root.rstrip('/')}/bin"))
    rocks: set[tuple[str, str]] = set()
    missing: set[tuple[str, str, str]] = set()
    for rock in contents.every_rock:
        if rock.arch != INSTALLED:
            continue
        rocks.add((rock.name, rock.version))
        unread: list[str] = []
        for files in rock_files(places, rock, unread):
            missing.update((rock.name, rock.version, it.name) for it in files if not it.is_there)
        if unread:
            missing.add((rock.name, rock.version, "rock_manifest"))
    return TreeState(frozenset(rocks), frozenset(missing))


_WRAPPER_LIMIT = 1 << 20
_ROCKSPEC_LIMIT = 16 << 20
_PARTS = ("lua", "lib", "bin", "rest")
_BUILT = ("lua", "lib", "bin", "conf")

Rock = tuple[str, str]


class Expected(NamedTuple):
    """The rocks that a tree must have, the new ones among them, and the removed ones."""

    rocks: frozenset[Rock]
    new: tuple[RockSource, ...]
    gone: tuple[Rock, ...]


class Doomed(NamedTuple):
    """A deployed file of a rock that is to be removed, and its state before."""

    path: str
    state: Signature


def doomed_files(layout: Layout, gone: Collection[Rock]) -> list[Doomed]:
    """Return the files that must not exist once these rocks are removed.

    Files whose module or command another rock of the tree also has are left out: they may be that
    rock's.
    """
    view = RootView("/")
    contents, _ = read_index(view, layout)
    places = Places(view, layout._replace(bin_dir=f"{layout.root.rstrip('/')}/bin"))
    leaving: list[Placed] = []
    kept: set[str] = set()
    for rock in contents.every_rock if gone else ():
        files = [each for part in rock_files(places, rock, []) for each in part]
        if (rock.name, rock.version) in gone:
            leaving += files
        else:
            kept.update(each.name for each in files)
    found = ((it.path, view.entry(it.path)) for it in leaving if it.name not in kept)
    return [Doomed(path, signature_of(entry.status)) for path, entry in found if entry]


def clear_up(layout: Layout, doomed: Sequence[Doomed]) -> None:
    """Remove what LuaRocks leaves if a removal of its own fails: test files, empty directories."""
    place = tree_place(layout)
    trials = (*place.trials(), *(f"{directory}/{TRIAL}" for _, directory in place.tops))
    with Beneath("/") as below:
        for path in trials:
            with suppress(OSError, DistrorocksError):
                below.remove_file(path)
        for each in doomed:
            above = each.path.rpartition("/")[0]
            while above.startswith(f"{layout.root.rstrip('/')}/"):
                try:
                    below.remove_directory(above)
                except (OSError, DistrorocksError):
                    break
                above = above.rpartition("/")[0]


def deployment_faults(
    layout: Layout, expected: Expected, before: TreeState, doomed: Sequence[Doomed] = ()
) -> list[str]:
    """Return a description of each deviation from ``expected``, [] if there is none."""
    now = tree_state("/", layout)
    faults = [f"{' '.join(rock)} is missing" for rock in sorted(expected.rocks - now.rocks)]
    faults += [
        f"{' '.join(rock)} is unexpectedly installed" for rock in sorted(now.rocks - expected.rocks)
    ]
    faults += [
        f"the file of {name} {version} for {item} is missing"
        for name, version, item in sorted(now.missing - before.missing)
    ]
    if not faults:
        layout = layout._replace(bin_dir=f"{layout.root.rstrip('/')}/bin")
        faults = [
            *_Deployed(layout).faults(expected.new),
            *_leftovers(layout, expected.gone),
            *_still_there(doomed),
        ]
    return faults


class _Deployed:
    """Checker for the files of new rocks in one tree."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._digests = Digests(RootView("/"))

    def faults(self, rocks: Sequence[RockSource]) -> Iterator[str]:
        """Yield the files that differ from their rock_manifests."""
        lists = [(rock, self._list(rock)) for rock in rocks]
        shared = {
            (part, relative, digest)
            for _, found in lists
            for part, files in zip(_PARTS, found, strict=True)
            for relative, digest in files.items()
            if part != "rest"
        }
        for rock, found in lists:
            named = IndexedRock(rock.name, rock.version)
            for part, files in zip(_PARTS, found, strict=True):
                for relative, digest in files.items():
                    paths = file_places(self._layout, named, part, relative)
                    if not self._is_deployed(paths, part, relative, digest, shared):
                        yield f"{paths[-1]} differs from the rock_manifest of {rock.name}"
                    if part == "bin" and not self._is_command(paths[1:], digest):
                        yield f"{paths[-1]} is neither the command of {rock.name} nor its wrapper"
            yield from self._rockspec(rock)
            yield from self._empty(rock)

    def _list(self, rock: RockSource) -> RockManifest:
        path = self._layout.rock_manifest(rock.name, rock.version)
        return RockManifest.parse(read_bounded(path, MANIFEST_LIMIT))

    def _is_deployed(
        self,
        paths: Sequence[str],
        part: str,
        relative: str,
        digest: str,
        shared: set[tuple[str, str, str]],
    ) -> bool:
        """Return whether a file is at one of its paths, or was displaced by that of a new rock."""
        found = {self._digest(path) for path in paths}
        return digest in found or any((part, relative, each) in shared for each in found)

    def _is_command(self, paths: Sequence[str], digest: str) -> bool:
        """Return whether a deployed command is the rock's own file or a complete wrapper."""
        return any(self._digest(path) == digest or _is_wrapper(path) for path in paths)

    def _rockspec(self, rock: RockSource) -> Iterator[str]:
        """Yield a rockspec that differs from the one passed to LuaRocks."""
        if not rock.file.endswith(".rockspec"):
            return
        name = f"{rock.name}-{rock.version}.rockspec"
        path = f"{self._layout.rock_dir(rock.name, rock.version)}/{name}"
        if read_bounded(path, _ROCKSPEC_LIMIT) != read_bounded(rock.file, _ROCKSPEC_LIMIT):
            yield f"{path} is not the rockspec that was installed"

    def _empty(self, rock: RockSource) -> Iterator[str]:
        """Yield directories that a build has left empty, which LuaRocks removes when it ends."""
        if not rock.file.endswith((".rockspec", ".src.rock")):
            return
        for name in _BUILT:
            path = f"{self._layout.rock_dir(rock.name, rock.version)}/{name}"
            if RootView("/").entry(path) and _names(path) == []:
                yield f"{path} could not be removed"

    def _digest(self, path: str) -> str:
        try:
            return self._digests.of(path)
        except DigestError:
            return ""


def _is_wrapper(path: str) -> bool:
    try:
        text = read_bounded(path, _WRAPPER_LIMIT)
    except DistrorocksError:
        return False
    return text.startswith(b"#!") and text.endswith(b'"$@"\n')


def _leftovers(layout: Layout, gone: Sequence[Rock]) -> Iterator[str]:
    """Yield leftovers of removed rocks, and of LuaRocks' write tests."""
    for rock in gone:
        if RootView("/").entry(layout.rock_dir(*rock)):
            yield f"{layout.rock_dir(*rock)} could not be removed"
    for directory in (layout.lua_dir, layout.lib_dir, layout.bin_dir):
        prefixes = tuple(
            versioned(IndexedRock(*rock), directory, "").rpartition("/")[2] for rock in gone
        )
        for name in _names(directory) or ():
            if name.startswith((TRIAL, *prefixes)):
                yield f"{directory}/{name} could not be removed"


def _still_there(doomed: Sequence[Doomed]) -> Iterator[str]:
    """Yield the files of removed rocks that are the same as before."""
    for path, state in doomed:
        entry = RootView("/").entry(path)
        if entry and signature_of(entry.status) == state:
            yield f"{path} could not be removed"


def _names(directory: str) -> list[str] | None:
    """Return the names in a directory, None if it is not one."""
    with suppress(OSError, DistrorocksError), Beneath("/") as below:
        return below.names(resolved(directory))
    return None
