"""The error of a rocks server that fails, and the time limit of one request.

The limit, ``seconds``, covers everything up to the last header, including connecting, TLS and
redirects. After ``seconds`` more the body must arrive at ``SLOWEST`` bytes per second or faster;
and the whole may take one second per ``PACE`` bytes of the size limit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from distrorocks.errors import DistrorocksError
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    Result = TypeVar("Result")


class ServerError(DistrorocksError):
    """A file could not be fetched; ``is_missing`` is true if the server does not have it.

    ``is_down`` is true if no other file of that server should be requested now. ``may_pass`` is
    true if the same request may succeed a little later, after ``retry_after`` seconds if the server
    says so.
    """

    def __init__(
        self,
        brief: str,
        *,
        detail: str = "",
        hint: str = "",
        is_missing: bool = False,
        is_down: bool = False,
        may_pass: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.is_missing = is_missing
        self.is_down = is_down
        self.may_pass = may_pass
        self.retry_after = retry_after


SECONDS = 30.0
"""LuaRocks' own default for ``connection_timeout``, which a configuration may change."""

LONGEST_SECONDS = 3600.0
"""The most that a command line may allow, and what 0 means, for which LuaRocks waits for ever."""

SLOWEST = 8 * 1024
PACE = 1024 * 1024


class Clock:
    """The time limit of one request for a file of at most ``limit`` bytes."""

    def __init__(self, seconds: float, limit: int, *, now: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self.whole = seconds + limit / PACE
        self.answered = threading.Event()
        self._now = now
        self._began = now()
        self._body_began = self._began

    def begin_body(self) -> None:
        """Record that all headers have arrived."""
        self._body_began = self._now()
        self.answered.set()

    def is_late(self, received: int) -> bool:
        """Return whether a body of which ``received`` bytes have arrived is too late."""
        spent = self._now() - self._body_began
        return self.left < 0 or spent > self.seconds + received / SLOWEST

    @property
    def left(self) -> float:
        """The seconds left for the whole request."""
        return self._began + self.whole - self._now()

    @property
    def spent(self) -> float:
        """The limit that applies now, in seconds."""
        return self.whole if self.answered.is_set() else self.seconds


def in_time(
    work: Callable[[], Result], clock: Clock, late: Callable[[], DistrorocksError]
) -> Result:
    """Return the result of ``work``; raise the error of ``late`` if it takes too long.

    ``work`` signals the clock when the body begins. A late thread is abandoned; it holds nothing
    but its own response.
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
