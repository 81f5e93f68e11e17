"""Show on a terminal how far long work is, once it has taken over a second.

The lines are below all other output: they are drawn by a thread ten times a second, taken away
before anything else is printed (``report.py``), and gone when the work is done. The cursor is never
hidden, so nothing has to bring it back. Where ``rich`` is not installed, or the terminal cannot
move its cursor, there is one plain line every few seconds. Without a terminal there is nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, TextIO

from distrorocks.cli.progress_children import ChildReports
from distrorocks.cli.progress_rows import State, plain_line, rows_of
from distrorocks.cli.report import set_screen
from distrorocks.progress import SILENT, Progress, Work, listen
from distrorocks.system.processes.interruption import deferred

if TYPE_CHECKING:
    from distrorocks.cli.progress_lines import Lines

PATIENCE = 1.0
"""Seconds of work before it is shown, which is before ``rich`` is imported."""

BREATH = 0.5
"""Seconds without any work after which the patience begins anew."""

INTERVAL = 0.1
PLAIN_INTERVAL = 5.0
"""Seconds between two drawings, and between two plain lines."""

MOST_ROWS = 8
VARIABLE = "DISTROROCKS_PROGRESS"
_CANNOT_MOVE = ("", "dumb", "unknown")


def display_on(stream: TextIO, environment: Mapping[str, str]) -> Progress:
    """Return what shows work on a terminal, ``SILENT`` if the environment turns it off."""
    if environment.get(VARIABLE) == "off":
        return SILENT
    display = Display(stream, environment)
    display.follow_forks()
    set_screen(display)
    return display


class Display:
    """Shows the work of this process on the terminal of ``stream``, until it is closed.

    ``clock`` tells seconds. Without ``is_drawn_by_thread`` nothing is drawn but by ``tick``.
    """

    def __init__(
        self,
        stream: TextIO,
        environment: Mapping[str, str],
        *,
        clock: Callable[[], float] = monotonic,
        is_drawn_by_thread: bool = True,
    ) -> None:
        self._stream = stream
        self._environment = environment
        self._clock = clock
        self._needs_thread = is_drawn_by_thread
        self._lock = threading.RLock()
        self._busy = threading.Event()
        self._works: dict[Work, State] = {}
        self._started = 0
        self._begun = self._idle_since = self._last_plain = float("-inf")
        self._drawn = 0
        self._pauses = 0
        self._is_closed = False
        self._lines: Lines | None = None
        self._is_plain = (
            environment.get("TERM", "").lower() in _CANNOT_MOVE
            or environment.get(VARIABLE) == "plain"
        )
        self._children: ChildReports | None = None

    # What subjects report: see ``Progress``.

    def started(self, work: Work) -> None:
        """Take up work that begins."""
        with self._lock:
            now = self._clock()
            if not self._works and now - self._idle_since > BREATH:
                self._begun = now
            self._started += 1
            self._works[work] = State(self._started, now)
            if self._needs_thread:
                self._needs_thread = False
                threading.Thread(target=self._draw_all_along, daemon=True).start()
            self._busy.set()

    def advanced(self, work: Work, count: int, step: str | None) -> None:
        """Add to what is done of a work."""
        with self._lock:
            state = self._works.get(work)
            if state:
                state.done += count
                state.step = state.step if step is None else step

    def finished(self, work: Work) -> None:
        """Forget work that has ended; without any, take the lines away."""
        with deferred(), self._lock:
            self._works.pop(work, None)
            if not self._works:
                self._idle_since = self._clock()
                self._busy.clear()
                self._erase()

    # What the command line asks for: see ``report.Screen``.

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Take the lines away for as long as something else is printed."""
        with self._lock:
            with deferred():
                self._erase()
            yield

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the lines away, and draw nothing in the block."""
        with self.hidden():
            self._pauses += 1
        try:
            yield
        finally:
            with self._lock:
                self._pauses -= 1

    def close(self) -> None:
        """Take the lines away for good."""
        listen(SILENT)
        with deferred(), self._lock:
            self._is_closed = True
            self._works.clear()
            self._erase()
        self._busy.set()

    # Drawing.

    def tick(self) -> None:
        """Draw what has changed, if it is time to."""
        with self._lock:
            self._take_reports()
            now = self._clock()
            if self._is_closed or self._pauses or not self._works or self._is_behind():
                return
            if now - self._begun < PATIENCE:
                return
            if not self._is_plain and self._lines is None:
                self._choose()
            if self._lines is not None:
                self._draw(self._lines, now)
            elif now - self._last_plain >= PLAIN_INTERVAL:
                self._last_plain = now
                rows = rows_of(self._works, now, most=len(self._works), coding=self._coding)
                self._write(plain_line(rows, self._size()[0] - 1) + "\n")

    def _draw_all_along(self) -> None:
        while not self._is_closed:
            self._busy.wait()
            self.tick()
            sleep(INTERVAL)

    def _choose(self) -> None:
        """Import what draws lines; without it, or with one that fails, there are plain ones."""
        try:
            from distrorocks.cli.progress_lines import Lines

            self._lines = Lines(self._stream, self._environment)
        except Exception:
            self._is_plain = True

    def _draw(self, lines: Lines, now: float) -> None:
        """Draw all rows in place of those before.

        The last column is left free, after which terminals wrap. The cursor goes back to the
        beginning of the line: there a terminal shows the keys that are typed, such as ^C.
        """
        width, height = self._size()
        most = min(MOST_ROWS, max(1, height - 1))
        rows = rows_of(self._works, now, most=most, coding=self._coding)
        try:
            texts = lines.drawn(rows, width - 1)
        except Exception:  # a fault of rich is no fault of the work
            self._erase()
            self._lines, self._is_plain = None, True
            return
        self._write(self._erasure() + "\n".join(texts) + "\r")
        self._drawn = len(texts)

    def _erase(self) -> None:
        erasure, self._drawn = self._erasure(), 0  # before writing: a signal may ask again
        self._write(erasure)

    def _erasure(self) -> str:
        """Return what moves to the first of the lines, and clears all from there."""
        if not self._drawn:
            return ""
        return "\r" + "\x1b[A" * (self._drawn - 1) + "\x1b[J"

    def _write(self, text: str) -> None:
        """Write in one piece; a terminal that is gone takes nothing."""
        if not text:
            return
        with suppress(OSError, ValueError):
            self._stream.flush()
            content = text.encode(self._coding, "backslashreplace")
            while content:
                content = content[os.write(self._stream.fileno(), content) :]

    @property
    def _coding(self) -> str:
        return self._stream.encoding or "ascii"

    def _size(self) -> tuple[int, int]:
        """Return the columns and lines of the terminal."""
        try:
            size = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            return 80, 24
        return size.columns or 80, size.lines or 24

    def _is_behind(self) -> bool:
        """Return whether another program is in the foreground of the terminal."""
        try:
            return os.tcgetpgrp(self._stream.fileno()) != os.getpgrp()
        except (OSError, ValueError):
            return False

    # Forked processes.

    def follow_forks(self) -> None:
        """Take up what processes do that are forked from now on.

        Nothing is drawn or imported by another thread during a fork, so a child holds no lock.
        """
        os.register_at_fork(
            before=self._before_fork,
            after_in_parent=self._after_fork,
            after_in_child=self._in_child,
        )

    def _before_fork(self) -> None:
        self._lock.acquire()
        if self._children is None and self._works:
            self._children = ChildReports()

    def _after_fork(self) -> None:
        self._lock.release()

    def _in_child(self) -> None:
        """Report by the pipe, and draw nothing."""
        self._lock = threading.RLock()
        self._is_closed = True
        self._drawn = 0
        set_screen(None)
        numbers = {work: state.number for work, state in self._works.items()}
        listen(self._children.reporter(numbers) if self._children else SILENT)

    def _take_reports(self) -> None:
        counts = self._children.take() if self._children else {}
        for state in self._works.values():
            state.done += counts.get(state.number, 0)
