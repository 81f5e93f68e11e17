"""What runs left in a tree is found, each with its command; what is somebody's own is not."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from distrorocks.health.leftovers import every_leftover
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import Tree
from distrorocks.world.installed_tree import InstalledTree

LUA = "share/lua/5.4"


def found(root: Path, tree: str, *files: str) -> list[tuple[str, str, str]]:
    """Return topic, text and fix for a tree with the rock ``m`` and more files."""
    layout = tree_layout(tree, "5.4")
    text = tree_manifest([entry_of(InstalledRock("m", "1.0-1", {"m": "m.lua"}, {"run": "run"}))])
    for path in (f"{tree}/{LUA}/m.lua", f"{tree}/bin/run", layout.manifest, *files):
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
    view = RootView(str(root))
    every = every_leftover(view, [InstalledTree(view, Tree(layout))], ["/usr/local/share/p~"])
    return [(it.topic, it.text, it.hint) for it in every]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (f"/usr/local/{LUA}/m.lua~", "is what LuaRocks moved aside to deploy /usr/local/"),
        (f"/usr/local/{LUA}/m.lua~~", "is what LuaRocks moved aside to deploy /usr/local/"),
        (f"/usr/local/{LUA}/gone_2_0_1-m.lua", "is of a rock that is not installed any more"),
        (f"/usr/local/{LUA}/gone_2_0_1-a/b.lua", "is of a rock that is not installed any more"),
        (f"/root/.luarocks/{LUA}/left/init.lua", "is of no rock in the tree"),
        ("/root/.luarocks/bin/left", "is of no rock in the tree"),
        ("/usr/local/bin/run~", "is what LuaRocks moved aside to deploy /usr/local/bin/run"),
    ],
)
def test_a_file_that_luarocks_left_is_reported(tmp_path: Path, file: str, reason: str) -> None:
    """A file moved aside, one of a rock that is gone, and any in a tree that is LuaRocks' alone."""
    tree = "/usr/local" if file.startswith("/usr/local") else "/root/.luarocks"
    ((topic, text, fix),) = found(tmp_path, tree, file)
    assert topic == "leftover"
    assert fix.removeprefix("compare the two, then ") == f"rm {shlex.quote(file)}"
    assert text.startswith(f"{file} {reason}")


def test_files_of_an_administrator_in_usr_local_are_no_leftovers(tmp_path: Path) -> None:
    """Nor is an editor's backup of a file that no rock has, or the second file of a rock."""
    own = [f"/usr/local/{LUA}/{name}" for name in ("own.lua", "own.lua~", "m_1_0_1-x.lua")]
    assert found(tmp_path, "/usr/local", *own, "/usr/local/bin/own") == []


@pytest.mark.parametrize("name", [".distrorocks-deploy-5.4", ".distrorocks-deploy-5.4.undo"])
def test_a_killed_run_is_reported_unless_it_still_works(tmp_path: Path, name: str) -> None:
    """Its journal is found beside the manifest, also one of an undo that was killed in turn; a lock
    that is held means that it is at work."""
    record = f"/usr/local/lib/luarocks/{name}"
    ((topic, text, fix),) = found(tmp_path, "/usr/local", record)
    assert topic == "interrupted"
    assert text.endswith(f"its journal is {record}")
    assert fix == "distrorocks install --recover --tree=/usr/local --lua-version=5.4"
    os.symlink(f"distrorocks-{os.getpid()}", tmp_path / "usr/local/lockfile.lfs")
    assert found(tmp_path, "/usr/local", record) == []


@pytest.mark.parametrize("tree", ["/usr/local", "/root/.luarocks"])
@pytest.mark.parametrize("is_at_work", [False, True])
def test_no_file_of_a_half_changed_tree_is_called_a_leftover(
    tmp_path: Path, tree: str, is_at_work: bool
) -> None:
    """What a killed run or one at work staged and kept may be the only file with its content, and a
    new module is of no rock yet: who followed the advice to remove it would lose it."""
    (tmp_path / tree.lstrip("/")).mkdir(parents=True)
    if is_at_work:
        os.symlink(f"distrorocks-{os.getpid()}", tmp_path / tree.lstrip("/") / "lockfile.lfs")
    rocks = f"{tree}/lib/luarocks/rocks-5.4"
    told = found(
        tmp_path,
        tree,
        f"{tree}/lib/luarocks/.distrorocks-deploy-5.4",
        f"{tree}/{LUA}/.distrorocks-old-1-2-3-m.lua",
        f"{tree}/{LUA}/new.lua",
        f"{rocks}/n/.distrorocks-new-1-2-4-2.0-1.d/rock_manifest",
    )
    assert [topic for topic, _, _ in told] == ([] if is_at_work else ["interrupted"])


