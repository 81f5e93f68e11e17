"""Terminating signals: one interruption per run, and none during an undo.

``main`` runs every verb in ``interruptible()``. The first signal raises ``Interruption``; later
ones are ignored, since the undo is running. A block that must not be interrupted is ``deferred()``:
a signal during it takes effect at its end.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from types import FrameType

from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    import signal as _signal
    from typing import Any, TypeAlias
else:  # ``signal`` makes enumerations of all its names first, at every start
    import _signal

_NAMES = {
    int(_signal.SIGHUP): "SIGHUP",
    int(_signal.SIGINT): "SIGINT",
    int(_signal.SIGTERM): "SIGTERM",
}

_MOMENT = 0.001  # seconds
_TURN = 0.2  # seconds: how long a signal may wait for a block that reads
_PART = 1 << 16  # bytes: what a pipe holds

_MAIN_THREAD = get_ident()  # Python runs signal handlers only there

Answer: TypeAlias = "Callable[[int, FrameType | None], Any] | int | None"


class Interruption(KeyboardInterrupt):
    """A terminating signal arrived; ``number`` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def description(self) -> str:
        """The message for the user."""
        is_key = self.number == _signal.SIGINT
        return "interrupted" if is_key else f"interrupted by {_NAMES[self.number]}"


def interruption_in(error: BaseException | None) -> Interruption | None:
    """Return the interruption that caused an exception, None if there is none.

    Python raises ``RuntimeError`` from what is raised while a class is created, for example.
    """
    seen: set[int] = set()
    while error and not isinstance(error, Interruption) and id(error) not in seen:
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return error if isinstance(error, Interruption) else None


class _State:
    """The state of signal handling; ``depth`` counts nested interruptible blocks."""

    def __init__(self) -> None:
        self.is_answering = False
        self.is_deferred = False
        self.is_on_its_way = False
        self.is_dropping = False
        self.depth = 0
        self.waiting: list[int] = []
        self.last_steps: list[Callable[[], None]] = []


_state = _State()


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn terminating signals into ``Interruption``; ignored signals stay ignored."""
    with _answering() as is_asked:
        if not is_asked:
            yield
            return
        before, _state.is_deferred = _state.is_deferred, False
        _state.depth += 1
        earlier = len(_state.last_steps)
        try:
            interrupt_if_asked()
            yield
        finally:
            _state.depth -= 1
            if not _state.depth:
                _state.is_deferred = True
                for step in _state.last_steps[earlier:]:
                    step()
            _state.is_deferred = before


@contextmanager
def deferred() -> Iterator[None]:
    """Defer terminating signals to the end of the block.

    ``interrupt_if_asked`` in the block is an earlier point. Programs started in the block still
    receive signals: none is ignored.
    """
    with _answering() as is_asked:
        if not is_asked:
            yield
            return
        before, _state.is_deferred = _state.is_deferred, True
        try:
            yield
        finally:
            _state.is_deferred = before
            if not before:
                interrupt_if_asked()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Discard terminating signals during the block."""
    with _answering() as is_asked:
        if not is_asked:
            yield
            return
        before, _state.is_deferred = _state.is_deferred, True
        earlier = len(_state.waiting)
        try:
            yield
        finally:
            del _state.waiting[earlier:]
            _state.is_deferred = before


@contextmanager
def _answering() -> Iterator[bool]:
    """Install the signal handlers for the block; yield whether we did: only a main thread can."""
    if get_ident() != _MAIN_THREAD or _state.is_answering:
        yield get_ident() == _MAIN_THREAD
        return
    former: dict[int, Answer] = {}
    hook = sys.unraisablehook
    try:
        sys.unraisablehook = _raise_again
        for number in _NAMES:
            if _signal.getsignal(number) != _signal.SIG_IGN:
                former[number] = _signal.signal(number, _answer)
        _state.is_answering = True
        yield True
    finally:
        for number, answer in former.items():
            _signal.signal(number, answer if answer is not None else _signal.SIG_DFL)
        sys.unraisablehook = hook
        _state.is_answering = False
        _state.is_on_its_way = False
        _state.waiting.clear()


def at_the_end(step: Callable[[], None]) -> None:
    """Register a cleanup for the end of the outermost ``interruptible()``.

    An interruption can arrive between two blocks that would each have cleaned up.
    """
    _state.last_steps.append(step)


def no_more_at_the_end(step: Callable[[], None]) -> None:
    """Unregister a cleanup that is done."""
    if step in _state.last_steps:
        _state.last_steps.remove(step)


def _answer(number: int, _: FrameType | None) -> None:
    if _state.is_on_its_way or _state.is_dropping:
        return
    _state.waiting.append(number)
    if not _state.is_deferred:
        interrupt_if_asked()


def _raise_again(lost: sys.UnraisableHookArgs) -> None:
    """Send an interruption again that was raised in a finalizer, where Python drops it.

    An exception raised in this hook would be dropped too, so a thread sends the signal after it.
    """
    if not isinstance(lost.exc_value, Interruption):
        sys.__unraisablehook__(lost)
        return
    number = lost.exc_value.number
    _state.is_dropping = True
    start_new_thread(_send_again, (number,))
    _state.is_on_its_way = False
    _state.is_dropping = False  # no handler runs between this and the return


def _send_again(number: int) -> None:
    """Send the main thread a signal once the hook has returned."""
    while _state.is_dropping:
        sleep(_MOMENT)
    _signal.pthread_kill(_MAIN_THREAD, number)


def interrupt_if_asked() -> None:
    """Interrupt now if a signal is pending, even in a ``deferred()`` block."""
    if _state.waiting and not _state.is_on_its_way:
        _state.is_on_its_way = True
        raise Interruption(_state.waiting[0])


def arriving(descriptor: int) -> Iterator[bytes]:
    """Yield what arrives in a pipe, in parts of 64 KiB at most, until its other end is closed.

    An interruption ends the waiting within a moment, whenever and in whichever thread its signal
    comes. Python runs handlers only between two of its own steps: a signal right before read(2)
    ends no read, and a buffered reader goes on to the next one by itself.
    """
    from select import POLLIN, poll

    waiting = poll()
    waiting.register(descriptor, POLLIN)
    while True:
        while not waiting.poll(_TURN * 1000):
            pass
        part = os.read(descriptor, _PART)
        if not part:
            return
        yield part
