"""Every Lua package of a Debian suite becomes the rock that it is, and LuaRocks agrees."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest

from integration.facts import debian_facts
from integration.machines.machine import Machine
from integration.machines.rocks import (
    OWN_TREE,
    TREE,
    make,
    module_paths,
    published,
    stamps,
    write_local_rock,
)
from integration.machines.roots import LUA_VERSIONS, Layer, with_every_lua_package

# lcm's module stands in /usr/lib/lua, and LuaRocks knows one lib_dir only: the multiarch one.
OUTSIDE = {"lcm"}
NOTES = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/log/", "/var/cache/")


class Story(NamedTuple):
    """One suite told so far: its two roots untouched, and both of them refreshed."""

    suite: str
    untouched: tuple[Layer, Layer]
    refreshed: tuple[Layer, Layer]
    faults: list[str]

    @property
    def lua_versions(self) -> tuple[str, ...]:
        """The Lua versions that the suite has an interpreter of."""
        return LUA_VERSIONS[self.suite]


@pytest.fixture(scope="module")
def story(suite: str) -> Iterator[Story]:
    """A suite with all its Lua packages, refreshed once; `dpkg --verify` is asked on the way."""
    untouched = with_every_lua_package(suite)
    with untouched[0].clone() as most, untouched[1].clone() as rest:
        faults = []
        for machine in (most, rest):
            faults += machine.faults()
            machine.distrorocks("refresh", "--json")
            faults += machine.faults()
        yield Story(suite, untouched, (most.freeze(), rest.freeze()), faults)


@pytest.fixture
def refreshed(story: Story) -> Iterator[Machine]:
    """A machine with nearly all packages of the suite, just refreshed."""
    with story.refreshed[0].clone() as machine:
        yield machine


@pytest.fixture
def shown(refreshed: Machine) -> Machine:
    """The same machine, its LuaRocks configured to look where the packages are."""
    refreshed.distrorocks("config-snippet", "--apply")
    return refreshed


def expected(story: Story, machine: Machine, lua_version: str) -> set[str]:
    """Return the rocks that the installed packages are, for one Lua version."""
    installed = machine.packages()
    return {
        fact.rock
        for fact in debian_facts(story.suite)
        if fact.rock and fact.package in installed and lua_version in fact.lua_versions
    }


def rocks_of(story: Story, packages: set[str]) -> set[str]:
    """Return the rocks that packages are, for any Lua version."""
    return {f.rock for f in debian_facts(story.suite) if f.rock and f.package in packages}


def settled(machine: Machine) -> dict[str, str]:
    """Return all that a machine holds, but for the notes that dpkg and apt keep with times."""
    held = machine.contents()
    return {path: what for path, what in held.items() if not path.startswith(NOTES)}


def test_every_package_of_the_facts_is_tried(story: Story) -> None:
    """The two roots hold every Lua package that the suite still has."""
    tried: set[str] = set()
    for layer in story.untouched:
        with layer.clone() as machine:
            tried |= machine.packages()
    gone = {fact.package for fact in debian_facts(story.suite)} - tried
    print(f"not installable from the mirror today: {sorted(gone)}")
    assert len(gone) <= 3


@pytest.mark.parametrize("part", [0, 1], ids=["most", "rest"])
def test_what_is_a_rock_is_published_and_nothing_else(story: Story, part: int) -> None:
    """Each package that is a rock is published for all its Lua versions, no other for any."""
    with story.refreshed[part].clone() as machine:
        for version in story.lua_versions:
            found = {rock for rock, _ in published(machine, version)}
            wanted = expected(story, machine, version)
            assert (sorted(found - wanted), sorted(wanted - found)) == ([], []), version


def test_dpkg_finds_nothing_changed(story: Story) -> None:
    """`dpkg --verify` has nothing to say before a refresh and nothing after it."""
    assert story.faults == []


def test_luarocks_lists_each(story: Story, shown: Machine) -> None:
    """The distribution's LuaRocks lists what is published for each Lua version, and only that."""
    for version in story.lua_versions:
        assert shown.rocks(version) == published(shown, version)
        assert published(shown, version)


def test_luarocks_shows_each_with_paths_that_packages_own(story: Story, shown: Machine) -> None:
    """`luarocks show` knows each rock, and each module path it prints is a package's file."""
    listings = shown.path("/var/lib/dpkg/info").glob("*.list")
    owned = {line for listing in listings for line in listing.read_text().splitlines()}

    def faults(asked: tuple[str, str]) -> tuple[object, ...]:
        version, rock = asked
        told = shown.luarocks(version, "show", rock, status=None)
        paths = module_paths(told.out)
        strange = sorted(
            path for path in paths if path not in owned or not shown.path(path).is_file()
        )
        is_silent = not paths and rock not in OUTSIDE
        if told.status or told.err or strange or is_silent:
            return (version, rock, sorted(strange), told.err or told.out)
        return ()

    every = [(v, rock) for v in story.lua_versions for rock, _ in sorted(published(shown, v))]
    with ThreadPoolExecutor(2) as two:
        assert [fault for fault in two.map(faults, every) if fault] == []


