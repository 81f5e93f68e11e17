"""What a package manager's hook may expect: the work is done, or one line says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.processes.interruption import Interruption
from distrorocks.system.processes.journal import record

if TYPE_CHECKING:  # what does the work may be what is broken
    from distrorocks.jobs.refresh import Outcome

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
