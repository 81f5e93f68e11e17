"""What a coming rock declares and another rock or a package has already is told before."""

from __future__ import annotations

from pathlib import Path

from distrorocks.families.package import Package
from distrorocks.lua.read import parse
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import Tree
from distrorocks.world.clashes import Declared, clashes, declared, may_clash
from distrorocks.world.installed_tree import InstalledTree


def candidate(name: str) -> Candidate:
    """Return a rock of a server."""
    return Candidate(name, Version.parse("1.0-1"), Origin.SERVER, "https://rocks.example")


def tree(root: Path, *rocks: InstalledRock) -> InstalledTree:
    """Return a tree with rocks."""
    layout = tree_layout("/usr/local", "5.4")
    place = root / layout.manifest.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_bytes(tree_manifest(map(entry_of, rocks)))
    return InstalledTree(RootView(str(root)), Tree(layout))


def test_what_a_rockspec_declares_is_known() -> None:
    """Modules of every kind, an init file by its module's name, and commands."""
    text = b"""package = "a" version = "1-1" source = { url = "x" } build = { type = "builtin",
        modules = { ["a.init"] = "i.lua", ["a.c"] = { "c.c" } },
        install = { lua = { b = "b.lua", "src/d.lua" }, bin = { "bin/run", go = "x" } } }"""
    found = declared(Rockspec.from_chunk(parse(text)))
    assert found == Declared(frozenset({"a", "a.c", "b", "d"}), frozenset({"run", "go"}))


def test_a_module_or_command_of_another_rock_is_told(tmp_path: Path) -> None:
    """Another version of the same rock is none of this."""
    mine = InstalledRock("new", "0.9-1", {"m": "m.lua"})
    other = InstalledRock("old", "2.0-1", {"m.init": "m/init.lua"}, {"run": "run"})
    coming = {candidate("new"): Declared(frozenset({"m"}), frozenset({"run"}))}
    assert list(clashes(coming, [tree(tmp_path, mine, other)], [], "5.4")) == [
        "new 1.0-1 brings the module m, also in old 2.0-1 in /usr/local",
        "new 1.0-1 brings the command run, also in old 2.0-1 in /usr/local",
    ]


def test_a_module_of_a_package_is_told() -> None:
    """For this Lua version only; many modules are counted."""
    files = [f"/usr/share/lua/5.4/m{number}.lua" for number in range(5)]
    package = Package("deb", "lua-m", "1-1", "all", files=(*files, "/usr/bin/run"))
    own = Declared(frozenset(f"m{number}" for number in range(9)), frozenset({"run"}))
    assert list(clashes({candidate("new"): own}, [], [package], "5.4")) == [
        "new 1.0-1 brings the modules m0, m1, m2 and 2 more, also in the package lua-m",
        "new 1.0-1 brings the command run, also in the package lua-m",
    ]
    assert len(list(clashes({candidate("new"): own}, [], [package], "5.1"))) == 1


def test_two_coming_rocks_are_compared() -> None:
    """Once for each pair."""
    own = Declared(frozenset({"m"}))
    assert list(clashes({candidate("b"): own, candidate("a"): own}, [], [], "5.4")) == [
        "b 1.0-1 brings the module m, also in a 1.0-1, which is installed too"
    ]


def test_packages_are_read_only_where_a_name_is_taken(tmp_path: Path) -> None:
    """By a module for this Lua version or a command, where packages install them."""
    for path in ("usr/share/lua/5.4/m/init.lua", "usr/share/lua/5.1/old.lua", "usr/bin/run"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    view = RootView(str(tmp_path))
    module, command = Declared(frozenset({"m"})), Declared(frozenset({"x"}), frozenset({"run"}))
    other = Declared(frozenset({"old", "n"}), frozenset({"walk"}))
    found = [may_clash(view, [other, each], "5.4") for each in (module, command, other)]
    assert found == [True, True, False]
