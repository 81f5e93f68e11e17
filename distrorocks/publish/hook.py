"""Run a refresh for a package manager's hook: it succeeds, or one line reports why it did not.

The line goes to stderr and to the system's log (syslog(3)), where unattended runs are looked up.
"""

from __future__ import annotations

from collections.abc import Callable

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import escaped
from distrorocks.system.processes.interruption import Interruption
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.publish.refresh import Outcome


IDENTITY = "distrorocks"


def record(line: str) -> None:
    """Write one warning to the system's log; a log that is missing or fails is not an error.

    Characters that are not printable, bytes that are not UTF-8 included, are escaped.
    """
    import syslog

    try:
        syslog.openlog(IDENTITY, syslog.LOG_PID, syslog.LOG_DAEMON)
        syslog.syslog(syslog.LOG_WARNING, escaped(line))
        syslog.closelog()
    except (OSError, ValueError):
        return


LOCK_SECONDS = 30.0
"""How long a package manager waits for another program that holds the tree's lock."""


class Attempt(NamedTuple):
    """The outcome of a refresh, or None and one line that says why it failed."""

    outcome: Outcome | None
    fault: str = ""


def attempt(work: Callable[[], Outcome]) -> Attempt:
    """Run ``work``; turn any exception, defects included, into one line, and log it.

    A hook that exited with an error would leave its package half configured, and dpkg would refuse
    every later transaction.
    """
    try:
        return Attempt(work())
    except BaseException as error:
        fault = f"LuaRocks' view of the installed packages is not up to date: {_why(error)}"
        record(fault)
        return Attempt(None, fault)


def _why(error: BaseException) -> str:
    """Return one line that says why the work failed; of many faults it has the first."""
    if isinstance(error, DistrorocksError):
        where = f": {error.detail.splitlines()[0]}" if error.detail else ""
        hint = f"; {error.hint}" if error.hint else ""
        return _line(f"{error.brief}{where}{hint}")
    if isinstance(error, Interruption):
        return error.description
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError) and error.strerror:
        return _line(f"{error.filename or 'a file'}: {error.strerror}")
    return _line(f"a fault in distrorocks: {type(error).__name__}: {error}")


def _line(text: str) -> str:
    """Return ``text`` with each run of white space replaced by one space."""
    return " ".join(text.split())
