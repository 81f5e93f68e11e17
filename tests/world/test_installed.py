"""The rocks of all trees are reported per Lua version, in the order of the trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.manifest import PackedRock, tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.world.installed import Installed, installed, listed

CONFIG = 'rocks_trees = { { name = "one", root = "/one" }, "/two" }\n'


def add_tree(root: Path, tree: str, *rocks: tuple[str, str], lua: str = "5.3") -> None:
    """Write the manifest of a tree with these rocks, and one rock file in it."""
    place = root / tree / "lib/luarocks" / f"rocks-{lua}"
    place.mkdir(parents=True)
    entries = [entry_of(InstalledRock(*rock, {rock[0]: f"{rock[0]}.lua"})) for rock in rocks]
    (place / "manifest").write_bytes(
        tree_manifest(entries, packed=[PackedRock("packed", "1-1", "src")])
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with three trees; LuaRocks' configuration lists two."""
    (tmp_path / "etc/luarocks").mkdir(parents=True)
    (tmp_path / "etc/luarocks/config-5.3.lua").write_text(CONFIG)
    add_tree(tmp_path, "one", ("a", "1.0-1"), ("ab", "1.2-1"), ("ab", "1.10-1"))
    add_tree(tmp_path, "two", ("ab", "1.2-1"), ("ab", "1.2-2"))
    add_tree(tmp_path, "usr", ("b", "1-0"))
    return tmp_path


def only(root: Path, tree: str = "") -> Installed:
    """Return what the one Lua version with rocks has."""
    (found,) = installed(str(root), tree=tree)
    assert found.lua_version == "5.3"
    return found


def rows(
    found: Installed, part: str = "", version: str | None = None
) -> list[tuple[str, str, str]]:
    """Return name, version and root of the rocks that are listed."""
    return [
        (row.rock.name, row.rock.version, row.tree.layout.root)
        for row in listed(found, part, version)
    ]


def test_rocks_come_by_name_and_the_newest_first(root: Path) -> None:
    """Versions are compared as versions; the same one comes in the order of the trees."""
    assert rows(only(root), "AB") == [
        ("ab", "1.10-1", "/one"),
        ("ab", "1.2-2", "/two"),
        ("ab", "1.2-1", "/one"),
        ("ab", "1.2-1", "/two"),
    ]


def test_a_version_without_revision_fits_all(root: Path) -> None:
    """``1.2`` asks for every revision of it, ``1.2-2`` for that one."""
    assert [row[1] for row in rows(only(root), "ab", "1.2")] == ["1.2-2", "1.2-1", "1.2-1"]
    assert [row[1] for row in rows(only(root), "ab", "1.2-2")] == ["1.2-2"]


def test_rock_files_in_a_tree_are_listed_by_their_arch(root: Path) -> None:
    """As LuaRocks does, a source rock that lies in a tree is reported to be one."""
    assert {row.rock.arch for row in listed(only(root), "packed")} == {"src"}


@pytest.mark.parametrize("word", ["one", "/one", "//one/"])
def test_a_tree_is_picked_by_name_or_root(root: Path, word: str) -> None:
    """Only that tree is looked at."""
    assert {row[2] for row in rows(only(root, word))} == {"/one"}


def test_the_distributions_tree_is_examined_and_reported_as_unlisted(root: Path) -> None:
    """Its rocks are there although LuaRocks would not look; a tree of any path may be named."""
    assert only(root).unlisted == ("/usr",)
    assert ("b", "1-0", "/usr") in rows(only(root))
    assert installed(str(root), tree="/nowhere") == []


def test_a_named_lua_version_is_listed_even_without_rocks(root: Path) -> None:
    """Without names, only versions that have rocks are."""
    assert [each.lua_version for each in installed(str(root), ("5.1", "5.3"))] == ["5.1", "5.3"]


def test_an_unknown_tree_is_an_error(root: Path) -> None:
    """It is not the same as a tree without rocks."""
    with pytest.raises(DistrorocksError, match="no such tree: tow"):
        installed(str(root), tree="tow")


@pytest.mark.parametrize(
    ("config", "option", "place"),
    [
        ('{ { name = "user", root = "/one" }, "/two" }', "--local", "/one"),
        ('{ { name = "one", root = "/one" }, "/two" }', "--local", "/root/.luarocks"),
        ('{ { name = "system", root = "/one" }, "/two" }', "--global", "/one"),
        ('{ "/two", "/usr/local", "/one" }', "--global", "/usr/local"),
        ('{ "/one", "/two" }', "--global", "/two"),
    ],
)
def test_scopes_select_the_tree_that_they_install_into(
    root: Path, config: str, option: str, place: str
) -> None:
    """Also for the superuser, and whether or not it is listed."""
    (root / "etc/luarocks/config-5.3.lua").write_text(f"rocks_trees = {config}\n")
    (found,) = installed(str(root), ["5.3"], tree=option)
    assert [each.layout.root for each in found.trees] == [place]


def test_a_name_that_looks_like_an_option_is_a_name(root: Path) -> None:
    """There is no tree of that name."""
    with pytest.raises(DistrorocksError, match="no such tree"):
        installed(str(root), tree="--other")