def test_a_rock_that_depends_on_twenty_installs_nothing_else(story: Story, shown: Machine) -> None:
    """Twenty dependencies that are packages are all met: one rock is installed, its own."""
    for version in story.lua_versions:
        rocks = sorted(published(shown, version))[:20]
        needs = [f"{rock} >= {number.rpartition('-')[0]}" for rock, number in rocks]
        said = make(shown, version, write_local_rock(shown, "needstwenty", needs))
        assert published(shown, version, OWN_TREE) == {("needstwenty", "1.0-1")}
        assert "Missing dependencies" not in said
        assert shown.rocks(version) >= set(rocks)


def test_dpkg_minds_only_the_configuration(shown: Machine) -> None:
    """After `config-snippet --apply` only LuaRocks' conffiles differ, as after an admin's edit."""
    others = [line for line in shown.faults() if " c /etc/luarocks/config" not in line]
    assert others == []


def test_luarocks_would_write_the_same_manifest(story: Story, refreshed: Machine) -> None:
    """LuaRocks' own make-manifest, run on the published tree, changes no byte of its manifest."""
    for version in story.lua_versions:
        manifest = refreshed.path(f"{TREE}/rocks-{version}/manifest")
        ours = manifest.read_bytes()
        words = ("make-manifest", "--local-tree", "--tree=/usr")
        refreshed.run("luarocks-admin", f"--lua-version={version}", *words)
        assert manifest.read_bytes() == ours, version


def test_removing_ten_packages_removes_exactly_their_metadata(
    story: Story, refreshed: Machine
) -> None:
    """Ten packages go, then a refresh: their rocks' files go, every other byte stays."""
    installed = refreshed.packages()
    rocks = [f.package for f in debian_facts(story.suite) if f.rock and f.package in installed]
    before = refreshed.contents(TREE)
    leaving = [name for name in dict.fromkeys(rocks) if name != "luarocks"][2::8][:10]
    refreshed.run("apt-get", "remove", "-qq", "--yes", *leaving)
    gone = installed - refreshed.packages()
    assert gone >= set(leaving)
    assert len(leaving) == 10

    refreshed.distrorocks("refresh")

    staying = rocks_of(story, refreshed.packages())
    lost_rocks = rocks_of(story, gone) - staying
    after = refreshed.contents(TREE)

    def is_lost(path: str) -> bool:
        parts = path.removeprefix(TREE).split("/")
        return len(parts) > 2 and parts[2] in lost_rocks

    def is_index(path: str) -> bool:
        return path.endswith("/manifest") and path.count("/") == TREE.count("/") + 2

    kept = {path: held for path, held in before.items() if not is_lost(path)}
    assert set(after) == set(kept)
    assert {p: h for p, h in after.items() if not is_index(p)} == {
        p: h for p, h in kept.items() if not is_index(p)
    }
    assert refreshed.faults() == []


def test_a_second_refresh_changes_nothing(refreshed: Machine) -> None:
    """A refresh where nothing changed writes no file again: inodes and times stay."""
    before = stamps(refreshed)
    refreshed.distrorocks("refresh")
    assert stamps(refreshed) == before


def test_without_lua_packages_nothing_of_ours_stays(story: Story, refreshed: Machine) -> None:
    """Once every Lua package is gone, the machine is as if distrorocks had never been there."""
    every = sorted({fact.package for fact in debian_facts(story.suite)} & refreshed.packages())
    refreshed.run("apt-get", "remove", "-qq", "--yes", *every)
    refreshed.distrorocks("refresh")
    with story.untouched[0].clone() as never_refreshed:
        never_refreshed.run("apt-get", "remove", "-qq", "--yes", *every)
        assert settled(refreshed) == settled(never_refreshed)


def test_the_standard_library_is_enough(story: Story, refreshed: Machine) -> None:
    """Inside the machine, under `python3 -I -S`, a refresh publishes the same rocks and files."""
    with story.untouched[0].clone() as inside:
        inside.distrorocks_inside("refresh")
        ours, theirs = inside.contents(TREE), refreshed.contents(TREE)
        assert set(ours) == set(theirs)
        different = {path for path in ours if ours[path] != theirs[path]}
        # Without python-debian a licence may be missing: a rockspec differs, and its digest.
        assert {p for p in different if not p.endswith((".rockspec", "/rock_manifest"))} == set()
        assert inside.faults() == []
