"""Runs of the distrorocks that a package has installed in a scratch root, with the file layer.

The layer stands in the root's /etc/ld.so.preload, so it is in every program there, whatever its
environment: in dpkg, in the shell of a hook, in Python, in LuaRocks.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from integration.faults.layer import HOLD, INSIDE, KILL, Control, Fault, built
from integration.faults.orphans import Orphans, send_late
from integration.faults.runs import Ended
from integration.machines.machine import Machine

PROGRAM = "/usr/bin/distrorocks"
PLACE = "/srv/faults"
_POLL = 0.002


def preload(machine: Machine) -> Control:
    """Load the layer into every program of a machine; return what steers it."""
    folder = machine.path(INSIDE)
    folder.mkdir(mode=0o755)
    shutil.copy(built(), folder / "layer.so")
    control = Control(folder / "control")
    machine.write("/etc/ld.so.preload", f"{INSIDE}/layer.so\n")
    return control


class MachineRunner:
    """Runs a machine's distrorocks, one verb at a time; ``place`` is a folder of it to work in."""

    def __init__(self, machine: Machine, place: str = PLACE) -> None:
        self.machine = machine
        self.control = preload(machine)
        self.place = machine.path(place)
        self.place.mkdir(exist_ok=True)
        self.environment: Mapping[str, str] = {}
        self._orphans = Orphans()

    def inside(self, path: Path) -> str:
        """Return a path as the machine's programs see it."""
        return f"/{path.relative_to(self.machine.root)}"

    def run(
        self,
        words: Sequence[str],
        fault: Fault = Fault(),  # noqa: B008 - immutable
        watched: Sequence[str] = (),
        late: tuple[float, int] | None = None,
    ) -> Ended:
        """Run distrorocks with these words; ``late`` is a signal sent after so many seconds."""
        more = [f"{name}={value}" for name, value in self.environment.items()]
        command = self.machine.words("env", *more, PROGRAM, *words)

        def arm() -> None:  # the process keeps its number through all that it becomes
            self.control.arm(fault, watched, os.getpid())

        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=arm if watched else None,
        )
        if late:
            send_late(process.pid, *late)
        out, err = (text.decode(errors="replace") for text in process.communicate())
        self.control.disarm()
        status = process.returncode
        left = self._orphans.after(fault)
        status = 128 - status if status < 0 else status
        return Ended(status, out, err, self.control.calls, self.control.fired, left)

    def release(self) -> None:
        """Let held processes go on to their end."""
        self._orphans.release()


def run_until_struck(
    machine: Machine, control: Control, fault: Fault, watched: Sequence[str], *words: str
) -> int:
    """Run a command of a machine; where the call is held, kill all that the command has started.

    Returns the exit status, negative after such a kill.
    """
    control.arm(fault, watched)
    process = subprocess.Popen(
        machine.words(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while fault.deed == KILL and fault.whom & HOLD and process.poll() is None:
        if control.fired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            break
        time.sleep(_POLL)
    status = process.wait()
    control.disarm()
    return status
