"""Where the files of rocks are deployed, and which rock's file has the plain name.

Several rocks or versions may have one module or command. The rock whose name comes first by bytes
has the plain file name, of its versions the newest; the others have the name that contains theirs
and their version (LuaRocks' ``check_spot_if_available``). The order of installation has no
influence. A rock's Lua file and its C module of one module name share their fate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from distrorocks.lua.value import to_bytes
from distrorocks.rocks.manifest_entry import Entry
from distrorocks.rocks.rock_manifest import RockManifest, module_name
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.rocks.version import Version
from distrorocks.trees.layout import Layout, Rock
from distrorocks.values import NamedTuple
from distrorocks.world.rock_files import versioned

MODULE, COMMAND = "module", "command"

Item = tuple[str, str]
"""``MODULE`` or ``COMMAND``, and its name."""


class DeployedFile(NamedTuple):
    """A file of a rock that is deployed: its part of the rock, path there, and possible places."""

    rock: Rock
    part: str
    relative: str
    item: Item
    plain: str
    versioned: str


def deployed_files(layout: Layout, rock: Rock, manifest: RockManifest) -> list[DeployedFile]:
    """Return the files of a rock's ``bin``, ``lua`` and ``lib``, in this order, sorted by path."""
    parts = (
        ("bin", layout.bin_dir, manifest.bin),
        ("lua", layout.lua_dir, manifest.lua),
        ("lib", layout.lib_dir, manifest.lib),
    )
    found = []
    for part, directory, files in parts:
        for relative in sorted(files):
            item = (COMMAND, relative) if part == "bin" else (MODULE, module_name(relative))
            other = versioned(IndexedRock(*rock), directory, relative)
            found.append(DeployedFile(rock, part, relative, item, f"{directory}/{relative}", other))
    return found


def items_of(entry: Entry) -> set[Item]:
    """Return the modules and commands of a rock."""
    return {(MODULE, name) for name in entry.modules} | {(COMMAND, name) for name in entry.commands}


def providers(entries: Mapping[Rock, Entry], items: Iterable[Item]) -> dict[Item, list[Rock]]:
    """Return the rocks that have each of these items; the first has the plain name."""
    found: dict[Item, list[Rock]] = {item: [] for item in items}
    for rock, entry in entries.items():
        for item in items_of(entry) & found.keys():
            found[item].append(rock)
    return {item: ranked(rocks) for item, rocks in found.items()}


def ranked(rocks: Iterable[Rock]) -> list[Rock]:
    """Return rocks by name, the newest version first."""
    by_version = sorted(sorted(rocks), key=lambda rock: Version.parse(rock[1]), reverse=True)
    return sorted(by_version, key=lambda rock: to_bytes(rock[0]))


def assumed_manifest(rock: IndexedRock) -> RockManifest:
    """Return the deployed files of a rock that has no rock_manifest, from the tree's manifest."""
    lib = {path: "" for path in rock.modules.values() if path.endswith(".so")}
    lua = {path: "" for path in rock.modules.values() if path not in lib}
    return RockManifest(lua, lib, dict.fromkeys(rock.commands.values(), ""))
