"""Runs of distrorocks in forked processes: as if started afresh, without the cost of a start.

The process that forks has everything imported and the file layer loaded, with nothing else done;
so a child begins as an interpreter does that has just read its modules. What a run starts and
leaves behind becomes our child, and is found.
"""

from __future__ import annotations

import atexit
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

from distrorocks.cli.main import main
from integration.faults.layer import VARIABLE, Call, Control, Fault
from integration.faults.orphans import Orphans, send_late

_MODULES = ("cli.verbs.refresh", "cli.verbs.install", "cli.verbs.remove", "publish.refresh")
_MORE_MODULES = ("publish.withdraw", "publish.hook", "install.install", "install.remove")


class Ended(NamedTuple):
    """How a run ended: status (128 and more: by a signal), outputs, calls, what it left running."""

    status: int
    out: str
    err: str
    calls: list[Call]
    fired: int
    left: list[int]

    @property
    def struck(self) -> str:
        """The call that met the fault, and the one before it; "" for none."""
        if not 0 < self.fired <= len(self.calls):
            return ""
        near = self.calls[max(0, self.fired - 2) : self.fired]
        return " after ".join(f"{call.name} {call.path}" for call in reversed(near))

    @property
    def has_trace(self) -> bool:
        """Whether an exception came out at the top."""
        return "Traceback (most recent call last)" in self.err


class AnyRunner(Protocol):
    """Runs the program under test, here or in a scratch root; ``place`` is a folder to work in."""

    place: Path
    environment: Mapping[str, str]

    def inside(self, path: Path) -> str:
        """Return how the program under test sees a path."""

    def run(
        self,
        words: Sequence[str],
        fault: Fault = ...,
        watched: Sequence[str] = ...,
        late: tuple[float, int] | None = ...,
    ) -> Ended:
        """Run it with these words; ``late`` is a signal sent after so many seconds."""

    def release(self) -> None:
        """Let held processes go on to their end."""


class Runner:
    """Runs verbs one at a time, in children of this process; ``place`` is a folder of its own."""

    def __init__(self, place: Path) -> None:
        for name in (*_MODULES, *_MORE_MODULES):
            importlib.import_module(f"distrorocks.{name}")
        self.control = Control(Path(os.environ[VARIABLE]))
        self.place = place
        self.environment: Mapping[str, str] = {}
        self._orphans = Orphans()

    def inside(self, path: Path) -> str:
        """Return how the program under test sees a path."""
        return str(path)

    def run(
        self,
        words: Sequence[str],
        fault: Fault = Fault(),  # noqa: B008 - immutable
        watched: Sequence[str] = (),
        late: tuple[float, int] | None = None,
    ) -> Ended:
        """Run distrorocks with these words; ``late`` is a signal sent after so many seconds."""
        files = [os.open(self.place, os.O_TMPFILE | os.O_RDWR) for _ in range(2)]
        child = os.fork()
        if not child:
            self._be_program(words, fault, watched, files)
        if late:
            send_late(child, *late)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.control.disarm()
        left = self._orphans.after(fault)
        out, err = map(_taken, files)
        status = 128 - status if status < 0 else status
        return Ended(status, out, err, self.control.calls, self.control.fired, left)

    def release(self) -> None:
        """Let held processes go on to their end."""
        self._orphans.release()

    def _be_program(
        self, words: Sequence[str], fault: Fault, watched: Sequence[str], outputs: list[int]
    ) -> NoReturn:
        """Be the program, from its start to its end."""
        status = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for number, opened in enumerate((nothing, *outputs)):
                os.dup2(opened, number)
            os.environ.update(self.environment)
            os.chdir(self.place)
            sys.argv = ["distrorocks", *words]
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - until the end
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 - until the end
            if watched:
                self.control.arm(fault, watched, os.getpid())
            try:
                status = main()
            except SystemExit as leaving:
                status = leaving.code if isinstance(leaving.code, int) else 1
            atexit._run_exitfuncs()
            sys.stdout.flush()
        except KeyboardInterrupt:
            traceback.print_exc()
            status = 130
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)


def _taken(file: int) -> str:
    """Return what was written into a file, which goes."""
    with open(file, "rb") as opened:
        opened.seek(0)
        return opened.read().decode(errors="replace")
