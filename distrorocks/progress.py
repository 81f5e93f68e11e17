"""Long work, as facts for whoever shows it: what is done, how much there is, and at which step.

    with Work("building", total=len(rocks), unit="rocks") as building:
        for rock in rocks:
            with Work(rock, of=building) as one:
                one.at("compiling lpeg.c")
                ...
            building.advance()

Whoever works says this and knows nothing of terminals; nobody listens unless ``cli/progress.py``
does. As a process has one terminal, it has one listener, like one handler of its signals: what
takes long is often in a thread, and far below the code that a verb calls.
"""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # as in ``values``, which is on the same floor

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object

BYTES = "bytes"
"""The unit that is shown as kB and MB."""


class Progress(Protocol):
    """Shows the work of a process; threads may call it."""

    def started(self, work: Work) -> None:
        """Take up work that begins."""

    def advanced(self, work: Work, count: int, step: str | None) -> None:
        """Add ``count`` units to what is done of a work; None keeps its step."""

    def finished(self, work: Work) -> None:
        """Forget work that has ended, whether it succeeded or not."""


class Work:
    """Something that can take long: use it in a ``with`` block, which is how long it takes.

    ``what`` says for people what is done. ``total`` is how many units there are, None while that is
    unknown; it may become known later. ``of`` is the larger work that this is a part of: it is
    running now, and the parts that are neither running nor done wait.
    """

    __slots__ = ("of", "total", "unit", "what")

    def __init__(
        self, what: str, *, total: int | None = None, unit: str = "", of: Work | None = None
    ) -> None:
        self.what = what
        self.total = total
        self.unit = unit
        self.of = of

    def __enter__(self) -> Work:
        _listener.started(self)
        return self

    def __exit__(self, *_: object) -> None:
        _listener.finished(self)

    def advance(self, count: int = 1) -> None:
        """Say that ``count`` more units are done."""
        _listener.advanced(self, count, None)

    def at(self, step: str) -> None:
        """Say which step is being done now."""
        _listener.advanced(self, 0, step)


class _Silent:
    """Shows nothing."""

    def started(self, work: Work) -> None:
        """See ``Progress``."""

    def advanced(self, work: Work, count: int, step: str | None) -> None:
        """See ``Progress``."""

    def finished(self, work: Work) -> None:
        """See ``Progress``."""


class Awaiting:
    """Makes the listener when the first work begins, since most runs have none."""

    def __init__(self, make: Callable[[], Progress]) -> None:
        self._make = make

    def started(self, work: Work) -> None:
        """See ``Progress``."""
        listen(self._make())
        _listener.started(work)

    def advanced(self, work: Work, count: int, step: str | None) -> None:
        """See ``Progress``: no work has begun."""

    def finished(self, work: Work) -> None:
        """See ``Progress``: no work has begun."""


SILENT: Progress = _Silent()
_listener = SILENT


def listen(listener: Progress) -> None:
    """Let ``listener`` show all work from now on; ``SILENT`` ends that."""
    global _listener
    _listener = listener
