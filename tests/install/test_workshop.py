"""What the builds of a run share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.install.workshop import BuildSandbox, Workshop
from distrorocks.system.files.scratch import ScratchDirectory, make_folder
from distrorocks.system.processes.logged_command import CommandLog
from distrorocks.system.sandbox.choice import CHOICES
from distrorocks.system.sandbox.confined import Confined
from distrorocks.system.sandbox.sandbox import probe
from distrorocks.world.rock_store import RockStore


def told(_: str) -> None:
    """Take a report."""


def mode(path: str) -> int:
    """Return the permissions of a directory."""
    return os.stat(path).st_mode & 0o777


@pytest.mark.skipif(os.geteuid() != 0, reason="a user's builds run as that user")
@pytest.mark.skipif(
    bool(probe("bwrap").fault and probe("unshare").fault), reason="there are no namespaces here"
)
def test_nobody_else_reaches_what_root_builds(tmp_path: Path) -> None:
    """Services run as nobody, too: they could change the sources and what is built of them.

    The sandbox shows the folder to the build by a mount, so it is closed to all others.
    """
    with ScratchDirectory() as scratch, BuildSandbox("require", told, scratch) as chosen:
        sandbox = chosen.get()
        place = make_folder(f"{make_folder(f'{scratch.path}/1')}/sources")
        command = Confined(("/bin/sh", "-c", "echo built > file"), place, (place,))
        with sandbox.handed_over(place), CommandLog(str(tmp_path / "log")) as log:
            assert sandbox.run(command, log).status == 0
        assert Path(place, "file").read_text() == "built\n"
        assert mode(scratch.path) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="a user's builds run as that user")
def test_without_namespaces_nobody_must_reach_it(tmp_path: Path) -> None:
    """None can list it."""
    with ScratchDirectory() as scratch, BuildSandbox("off", told, scratch) as chosen:
        sandbox = chosen.get()
        place = make_folder(f"{scratch.path}/sources")
        command = Confined(("/bin/sh", "-c", "echo built > file"), place, (place,))
        with sandbox.handed_over(place), CommandLog(str(tmp_path / "log")) as log:
            assert sandbox.run(command, log).status == 0
        assert mode(scratch.path) == 0o711


def test_a_rock_that_a_less_confined_build_made_is_not_used_by_others() -> None:
    """With the network or without a sandbox more decides what is built."""
    with ScratchDirectory() as scratch:
        made = {
            (choice, network): Workshop(
                BuildSandbox(choice, told, scratch), "5.4", {}, {}, (), 1, RockStore(""), network
            ).confinement
            for choice in CHOICES
            for network in (False, True)
        }
    assert made["auto", False] == made["require", False] == ()
    assert made["auto", True] == made["require", True] == ("network",)
    assert made["off", False] == ("no sandbox",)
    assert made["off", True] == ("network", "no sandbox")
