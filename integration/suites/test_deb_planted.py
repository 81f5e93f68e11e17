"""Journals that were planted, and what the packaged distrorocks does for root with them.

A run of the program is killed at work, so the journals are its own; then somebody changes them, or
what is around them, as the unit tests of the journals do. Those work in ``/media``, which is for
this process, in its own mount namespace, the machine's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.system.trees.journal import journal_path
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.layout import tree_layout
from integration.faults.attack import Attack
from integration.faults.content import content
from integration.faults.layer import KILL, RENAME, Fault
from integration.faults.machine_runs import PROGRAM, MachineRunner
from integration.faults.planted import Effects, effects
from integration.faults.rock_cases import LUA, SCENARIOS, RockCases
from integration.machines.dpkg_packages import own
from integration.machines.machine import Machine, run
from integration.machines.roots import base
from integration.machines.scratch import unmount
from tests.system.trees.planting import MALLORY, outside
from tests.system.trees.test_planted_journals import VARIANTS, Plant

PLACE = Path("/media")
TREE = PLACE / "tree"
REPLACING = next(each for each in SCENARIOS if each.name == "install in place of")


class World:
    """A machine with our .deb, where a run that replaces two rocks can be killed at work."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.cases = RockCases(MachineRunner(machine, str(PLACE)), REPLACING)
        self.commit = next(
            number
            for number, call in enumerate(self.cases.calls, start=1)
            if call.kind == RENAME and call.path.endswith(f"rocks-{LUA}/manifest")
        )
        """The call that commits, before which everything else of the tree is changed."""

    def killed(self) -> Plant:
        """Leave a tree half changed, with its journal, beside what is not the tree's."""
        for each in ("tree", "copy", "moved", "outside"):
            shutil.rmtree(PLACE / each, ignore_errors=True)
        PLACE.chmod(0o755)
        self.cases.attacked(Attack("kill", Fault(KILL, self.commit)))
        layout = tree_layout(str(TREE), LUA)
        plant = Plant(layout, Path(journal_path(tree_place(layout))), outside(PLACE))
        assert plant.journal.exists()
        assert content(TREE, with_times=True) != self.cases.before
        return plant

    def recovered(self, plant: Plant, *, allowed: tuple[str, ...] = ()) -> Effects:
        """Let root recover a tree, and return the effects of that.

        The lock of the killed run goes in any case.
        """
        words = ("install", "--recover", f"--tree={plant.tree}", f"--lua-version={LUA}")
        if plant.layout.lua_version != LUA:
            words = (*words[:-1], f"--lua-version={plant.layout.lua_version}")
        return effects(self.machine, lambda _: None, words, allowed=(plant.layout.lock, *allowed))


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


def test_the_journal_of_a_killed_run_is_undone_and_nothing_else(world: World) -> None:
    """The very journal that the variants are made of is believed, and acts in its tree alone."""
    plant = world.killed()
    found = world.recovered(plant)
    assert found.outcome.status == 0, found.outcome.err
    assert content(TREE, with_times=True) == world.cases.before
    assert found.outside  # the tree is seen to change, where it is not allowed
    assert [path for path in found.outside if not path.startswith(f"{TREE}/")] == []
    assert found.set_id == []


def test_the_check_sees_every_kind_of_effect(world: World) -> None:
    """A program that does what a planted journal asks for is found out."""
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
def test_a_planted_journal_has_no_effect(world: World, variant: Callable[[Plant], Plant]) -> None:
    """It is named and left alone; nothing changes in the tree or anywhere else."""
    plant = variant(world.killed())
    assert str(plant.journal) in refused(world.recovered(plant))


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


def test_another_file_system_in_the_tree_keeps_its_files(
    world: World, on_another_device: Callable[[str], None]
) -> None:
    """What is mounted over the tree's modules since belongs to somebody else; each is told."""
    plant = world.killed()
    on_another_device(plant.layout.lua_dir)
    before = content(world.machine.path(plant.layout.lua_dir))
    found = world.recovered(plant, allowed=(str(TREE),))
    assert found.outcome.status == 0, found.outcome.err
    assert found.outcome.err.count("was changed by another program") == 2
    assert found.outside == []
    now = content(world.machine.path(plant.layout.lua_dir))
    assert {path: now[path] for path in ("/branch.lua", "/leaf.lua")} == {
        path: before[path] for path in ("/branch.lua", "/leaf.lua")
    }


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


def owned_without_the_journal(plant: Plant) -> None:
    """Another user owns the tree, and the journal in it is root's own."""
    owned(plant)
    os.chown(plant.journal, 0, 0)


@pytest.mark.parametrize(
    "give",
    [owned, filled_by_a_group, filled_by_all, owned_in_a_sticky_place, owned_without_the_journal],
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
    """Names of the tree that are foreign files now stay as they are, and the files too."""
    plant = world.killed()
    for name in ("foo.lua", "branch.lua"):
        place = Path(plant.layout.lua_dir, name)
        place.unlink(missing_ok=True)
        os.link(plant.outside / "foo.lua", place)
    found = world.recovered(plant, allowed=(str(TREE),))
    assert found.outcome.status == 0, found.outcome.err
    assert "branch.lua was changed by another program" in found.outcome.err
    assert found.outside == []
    assert (plant.outside / "foo.lua").read_text() == "precious"


def test_a_set_id_bit_is_never_made(world: World) -> None:
    """A new command that somebody gave the bit goes, and no other file has it afterwards."""
    plant = world.killed()
    command = TREE / "bin/branch"
    command.chmod(0o4755)
    found = world.recovered(plant, allowed=(str(TREE),))
    assert found.outcome.status == 0, found.outcome.err
    assert found.outside == []
    assert found.set_id == []
    assert content(TREE, with_times=True) == world.cases.before
