"""What Lua loads follows from its search path and, with the loader, from the trees' manifests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.search_path import SearchPath
from distrorocks.world.installed import look
from distrorocks.world.load_order import (
    Load,
    LoadOrder,
    Way,
    agreeing,
    load_order,
    sorted_first,
)
from tests.system.trees.planting import MALLORY, as_user, by_root

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


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("\x7fELF luaopen_a_b\0", "/l/a.so"),
        ("\x7fELF luaopen_a\0", ""),
        ("no library", "/l/a.so"),
    ],
)
@pytest.mark.parametrize("template", ["/l/?.so", "./?.so"])
def test_a_submodule_may_be_in_the_library_of_its_first_name(
    tmp_path: Path, template: str, text: str, path: str
) -> None:
    """Only if the library names the function that opens it; at what is no library Lua fails."""
    write(tmp_path, "/l/a.so", text)
    view = RootView(str(tmp_path))
    found = LoadOrder(view, [Way("lua", SearchPath("", template))], directory="/l")
    assert found.loads("a.b") == (Load("lua", path),)


def test_only_the_first_library_of_that_name_is_looked_into(tmp_path: Path) -> None:
    """One in a later directory that has the submodule is not found."""
    write(tmp_path, "/k/a.so", "\x7fELF")
    write(tmp_path, "/l/a.so", "\x7fELF luaopen_a_b\0")
    view = RootView(str(tmp_path))
    found = LoadOrder(view, [Way("lua", SearchPath("", "/k/?.so;/l/?.so"))])
    assert found.loads("a.b") == (Load("lua", ""),)


def test_lua_stops_at_a_directory_of_the_name(tmp_path: Path) -> None:
    """It opens it, and fails to read it: what comes later is not loaded."""
    (tmp_path / "k/m.lua").mkdir(parents=True)
    write(tmp_path, "/l/m.lua")
    way = Way("lua", SearchPath("/k/?.lua;/l/?.lua", ""))
    assert LoadOrder(RootView(str(tmp_path)), [way]).loads("m")[0].path == "/k/m.lua"


@by_root
def test_lua_passes_over_what_this_user_may_not_read() -> None:
    """The next file of the name is loaded."""
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)  # noqa: S103 - for the other user
        root = Path(top)
        write(root, "/k/m.lua")
        write(root, "/l/m.lua")
        (root / "k/m.lua").chmod(0)
        way = Way("lua", SearchPath("/k/?.lua;/l/?.lua", ""))

        def path_of() -> None:
            assert LoadOrder(RootView(top), [way]).loads("m")[0].path == "/l/m.lua"

        as_user(MALLORY, path_of)


def test_of_equal_versions_the_loader_takes_the_one_that_luas_sort_puts_first(
    tmp_path: Path,
) -> None:
    """With an older one before them that is the last, as table.sort swaps it with the first."""
    write(tmp_path, "/etc/luarocks/config-5.4.lua")
    trees = ("/t1", "/t2", "/t3")
    for tree, version, file in zip(
        trees, ("1.0-1", "2.0-1", "2.0-1"), ("a.lua", "b.lua", "c.lua"), strict=True
    ):
        rock = entry_of(InstalledRock("m", version, {"m": file}))
        write(tmp_path, f"{tree}/lib/luarocks/rocks-5.4/manifest", tree_manifest([rock]).decode())
        write(tmp_path, f"{tree}/share/lua/5.4/{file}")
    named = ", ".join(f'"{tree}"' for tree in trees)
    write(tmp_path, "/etc/luarocks/config-5.4.lua", f"rocks_trees = {{ {named} }}\n")
    view = RootView(str(tmp_path))
    with Jail() as jail:
        found = load_order(view, look(view, "5.4", jail), "lib")
    assert found.loads("m")[-1].path == "/t3/share/lua/5.4/c.lua"


@pytest.mark.parametrize(
    ("numbers", "place"),
    [
        ([3], 0),
        ([3, 3], 0),
        ([1, 3, 3], 2),
        ([3, 3, 3], 0),
        ([2, 4, 4, 1], 1),
        ([4, 2, 4, 4, 4, 1], 0),
    ],
)
def test_luas_sort_decides_between_equal_items(numbers: list[int], place: int) -> None:
    """As `table.sort` of Lua 5.1 to 5.4 and of LuaJIT does, which is not stable."""
    items = list(zip(numbers, range(len(numbers)), strict=True))
    assert sorted_first(items, lambda one, other: one[0] > other[0])[1] == place


@pytest.mark.parametrize(
    ("name", "value", "note"),
    [
        ("LUA_PATH", "/x/?.lua;;", ""),
        ("LUA_PATH", "/it's/?.lua;;", "prints what no shell reads"),
        ("LUA_PATH", "/x/luarocks.lua", "finds no module of LuaRocks"),
    ],
)
def test_a_way_that_does_not_work_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, note: str
) -> None:
    """Where `luarocks path` fails or prints a broken line, a note says why it is not among them."""
    write(tmp_path, "/usr/share/lua/5.4/luarocks/loader.lua")
    write(tmp_path, "/x/luarocks.lua")
    variables = {name: value}
    monkeypatch.setattr("distrorocks.world.load_order.lua_variables", lambda _root: variables)
    found = order(tmp_path)
    assert any("after" in way.name for way in found.ways) == (not note)
    assert any(note in text for text in found.notes)


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


@pytest.mark.parametrize(
    "manifest", ["", "repository = {}\n", "modules = {}\n", "repository = 1 modules = {}\n"]
)
def test_the_loader_fails_for_every_module_on_a_manifest_without_its_tables(
    tmp_path: Path, manifest: str
) -> None:
    """Whatever tree it is of; plain Lua reads no manifest, and loads what it loaded before."""
    local = "/usr/local/share/lua/5.4/m.lua"
    add(tmp_path, "/usr/local", ("m", "1.0-1", "m.lua"))
    assert loaded(tmp_path) == [local, local, local]
    place = "/root/.luarocks/lib/luarocks/rocks-5.4/manifest"
    write(tmp_path, place, manifest)
    assert loaded(tmp_path) == [local, local, ""]
    found = order(tmp_path)
    assert found.stopped == f"{place} is broken"
    assert found.notes[-1].endswith(f"luarocks.loader fails for every module: {place} is broken")


def test_the_loader_passes_over_a_manifest_that_is_no_lua(tmp_path: Path) -> None:
    """As LuaRocks does, with a warning."""
    add(tmp_path, "/usr/local", ("m", "1.0-1", "m.lua"))
    write(tmp_path, "/root/.luarocks/lib/luarocks/rocks-5.4/manifest", "repository = {")
    assert loaded(tmp_path)[2] == "/usr/local/share/lua/5.4/m.lua"
    assert order(tmp_path).stopped == ""


@pytest.mark.parametrize(
    ("place", "text", "why"),
    [
        ("/etc/luarocks/config-5.4.lua", "rocks_trees = {", "config-5.4.lua is faulty"),
        ("/etc/luarocks/config-5.4.lua", "rocks_trees = 5", "rocks_trees is not a list"),
        ("/root/.luarocks/config-5.4.lua", "rocks_trees = {", ""),
    ],
)
def test_the_loader_fails_where_it_gets_no_trees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, text: str, why: str
) -> None:
    """Of the user's file it takes no more than it could read, and has the trees of the system's."""
    write(tmp_path, "/usr/local/share/lua/5.4/m.lua")
    write(tmp_path, place, text)
    if place.startswith("/etc"):
        monkeypatch.setattr(f"{__name__}.CONFIG", text)
    found = order(tmp_path)
    assert found.stopped.endswith(why)
    assert bool(found.stopped) == bool(why)
    assert (found.loads("m")[2].path == "") == bool(why)
