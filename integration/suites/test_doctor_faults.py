"""What breaks trees of real machines is found by doctor, and the command it names mends it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest

from integration.machines.machine import Machine

LOCAL, USER = "/usr/local", "/root/.luarocks"
TEXT = "return 1\n"
WRAPPER = (
    "#!/bin/sh\n\nexec '/usr/bin/lua5.4' '{}/lib/luarocks/rocks-5.4/dead/1-1/bin/dead' \"$@\"\n"
)


class Problem(NamedTuple):
    """One problem that doctor reports, with its fix."""

    topic: str
    text: str
    fix: str


def install(machine: Machine, tree: str, lua_version: str = "5.4", name: str = "m") -> None:
    """Install a rock of one module by hand, and make the manifest of its tree."""
    place = f"{tree}/lib/luarocks/rocks-{lua_version}/{name}/1.0-1"
    digest = hashlib.md5(TEXT.encode(), usedforsecurity=False).hexdigest()
    machine.write(f"{tree}/share/lua/{lua_version}/{name}.lua", TEXT)
    listed = f'rock_manifest = {{ lua = {{ ["{name}.lua"] = "{digest}" }} }}\n'
    rockspec = (
        f'package = "{name}"\nversion = "1.0-1"\nsource = {{ url = "x" }}\n'
        f'build = {{ type = "builtin", modules = {{ {name} = "{name}.lua" }} }}\n'
    )
    digest = hashlib.md5(rockspec.encode(), usedforsecurity=False).hexdigest()
    listed = listed.replace(" } }\n", f' }}, ["{name}-1.0-1.rockspec"] = "{digest}" }}\n')
    machine.write(f"{place}/rock_manifest", listed)
    machine.write(f"{place}/{name}-1.0-1.rockspec", rockspec)
    remake(machine, tree, lua_version)


def remake(machine: Machine, tree: str, lua_version: str) -> None:
    """Make the manifest of a tree."""
    options = (f"--tree={tree}", "--lua-version", lua_version)
    machine.distrorocks_inside("make-manifest", "--local-tree", *options)


def manifest(tree: str, lua_version: str = "5.4") -> str:
    """Return the path of a tree's manifest."""
    return f"{tree}/lib/luarocks/rocks-{lua_version}/manifest"


def _empty_manifest(machine: Machine) -> None:
    install(machine, USER, "5.1")
    machine.write(manifest(USER, "5.1"), "")


def _broken_manifest(machine: Machine) -> None:
    install(machine, USER)
    machine.write(manifest(USER), "x = {")


def _no_manifest(machine: Machine) -> None:
    install(machine, USER, "5.3")
    machine.run("rm", manifest(USER, "5.3"))


def _gone_rock(machine: Machine) -> None:
    install(machine, LOCAL)
    machine.run("rm", "-r", f"{LOCAL}/lib/luarocks/rocks-5.4/m")


def _deleted_by_luarocks(machine: Machine) -> None:
    machine.luarocks("5.4", "remove", "--tree=/usr", "--force", "penlight")


def _moved_aside(machine: Machine) -> None:
    install(machine, LOCAL)
    machine.write(f"{LOCAL}/share/lua/5.4/m.lua~", "return 2\n")


def _dead_wrapper(machine: Machine) -> None:
    machine.write(f"{LOCAL}/bin/dead", WRAPPER.format(LOCAL))


def _stale_lock(machine: Machine) -> None:
    install(machine, LOCAL)
    machine.run("ln", "-s", "distrorocks-999999", f"{LOCAL}/lockfile.lfs")


FAULTS: dict[str, Callable[[Machine], None]] = {
    "manifest empty": _empty_manifest,
    "manifest broken": _broken_manifest,
    "manifest missing": _no_manifest,
    "manifest of a rock that is gone": _gone_rock,
    "tree changed by luarocks": _deleted_by_luarocks,
    "leftover moved aside": _moved_aside,
    "leftover command": _dead_wrapper,
    "lock": _stale_lock,
}


def problems(machine: Machine) -> list[Problem]:
    """Return what doctor reports, but for the missing hooks."""
    done = machine.distrorocks_inside("doctor", "--json", status=None)
    found = [
        Problem(it["topic"], it["told"], it["hint"]) for it in json.loads(done.out)["problems"]
    ]
    return [each for each in found if each.topic != "hooks"]


def mend(machine: Machine, fix: str) -> None:
    """Run a fix; what the package manager would install is put back by hand, without a network."""
    fix = fix.removeprefix("compare the two, then ")
    if fix.startswith("distrorocks "):
        machine.distrorocks_inside(*fix.split()[1:], status=None)
    elif not fix.startswith("apt "):
        machine.run("sh", "-c", fix)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_its_command_mends_it(machine: Machine, name: str) -> None:
    """Nothing is reported before; afterwards only what needs the package manager."""
    machine.distrorocks_inside("refresh")
    machine.distrorocks_inside("config-snippet", "--apply")
    assert problems(machine) == []
    FAULTS[name](machine)
    found = problems(machine)
    assert [each.topic for each in found if each.topic == name.split()[0]]
    modules = modules_of(machine)
    for each in found:
        mend(machine, each.fix)
    assert [each for each in problems(machine) if not each.fix.startswith("apt ")] == []
    assert modules_of(machine) == modules


def modules_of(machine: Machine) -> set[str]:
    """Return the modules of rocks in the two trees, which no advice may remove."""
    trees = [machine.path(f"{tree}/share/lua") for tree in (LOCAL, USER)]
    return {str(path) for tree in trees for path in tree.rglob("*.lua")}
