"""How long one exchange with a server may take: the one place that says so.

``seconds`` hold for all up to the last header: connecting, TLS, redirects and dribbled headers
included. A body then must come at ``SLOWEST`` bytes a second, after ``seconds`` more; and the whole
may take a second for each ``PACE`` bytes that the file may have.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from distrorocks.errors import DistrorocksError

SECONDS = 30.0
"""LuaRocks' own default for ``connection_timeout``, which a configuration may change."""

SLOWEST = 8 * 1024
PACE = 1024 * 1024

Result = TypeVar("Result")


class Clock:
    """The time of one exchange about a file of at most ``limit`` bytes."""

    def __init__(self, seconds: float, limit: int, *, now: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self.whole = seconds + limit / PACE
        self.answered = threading.Event()
        self._now = now
        self._began = now()
        self._body_began = self._began

    def begin_body(self) -> None:
        """Note that all headers are there."""
        self._body_began = self._now()
        self.answered.set()

    def is_late(self, received: int) -> bool:
        """Return whether a body is given up of which ``received`` bytes came so far."""
        spent = self._now() - self._body_began
        return self.left < 0 or spent > self.seconds + received / SLOWEST

    @property
    def left(self) -> float:
        """The seconds that are left for all of it."""
        return self._began + self.whole - self._now()

    @property
    def spent(self) -> float:
        """The limit that holds now, in seconds."""
        return self.whole if self.answered.is_set() else self.seconds


def in_time(
    work: Callable[[], Result], clock: Clock, late: Callable[[], DistrorocksError]
) -> Result:
    """Return what ``work`` returns; raise what ``late`` makes where that takes too long.

    ``work`` tells the clock when the answer has begun. A thread that is late is left behind; it
    holds no more than its own answer.
    """
    results: list[Result] = []
    faults: list[BaseException] = []
    ended = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            faults.append(error)
        finally:
            ended.set()
            clock.answered.set()

    threading.Thread(target=run, daemon=True).start()
    if clock.answered.wait(clock.seconds):
        ended.wait(max(0.0, clock.left))
    if results:
        return results[0]
    raise faults[0] if faults else late()
