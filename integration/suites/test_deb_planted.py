"""Undo records that were planted, and what the packaged distrorocks does for root with them.

A run of the program is killed at work, so the records are its own; then somebody changes them, or
what is around them, as the unit tests of the snapshots do. Those work in ``/media``, which is
for this process, in its own mount namespace, the machine's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.layout import tree_layout
from integration.faults.attack import Attack
from integration.faults.content import content
from integration.faults.layer import KILL, Fault
from integration.faults.machine_runs import PROGRAM, MachineRunner
from integration.faults.planted import Effects, effects
from integration.faults.rock_cases import LUA, SCENARIOS, RockCases
from integration.machines.dpkg_packages import own
from integration.machines.machine import Machine, run
from integration.machines.roots import base
from integration.machines.scratch import unmount
from tests.system.trees.planting import MALLORY, RECORD, outside, write_first_format
from tests.system.trees.test_planted_records import VARIANTS, Plant, given

PLACE = Path("/media")
TREE = PLACE / "tree"
REPLACING = next(each for each in SCENARIOS if each.name == "install in place of")


class World:
    """A machine with our .deb, where a run that replaces two rocks can be killed at work."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.cases = RockCases(MachineRunner(machine, str(PLACE)), REPLACING)
        calls = self.cases.calls
        theirs = [n for n, call in enumerate(calls, 1) if call.process != calls[0].process]
        self.last = theirs[-1]
        """The last call of LuaRocks, after which all but the end is done."""

    def killed(self) -> Plant:
        """Leave a tree half changed, with the record of it, beside what is not the tree's."""
        for each in ("tree", "copy", "moved", "outside"):
            shutil.rmtree(PLACE / each, ignore_errors=True)
        PLACE.chmod(0o755)
        self.cases.attacked(Attack("kill", Fault(KILL, self.last)))
        layout = tree_layout(str(TREE), LUA)
        plant = Plant(layout, tree_place(layout).undo, outside(PLACE))
        assert Path(plant.undo, RECORD).exists()
        assert content(TREE, with_times=True) != self.cases.before
        return plant

    def recovered(self, plant: Plant, *, allowed: tuple[str, ...] = ()) -> Effects:
        """Let root undo what was left in a tree, and return the effects of that.

        The lock of the killed run goes in any case.
        """
        words = ("install", "--recover=undo", f"--tree={plant.tree}", f"--lua-version={LUA}")
        may = (plant.layout.lock, *allowed)
        return effects(self.machine, lambda _: None, words, allowed=may)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Debian 12 with our .debs and a user who plants."""
    with base("bookworm").clone() as machine:
        for each in own().glob("distrorocks*.deb"):
            shutil.copy(each, machine.path("/srv"))
        apt = "apt-get install -qq --yes -o Dpkg::Options::=--force-unsafe-io /srv/*.deb"
        machine.run("sh", "-c", apt)
        machine.run("useradd", f"--uid={MALLORY}", "--user-group", "mallory")
        run("mount", "--bind", machine.path(str(PLACE)), PLACE)
        try:
            yield World(machine)
        finally:
            unmount(PLACE)


def refused(found: Effects) -> str:
    """Check that a run did nothing and said so clearly; return what it said."""
    assert found.outside == []
    assert found.set_id == []
    assert found.outcome.status == 3, found.outcome.err
    assert "Traceback" not in found.outcome.err
    assert found.outcome.err.startswith("error: ")
    assert "hint: " in found.outcome.err
    return found.outcome.err


def test_a_record_of_a_killed_run_is_undone_and_nothing_else(world: World) -> None:
    """The very record that the variants are made of is believed, and acts in its tree alone."""
    plant = world.killed()
    found = world.recovered(plant)
    assert found.outcome.status == 0, found.outcome.err
    assert content(TREE, with_times=True) == world.cases.before
    assert found.outside  # the tree is seen to change, where it is not allowed
    assert [path for path in found.outside if not path.startswith(f"{TREE}/")] == []
    assert found.set_id == []


def test_the_check_sees_every_kind_of_effect(world: World) -> None:
    """A program that does what a planted record asks for is found out."""
    plant = world.killed()
    program, aside = world.machine.path(PROGRAM), world.machine.path("/srv/aside")
    lines = (
        "cd /media/outside",
        "echo more >> foo.lua",
        "chmod 4755 victim/file",
        "chown 12345 bar/init.lua",
        "rmdir empty",
        "touch -d 2001-01-01 5.4/foo.lua",
        "ln -s /etc/shadow shadow",
        "cp -p lua/5.4/foo.lua x; mv x lua/5.4/foo.lua",
    )
    program.rename(aside)
    try:
        program.write_text("\n".join(("#!/bin/sh -e", *lines, "")))
        program.chmod(0o755)
        found = world.recovered(plant)
    finally:
        aside.rename(program)
    assert found.outcome.status == 0, found.outcome.err
    names = ("5.4/foo.lua", "bar/init.lua", "empty", "foo.lua", "lua/5.4/foo.lua", "shadow")
    assert found.outside == [f"/media/outside/{name}" for name in (*names, "victim/file")]
    assert found.set_id == ["/media/outside/victim/file"]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_a_planted_record_has_no_effect(world: World, variant: Callable[[Plant], Plant]) -> None:
    """It is named and left alone; nothing changes in the tree or anywhere else."""
    plant = variant(world.killed())
    said = refused(world.recovered(plant))
    assert plant.undo in said
    assert "left alone" in said


def test_a_record_of_the_first_format_has_no_effect(world: World) -> None:
    """Its absolute paths removed, made and linked anything as root; now it is left alone."""
    plant = world.killed()
    write_first_format(plant.undo, plant.outside)
    said = refused(world.recovered(plant))
    assert plant.undo in said
    assert "left alone" in said


@pytest.fixture
def on_another_device(world: World) -> Iterator[Callable[[str], None]]:
    """A function that puts another file system over a directory, with what was in it."""
    mounted: list[Path] = []

    def cover(directory: str) -> None:
        below = world.machine.path(directory)
        run("mount", "-t", "tmpfs", "-o", f"mode={below.stat().st_mode & 0o777:o}", "none", below)
        mounted.append(below)
        run("cp", "-a", f"{directory}/.", below)  # through the bind, which shows what is beneath

    yield cover
    for each in mounted:
        unmount(each)


def test_another_file_system_in_the_tree_is_not_touched(
    world: World, on_another_device: Callable[[str], None]
) -> None:
    """What is mounted over the tree's modules since belongs to somebody else."""
    plant = world.killed()
    on_another_device(plant.layout.lua_dir)
    assert "another device" in refused(world.recovered(plant))


