"""A tree is read when it is asked, and tells of each rock what a resolver wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.package import Package
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock, tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import Tree
from distrorocks.world.installed import look
from distrorocks.world.installed_tree import InstalledTree


class Unread(Sequence[Package]):
    """Packages that must not be looked at."""

    def __len__(self) -> int:
        raise AssertionError

    def __getitem__(self, place: object) -> Any:
        raise AssertionError


LAYOUT = tree_layout("/usr/lib/t", "5.4")
OWNER = Package("deb", "lua-a", "1", "all", files=(f"{LAYOUT.lua_dir}/a.lua",))


def tree(root: Path, *, packages: tuple[Package, ...] = ()) -> InstalledTree:
    """Return the tree /usr/lib/t of a root, not yet read."""
    return InstalledTree(RootView(str(root)), Tree(LAYOUT), packages)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a tree: two versions of a, a rock without rockspec, a packed one."""
    rocks_dir = tmp_path / "usr/lib/t/lib/luarocks/rocks-5.4"
    rocks_dir.mkdir(parents=True)
    needs = (Dependency.parse("lua >= 5.1"), Dependency.parse("me/b ~> 1.2"))
    entries = [
        entry_of(InstalledRock("a", "1.2-1", {"a": "a.lua"}, dependencies=needs)),
        entry_of(InstalledRock("a", "1.10-1", {"a": "a.lua"}, dependencies=())),
        entry_of(InstalledRock("bare", "1-1", {})),
    ]
    index = tree_manifest(entries, packed=[PackedRock("packed", "1-1", "src")])
    (rocks_dir / "manifest").write_bytes(index)
    (rocks_dir / "a/1.2-1").mkdir(parents=True)
    (rocks_dir / "a/1.2-1/rock_namespace").write_text("ann")
    return tmp_path


def test_rocks_come_newest_first_with_their_namespaces(root: Path) -> None:
    """What is only a packed file is no installed rock."""
    found = tree(root)
    assert [str(rock) for rock in found.rocks] == ["a 1.10-1", "ann/a 1.2-1", "bare 1-1"]
    assert found.versions("packed") == ()
    assert (
        found.versions("a")[1].rockspec
        == "/usr/lib/t/lib/luarocks/rocks-5.4/a/1.2-1/a-1.2-1.rockspec"
    )


def test_a_namespace_is_read_through_no_link(root: Path) -> None:
    """It is printed: in another user's tree it could lead to what only root may read."""
    place = root / "usr/lib/t/lib/luarocks/rocks-5.4/a/1.2-1/rock_namespace"
    place.rename(root / "secret")
    place.symlink_to("/secret")
    assert tree(root).namespace("a", "1.2-1") is None


def test_needs_are_the_manifests(root: Path) -> None:
    """In their order, lua among them."""
    newest, old, _ = tree(root).rocks
    assert [str(need) for need in tree(root).needs(old)] == ["lua >= 5.1", "me/b ~> 1.2"]
    assert tree(root).needs(newest) == ()


def test_without_dependencies_in_the_manifest_the_rockspec_is_read(root: Path) -> None:
    """And where there is none either, the error says that they are unknown."""
    *_, bare = tree(root).rocks
    with pytest.raises(DistrorocksError, match=r"bare-1-1\.rockspec does not exist"):
        tree(root).needs(bare)
    place = root / bare.rockspec.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text(
        'package = "bare"\nversion = "1-1"\nsource = {url = "x"}\nbuild = {type = "none"}\n'
        'dependencies = {"c < 3"}\n'
    )
    assert [str(need) for need in tree(root).needs(bare)] == ["c < 3"]


def test_the_owner_of_a_module_owns_the_rock(root: Path) -> None:
    """Only with packages is anything known, and then the tree is theirs."""
    found = tree(root, packages=(OWNER,))
    newest, _, bare = found.rocks
    assert (found.owner(newest), found.owner(bare)) == (OWNER, None)
    assert found.belongs_to_packages
    assert tree(root).owner(newest) is None
    assert not tree(root).belongs_to_packages


def test_packages_are_not_read_for_a_tree_that_cannot_have_files_of_them(root: Path) -> None:
    """They own nothing in /usr/local or in a home directory."""
    found = InstalledTree(RootView(str(root)), Tree(tree_layout("/usr/local", "5.4")), Unread())
    assert not found.belongs_to_packages


def test_nothing_is_read_before_first_use(root: Path) -> None:
    """A manifest that comes later counts; a broken one is reported, and its tree is empty."""
    found = tree(root)
    manifest = root / "usr/lib/t/lib/luarocks/rocks-5.4/manifest"
    manifest.write_text("repository = {{{\n")
    assert list(found.rocks) == []
    assert "the tree is treated as empty" in found.warnings[0]


def test_a_look_at_all_trees_reads_none(root: Path) -> None:
    """The stack, what is provided and the trees are there; warnings come with reading."""
    (root / "etc/luarocks").mkdir(parents=True)
    (root / "etc/luarocks/config-5.4.lua").write_text(
        'rocks_trees = {"/usr/lib/t"}\nrocks_provided = {x = "1-1"}\n'
    )
    (root / "usr/lib/t/lib/luarocks/rocks-5.4/manifest").write_text("broken")
    with Jail() as jail:
        found = look(RootView(str(root)), "5.4", jail, packages=(OWNER,))
    assert [each.layout.root for each in found.stack] == ["/usr/lib/t", "/usr"]
    assert sorted(found.provided) == ["lua", "utf8", "x"]
    assert found.configuration.warnings == ()
    assert found.trees[0].belongs_to_packages
    assert len(found.warnings) == 1
