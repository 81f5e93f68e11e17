"""Taking everything back: what the ledger lists goes, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.publish.refresh import refresh
from distrorocks.publish.withdraw import withdraw
from distrorocks.trees.change import Keep
from distrorocks.world.survey import System
from tests.builders import Machine, debian, write_ledgers

ROCKS = "/usr/lib/luarocks/rocks-5.3"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system with two packages of Lua modules, not refreshed yet."""
    return debian(tmp_path)


def system(machine: Machine) -> System:
    """Return where the jobs work."""
    return System(root=str(machine.root))


def test_nothing_of_ours_is_left_in_any_tree(machine: Machine) -> None:
    """Every path is as before the refresh: files, directories and the ledger's own directory."""
    before, paths = machine.files(), set(machine.root.rglob("*"))
    refresh(system(machine))
    withdraw(system(machine), lock_seconds=0.2)
    assert machine.files() == before
    assert set(machine.root.rglob("*")) == paths


def test_what_others_put_there_stays(machine: Machine) -> None:
    """A rock installed by hand keeps its files, although the tree's manifest goes."""
    stray = machine.root / f"{ROCKS}/say/1.3-1/rock_manifest".lstrip("/")
    stray.parent.mkdir(parents=True)
    stray.write_text("rock_manifest = {}\n")
    refresh(system(machine))
    withdraw(system(machine))
    left = {path for path in machine.files() if path.startswith("/usr/lib/luarocks")}
    assert left == {f"{ROCKS}/say/1.3-1/rock_manifest"}


def test_a_file_that_a_package_owns_by_now_stays(machine: Machine) -> None:
    """A package that ships its metadata over ours keeps it."""
    refresh(system(machine))
    shipped = f"{ROCKS}/penlight/1.13.1-1/rock_manifest"
    machine.install("penlight-meta", {shipped: "rock_manifest = {}\n"})
    withdraw(system(machine))
    assert machine.files()[shipped] == b"rock_manifest = {}\n"


def test_a_dry_run_tells_the_same_changes_and_makes_none(machine: Machine) -> None:
    """The list of a dry run is the list that the run then carries out."""
    refresh(system(machine))
    before = machine.files()
    told = withdraw(system(machine), dry_run=True)
    assert machine.files() == before
    assert told.changes == withdraw(system(machine)).changes
    assert not any(isinstance(change, Keep) for change in told.changes)


def test_a_root_that_has_nothing_of_ours_is_not_even_locked(machine: Machine) -> None:
    """While another program holds the tree, nothing to do is still done."""
    (machine.root / "usr/lockfile.lfs").symlink_to("lock")
    assert withdraw(system(machine), lock_seconds=0.1).changes == []


def test_a_ledger_that_cannot_be_read_stops_it(machine: Machine) -> None:
    """What is ours is not known then, so nothing is removed."""
    refresh(system(machine))
    write_ledgers(machine.root, json.dumps({"format": 99}))
    before = machine.files()
    with pytest.raises(DistrorocksError, match="ledger"):
        withdraw(system(machine))
    assert machine.files() == before