def test_a_record_on_another_file_system_is_not_believed(
    world: World, on_another_device: Callable[[str], None]
) -> None:
    """A directory of the snapshot's name and content that was mounted is another one."""
    plant = world.killed()
    on_another_device(plant.undo)
    said = refused(world.recovered(plant))
    assert plant.undo in said
    assert "left alone" in said


def owned(plant: Plant) -> None:
    """Another user owns the tree and all in it."""
    run("chown", "-R", f"{MALLORY}:{MALLORY}", plant.tree)


def filled_by_a_group(plant: Plant) -> None:
    """A group can write the tree's directories, as /usr/local's under Debian's group staff."""
    run("chgrp", "-R", str(MALLORY), plant.tree)
    run("chmod", "-R", "g+ws", plant.tree)


def filled_by_all(plant: Plant) -> None:
    """Everybody can make names in the tree, but not remove others', as in /tmp."""
    plant.tree.chmod(0o1777)


def owned_in_a_sticky_place(plant: Plant) -> None:
    """Another user made the tree in a directory such as /tmp."""
    owned(plant)
    PLACE.chmod(0o1777)


def owned_without_the_record(plant: Plant) -> None:
    """Another user owns the tree, and the record in it is root's own."""
    owned(plant)
    given(plant.undo, 0)


@pytest.mark.parametrize(
    "give",
    [owned, filled_by_a_group, filled_by_all, owned_in_a_sticky_place, owned_without_the_record],
    ids=lambda give: give.__name__,
)
def test_root_undoes_nothing_in_a_tree_of_others(
    world: World, give: Callable[[Plant], None]
) -> None:
    """It names who can write where, and what to do."""
    plant = world.killed()
    give(plant)
    said = refused(world.recovered(plant))
    assert str(TREE) in said
    assert "mallory" in said or "everybody" in said


def test_files_that_are_linked_elsewhere_keep_their_other_name(world: World) -> None:
    """A path of the tree that is another name of a foreign file now is put back beside that."""
    plant = world.killed()
    command = TREE / "bin/other"
    command.unlink()
    os.link(plant.outside / "foo.lua", command)
    found = world.recovered(plant, allowed=(str(TREE),))
    assert found.outcome.status == 0, found.outcome.err
    assert found.outside == []
    assert content(TREE, with_times=True) == world.cases.before


def test_a_kept_copy_that_is_linked_elsewhere_is_not_put_back(world: World) -> None:
    """A copy in the snapshot that is another name of a foreign file now is told."""
    plant = world.killed()
    copies = [each for each in Path(plant.undo).iterdir() if each.name.isdigit()]
    for each in copies:
        each.unlink()
        os.link(plant.outside / "foo.lua", each)
    found = world.recovered(plant, allowed=(str(TREE),))
    assert found.outcome.status == 3
    assert "could not be restored" in found.outcome.err
    assert found.outside == []
    assert all(b"precious" not in held for _, held, _ in content(TREE / "bin").values())


def test_a_set_id_bit_that_came_meanwhile_goes(world: World) -> None:
    """A command of the tree is put back without the bit that somebody gave it."""
    plant = world.killed()
    (TREE / "bin/other").chmod(0o4755)
    found = world.recovered(plant, allowed=(str(TREE),))
    assert found.outcome.status == 0, found.outcome.err
    assert found.outside == []
    assert content(TREE, with_times=True) == world.cases.before
