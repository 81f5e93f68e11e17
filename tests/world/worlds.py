"""Worlds for tests: a root with trees in its configuration, and servers beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.installed import look


def configure(root: Path, text: str) -> None:
    """Write the configuration; no cache is kept outside of the test."""
    cache = root.parent / "cache"
    config = f'{text}local_cache = "{cache}"\n'
    (root / "etc/luarocks/config-5.4.lua").write_text(config)


def world(
    root: Path,
    *servers: str,
    distro: DistroUse = DistroUse.NEVER,
    unbuilt: bool = False,
    unbuilt_names: Iterable[str] = (),
    asks_all_luas: bool = False,
) -> World:
    """Return the world of Lua 5.4 in a root."""
    with Jail() as jail:
        found = look(RootView(str(root)), "5.4", jail)
    addresses = tuple(map(Address.parse, servers or ("/nowhere",)))
    asked = WorldRequest(
        "5.4",
        str(root),
        ServerOptions(only=addresses, asks_all_luas=asks_all_luas),
        distro,
        unbuilt=unbuilt,
        unbuilt_names=frozenset(unbuilt_names),
    )
    return World(asked, found.trees, found.config)


def add_tree(root: Path, tree: str, *rocks: InstalledRock) -> Path:
    """Write the manifest of a tree, and return its rocks_dir."""
    place = root / tree / "lib/luarocks/rocks-5.4"
    place.mkdir(parents=True)
    (place / "manifest").write_bytes(tree_manifest(map(entry_of, rocks)))
    return place


def told(candidates: Iterable[Candidate]) -> list[str]:
    """Return candidates as text."""
    return [f"{each} {each.origin.value}" for each in candidates]
