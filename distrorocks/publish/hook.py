"""What a package manager's hook may expect: the work is done, or one line says why not.

The system's log, syslog(3): where what happened unattended is read later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import escaped
from distrorocks.system.processes.interruption import Interruption

if TYPE_CHECKING:
    from distrorocks.publish.refresh import Outcome


IDENTITY = "distrorocks"


def record(line: str) -> None:
    """Log one warning as distrorocks; a log that is missing or fails is no error.

    Whatever is no printable character, a byte that is not UTF-8 too, is written as an escape.
    """
    import syslog

    try:
        syslog.openlog(IDENTITY, syslog.LOG_PID, syslog.LOG_DAEMON)
        syslog.syslog(syslog.LOG_WARNING, escaped(line))
        syslog.closelog()
    except (OSError, ValueError):
        return


LOCK_SECONDS = 30.0
"""How long a package manager waits for another program that works in the tree."""


class Attempt(NamedTuple):
    """``outcome`` is None where the work failed; then ``fault`` is one line that says why."""

    outcome: Outcome | None
    fault: str = ""


def attempt(work: Callable[[], Outcome]) -> Attempt:
    """Do the work; whatever it raises, a bug too, becomes one line here and in the system's log.

    A package manager that saw a failure would leave packages half configured, and would refuse
    every later transaction (dpkg exits with 1 for a trigger that fails).
    """
    try:
        return Attempt(work())
    except BaseException as error:
        fault = f"LuaRocks' view of the installed packages is not up to date: {_why(error)}"
        record(fault)
        return Attempt(None, fault)


def _why(error: BaseException) -> str:
    """Return one line that says what stood in the way."""
    if isinstance(error, DistrorocksError):
        hint = f"; {error.hint}" if error.hint else ""
        return _line(f"{error.brief}{hint}")
    if isinstance(error, Interruption):
        return error.told
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError) and error.strerror:
        return _line(f"{error.filename or 'a file'}: {error.strerror}")
    return _line(f"a fault in distrorocks: {type(error).__name__}: {error}")


def _line(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())
