"""What a package manager's hook sees: an outcome, or one line; never an exception."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.publish import hook
from distrorocks.publish.hook import attempt
from distrorocks.publish.refresh import Outcome

NOTHING = Outcome([], [], [], [], [], [])


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines that the system's log receives."""
    lines: list[str] = []
    monkeypatch.setattr(hook, "record", lines.append)
    return lines


def failing(error: BaseException) -> Outcome:
    """Raise an error where an outcome is expected."""
    raise error


def test_work_that_succeeds_gives_its_outcome_and_logs_nothing(logged: list[str]) -> None:
    """The outcome is the work's own."""
    assert attempt(lambda: NOTHING) == (NOTHING, "")
    assert logged == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DistrorocksError("the brief", detail="a\nb", hint="do this"), "the brief: a; do this"),
        (OSError(28, "No space left on device", "/usr/x"), "/usr/x: No space left on device"),
        (TypeError("a bug\nof ours"), "a fault in distrorocks: TypeError: a bug of ours"),
        (MemoryError(), "a fault in distrorocks: MemoryError:"),
        (RecursionError("deep"), "a fault in distrorocks: RecursionError: deep"),
        (SystemExit(3), "a fault in distrorocks: SystemExit: 3"),
        (KeyboardInterrupt(), "interrupted"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_whatever_is_raised_becomes_one_line_here_and_in_the_log(
    error: BaseException, told: str, logged: list[str]
) -> None:
    """Faults of the machine, of the input and of our own are told alike, without a traceback."""
    outcome, fault = attempt(lambda: failing(error))
    assert outcome is None
    assert fault == f"LuaRocks' view of the installed packages is not up to date: {told}"
    assert logged == [fault]
