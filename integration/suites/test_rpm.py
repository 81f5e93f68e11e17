"""The same on rpm systems: packages named as Fedora and openSUSE name them, under /usr/lib64."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.machines.rocks import (
    OWN_TREE,
    TREE,
    make,
    module_paths,
    published,
    stamps,
    write_local_rock,
)
from integration.machines.roots import Layer, base
from integration.machines.rpm_machine import LUA_VERSIONS, SYSTEMS, RpmMachine, RpmSystem, made_into
from integration.machines.rpm_packages import built, rock_folder, rock_version


@pytest.fixture(scope="module", params=sorted(SYSTEMS))
def installed(request: pytest.FixtureRequest) -> Iterator[tuple[RpmSystem, Layer]]:
    """A system with its packages installed and nothing of ours done."""
    system = SYSTEMS[request.param]
    with base("bookworm").clone() as machine:
        made = made_into(machine, system)
        made.rpm("--nodeps", "-i", *(str(built(package)) for package in system.packages))
        yield system, machine.freeze()


@pytest.fixture
def fresh(installed: tuple[RpmSystem, Layer]) -> Iterator[RpmMachine]:
    """A machine to try things on, not yet refreshed."""
    system, layer = installed
    with layer.clone() as machine:
        yield RpmMachine(machine, system)


@pytest.fixture
def refreshed(fresh: RpmMachine) -> RpmMachine:
    """The same machine, refreshed, its LuaRocks configured to look there."""
    fresh.machine.distrorocks("refresh")
    fresh.machine.distrorocks("config-snippet", "--apply")
    return fresh


def test_what_is_a_rock_is_published_and_nothing_else(refreshed: RpmMachine) -> None:
    """Each package is the rock that it is, at its upstream version, for its Lua versions alone."""
    for lua_version in LUA_VERSIONS:
        found = published(refreshed.machine, lua_version)
        plain = {(rock, version.rpartition("-")[0]) for rock, version in found}
        assert plain == refreshed.expected(lua_version), lua_version


def test_rpm_finds_nothing_changed(fresh: RpmMachine) -> None:
    """`rpm -Va` has nothing to say before a refresh and nothing after it."""
    assert fresh.faults() == []
    fresh.machine.distrorocks("refresh")
    assert fresh.faults() == []


def test_luarocks_lists_and_shows_each(refreshed: RpmMachine) -> None:
    """LuaRocks lists each rock, and shows modules at the very paths that the packages own."""
    machine, owned = refreshed.machine, refreshed.owned()
    for lua_version in LUA_VERSIONS:
        assert machine.rocks(lua_version) == published(machine, lua_version)
        for rock, _ in machine.rocks(lua_version):
            told = machine.luarocks(lua_version, "show", rock)
            paths = module_paths(told.out)
            assert paths <= owned
            assert paths or rock == "fluent", told.out


def test_lua_loads_compiled_modules_as_rocks(refreshed: RpmMachine) -> None:
    """luarocks.loader finds a compiled module in /usr/lib64, where this Lua never looks itself."""
    loads = "require 'luarocks.loader'; assert(require 'lpeg'); assert(require 'lfs')"
    refreshed.machine.run("lua5.4", "-e", loads)


def test_a_rock_that_depends_on_them_installs_nothing_else(refreshed: RpmMachine) -> None:
    """Dependencies on every packaged rock are met: one rock is installed, its own."""
    machine = refreshed.machine
    needs = [f"{rock} >= {version}" for rock, version in sorted(refreshed.expected("5.4"))]
    said = make(machine, "5.4", write_local_rock(machine, "needsall", needs))
    assert published(machine, "5.4", OWN_TREE) == {("needsall", "1.0-1")}
    assert "Missing dependencies" not in said


def test_erasing_packages_removes_exactly_their_metadata(refreshed: RpmMachine) -> None:
    """Three packages are erased, then a refresh: their rocks' files go, every other one stays."""
    machine = refreshed.machine
    packages = refreshed.system.packages
    needed = {name for package in packages for name in package.requires}
    leaving = [p for p in packages if p.rock and p.name not in needed and not p.metadata][:3]
    before = machine.contents(TREE)
    refreshed.rpm("--nodeps", "--erase", *(package.name for package in leaving))
    machine.distrorocks("refresh")
    after = machine.contents(TREE)
    rocks = [f"/rocks-{v}/{p.rock}" for p in leaving for v in p.lua_versions]
    lost = tuple(f"{TREE}{rock}" for rock in rocks)
    stays = {
        path: held
        for path, held in before.items()
        if path not in lost and not path.startswith(tuple(f"{folder}/" for folder in lost))
    }
    bare = {path for path in stays if path.startswith(f"{TREE}/rocks-") and path.count("/") == 4}
    empty = {path for path in bare if not any(other.startswith(f"{path}/") for other in after)}
    assert set(after) == set(stays) - empty - {f"{folder}/manifest" for folder in empty}
    assert {p for p in after if after[p] != stays[p] and not p.endswith("/manifest")} == set()
    assert refreshed.faults() == []


def test_a_second_refresh_changes_nothing(refreshed: RpmMachine) -> None:
    """A refresh where nothing changed writes no file again: inodes and times stay."""

    def settled() -> dict[str, tuple[int, int, int]]:
        # Whoever reads rpm's database writes in SQLite's shared memory beside it.
        found = stamps(refreshed.machine)
        return {path: what for path, what in found.items() if not path.endswith(".sqlite-shm")}

    before = settled()
    refreshed.machine.distrorocks("refresh")
    assert settled() == before


def test_metadata_that_a_package_ships_is_kept(refreshed: RpmMachine) -> None:
    """A package's own rock_manifest stays as it is and gets into the tree's manifest."""
    shipping = [package for package in refreshed.system.packages if package.metadata]
    for package in shipping:
        (version,) = package.lua_versions
        held = refreshed.machine.path(f"{rock_folder(package, version)}/rock_manifest")
        assert held.read_text() == "rock_manifest = { }\n"
        assert (package.rock, f"{rock_version(package)}-0") in refreshed.machine.rocks(version)
    assert refreshed.faults() == []


def test_guessing_is_asked_for(refreshed: RpmMachine) -> None:
    """A package that no table knows is no rock, until `--guess` lets its name say which it is."""
    unknown = [p for p in refreshed.system.packages if not p.rock]
    refreshed.machine.distrorocks("refresh", "--guess")
    names = {rock for rock, _ in published(refreshed.machine, "5.4")}
    assert {package.name.removeprefix("lua-") for package in unknown} <= names


def test_without_packages_nothing_of_ours_stays(fresh: RpmMachine) -> None:
    """Once every package is erased, a refresh takes back all that it ever wrote."""
    before = set(fresh.machine.contents("/usr")) | set(fresh.machine.contents("/var"))
    fresh.machine.distrorocks("refresh")
    names = [package.name for package in fresh.system.packages]
    fresh.rpm("--nodeps", "--erase", *names)
    fresh.machine.distrorocks("refresh")
    after = set(fresh.machine.contents("/usr")) | set(fresh.machine.contents("/var"))
    assert {path for path in after - before if not path.startswith(fresh.system.database)} == set()
