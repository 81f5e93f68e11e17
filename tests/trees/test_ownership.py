"""Trees that belong to packages are told from those that LuaRocks may write."""

from __future__ import annotations

import pytest

from distrorocks.trees.layout import belongs_to_packages, distro_layout, tree_layout

DISTRO = distro_layout("5.4", library_dir="lib64")
OWN = tree_layout("/opt/a", "5.4")


def test_the_distributions_tree_belongs_to_packages() -> None:
    """Whatever it holds."""
    assert belongs_to_packages(DISTRO)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("share/lua/5.4/x.lua", True),
        ("lib/lua/5.4/x/y.so", True),
        ("lib/luarocks/rocks-5.4/x/1-1/rock_manifest", True),
        ("share/lua/5.3/x.lua", False),
        ("share/lua/5.4x/x.lua", False),
        ("README", False),
    ],
)
def test_another_tree_does_where_packages_have_files(path: str, expected: bool) -> None:
    """A module or metadata of this Lua version makes it theirs."""
    files = [f"/opt/a/{path}"]
    assert belongs_to_packages(OWN, files) is expected


def test_one_file_of_a_package_is_enough() -> None:
    """Whatever else packages own; none own nothing."""
    assert belongs_to_packages(OWN, ["/etc/passwd", "/opt/a/share/lua/5.4/x.lua"])
    assert not belongs_to_packages(OWN, ())
