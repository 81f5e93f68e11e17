"""Whether a tree is what the plan said, after LuaRocks has ended well.

LuaRocks does not look whether what it wrote is on the disk, nor whether what it removed is gone.
So every rock that is new is held against its rock_manifest, and of every rock that goes nothing
may be left.

What a tree has just now: its rocks, and which of their files are not where they belong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.install_engine import RockSource
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import INSTALLED, IndexedRock
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.system.trees.tree_place import resolved
from distrorocks.trees.layout import Layout
from distrorocks.world.rock_files import Places, file_places, rock_files, versioned


class TreeState(NamedTuple):
    """``rocks`` are (name, version) pairs; ``missing`` are (name, version, module or command)."""

    rocks: frozenset[tuple[str, str]]
    missing: frozenset[tuple[str, str, str]]


def tree_state(root: str, layout: Layout) -> TreeState:
    """Return the state of a tree as its manifest and its rock_manifests tell it."""
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
_TRIAL = ".tmpluarockstestwritable"

Rock = tuple[str, str]


class Expected(NamedTuple):
    """The rocks that a tree must have, of them those that are new, and those that went."""

    rocks: frozenset[Rock]
    new: tuple[RockSource, ...]
    gone: tuple[Rock, ...]


def deployment_faults(layout: Layout, expected: Expected, before: TreeState) -> list[str]:
    """Return in words what is not as it must be, [] where all is well."""
    now = tree_state("/", layout)
    faults = [f"{' '.join(rock)} is not there" for rock in sorted(expected.rocks - now.rocks)]
    faults += [
        f"{' '.join(rock)} is there and should not be"
        for rock in sorted(now.rocks - expected.rocks)
    ]
    faults += [
        f"{name} {version} lacks its file for {item}"
        for name, version, item in sorted(now.missing - before.missing)
    ]
    if not faults:
        layout = layout._replace(bin_dir=f"{layout.root.rstrip('/')}/bin")
        faults = [*_Deployed(layout).faults(expected.new), *_left(layout, expected.gone)]
    return faults


class _Deployed:
    """The files of new rocks in one tree."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._digests = Digests(RootView("/"))

    def faults(self, rocks: Sequence[RockSource]) -> Iterator[str]:
        """Yield which files are not what the rock_manifests say."""
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
                    if not self._is_there(paths, part, relative, digest, shared):
                        yield f"{paths[-1]} is not as the rock_manifest of {rock.name} has it"
                    if part == "bin" and not self._is_command(paths[1:], digest):
                        yield f"{paths[-1]} is neither the command of {rock.name} nor starts it"
            yield from self._rockspec(rock)
            yield from self._empty(rock)

    def _list(self, rock: RockSource) -> RockManifest:
        path = self._layout.rock_manifest(rock.name, rock.version)
        return RockManifest.parse(read_bounded(path, MANIFEST_LIMIT))

    def _is_there(
        self,
        paths: Sequence[str],
        part: str,
        relative: str,
        digest: str,
        shared: set[tuple[str, str, str]],
    ) -> bool:
        """Return whether a file is at one of its places, or has lost its name to a new rock."""
        found = {self._digest(path) for path in paths}
        return digest in found or any((part, relative, each) in shared for each in found)

    def _is_command(self, paths: Sequence[str], digest: str) -> bool:
        """Return whether a deployed command is the rock's own file, or a wrapper that is whole."""
        return any(self._digest(path) == digest or _is_wrapper(path) for path in paths)

    def _rockspec(self, rock: RockSource) -> Iterator[str]:
        """Yield a rockspec that is not the one that LuaRocks was given."""
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


def _left(layout: Layout, gone: Sequence[Rock]) -> Iterator[str]:
    """Yield what is left of rocks that went, and of LuaRocks' trials."""
    for rock in gone:
        if RootView("/").entry(layout.rock_dir(*rock)):
            yield f"{layout.rock_dir(*rock)} could not be removed"
    for directory in (layout.lua_dir, layout.lib_dir, layout.bin_dir):
        prefixes = tuple(
            versioned(IndexedRock(*rock), directory, "").rpartition("/")[2] for rock in gone
        )
        for name in _names(directory) or ():
            if name.startswith((_TRIAL, *prefixes)):
                yield f"{directory}/{name} could not be removed"


def _names(directory: str) -> list[str] | None:
    """Return the names in a directory, None for what is none."""
    with suppress(OSError, DistrorocksError), Beneath("/") as below:
        return below.names(resolved(directory))
    return None
