"""Steps of a build are told apart by their kind, and some of them need the output's directories."""

from __future__ import annotations

import pytest

from distrorocks.install.build.step import (
    Compile,
    InstallDocuments,
    InstallFile,
    InstallFolder,
    Link,
    NeedsLuaRocks,
    RunCommand,
    Step,
    TakeInstalled,
    Warn,
    WriteManifest,
    WriteRockFile,
    WriteSource,
    uses_output,
)

RUNNING: list[Step] = [
    Compile("cc", "a.c", "a.o", "r"),
    Link("ld", "a.so", "r"),
    RunCommand("make", "building", "r"),
    NeedsLuaRocks("rust", "r"),
    TakeInstalled("r"),
]
COPYING: list[Step] = [
    Warn("m", "r"),
    WriteSource("a", b"", "r"),
    InstallFile("a", "b", False, "r"),
    InstallFolder("a", "b", False, "r"),
    InstallDocuments((), "r"),
    WriteRockFile("a", b"", "r"),
    WriteManifest("r"),
]


@pytest.mark.parametrize("step", RUNNING, ids=lambda step: type(step).__name__)
def test_what_runs_commands_or_takes_what_they_made_uses_the_output(step: Step) -> None:
    """One such step among others is enough."""
    assert uses_output([step])
    assert uses_output([*COPYING, step])


def test_what_only_copies_does_not() -> None:
    """So a rock of Lua files needs no output at all."""
    assert not uses_output(COPYING)
    assert not uses_output([])


def test_kinds_are_never_equal() -> None:
    """Though their fields may be; a command adds nothing to the environment unless it says so."""
    pair: list[Step] = [TakeInstalled("r"), WriteManifest("r")]
    assert len(set(pair)) == 2
    assert RunCommand("make", "building", "r").environment == {}
