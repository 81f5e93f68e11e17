"""A stack has the trees that the configuration lists, and always the distribution's."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.trees.layout import distro_layout
from distrorocks.trees.stack import entry_layout, normal, stack

DISTRO = distro_layout("5.4", library_dir="lib64")


def roots(config: LuaTable) -> list[tuple[str, str, bool]]:
    """Return name, root and whether listed of each tree."""
    trees = stack(config, DISTRO, home="/home/ann")
    return [(it.layout.name, it.layout.root, it.is_listed) for it in trees]


def test_without_configuration_the_defaults_hold() -> None:
    """LuaRocks' user and system trees come first; the distribution's is said not to be listed."""
    assert roots({}) == [
        ("user", "/home/ann/.luarocks", True),
        ("system", "/usr/local", True),
        ("distro", "/usr", False),
    ]


def test_the_listed_order_is_kept() -> None:
    """Texts and tables are trees in their order, and /usr in any spelling is the distribution's."""
    trees: list[LuaValue] = [
        "/opt/a/",
        {"name": "os", "root": "//usr/."},
        {"root": "/b", "name": 1},
    ]
    assert roots({"rocks_trees": table_of(trees)}) == [
        ("", "/opt/a", True),
        ("os", "/usr", True),
        ("", "/b", True),
    ]


def test_the_distributions_lib_dir_holds_unless_the_entry_has_one() -> None:
    """An entry for /usr without lib_dir finds C modules where the distribution puts them."""
    config: LuaTable = {"rocks_trees": {1: "/usr"}}
    assert stack(config, DISTRO, home="/")[0].layout.lib_dir == "/usr/lib64/lua/5.4"
    config = {"rocks_trees": {1: {"root": "/usr", "lib_dir": "/x"}}}
    assert stack(config, DISTRO, home="/")[0].layout.lib_dir == "/x"


def test_settings_move_the_directories_of_every_tree() -> None:
    """``lib_modules_path`` and ``rocks_subdir`` hold unless the entry has its own."""
    config: LuaTable = {"lib_modules_path": "/lib64/lua/5.4", "rocks_subdir": "rocks"}
    layout = entry_layout({"root": "/opt", "rocks_dir": "/r/"}, config, "5.4")
    assert layout is not None
    assert (layout.lib_dir, layout.rocks_dir) == ("/opt/lib64/lua/5.4", "/r")


@pytest.mark.parametrize("entry", [1, True, {}, {"root": 3}, ""])
def test_what_names_no_root_is_no_tree(entry: LuaValue) -> None:
    """Entries that LuaRocks could not use are passed over."""
    assert entry_layout(entry, {}, "5.4") is None


def test_a_path_is_told_in_one_spelling() -> None:
    """Slashes and dots do not make two trees of one."""
    assert {normal(path) for path in ("/usr", "/usr/", "//usr", "/usr/./x/..")} == {"/usr"}
