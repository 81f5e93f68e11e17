"""Binary rocks deployed and removed by distrorocks and by LuaRocks 3.8: the same trees, always."""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration.faults.choice import is_every
from integration.faults.content import difference
from integration.faults.deploy_cases import FAMILIES
from integration.faults.layer import Control, preloaded
from integration.machines.binary_rocks import LUA, BinaryRock, Tree, write_rock
from integration.machines.machine import run
from integration.machines.scratch import live

SCRIPT = "#!/usr/bin/env lua\nprint('script', ...)\n"
SHELL = "#!/bin/sh\necho shell\n"
OPERATIONS = 500 if is_every() else 100


@pytest.fixture(scope="module")
def rocks(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], BinaryRock]:
    """Rocks that share modules and commands: in Lua and in C, nested, of any extension."""
    place = tmp_path_factory.mktemp("rocks")
    found = {}
    for name in ("ab", "b-c", "c.d", "e"):
        for version in ("1.0-1", "1.0-2", "2.0-1", "10.0rc1-1"):
            mark = f"{name} {version}"
            files = {
                f"lua/{name}.lua": f"return '{mark}'\n",
                "lua/shared.lua": f"return 'shared {mark}'\n",
                f"lua/deep/{name}/x.lua": mark,
                "lua/deep/shared/y.lua": mark,
                "lua/data/shared.txt": mark,
                "lib/native/shared.so": mark,
                f"bin/{name}": SCRIPT,
                "bin/shared": SCRIPT if name != "e" else SHELL,
                "doc/manual.md": mark,
                "conf/x.conf": mark,
            }
            if name in ("ab", "e"):
                files |= {"lua/both.lua": mark, "lib/both.so": mark}
            if version == "2.0-1":
                files |= {"lua/only/new.lua": mark, "bin/new": SCRIPT}
            needs = {"ab": [], "b-c": ["ab", "lua >= 5.1"], "c.d": ["b-c"], "e": ["c.d", "zz"]}
            found[name, version] = write_rock(place, name, version, files, needs=needs[name])
    return found


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Tree, Tree]:
    """Two trees whose paths are of one length: one for LuaRocks alone, one for both."""
    return Tree(tmp_path / "theirs"), Tree(tmp_path / "shared")


def same(theirs: Tree, shared: Tree) -> None:
    """Fail where the trees are not the same to the byte, modes included."""
    found = difference(shared.content(shown_as="/TREE"), theirs.content(shown_as="/TREE"))
    assert not found, str(found)


def make_manifest(tree: Tree) -> bytes:
    """Return the manifest that luarocks-admin makes of a tree."""
    config = tree.place.with_name(f"{tree.place.name}.lua")
    words = ("make-manifest", "--local-tree", f"--tree={tree.place}")
    run(f"luarocks-admin-{LUA}", *words, LUAROCKS_CONFIG=str(config), HOME=str(config.parent))
    return (Path(tree.layout.rocks_dir) / "manifest").read_bytes()


def test_one_rock_is_deployed_alike(
    rocks: dict[tuple[str, str], BinaryRock], trees: tuple[Tree, Tree]
) -> None:
    """Files, modes, wrapper, rock_manifest and manifest are those of LuaRocks."""
    theirs, shared = trees
    theirs.luarocks_install(rocks["e", "1.0-1"])
    shared.install(rocks["e", "1.0-1"])
    same(theirs, shared)
    mine = (Path(shared.layout.rocks_dir) / "manifest").read_bytes()
    assert mine == make_manifest(shared)


def test_each_removes_what_the_other_installed(
    rocks: dict[tuple[str, str], BinaryRock], trees: tuple[Tree, Tree]
) -> None:
    """In both directions the tree is that of LuaRocks alone."""
    theirs, shared = trees
    for name, version in (("e", "1.0-1"), ("ab", "1.0-1"), ("b-c", "2.0-1"), ("ab", "2.0-1")):
        theirs.luarocks_install(rocks[name, version], keep=True)
        shared.install(rocks[name, version], keep=True)
        same(theirs, shared)
    for number, (name, version) in enumerate(
        (("ab", "2.0-1"), ("e", "1.0-1"), ("ab", "1.0-1"), ("b-c", "2.0-1"))
    ):
        theirs.luarocks_remove(name, version)
        if number % 2:
            shared.luarocks_remove(name, version)
        else:
            shared.remove((name, version))
        same(theirs, shared)


def operations(seed: int, count: int) -> Iterator[tuple[str, bool, int, bool]]:
    """Yield what to do, whether to keep other versions, a number to choose by, and by whom."""
    chance = random.Random(seed)  # noqa: S311 - any will do
    for _ in range(count):
        verb = "install" if chance.random() < 0.6 else "remove"
        yield verb, chance.random() < 0.6, chance.randrange(1000), chance.random() < 0.5


