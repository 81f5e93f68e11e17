"""Signals while a tree is changed: the polite ones lead to the undo, and none stops that."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_POLITE = (signal.SIGTERM, signal.SIGHUP)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Make what asks this process to end an interruption, as Ctrl-C is one."""
    with _while(_POLITE, _interrupt):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nothing that can be refused end this process."""
    with _while((signal.SIGINT, *_POLITE), signal.SIG_IGN):
        yield


class Waiting:
    """Signals that have come and wait; ``check`` lets them interrupt where it is called."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def check(self) -> None:
        """Interrupt now if there was a reason to."""
        if self.numbers:
            raise KeyboardInterrupt


@contextmanager
def deferred() -> Iterator[Waiting]:
    """Let what would end this process wait for the end of the block, or for ``check``.

    A program that is started in the block can still be asked to end: nothing is ignored.
    """
    waiting = Waiting()
    with _while((signal.SIGINT, *_POLITE), lambda number, _: waiting.numbers.append(number)):
        yield waiting
    waiting.check()


@contextmanager
def _while(
    numbers: tuple[signal.Signals, ...], then: Callable[[int, FrameType | None], Any] | int
) -> Iterator[None]:
    """Answer signals in another way for a while; only a program's main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, then) for number in numbers}
    try:
        yield
    finally:
        for number, answer in before.items():
            signal.signal(number, answer)
