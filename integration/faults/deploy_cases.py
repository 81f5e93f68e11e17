"""Deployments under attack: a process with the file layer in it tries every fault of a family.

Each attack begins with a copy of a tree. After a kill, ``recover`` makes it the old or the new
tree, to the byte; after an error or a signal it is one of them at once, without a lock, unless the
run said that something could not be restored or cleaned up: then after ``recover``. What is wrong
is printed as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.install.deploy.deploy import recover
from distrorocks.system.processes.interruption import Interruption
from distrorocks.system.trees.writer import HalfDoneError
from integration.faults import attack
from integration.faults.attack import Attack
from integration.faults.content import Content, difference
from integration.faults.layer import VARIABLE, Call, Control, Fault
from integration.machines.binary_rocks import BinaryRock, Tree, write_rock

DONE, UNDONE, HALF, STOPPED, UNCLEAN, KILLED, BROKEN = 0, 10, 11, 12, 13, 128 + 9, 99
FAMILIES = ("kills", "interrupts", "errors", "full_disk")


class Scenario(NamedTuple):
    """A tree, and the deployment that is attacked."""

    name: str
    before: tuple[str, ...]
    installs: tuple[str, ...]
    removals: tuple[tuple[str, str], ...] = ()


SCENARIOS = (
    Scenario("first", (), ("b",)),
    Scenario("displacing", ("b",), ("a", "b2")),
    Scenario("removal", ("a", "b"), (), (("a", "1.0-1"),)),
)


def make_rocks(place: Path) -> dict[str, BinaryRock]:
    """Make rocks that share a module and a command."""
    files = {"lua/shared.lua": "return 1", "bin/tool": "print(1)", "lib/c.so": "c", "doc/x": "x"}
    return {
        "a": write_rock(place, "a", "1.0-1", files),
        "b": write_rock(place, "b", "1.0-1", {**files, "lua/old/x.lua": "return 'old'"}),
        "b2": write_rock(place, "b", "2.0-1", {**files, "lua/new/x.lua": "return 'new'"}),
    }


class Cases:
    """A scenario, its rocks, and the trees before and after it."""

    def __init__(self, place: Path, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rocks = make_rocks(place / "rocks")
        self.control = Control(Path(os.environ[VARIABLE]))
        self._start = place / "start"
        (place / "watched").mkdir()
        self.tree = Tree(place / "watched" / "tree")
        for name in scenario.before:
            self.tree.install(self.rocks[name], keep=True)
        if self.tree.place.exists():
            self.tree.place.rename(self._start)
        self._renew()
        self.before = self.tree.content()
        self.calls = self._run(Attack("none", Fault()))[1]
        self.after = self.tree.content()
        self.met = 0

    def _renew(self) -> None:
        self.tree.clear()
        if self._start.exists():
            shutil.copytree(self._start, self.tree.place, symlinks=True)

    def _run(self, each: Attack) -> tuple[int, list[Call]]:
        """Deploy in a child that meets a fault; return how it ended, and its calls."""
        child = os.fork()
        if not child:
            status = BROKEN
            try:
                self.control.arm(each.fault, [str(self.tree.place.parent)], os.getpid())
                status = self._deploy()
            except BaseException:
                self.control.disarm()
                traceback.print_exc()
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.control.disarm()
        return 128 - status if status < 0 else status, self.control.calls

    def _deploy(self) -> int:
        try:
            if self.scenario.removals:
                done = self.tree.remove(*self.scenario.removals)
            else:
                done = self.tree.install(*(self.rocks[name] for name in self.scenario.installs))
        except HalfDoneError:
            return HALF
        except DistrorocksError:
            return UNDONE
        except Interruption:
            return STOPPED
        return UNCLEAN if done.unfinished else DONE

    def problem(self, each: Attack) -> str:
        """Return what an attack showed to be wrong, or ""."""
        self._renew()
        status, _ = self._run(each)
        self.met += bool(self.control.fired)
        if status not in (DONE, UNDONE, HALF, STOPPED, UNCLEAN, KILLED):
            return f"it ended with {status}"
        now = self.tree.content()
        if each.fault.is_lasting:
            now.pop("/lockfile.lfs", None)  # nothing could be removed any more
        if status in (DONE, UNDONE, STOPPED) and (wrong := self._wrong(now, status)):
            return f"after status {status}: {wrong}"
        recover(self.tree.layout)
        now = self.tree.content()
        wrong = self._wrong(now, UNCLEAN if status == UNCLEAN else KILLED)
        return f"after status {status} and recover: {wrong}" if wrong else ""

    def _wrong(self, now: Content, status: int) -> str:
        wanted = [self.after] if status in (DONE, UNCLEAN) else [self.before]
        if status in (STOPPED, KILLED):
            wanted.append(self.after)
        found = [difference(now, each) for each in wanted]
        return "" if not all(found) else f"{found[0]} ({len(found)})"


def problems(cases: Cases, attacks: Sequence[Attack]) -> Iterator[tuple[str, str]]:
    """Try attacks on a scenario; yield each that found something."""
    for each in attacks:
        wrong = cases.problem(each)
        if wrong:
            near = cases.calls[each.fault.first - 1]
            yield f"{each} [{near.name} {near.path}]", wrong


def main() -> None:
    """Try the family of attacks that is named on every scenario, or one of so many of them."""
    place, family, stride = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    found: list[tuple[str, str, str]] = []
    tried = met = 0
    for scenario in SCENARIOS:
        folder = place / scenario.name
        (folder / "rocks").mkdir(parents=True)
        cases = Cases(folder, scenario)
        attacks = list(getattr(attack, family)(cases.calls))[::stride]
        tried += len(attacks)
        with contextlib.redirect_stdout(sys.stderr):
            found += [(scenario.name, *each) for each in problems(cases, attacks)]
        met += cases.met
    print(json.dumps({"tried": tried, "met": met, "found": found}))


if __name__ == "__main__":
    main()