@pytest.mark.parametrize("seed", [1, 2])
def test_random_operations_by_turns_end_in_one_tree(
    rocks: dict[tuple[str, str], BinaryRock], trees: tuple[Tree, Tree], seed: int
) -> None:
    """So many installs and removals, each by either, give the tree that LuaRocks alone makes."""
    theirs, shared = trees
    installed: set[tuple[str, str]] = set()
    every = sorted(rocks)
    for verb, keep, number, is_ours in operations(seed, OPERATIONS):
        if verb == "install" or not installed:
            rock = every[number % len(every)]
            theirs.luarocks_install(rocks[rock], keep=keep)
            install: Callable[..., object] = shared.install if is_ours else shared.luarocks_install
            install(rocks[rock], keep=keep)
            if not keep:
                installed = {it for it in installed if it[0] != rock[0]}
            installed.add(rock)
        else:
            rock = sorted(installed)[number % len(installed)]
            theirs.luarocks_remove(*rock)
            if is_ours:
                shared.remove(rock)
            else:
                shared.luarocks_remove(*rock)
            installed.discard(rock)
        same(theirs, shared)
    mine = (Path(shared.layout.rocks_dir) / "manifest").read_bytes()
    assert mine == make_manifest(shared)


STRIDES = {"kills": "1", "interrupts": "8", "errors": "7", "full_disk": "3"}
"""Of how many attacks one is tried, unless DISTROROCKS_EVERY_FAULT asks for all."""


@pytest.mark.parametrize("family", FAMILIES)
def test_no_fault_leaves_a_tree_between_old_and_new(family: str) -> None:
    """kill -9, a signal, an error, a full or read-only disk, at every call that changes a file."""
    place = Path(tempfile.mkdtemp(prefix="deploy-", dir=live()))
    Control(place / "control")
    layer = [f"{name}={value}" for name, value in preloaded(place / "control").items()]
    stride = "1" if is_every() else STRIDES[family]
    words = (
        sys.executable,
        "-m",
        "integration.faults.deploy_cases",
        place / "cases",
        family,
        stride,
    )
    answer = json.loads(run("env", *layer, *words, timeout=3600).out)
    print(f"deploy: {family}: {answer['tried']} tried, {len(answer['found'])} failed")
    assert answer["tried"] == answer["met"] > 100
    assert not answer["found"], "\n".join(map(str, answer["found"][:20]))


def test_a_file_in_the_way_is_moved_aside_alike(
    rocks: dict[tuple[str, str], BinaryRock], trees: tuple[Tree, Tree]
) -> None:
    """Files of no rock get the same new names, also where some are taken."""
    for tree in trees:
        for path in ("share/lua/5.4/shared.lua", "share/lua/5.4/shared.lua~", "bin/shared"):
            place = tree.place / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"mine: {path}")
    theirs, shared = trees
    theirs.luarocks_install(rocks["e", "1.0-1"])
    done = shared.install(rocks["e", "1.0-1"])
    same(theirs, shared)
    assert [move.to.removeprefix(f"{shared.place}/") for move in done.decision.aside] == [
        "bin/shared~",
        "share/lua/5.4/shared.lua~~",
    ]


def test_wrappers_can_be_forbidden_alike(tmp_path: Path, trees: tuple[Tree, Tree]) -> None:
    """By a rockspec: the command is copied, with the mode of a program."""
    more = 'rockspec_format = "1.1"\ndeploy = { wrap_bin_scripts = false }\n'
    rock = write_rock(tmp_path, "plain", "1.0-1", {"bin/plain": SCRIPT}, more=more)
    theirs, shared = trees
    theirs.luarocks_install(rock)
    shared.install(rock)
    same(theirs, shared)
    assert (shared.place / "bin/plain").read_text() == SCRIPT


@pytest.mark.parametrize("mask", ["002", "027", "077"])
def test_modes_are_those_of_luarocks(
    rocks: dict[tuple[str, str], BinaryRock], trees: tuple[Tree, Tree], mask: str
) -> None:
    """Deployed files and the manifest, with any umask; unzip gives the rock's directory its own."""
    theirs, shared = trees
    before = os.umask(int(mask, 8))
    try:
        theirs.luarocks_install(rocks["ab", "1.0-1"])
        shared.install(rocks["ab", "1.0-1"])
    finally:
        os.umask(before)
    found = [tree.content(shown_as="/TREE") for tree in (theirs, shared)]
    places = [path for path in found[0] if "/rocks-5.4/ab/" not in path]
    assert len(places) > 15
    assert {path: found[0][path][0] for path in places} == {
        path: found[1][path][0] for path in places
    }


def test_a_c_module_that_luarocks_loses_is_found_again(
    tmp_path: Path, trees: tuple[Tree, Tree]
) -> None:
    """Where a newer version in Lua goes, LuaRocks leaves the older one under a versioned name."""
    old = write_rock(tmp_path, "native", "1.0-1", {"lib/native.so": "c"})
    new = write_rock(tmp_path, "native", "2.0-1", {"lua/native.lua": "return 2"})
    theirs, shared = trees
    for tree in trees:
        tree.luarocks_install(old)
        tree.luarocks_install(new, keep=True)
    theirs.luarocks("remove", "native", "2.0-1", "--force", status=None)
    shared.remove(("native", "2.0-1"))
    assert (theirs.place / "lib/lua/5.4/native_1_0_1-native.so").exists()
    assert (shared.place / "lib/lua/5.4/native.so").exists()
    theirs.install(write_rock(tmp_path, "native", "0.5-1", {"lib/native.so": "older"}), keep=True)
    assert (theirs.place / "lib/lua/5.4/native.so").read_text() == "c"
