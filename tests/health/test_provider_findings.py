"""Which files of packages stand in a tree's own directories, and what hides them."""

from __future__ import annotations

from distrorocks.families.package import Package
from distrorocks.health.finding import SHADOWED, Finding
from distrorocks.health.provider_findings import own_modules, shadow
from distrorocks.trees.layout import distro_layout

LAYOUT = distro_layout("5.3")


def test_only_modules_of_the_trees_own_directories_count() -> None:
    """Not those of another Lua version, nor what is no module."""
    own = "/usr/share/lua/5.3/a.lua"
    files = (own, "/usr/share/lua/5.4/b.lua", "/usr/share/lua/5.3/notes.txt", "/usr/bin/a")
    package = Package("deb", "lua-a", "1-1", "all", files=files)
    assert own_modules([package], LAYOUT) == {"a": own}


def test_a_tree_that_hides_packages_is_told_once() -> None:
    """With the first module's two files, all names, and the ways to start Lua if not all."""
    hidden = {"b": ("/l/b.lua", "/u/b.lua"), "a": ("/l/a.lua", "/u/a.lua")}
    listed = "luarocks --lua-version=5.3 --tree=/usr/local list"
    hint = f"to use the package's, remove the rock: see {listed}"
    expected = "/u/a.lua, the package's file"
    told = "the tree /usr/local hides the modules a, b"
    assert shadow(hidden, "/usr/local", "5.3") == Finding(
        SHADOWED, "/l/a.lua", expected, told, hint
    )
    assert shadow(hidden, "/usr/local", "5.3", ("lua5.3",)).found == f"{told}, with lua5.3"
    outside = shadow(hidden, "", "5.3")
    assert outside.found == "a file outside all trees hides the modules a, b"
    assert "or its directory from LUA_PATH" in outside.hint
