"""A module is found with its rock, its tree and its package, and the first file wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.health.which import Provider, which
from distrorocks.luarocks import surroundings
from distrorocks.publish.refresh import refresh
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.world.survey import System
from tests.builders import Machine, debian


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system whose packages are rocks, and a package that is none."""
    found = debian(tmp_path)
    found.install("lua-own", {"/usr/share/lua/5.3/own.lua": "return 1"})
    refresh(System(root=str(tmp_path)))
    return found


def providers(machine: Machine, module: str, tree: str = "") -> list[Provider]:
    """Return who provides a module to Lua 5.3."""
    answers, _ = which(str(machine.root), [module], lua_versions=("5.3",), tree=tree)
    return [provider for answer in answers for provider in answer.providers]


def told(provider: Provider) -> tuple[str, str, str]:
    """Return path, rock and package."""
    return (
        provider.placed.path,
        provider.rock.name if provider.rock else "",
        provider.package.name if provider.package else "",
    )


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("re", ("/usr/share/lua/5.3/re.lua", "lpeg", "lua-lpeg")),
        ("lpeg", ("/usr/lib/x86_64-linux-gnu/lua/5.3/lpeg.so", "lpeg", "lua-lpeg")),
        ("pl", ("/usr/share/lua/5.3/pl/init.lua", "penlight", "lua-penlight")),
        ("pl.List", ("/usr/share/lua/5.3/pl/List.lua", "penlight", "lua-penlight")),
        ("own", ("/usr/share/lua/5.3/own.lua", "", "lua-own")),
    ],
)
def test_a_module_of_a_package_is_found(
    machine: Machine, module: str, expected: tuple[str, str, str]
) -> None:
    """Rock and package are named; a package's module that is of no rock is found too."""
    assert list(map(told, providers(machine, module))) == [expected]


def add_user_tree(machine: Machine) -> Path:
    """Add two rocks with the module ``re`` to the user's tree; return its Lua directory."""
    tree = machine.root / "root/.luarocks"
    rocks_dir, lua_dir = tree / "lib/luarocks/rocks-5.3", tree / "share/lua/5.3"
    rocks_dir.mkdir(parents=True)
    lua_dir.mkdir(parents=True)
    rocks = [InstalledRock(name, "1.0-1", {"re": "re.lua"}) for name in ("aaa", "bbb")]
    (rocks_dir / "manifest").write_bytes(tree_manifest(map(entry_of, rocks)))
    (lua_dir / "re.lua").write_text("")
    (lua_dir / "bbb_1_0_1-re.lua").write_text("")
    return lua_dir


def test_what_lua_loads_comes_first_not_the_first_tree(machine: Machine) -> None:
    """The user's tree is searched after /usr; only the first rock of a tree has the plain name."""
    lua_dir = add_user_tree(machine)
    found = list(map(told, providers(machine, "re")))
    below = "/" + str(lua_dir.relative_to(machine.root))
    assert found == [
        ("/usr/share/lua/5.3/re.lua", "lpeg", "lua-lpeg"),
        (f"{below}/re.lua", "aaa", ""),
        (f"{below}/bbb_1_0_1-re.lua", "bbb", ""),
    ]
    assert [told(each)[1] for each in providers(machine, "re", "distro")] == ["lpeg"]


def test_a_file_that_is_gone_wins_nothing(machine: Machine) -> None:
    """A rock whose file is missing comes last, and is said to have none."""
    lua_dir = add_user_tree(machine)
    (lua_dir / "re.lua").unlink()
    (lua_dir / "bbb_1_0_1-re.lua").unlink()
    found = providers(machine, "re")
    assert [(told(each)[1], each.placed.is_there) for each in found] == [
        ("lpeg", True),
        ("aaa", False),
        ("bbb", False),
    ]


def test_an_unknown_module_has_no_answer(machine: Machine) -> None:
    """Neither a missing module nor a name that leaves the tree is found."""
    assert providers(machine, "nope") == []
    assert providers(machine, "../re") == []
    assert providers(machine, "..re") == [] == providers(machine, ".re")


def test_a_file_of_no_package_is_found_in_a_trees_directory(machine: Machine) -> None:
    """What somebody copied to /usr/local is a module too."""
    path = machine.root / "usr/local/share/lua/5.3/x/init.lua"
    path.parent.mkdir(parents=True)
    path.write_text("")
    assert list(map(told, providers(machine, "x"))) == [
        ("/usr/local/share/lua/5.3/x/init.lua", "", "")
    ]


@pytest.mark.parametrize("manifest", ["repository = {", "", None])
def test_a_file_of_a_tree_with_unknown_rocks_is_not_said_to_be_of_no_rock(
    machine: Machine, manifest: str | None
) -> None:
    """Its manifest is broken or lost, so nobody knows; a file of a package is a package's."""
    lua_dir = add_user_tree(machine)
    place = lua_dir.parents[2] / "lib/luarocks/rocks-5.3"
    (place / "aaa/1.0-1").mkdir(parents=True)
    (place / "aaa/1.0-1/rock_manifest").write_text("rock_manifest = {}")
    if manifest is None:
        (place / "manifest").unlink()
    else:
        (place / "manifest").write_text(manifest)
    packaged, users = providers(machine, "re")
    assert (packaged.package is None, packaged.unread) == (False, None)
    assert users.rock is None
    assert str(users.unread) == "the tree /root/.luarocks, whose manifest is missing or broken"
    assert users.unread
    assert users.unread.hint == (
        "distrorocks make-manifest --local-tree --tree=/root/.luarocks --lua-version 5.3"
    )


def test_lua_path_gives_nothing_to_a_lua_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds for all interpreters; one that is not installed is only told of on request."""
    (tmp_path / "zz_only_here.lua").write_text("return 1\n")
    monkeypatch.setenv("LUA_PATH", f"{tmp_path}/?.lua")
    monkeypatch.setattr(surroundings, "has_interpreter", lambda _, version: version == "5.2")
    answers, _ = which("/", ["zz_only_here"])
    assert [each.lua_version for each in answers] == ["5.2"]
    answers, _ = which("/", ["zz_only_here"], lua_versions=["5.3"])
    assert [each.lua_version for each in answers] == ["5.3"]
