"""One try of one input: what went wrong, if anything, within limits of time and memory."""

from __future__ import annotations

import gc
import resource
import signal
import time
import traceback
import tracemalloc
from contextlib import suppress
from types import FrameType
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from integration.fuzzing.target import Check, Target

_SECONDS_A_BYTE = 12e-6
_BYTES_A_BYTE = 1500
_PIECE_SECONDS = 3.3e-3
"""What ``_piece`` takes on the machine that all bounds of time are given for."""
_STUCK_PROCESSOR, _STUCK_CLOCK = 10.0, 60.0
_ADDRESS_SPACE = 3 << 30
_LONGEST_MESSAGE = 20_000
_PACKAGE = "/distrorocks/"


class StuckError(BaseException):
    """An input was not done with after any sensible time."""


class Fault(NamedTuple):
    """What went wrong: ``key`` is the same for the same fault by other inputs."""

    key: str
    told: str


def prepare_process() -> None:
    """Bound what this process may take, and have it stopped when it is stuck."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, resource.RLIM_INFINITY))
    signal.signal(signal.SIGPROF, _stop)
    signal.signal(signal.SIGALRM, _stop)
    forget_peak()


def _stop(number: int, _: FrameType | None) -> None:
    raise StuckError(signal.Signals(number).name)


def fault_of(target: Target, check: Check, data: bytes) -> Fault | None:
    """Return what one input does that it must not."""
    peak = _peak()
    fault, seconds = _run(check, data)
    if fault:
        return fault
    if seconds > (most := target.seconds + _SECONDS_A_BYTE * len(data)):
        # A busy machine is slow by chance; a slow reader is slow again, on a slow machine too.
        seconds = min(seconds, *(_run(check, data)[1] for _ in range(2)))
        most *= max(1.0, min(_piece() for _ in range(5)) / _PIECE_SECONDS)
        if seconds > most:
            return Fault("slow", f"{len(data)} bytes took {seconds:.2f} s, more than {most:.2f} s")
    if _peak() - peak > (memory := target.memory + _BYTES_A_BYTE * len(data)):
        held = _traced(check, data)
        forget_peak()
        if held > memory:
            return Fault("large", f"{len(data)} bytes took {held} bytes, more than {memory}")
    return None


def _run(check: Check, data: bytes) -> tuple[Fault | None, float]:
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, _STUCK_PROCESSOR)
    signal.setitimer(signal.ITIMER_REAL, _STUCK_CLOCK)
    fault = None
    try:
        check(data)
    except DistrorocksError as error:
        if len(told := str(error)) > _LONGEST_MESSAGE + 2 * len(data):
            key = f"message of {len(told)} characters {_place(error)}"
            fault = Fault(f"flood {_place(error)}", key)
    except StuckError as error:
        fault = Fault(f"stuck {_place(error)}", _traceback(error))
    except (Exception, SystemExit) as error:
        fault = Fault(f"{type(error).__name__} {_place(error)}", _traceback(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return fault, time.process_time() - start


def _piece() -> float:
    """Do a piece of work that is always the same; return the seconds of processor time."""
    start = time.process_time()
    found: dict[str, int] = {}
    for number in range(20_000):
        found[str(number % 997)] = number * number
    return time.process_time() - start


def _place(error: BaseException) -> str:
    """Return the innermost function of the project, else of the target, in an error's trace."""
    frames = traceback.extract_tb(error.__traceback__)
    inner = [each for each in frames if _PACKAGE in each.filename] or frames
    last = inner[-1]
    return f"in {last.name} ({last.filename.rpartition(_PACKAGE)[2].rpartition('/fuzzing/')[2]})"


def _traceback(error: BaseException) -> str:
    lines = traceback.format_exception(error)
    return "".join(lines[-12:])[-4000:]


def forget_peak() -> None:
    """Have the most memory that this process held be what it holds now (proc(5))."""
    with suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _traced(check: Check, data: bytes) -> int:
    """Return the most bytes that Python held at once for an input."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        _run(check, data)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
