"""Signals that ask this process to end: one interruption each run, and nothing stops an undo.

``main`` runs every verb in ``interruptible()``. The first signal raises ``Interruption`` in what is
being done; from then on others are ignored, since what runs is the way back. A block that must be
whole is ``deferred()``: what comes meanwhile interrupts at its end.
"""

from __future__ import annotations

import sys
from _thread import get_ident, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal as _signal
else:  # ``signal`` makes enumerations of all its names first, at every start
    import _signal

_NAMES = {
    int(_signal.SIGHUP): "SIGHUP",
    int(_signal.SIGINT): "SIGINT",
    int(_signal.SIGTERM): "SIGTERM",
}

_MOMENT = 0.001  # seconds
_LONGEST_CHAIN = 100  # of exceptions, one the cause of the next

_MAIN_THREAD = get_ident()  # only there Python runs what answers a signal

Answer = Callable[[int, FrameType | None], Any] | int | None


class Interruption(KeyboardInterrupt):
    """A signal asks this process to end; ``number`` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def told(self) -> str:
        """What happened, in the words for a person."""
        is_key = self.number == _signal.SIGINT
        return "interrupted" if is_key else f"interrupted by {_NAMES[self.number]}"


def interruption_in(error: BaseException | None) -> Interruption | None:
    """Return the interruption that an exception is made of, None where it is none.

    Python wraps what is raised while a class is made into a ``RuntimeError``, for one.
    """
    seen = 0
    while error and not isinstance(error, Interruption) and seen < _LONGEST_CHAIN:
        error, seen = error.__cause__ or error.__context__, seen + 1
    return error if isinstance(error, Interruption) else None


class _State:
    """How the main thread answers the signals now; ``depth`` counts the interruptible blocks."""

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
    """Make what asks this process to end an interruption; what was ignored is ignored still."""
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
    """Let what would end this process wait for the end of the block, and interrupt there.

    ``interrupt_if_asked`` in the block lets it do so earlier.

    A program that is started in the block can still be asked to end: nothing is ignored.
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
    """Let nothing that can be refused end this process: what comes in the block is forgotten."""
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
    """Answer the signals here for a while; say whether we do: only a main thread can."""
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
    """Have something done when the outermost ``interruptible()`` ends, unless it is done before.

    An interruption can come between two blocks of which each would have cleaned up.
    """
    _state.last_steps.append(step)


def no_more_at_the_end(step: Callable[[], None]) -> None:
    """Forget a step that is done."""
    if step in _state.last_steps:
        _state.last_steps.remove(step)


def _answer(number: int, _: FrameType | None) -> None:
    if _state.is_on_its_way or _state.is_dropping:
        return
    _state.waiting.append(number)
    if not _state.is_deferred:
        interrupt_if_asked()


def _raise_again(lost: sys.UnraisableHookArgs) -> None:
    """Have an interruption that came in a finalizer, where Python drops it, come once more.

    What is raised in here is dropped too, so a thread sends it when this has ended.
    """
    if not isinstance(lost.exc_value, Interruption):
        sys.__unraisablehook__(lost)
        return
    number = lost.exc_value.number
    _state.is_dropping = True
    start_new_thread(_send_again, (number,))
    _state.is_on_its_way = False
    _state.is_dropping = False  # no signal is dealt with between this and the return


def _send_again(number: int) -> None:
    """Send this process's main thread a signal once no hook would drop it."""
    while _state.is_dropping:
        sleep(_MOMENT)
    _signal.pthread_kill(_MAIN_THREAD, number)


def interrupt_if_asked() -> None:
    """Interrupt here if a signal waits, in a ``deferred()`` block too."""
    if _state.waiting and not _state.is_on_its_way:
        _state.is_on_its_way = True
        raise Interruption(_state.waiting[0])
