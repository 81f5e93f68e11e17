"""Identity and state of other processes, from /proc (proc(5))."""

from __future__ import annotations

import os
import time

_MOST_VARIABLES = 8 << 20  # bytes: more than the kernel allows


def is_running(process: int) -> bool:
    """Return whether a process with this id is alive; True if unknown.

    A zombie does not count as alive, nor does an id too large for any process.
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # another user's
    return fields_of(process)[:1] != [b"Z"]


def started(process: int) -> str:
    """Return the start time of a process in clock ticks since boot, or "" if unknown.

    It distinguishes processes that had the same id.
    """
    fields = fields_of(process)
    return fields[19].decode("ascii", "replace") if len(fields) > 19 else ""


def started_at(process: int) -> float | None:
    """Return the start time of a process in seconds since 1970, or None if unknown."""
    began = started(process)
    if not began.isdecimal():
        return None
    return system_started_at() + int(began) / os.sysconf("SC_CLK_TCK")


def system_started_at() -> float:
    """Return the boot time in seconds since 1970, by the present clock."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Return the kernel's unique id of this boot, or "" if unknown."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:
            return file.read(64).decode("ascii", "replace").strip()
    except OSError:
        return ""


def process_namespace() -> str:
    """Return the number of our process id namespace, or "" if unknown."""
    try:
        return os.readlink("/proc/self/ns/pid").removeprefix("pid:[").removesuffix("]")
    except OSError:
        return ""


def environment_of(process: int) -> list[bytes] | None:
    """Return the environment that a process was started with, or None if unknown.

    It is briefly empty while a process starts, and empty once it has exited.
    """
    try:
        with open(f"/proc/{process}/environ", "rb") as file:
            return [each for each in file.read(_MOST_VARIABLES).split(b"\0") if each]
    except OSError:
        return None


def fields_of(process: int) -> list[bytes]:
    """Return the fields of ``/proc/PID/stat`` after the name (proc(5)), or [].

    For another process return [] if ``/proc`` belongs to a different process id namespace: the id
    would mean another process there.
    """
    ours = os.getpid()
    try:
        if process != ours and os.readlink("/proc/self") != str(ours):
            return []
        name = "self" if process == ours else process
        with open(f"/proc/{name}/stat", "rb") as file:
            return file.read(4096).rpartition(b")")[2].split()
    except OSError:
        return []
