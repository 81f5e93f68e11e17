"""What installing and removing rocks changes in a tree, change by change."""

from __future__ import annotations

import pytest

from distrorocks.install.deploy.collision import Collision
from distrorocks.install.deploy.decide import Decision, DeployError, decide
from distrorocks.install.deploy.observe import Install, Present
from distrorocks.trees.change import MoveFile, PlaceFile, RemoveDirectory, RemoveFile
from distrorocks.trees.layout import tree_layout
from tests.install.deploy.model import LAYOUT, SETTINGS, ModelTree, built


def told(decision: Decision) -> list[str]:
    """Return the changes as text, without reasons and content."""
    lines = []
    for each in decision.changes:
        match each:
            case PlaceFile(path, _, mode, _):
                lines.append(f"place {path} {mode:o}")
            case MoveFile(path, to, _):
                lines.append(f"move {path} {to}")
            case RemoveFile(path, _):
                lines.append(f"remove {path}")
            case RemoveDirectory(path, _):
                lines.append(f"rmdir {path}")
    return lines


ROCKS = "/t/lib/luarocks/rocks-5.4"
FILES = ("lua/m.lua", "lib/m.so", "bin/tool", "doc/manual.txt")


def test_a_first_rock_is_placed_with_its_lists_last() -> None:
    """Modules are readable, C modules and commands run; the tree's manifest comes last."""
    decision = ModelTree().install(built("b", "1.0-1", FILES, namespace="me"))
    assert told(decision) == [
        "place /t/bin/tool 755",
        "place /t/share/lua/5.4/m.lua 644",
        "place /t/lib/lua/5.4/m.so 755",
        f"place {ROCKS}/b/1.0-1/b-1.0-1.rockspec 644",
        f"place {ROCKS}/b/1.0-1/bin/tool 755",
        f"place {ROCKS}/b/1.0-1/doc/manual.txt 644",
        f"place {ROCKS}/b/1.0-1/rock_namespace 644",
        f"place {ROCKS}/b/1.0-1/rock_manifest 644",
        f"place {ROCKS}/manifest 644",
    ]
    assert not decision.collisions
    assert not decision.aside


def test_a_rock_with_an_earlier_name_takes_the_plain_names() -> None:
    """The files of the former owner are renamed first; the collision is told."""
    tree = ModelTree()
    tree.install(built("b", "1.0-1", ("lua/deep/m.lua", "bin/tool")))
    decision = tree.install(built("a", "2.0-1", ("lib/deep/m.so", "bin/tool")))
    assert told(decision)[:4] == [
        "move /t/bin/tool /t/bin/b_1_0_1-tool",
        "move /t/share/lua/5.4/deep/m.lua /t/share/lua/5.4/b_1_0_1-deep/m.lua",
        "place /t/bin/tool 755",
        "place /t/lib/lua/5.4/deep/m.so 755",
    ]
    new, old = ("a", "2.0-1"), ("b", "1.0-1")
    assert decision.collisions == (
        Collision(("command", "tool"), new, old, new),
        Collision(("module", "deep.m"), new, old, new),
    )
    assert decision.changes[0].reason == "command tool is that of a 2.0-1"


def test_a_rock_with_a_later_name_gets_versioned_names() -> None:
    """Nothing of the owner is touched."""
    tree = ModelTree()
    tree.install(built("a", "1.0-1", ("lua/m.lua",)))
    decision = tree.install(built("b-x", "1.0-1", ("lua/m.lua",)))
    assert told(decision)[0] == "place /t/share/lua/5.4/b_x_1_0_1-m.lua 644"
    assert [each.found for each in decision.collisions] == [("a", "1.0-1")]


def test_an_upgrade_is_one_replacement() -> None:
    """The new file takes the place of the old one; what only the old version has goes."""
    tree = ModelTree()
    tree.install(built("a", "1.0-1", ("lua/m.lua", "lua/old/x.lua")))
    decision = tree.install(built("a", "2.0-1", ("lua/m.lua",)), "1.0-1")
    assert told(decision) == [
        "place /t/share/lua/5.4/m.lua 644",
        f"place {ROCKS}/a/2.0-1/a-2.0-1.rockspec 644",
        f"place {ROCKS}/a/2.0-1/rock_manifest 644",
        "remove /t/share/lua/5.4/old/x.lua",
        f"remove {ROCKS}/a/1.0-1/a-1.0-1.rockspec",
        f"remove {ROCKS}/a/1.0-1/rock_manifest",
        f"rmdir {ROCKS}/a/1.0-1",
        "rmdir /t/share/lua/5.4/old",
        f"place {ROCKS}/manifest 644",
    ]
    assert not decision.collisions


