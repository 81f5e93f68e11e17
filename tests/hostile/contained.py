"""A verb run in a child that cannot hang, eat the machine or touch the test's own state."""

from __future__ import annotations

import importlib
import os
import pkgutil
import resource
import select
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import distrorocks
from distrorocks.cli.main import main

PROCESSOR_SECONDS = 20
MOST_ADDRESSES = 3 << 30
INTERPRETER = 64 * 1024
"""Kilobytes that any run of Python may have."""

PATIENCE = 60
"""A child that has not ended after this many seconds is blocked: no honest run takes one."""

for _module in pkgutil.walk_packages(distrorocks.__path__, "distrorocks."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)  # so that what a child takes is its work alone


class Ended(NamedTuple):
    """How a run ended: "blocked" or "" in ``fault``, its status, what it said, its peak memory.

    A child begins with all the memory of the test's own process, so ``kilobytes`` is what it took
    beyond that, and an interpreter.
    ``status`` is negative for the signal that ended it. ``opened`` are the paths that Python
    opened or listed, as it named them.
    """

    fault: str
    status: int
    said: str
    kilobytes: int
    seconds: float
    opened: tuple[str, ...] = ()


def run_contained(words: Sequence[str], *, place: Path, is_watched: bool = False) -> Ended:
    """Run a verb in a child of this process, in the folder ``place``, with bounds on all it takes.

    What it says goes to a file beside ``place``. With ``is_watched`` the paths that it opens are
    written down.
    """
    report = place.parent / "report"
    watch = place.parent / "watch"
    report.unlink(missing_ok=True)
    at_first = _resident()
    child = os.fork()
    if not child:
        try:
            status = _contained(words, place, report, watch if is_watched else None)
        finally:
            os._exit(255)
    handle = os.pidfd_open(child)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        fault = "" if waiting.poll(PATIENCE * 1000) else "blocked"
        if fault:
            os.killpg(child, signal.SIGKILL)
        _, status, used = os.wait4(child, 0)
    finally:
        os.close(handle)
    said = report.read_text(errors="replace") if report.exists() else ""
    opened = tuple(watch.read_text(errors="surrogateescape").split("\0")) if is_watched else ()
    code = os.waitstatus_to_exitcode(status)
    kilobytes = max(used.ru_maxrss - at_first, 0) + INTERPRETER
    return Ended(fault, code, said, kilobytes, used.ru_utime + used.ru_stime, opened)


def _resident() -> int:
    """Return the kilobytes of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _contained(words: Sequence[str], place: Path, report: Path, watch: Path | None) -> int:
    """Run the verb in this process, which is a child, and leave with its status; never return."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(place)
    os.environ.clear()
    os.environ.update(HOME=str(place.parent / "home"), PATH="/usr/bin:/bin", LC_ALL="C.UTF-8")
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - the process ends with it
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 - the process ends with it
    opened: list[str] = []
    if watch:
        sys.addaudithook(lambda event, words: _note(event, words, opened))
    status = 70
    try:
        status = main(words)
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    if watch:
        watch.write_text("\0".join(dict.fromkeys(opened)), errors="surrogateescape")
    os._exit(status)


def _note(event: str, words: tuple[object, ...], opened: list[str]) -> None:
    """Write down the path of an event that opens or lists one."""
    if event in ("open", "os.listdir", "os.scandir") and isinstance(words[0], str | bytes):
        opened.append(os.fsdecode(words[0]))
