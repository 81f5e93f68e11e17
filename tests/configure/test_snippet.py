"""The configuration files of a root are edited one by one, and given back."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from distrorocks.configure.snippet import apply_change, config_changes, unseen_trees
from distrorocks.errors import DistrorocksError
from distrorocks.trees.layout import distro_layout

STOCK = b"rocks_trees = {\n   home..[[/.luarocks]],\n   [[/usr/local]]\n}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with LuaRocks' configuration directory and one file in it."""
    folder = tmp_path / "etc" / "luarocks"
    folder.mkdir(parents=True)
    (folder / "config-5.3.lua").write_bytes(STOCK)
    return tmp_path


def test_what_is_applied_is_all_that_was_missing(root: Path) -> None:
    """After the change there is none to do, the mode is kept, and removing gives the bytes back."""
    file = root / "etc/luarocks/config-5.3.lua"
    file.chmod(0o640)
    (change,) = config_changes(str(root))
    assert change.is_change
    apply_change(str(root), change)
    (again,) = config_changes(str(root))
    assert not again.is_change
    assert again.snippet == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    (removal,) = config_changes(str(root), remove=True)
    apply_change(str(root), removal)
    assert file.read_bytes() == STOCK
    assert os.listdir(file.parent) == ["config-5.3.lua"]


def test_a_file_is_made_only_where_it_is_wanted(root: Path) -> None:
    """A version is configured when it is named or its tree has rocks, else left alone."""
    rocks_dir = root / "usr/lib/luarocks/rocks-5.1"
    rocks_dir.mkdir(parents=True)
    (rocks_dir / "manifest").write_text("")
    assert [it.lua_version for it in config_changes(str(root))] == ["5.1", "5.3"]
    (change,) = config_changes(str(root), ("5.4",))
    apply_change(str(root), change)
    assert b"distro" in (root / "etc/luarocks/config-5.4.lua").read_bytes()


def test_a_link_stays_a_link(root: Path) -> None:
    """What a link leads to inside the root is edited; the link is not replaced."""
    folder = root / "etc/luarocks"
    (folder / "mine.lua").write_bytes(STOCK)
    (folder / "config-5.4.lua").symlink_to("/etc/luarocks/mine.lua")
    (change,) = config_changes(str(root), ("5.4",))
    apply_change(str(root), change)
    assert (folder / "config-5.4.lua").is_symlink()
    assert b"distro" in (folder / "mine.lua").read_bytes()


def test_a_file_that_computes_is_told_with_its_place(root: Path) -> None:
    """The strict parser's refusal names file and line, and the file stays."""
    file = root / "etc/luarocks/config-5.3.lua"
    file.write_text("\nx = os_getenv('X')\n")
    (change,) = config_changes(str(root))
    assert "config-5.3.lua:2" in str(change.fault)
    with pytest.raises(DistrorocksError):
        apply_change(str(root), change)
    assert change.snippet


def test_without_luarocks_there_is_nothing_to_configure(tmp_path: Path) -> None:
    """A root without configuration and rocks is told so; a named version finds no directory."""
    with pytest.raises(DistrorocksError, match="no Lua version has rocks"):
        config_changes(str(tmp_path))
    (change,) = config_changes(str(tmp_path), ("5.3",))
    with pytest.raises(DistrorocksError, match="there is no /etc/luarocks"):
        apply_change(str(tmp_path), change)


def test_the_versions_whose_configuration_lacks_the_tree_are_unseen(root: Path) -> None:
    """A file that must be run, and one that lists the tree, count as seen."""
    layouts = [distro_layout(version) for version in ("5.1", "5.3", "5.4")]
    (root / "etc/luarocks/config-5.1.lua").write_text("rocks_trees = f()\n")
    assert unseen_trees(str(root), layouts) == ["5.3", "5.4"]
    (change,) = config_changes(str(root), ["5.3"])
    apply_change(str(root), change)
    assert unseen_trees(str(root), layouts) == ["5.4"]


SHOWN = """rocks_trees = {
   { name = "user", root = home.."/.luarocks" },
   { name = "distro", root = "/usr", lib_dir = "/usr/lib/lua/5.3" },
   { name = "system", root = "/usr/local" },
}"""
ADDED = """rocks_trees = {
   { name = "distro", root = "/usr", lib_dir = "/usr/lib/lua/5.3" },
   { name = "system", root = rocks_trees[1] },
}"""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (STOCK.decode(), f'{SHOWN}\ndeps_mode = "all"'),
        ("", f'{SHOWN}\ndeps_mode = "all"'),
        ('deps_mode = "order"\n', SHOWN),
        ('deps_mode = "all"\n', SHOWN),
        ('rocks_trees = { "/x" }\n', f'{ADDED}\ndeps_mode = "all"'),
    ],
)
def test_by_hand_what_is_missing_is_shown(root: Path, text: str, shown: str) -> None:
    """Default trees as a page has them, else those of the file; a mode that is set is not."""
    (root / "etc/luarocks/config-5.3.lua").write_text(text)
    (change,) = config_changes(str(root), ["5.3"])
    assert change.snippet == shown


def test_what_is_no_file_is_a_fault_and_stays(root: Path) -> None:
    """The whole configuration is shown beside it."""
    file = root / "etc/luarocks/config-5.3.lua"
    file.unlink()
    file.mkdir()
    (change,) = config_changes(str(root), ["5.3"])
    assert "not a regular file" in str(change.fault)
    assert not change.is_change
    assert change.snippet == f'{SHOWN}\ndeps_mode = "all"'
    with pytest.raises(DistrorocksError, match="not a regular file"):
        apply_change(str(root), change)


def test_the_whole_configuration_is_shown_by_hand(root: Path) -> None:
    """For a file that cannot be edited: the tree, and that all trees count."""
    (root / "etc/luarocks/config-5.3.lua").write_text("rocks_trees = f()\n")
    (change,) = config_changes(str(root), ["5.3"])
    assert change.fault
    lines = change.snippet.splitlines()
    assert lines[-1] == 'deps_mode = "all"'
    assert any("/usr" in line for line in lines[:-1])
