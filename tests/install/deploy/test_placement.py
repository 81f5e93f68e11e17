"""Which files of rocks are deployed, and whose has the plain name: single cases."""

from __future__ import annotations

from distrorocks.install.deploy.placement import (
    COMMAND,
    MODULE,
    assumed_manifest,
    deployed_files,
    items_of,
    providers,
    ranked,
)
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.trees.layout import tree_layout

LAYOUT = tree_layout("/t", "5.4")


def test_the_files_of_a_rock_are_its_commands_then_its_modules() -> None:
    """Each part by path, with the plain place and the one that has the rock's version."""
    manifest = RockManifest({"a.lua": "1", "a/b.lua": "2"}, {"a/c.so": "3"}, {"run": "4"})
    found = deployed_files(LAYOUT, ("a", "1.0-1"), manifest)
    assert [(each.part, each.relative, each.item) for each in found] == [
        ("bin", "run", (COMMAND, "run")),
        ("lua", "a.lua", (MODULE, "a")),
        ("lua", "a/b.lua", (MODULE, "a.b")),
        ("lib", "a/c.so", (MODULE, "a.c")),
    ]
    assert [each.plain for each in found] == [
        *("/t/bin/run", "/t/share/lua/5.4/a.lua", "/t/share/lua/5.4/a/b.lua"),
        "/t/lib/lua/5.4/a/c.so",
    ]
    assert all("1_0_1" in each.versioned for each in found)
    assert (MODULE, COMMAND) == ("module", "command")


def test_rocks_that_have_an_item_are_ranked() -> None:
    """By name in bytes, the newest version first; an item that none has is listed empty."""
    rocks = [("b", "1.0-1"), ("a", "1.9-1"), ("a", "1.10-1")]
    assert ranked(rocks) == [("a", "1.10-1"), ("a", "1.9-1"), ("b", "1.0-1")]
    entries = {
        rock: entry_of(
            InstalledRock(*rock, {"m": "m.lua"}, {"run": "run"} if rock[0] == "b" else {})
        )
        for rock in rocks
    }
    assert items_of(entries["b", "1.0-1"]) == {(MODULE, "m"), (COMMAND, "run")}
    wanted = [(MODULE, "m"), (COMMAND, "run"), (MODULE, "none")]
    assert providers(entries, wanted) == {
        (MODULE, "m"): ranked(rocks),
        (COMMAND, "run"): [("b", "1.0-1")],
        (MODULE, "none"): [],
    }


def test_without_a_rock_manifest_the_trees_index_says_what_is_deployed() -> None:
    """C modules by their extension; no digest is known."""
    modules = {"m": "m.lua", "m.init": "m/init.lua", "c": "c.so"}
    rock = IndexedRock("a", "1.0-1", modules=modules, commands={"run": "run.sh"})
    assert assumed_manifest(rock) == RockManifest(
        {"m.lua": "", "m/init.lua": ""}, {"c.so": ""}, {"run.sh": ""}
    )