@pytest.mark.parametrize("tree", ["/usr/local", "/root/.luarocks"])
def test_what_a_run_staged_and_no_journal_tells_of_is_reported(tmp_path: Path, tree: str) -> None:
    """Among modules, commands and rocks, also a staged directory, as a whole."""
    rocks = f"{tree}/lib/luarocks/rocks-5.4"
    staged = f"{rocks}/n/.distrorocks-new-1-2-4-2.0-1.d"
    remains = [
        f"{tree}/{LUA}/sub/.distrorocks-old-1-2-3-m.lua",
        f"{tree}/bin/.distrorocks-new-1-2-3-run",
        f"{rocks}/.distrorocks-old-1-2-4-manifest",
        f"{rocks}/m/1.0-1/.distrorocks-new-1-2-4-rock_manifest",
    ]
    told = found(tmp_path, tree, *remains, f"{staged}/doc/x", f"{staged}/rock_manifest")
    assert {topic for topic, _, _ in told} == {"leftover"}
    assert {text.partition(" ")[0] for _, text, _ in told} == {*remains, staged}
    assert all(fix.startswith("see whether anything in it is missing") for _, _, fix in told)
    assert any(fix.endswith(f"then rm -r {staged}") for _, _, fix in told)


def test_many_leftovers_are_counted(tmp_path: Path) -> None:
    """After twenty of one tree."""
    many = [f"/root/.luarocks/{LUA}/x{number}.lua" for number in range(25)]
    told = found(tmp_path, "/root/.luarocks", *many)
    assert len(told) == 21
    assert told[-1][1] == "/root/.luarocks has 5 more such files"


@pytest.mark.parametrize("has_rock_manifest", [True, False])
def test_a_module_of_a_rock_that_the_manifest_does_not_list_is_no_leftover(
    tmp_path: Path, has_rock_manifest: bool
) -> None:
    """The manifest has to be made; who followed the advice to remove the file would lose it."""
    directory = "root/.luarocks/lib/luarocks/rocks-5.4/n/2.0-1"
    (tmp_path / directory).mkdir(parents=True)
    if has_rock_manifest:
        text = 'rock_manifest = { lua = { ["n.lua"] = "x" }, bin = { tool = "x" } }'
        (tmp_path / directory / "rock_manifest").write_text(text)
    files = [f"/root/.luarocks/{LUA}/n.lua", "/root/.luarocks/bin/tool"]
    assert found(tmp_path, "/root/.luarocks", *files) == []


def test_one_rock_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    """The second file of a later rock is still known to be its own."""
    rocks = tmp_path / "usr/local/lib/luarocks/rocks-5.4"
    (rocks / "broken/1.0-1").mkdir(parents=True)
    (rocks / "n/2.0-1").mkdir(parents=True)
    (rocks / "n/2.0-1/rock_manifest").write_text('rock_manifest = { lua = { ["m.lua"] = "x" } }')
    assert found(tmp_path, "/usr/local", f"/usr/local/{LUA}/n_2_0_1-m.lua") == []


@pytest.mark.parametrize("tree", ["/usr/local", "/root/.luarocks"])
def test_a_wrapper_of_a_rock_that_is_gone_is_reported(tmp_path: Path, tree: str) -> None:
    """It runs a file that is not there; a wrapper of a rock that is there is not mentioned."""
    target = f"{tree}/lib/luarocks/rocks-5.4/dead/1.0-1/bin/dead"
    wrapper = tmp_path / f"{tree}/bin/dead".lstrip("/")
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text(f"#!/bin/sh\n\nexec '/usr/bin/lua5.4' '{target}' \"$@\"\n")
    ((topic, text, fix),) = found(tmp_path, tree)
    assert (topic, text) == ("leftover", f"{tree}/bin/dead runs {target}, which is not there")
    assert fix == f"rm {tree}/bin/dead"
    place = tmp_path / target.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text("")
    assert [text for _, text, _ in found(tmp_path, tree) if "runs" in text] == []


def test_a_journal_that_two_trees_could_have_is_told_once(tmp_path: Path) -> None:
    """They have their rocks side by side."""
    (tmp_path / "srv/lib/luarocks").mkdir(parents=True)
    (tmp_path / "srv/lib/luarocks/.distrorocks-deploy-5.4").touch()
    view = RootView(str(tmp_path))
    rocks = [f"/srv/lib/luarocks/{name}" for name in ("one", "two")]
    trees = [InstalledTree(view, Tree(tree_layout("/srv", "5.4", rocks_dir=it))) for it in rocks]
    assert [it.topic for it in every_leftover(view, trees, ())] == ["interrupted"]
