"""Whether another process still lives, and whether it is the one that was meant."""

from __future__ import annotations

import os
import time

_MOST_VARIABLES = 8 << 20  # bytes: more than the kernel takes


def is_running(process: int) -> bool:
    """Return whether a process of this number lives; True where that cannot be told.

    One that has ended and that its parent has not heard of yet does not live. A number too large
    for any process is nobody's.
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # another user's
    return fields_of(process)[:1] != [b"Z"]


def started(process: int) -> str:
    """Return when a process began, as the kernel counts it, "" where that cannot be told.

    Two processes that had the same number began at different times.
    """
    fields = fields_of(process)
    return fields[19].decode("ascii", "replace") if len(fields) > 19 else ""


def started_at(process: int) -> float | None:
    """Return when a process began, in seconds since 1970, None where that cannot be told."""
    began = started(process)
    if not began.isdecimal():
        return None
    return system_started_at() + int(began) / os.sysconf("SC_CLK_TCK")


def system_started_at() -> float:
    """Return when this system was started, in seconds since 1970, by its clock of now."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Return what tells this start of this system from any other, "" where that cannot be told."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:
            return file.read(64).decode("ascii", "replace").strip()
    except OSError:
        return ""


def process_namespace() -> str:
    """Return the number of the namespace that counts our processes, "" where it is not known."""
    try:
        return os.readlink("/proc/self/ns/pid").removeprefix("pid:[").removesuffix("]")
    except OSError:
        return ""


def environment_of(process: int) -> list[bytes] | None:
    """Return the variables that a process was started with, None where that cannot be told.

    One that is just being started has none for a moment, and one that has ended has none.
    """
    try:
        with open(f"/proc/{process}/environ", "rb") as file:
            return [each for each in file.read(_MOST_VARIABLES).split(b"\0") if each]
    except OSError:
        return None


def fields_of(process: int) -> list[bytes]:
    """Return the fields of ``/proc/PID/stat`` after the name (proc(5)), [] where there are none.

    There are none of another process where ``/proc`` counts processes in another namespace than
    ours: that number would be somebody else's there.
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
