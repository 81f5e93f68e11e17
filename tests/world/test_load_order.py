"""What Lua loads follows from its search path and, with the loader, from the trees' manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.search_path import SearchPath
from distrorocks.world.installed import look
from distrorocks.world.load_order import Load, LoadOrder, Way, agreeing, load_order

CONFIG = 'rocks_trees = { "/root/.luarocks", "/usr/local" }\n'


def write(root: Path, path: str, text: str = "") -> None:
    """Write a file of the root."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def add(root: Path, tree: str, *rocks: tuple[str, str, str]) -> None:
    """Install rocks (name, version, file of the module ``m``), whose files are in order."""
    installed = []
    for place, (name, version, file) in enumerate(rocks):
        item = "m.init" if file.endswith("init.lua") else "m"
        installed.append(InstalledRock(name, version, {item: file}))
        prefix = f"{name}_{version}-".replace("-", "_").replace(".", "_")
        write(root, f"{tree}/share/lua/5.4/{f'{prefix[:-1]}-' if place else ''}{file}")
    text = tree_manifest(map(entry_of, installed)).decode()
    write(root, f"{tree}/lib/luarocks/rocks-5.4/manifest", text)


def order(root: Path, distribution: str = "debian") -> LoadOrder:
    """Return the load order of a root for Lua 5.4."""
    write(root, "/etc/os-release", f"ID={distribution}\n")
    write(root, "/etc/luarocks/config-5.4.lua", CONFIG)
    view = RootView(str(root))
    with Jail() as jail:
        return load_order(view, look(view, "5.4", jail), "lib")


def loaded(root: Path, module: str = "m") -> list[str]:
    """Return what plain Lua, Lua after `luarocks path` and the loader load."""
    return [each.path for each in order(root).loads(module)]


def test_the_ways_are_named_by_their_command_lines(tmp_path: Path) -> None:
    """A program of another root is not run, and a note says so."""
    found = order(tmp_path)
    assert [each.name for each in found.ways] == [
        "lua5.4",
        "lua5.4 after `luarocks path`",
        "lua5.4 -lluarocks.loader",
    ]
    assert found.notes == ("the search path of lua5.4 is assumed from the distribution's packages",)


def test_the_standard_directories_come_before_listed_trees(tmp_path: Path) -> None:
    """The user's tree is listed first and searched last, and plain Lua does not know it."""
    user, local = "/root/.luarocks/share/lua/5.4/m.lua", "/usr/local/share/lua/5.4/m.lua"
    write(tmp_path, user)
    assert loaded(tmp_path) == ["", user, user]
    write(tmp_path, local)
    assert loaded(tmp_path) == [local, local, local]


def test_the_loader_takes_the_newest_rock_but_searches_for_its_name(tmp_path: Path) -> None:
    """A newer rock whose file has the plain name is still found behind the standard directories."""
    add(tmp_path, "/usr/local", ("m", "1.0-1", "m.lua"))
    add(tmp_path, "/root/.luarocks", ("m", "2.0-1", "m.lua"))
    assert set(loaded(tmp_path)) == {"/usr/local/share/lua/5.4/m.lua"}


def test_the_loader_finds_a_prefixed_file_of_a_newer_rock(tmp_path: Path) -> None:
    """Plain Lua loads the plain name, the loader the file of the highest version."""
    add(tmp_path, "/usr/local", ("a", "1.0-1", "m.lua"), ("b", "2.0-1", "m.lua"))
    plain = "/usr/local/share/lua/5.4/m.lua"
    prefixed = "/usr/local/share/lua/5.4/b_2_0_1-m.lua"
    assert loaded(tmp_path) == [plain, plain, prefixed]


def test_the_loader_searches_for_an_init_file_by_its_own_name(tmp_path: Path) -> None:
    """So it passes over a file of the module's name that plain Lua finds first."""
    add(tmp_path, "/root/.luarocks", ("m", "1.0-1", "m/init.lua"))
    write(tmp_path, "/usr/local/share/lua/5.4/m.lua")
    plain = "/usr/local/share/lua/5.4/m.lua"
    assert loaded(tmp_path) == [plain, plain, "/root/.luarocks/share/lua/5.4/m/init.lua"]


def test_a_lua_file_of_a_later_tree_comes_before_a_library(tmp_path: Path) -> None:
    """The whole path of Lua files is searched before that of libraries."""
    write(tmp_path, "/usr/local/lib/lua/5.4/m.so")
    write(tmp_path, "/usr/share/lua/5.4/m.lua")
    assert set(loaded(tmp_path)) == {"/usr/share/lua/5.4/m.lua"}


@pytest.mark.parametrize(("text", "path"), [("luaopen_a_b\0", "/l/a.so"), ("luaopen_a\0", "")])
def test_a_submodule_may_be_in_the_library_of_its_first_name(
    tmp_path: Path, text: str, path: str
) -> None:
    """Only if the library names the function that opens it."""
    write(tmp_path, "/l/a.so", text)
    found = LoadOrder(RootView(str(tmp_path)), [Way("lua", SearchPath("", "/l/?.so"))])
    assert found.loads("a.b") == (Load("lua", path),)


def test_fedora_does_not_look_into_usr_local(tmp_path: Path) -> None:
    """Its Lua is built for the prefix /usr."""
    write(tmp_path, "/usr/local/share/lua/5.4/m.lua")
    assert order(tmp_path, "fedora").loads("m")[0].path == ""


def test_a_path_is_no_module(tmp_path: Path) -> None:
    """A name with a slash, or with an empty part, is not searched for."""
    write(tmp_path, "/usr/local/share/lua/5.4/m.lua")
    assert {*loaded(tmp_path, "../4/m"), *loaded(tmp_path, ".m"), *loaded(tmp_path, "")} == {""}


def test_ways_that_load_the_same_file_are_told_together() -> None:
    """In the order of the ways."""
    loads = [Load("a", "/x"), Load("b", ""), Load("c", "/x")]
    assert agreeing(loads) == [("/x", ("a", "c")), ("", ("b",))]