def test_a_c_module_gets_its_plain_name_back_from_one_in_lua() -> None:
    """LuaRocks leaves it under its versioned name: names come from the rock that stays."""
    tree = ModelTree()
    tree.install(built("a", "1.0-1", ("lib/m.so",)))
    tree.install(built("a", "2.0-1", ("lua/m.lua",)))
    assert tree.deployed.keys() == {"lib/lua/5.4/a_1_0_1-m.so", "share/lua/5.4/m.lua"}
    decision = tree.remove(("a", "2.0-1"))
    assert told(decision)[:2] == [
        "move /t/lib/lua/5.4/a_1_0_1-m.so /t/lib/lua/5.4/m.so",
        "remove /t/share/lua/5.4/m.lua",
    ]
    assert tree.deployed.keys() == {"lib/lua/5.4/m.so"}


def test_a_file_of_no_rock_is_moved_aside() -> None:
    """To the first free name, and it is told."""
    tree = ModelTree()
    tree.files = {"/t/share/lua/5.4/m.lua": b"mine", "/t/share/lua/5.4/m.lua~": b"older"}
    decision = tree.install(built("a", "1.0-1", ("lua/m.lua",)))
    assert told(decision)[:2] == [
        "move /t/share/lua/5.4/m.lua /t/share/lua/5.4/m.lua~~",
        "place /t/share/lua/5.4/m.lua 644",
    ]
    assert [each.to for each in decision.aside] == ["/t/share/lua/5.4/m.lua~~"]


def test_a_directory_in_the_way_is_refused() -> None:
    """It may hold anything, so a person has to move it."""
    tree = ModelTree().observed(installs := [Install(built("a", "1.0-1", ("lua/m.lua",)))], ())
    tree = tree._replace(present={"/t/share/lua/5.4/m.lua": Present((1, 1, 1), True)})
    with pytest.raises(DeployError, match=r"m\.lua is a directory"):
        decide(tree, installs, (), SETTINGS)


def test_two_files_of_one_name_are_refused() -> None:
    """Two rocks whose versioned names are alike cannot both be deployed."""
    tree = ModelTree()
    for name in ("a", "b-c"):
        tree.install(built(name, "1.0-1", ("lua/m.lua",)))
    before = dict(tree.files)
    for names in (("b-c", "b_c"), ("b_c",)):
        with pytest.raises(DeployError, match="b_c_1_0_1-m"):
            tree.change([Install(built(name, "1.0-1", ("lua/m.lua",))) for name in names])
        assert tree.files == before


def test_a_rock_that_is_not_there_cannot_be_removed() -> None:
    """Neither by itself nor in exchange for another."""
    tree = ModelTree()
    with pytest.raises(DeployError, match=r"x 1\.0-1 is not in /t"):
        tree.remove(("x", "1.0-1"))
    with pytest.raises(DeployError, match=r"a 1\.0-1 is not in /t"):
        tree.install(built("a", "2.0-1"), "1.0-1")


def test_namespaces_count_in_the_manifest() -> None:
    """A dependency that names one is that of a rock of the tree, or of one that is installed."""
    tree = ModelTree()
    tree.install(built("leaf", "1.0-1", namespace="me"))
    tree.install(built("other", "1.0-1", namespace="you", needs=["me/leaf"]))
    tree.install(built("top", "1.0-1", needs=["me/leaf", "you/other", "you/leaf"]))
    closure = tree.files[LAYOUT.manifest].decode().rpartition("top = {")[2]
    assert 'leaf = "1.0-1"' in closure
    assert 'other = "1.0-1"' in closure
    tree.install(built("leaf", "1.0-1", namespace="them"))
    text = tree.files[LAYOUT.manifest].decode()
    assert 'leaf = "1.0-1"' not in text.rpartition("top = {")[2]


def test_a_tree_may_be_the_root_directory() -> None:
    """Its empty directories go as those of any other."""
    tree = ModelTree(tree_layout("/", "5.4"))
    tree.install(built("a", "1.0-1", ("lua/m.lua",)))
    assert "rmdir /share/lua/5.4" in told(tree.remove(("a", "1.0-1")))


def test_the_umask_counts() -> None:
    """Modes are those of LuaRocks, without what the umask takes away."""
    installs = [Install(built("a", "1.0-1", ("lua/m.lua", "bin/x")))]
    tree = ModelTree().observed(installs, ())._replace(umask=0o027)
    modes = {
        oct(it.mode)
        for it in decide(tree, installs, (), SETTINGS).changes
        if isinstance(it, PlaceFile)
    }
    assert modes == {"0o640", "0o750"}


def test_no_umask_lets_everybody_write() -> None:
    """LuaRocks runs a tree's manifest, and root refuses trees that others can write."""
    installs = [Install(built("a", "1.0-1", ("lua/m.lua", "bin/x")))]
    tree = ModelTree().observed(installs, ())._replace(umask=0)
    changes = decide(tree, installs, (), SETTINGS).changes
    assert not [each for each in changes if isinstance(each, PlaceFile) and each.mode & 0o002]


def test_the_layout_of_the_model_is_that_of_a_tree() -> None:
    """The tests above write its paths out."""
    assert LAYOUT.rocks_dir == ROCKS
