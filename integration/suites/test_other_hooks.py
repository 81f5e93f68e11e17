"""The hooks for pacman and apk: what they match, and what they run."""

from __future__ import annotations

import fnmatch
import re
import shutil
from collections.abc import Callable, Iterator

import pytest

from integration.machines.machine import Machine, Outcome
from integration.machines.rocks import TREE
from integration.machines.roots import base
from integration.machines.scratch import CHECKOUT

ALPM = CHECKOUT / "hooks/alpm/distrorocks.hook"
APK = CHECKOUT / "hooks/apk/distrorocks-hooks.trigger"
# Paths as the packages of Arch and Alpine have them, and some that are no concern of ours.
MATTER = (
    "usr/share/lua/5.4/argparse.lua",
    "usr/share/lua/5.1/pl/init.lua",
    "usr/lib/lua/5.4/lpeg.so",
    "usr/lib/luarocks/rocks-5.3/lua_cliargs/3.0.2-1/rock_manifest",
)
OTHERS = ("usr/bin/lua5.4", "usr/lib/liblua.so.5.4", "usr/share/luajit-2.1/jit/bc.lua")


def alpm_settings() -> list[tuple[str, str, str]]:
    """Return the (section, name, value) triples of the hook for pacman, in order."""
    found, section = [], ""
    for line in ALPM.read_text().splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
        elif line and not line.startswith("#"):
            name, _, value = line.partition(" = ")
            found.append((section, name, value))
    return found


def alpm_values(name: str) -> list[str]:
    """Return each value that the hook for pacman gives to a name."""
    return [value for _, key, value in alpm_settings() if key == name]


def apk_directories() -> list[str]:
    """Return the directories that an APKBUILD names for the trigger."""
    line = re.search(
        r'^# triggers="distrorocks-hooks\.trigger=(.*)"$', APK.read_text(), re.MULTILINE
    )
    assert line
    return line[1].split(":")


def run_alpm(machine: Machine) -> Outcome:
    """Run what pacman runs: a program with words, without a shell."""
    (command,) = alpm_values("Exec")
    return machine.run(*command.split())


def run_apk(machine: Machine) -> Outcome:
    """Run what apk runs: the script, from a place of its own, with the touched directories."""
    place = "/usr/local/lib/apk/exec/distrorocks-hooks.trigger"
    machine.write(place, APK.read_text()).chmod(0o755)
    return machine.run(place, "/usr/share/lua/5.4", "/usr/lib/lua/5.4")


FAMILIES = pytest.mark.parametrize("run_hook", [run_alpm, run_apk], ids=["alpm", "apk"])


def brought(machine: Machine) -> Machine:
    """Bring the command and its code to where a package has them."""
    place = machine.path("/usr/share/distrorocks/distrorocks")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "distrorocks", place, ignore=ignored)
    shutil.copy(CHECKOUT / "hooks/rpm/distrorocks", machine.path("/usr/bin/distrorocks"))
    return machine


@pytest.fixture
def foreign() -> Iterator[Machine]:
    """A system with Lua modules whose package database is neither dpkg's nor rpm's."""
    with base("bookworm").clone() as machine:
        shutil.rmtree(machine.path("/var/lib/dpkg"))
        machine.write("/usr/share/lua/5.4/argparse.lua", "return {}\n")
        yield brought(machine)


def test_the_hook_for_pacman_is_whole() -> None:
    """It has the sections and names of alpm-hooks(5) that one needs, and no other."""
    keys = {(section, name) for section, name, _ in alpm_settings()}
    assert keys == {
        *(("Trigger", name) for name in ("Operation", "Type", "Target")),
        *(("Action", name) for name in ("Description", "When", "Exec")),
    }
    assert alpm_values("Operation") == ["Install", "Upgrade", "Remove"]
    assert alpm_values("Type") == ["Path"]
    assert alpm_values("When") == ["PostTransaction"]


def test_pacman_runs_it_for_lua_files_alone() -> None:
    """Its targets match modules and rocks of Arch's packages, and no other file."""
    targets = alpm_values("Target")
    matched = [
        path for path in (*MATTER, *OTHERS) if any(fnmatch.fnmatch(path, t) for t in targets)
    ]
    assert matched == list(MATTER)


def test_apk_runs_it_for_the_directories_of_lua_files() -> None:
    """A pattern matches one directory above each module or rock; apk's globs match no slash."""

    def is_matched(path: str) -> bool:
        parts = path.split("/")
        above = ["/" + "/".join(parts[:end]) for end in range(1, len(parts))]
        return any(
            pattern.count("/") == folder.count("/") and fnmatch.fnmatch(folder, pattern)
            for pattern in apk_directories()
            for folder in above
        )

    assert [path for path in (*MATTER, *OTHERS) if is_matched(path)] == list(MATTER)


@FAMILIES
def test_a_system_that_cannot_be_read_yet_is_told_so(
    run_hook: Callable[[Machine], Outcome], foreign: Machine
) -> None:
    """Without dpkg's or rpm's database: exit status 0, one line that says why, no file touched."""
    before = foreign.contents("/usr/lib") | foreign.contents("/usr/share")
    told = run_hook(foreign)
    (line,) = told.err.splitlines()
    assert "no package database" in line
    assert not told.out
    assert foreign.contents("/usr/lib") | foreign.contents("/usr/share") == before
    assert not foreign.path("/var/lib/distrorocks").exists()


@FAMILIES
def test_the_command_refreshes_where_it_can(
    run_hook: Callable[[Machine], Outcome], machine: Machine
) -> None:
    """The very command of the hook publishes rocks on a system whose packages can be read."""
    run_hook(brought(machine))
    assert machine.path(f"{TREE}/rocks-5.4/manifest").exists()
    assert "Traceback" not in run_hook(machine).err
