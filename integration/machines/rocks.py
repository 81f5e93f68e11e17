"""What stands in a machine's tree of rocks, and a rock of one's own to install there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from integration.machines.machine import Machine

TREE = "/usr/lib/luarocks"
LEDGERS = ("/var/lib/distrorocks/ledger.json", "/var/lib/distrorocks/ledger.copy.json")
OWN_TREE = "/usr/local/lib/luarocks"


def published(machine: Machine, lua_version: str, tree: str = TREE) -> set[tuple[str, str]]:
    """Return the (rock, version) pairs whose folders stand in a tree of one Lua version."""
    rocks_dir = machine.path(f"{tree}/rocks-{lua_version}")
    return {
        (folder.parent.name, folder.name) for folder in rocks_dir.glob("*/*") if folder.is_dir()
    }


def stamps(machine: Machine) -> dict[str, tuple[int, int, int]]:
    """Return the inode, size and time of every path, but of the folder where LuaRocks' lock is.

    A lock that comes and goes in /usr, as LuaRocks' own does, leaves that folder a new time.
    """
    found = machine.stamps()
    del found["/usr"]
    return found


def module_paths(shown: str) -> set[str]:
    """Return the paths of the modules that `luarocks show` printed.

    Commands are printed alike, by 3.8 with a path that is none; they begin with a slash.
    """
    return set(re.findall(r"^\t[^/\s]\S* \((/.*)\)$", shown, re.MULTILINE))


def write_local_rock(machine: Machine, name: str, dependencies: Iterable[str]) -> str:
    """Write a source folder of a rock of one's own and return its path in the machine."""
    folder = f"/srv/{name}"
    quoted = ", ".join(f'"{dependency}"' for dependency in dependencies)
    machine.write(f"{folder}/{name}.lua", "return {}\n")
    machine.write(
        f"{folder}/{name}-1.0-1.rockspec",
        f'package = "{name}"\n'
        f'version = "1.0-1"\n'
        f'source = {{ url = "file://{folder}/{name}.lua" }}\n'
        f"dependencies = {{ {quoted} }}\n"
        f'build = {{ type = "builtin", modules = {{ ["{name}"] = "{name}.lua" }} }}\n',
    )
    return folder


def make(machine: Machine, lua_version: str, folder: str) -> str:
    """Run `luarocks make` in a source folder as root and return all that it said."""
    words = f"cd {folder} && exec luarocks --lua-version={lua_version} make --deps-mode=all"
    outcome = machine.run("sh", "-c", words)
    return outcome.out + outcome.err
