"""One attack on one scenario, and what it showed."""

from __future__ import annotations

import errno
import random
import re
import signal
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from integration.faults.layer import (
    CREATE,
    EVERY,
    FAIL,
    KILL,
    MODE,
    NEEDS_ROOM,
    REMOVE,
    RENAME,
    SIGNAL,
    TEAR,
    WRITE,
    Call,
    Fault,
)

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
_ENTRIES = CREATE | RENAME | REMOVE | MODE
ERRORS = {
    errno.ENOSPC: NEEDS_ROOM,
    errno.EIO: EVERY,
    errno.EROFS: _ENTRIES,
    errno.EACCES: _ENTRIES,
}
"""What a call may fail with, and which calls may."""

_CLAIM = re.compile(r"untouched|as it was|nothing was changed|unchanged")
FAMILIES = ("kills", "withdrawals", "interrupts", "late_signals", "errors", "full_disk")
Problem = tuple[str, str]
"""A kind of failure in few words, and what was found."""


class Attack(NamedTuple):
    """A fault in a scenario, or a signal ``late`` seconds after its start.

    ``is_withdrawn``: what follows the kill is the taking back, not the same run again.
    """

    group: str
    fault: Fault
    late: tuple[float, int] | None = None
    is_withdrawn: bool = False

    def __str__(self) -> str:
        if self.late:
            return f"{signal.Signals(self.late[1]).name} after {self.late[0] * 1000:.1f} ms"
        return f"{self.fault}{', then taken back' if self.is_withdrawn else ''}"


class Found(NamedTuple):
    """What an attack showed: where it struck, and what was wrong afterwards."""

    scenario: str
    group: str
    attack: str
    call: str
    problems: list[Problem]


def as_program_sees(group: str) -> bool:
    """Return whether a group's runs end by themselves, and not by a kill."""
    return "kill" not in group and group != "torn write"


def claims_untouched(text: str) -> bool:
    """Return whether a message says that things are as they were."""
    return bool(_CLAIM.search(text))


def kills(calls: Sequence[Call]) -> Iterator[Attack]:
    """Yield a kill before every call, and one in the middle of every write."""
    for number, call in enumerate(calls, start=1):
        yield Attack("kill", Fault(KILL, number))
        if call.kind == WRITE and call.name in ("write", "fclose"):
            yield Attack("torn write", Fault(TEAR, number, classes=WRITE))


def withdrawals(calls: Sequence[Call]) -> Iterator[Attack]:
    """Yield a kill before every call, after which all is taken back at once."""
    for number in range(1, len(calls) + 1):
        yield Attack("kill, --remove", Fault(KILL, number), is_withdrawn=True)


def errors(calls: Sequence[Call]) -> Iterator[Attack]:
    """Yield every call failing once, with each error that it could meet."""
    for number, call in enumerate(calls, start=1):
        for error, classes in ERRORS.items():
            if call.kind & classes:
                yield Attack(errno.errorcode[error], Fault(FAIL, number, error))


def full_disk(calls: Sequence[Call]) -> Iterator[Attack]:
    """Yield the disk being full, or read-only, from a call on to the end of the run."""
    for number, call in enumerate(calls, start=1):
        for name, error in (("disk stays full", errno.ENOSPC), ("turns read-only", errno.EROFS)):
            if call.kind & ERRORS[error]:
                classes = ERRORS[error]
                fault = Fault(FAIL, number, error, classes=classes, is_lasting=True)
                yield Attack(name, fault)


def interrupts(calls: Sequence[Call]) -> Iterator[Attack]:
    """Yield each signal at every call."""
    for number in range(1, len(calls) + 1):
        for each in SIGNALS:
            yield Attack(each.name, Fault(SIGNAL, number, each))


def late_signals(seconds: float, count: int, seed: str) -> Iterator[Attack]:
    """Yield each signal ``count`` times, at random moments within so many seconds."""
    chance = random.Random(seed)  # noqa: S311 - any moments will do
    for _ in range(count):
        for each in SIGNALS:
            yield Attack(each.name, Fault(), (chance.uniform(0, seconds), each))
