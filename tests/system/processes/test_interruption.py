"""Signals: the first interrupts, the next ones disturb nothing, and what must be whole is whole."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from distrorocks.system.files.lock import TreeLock
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.processes import parallel
from distrorocks.system.processes.command import run, stream
from distrorocks.system.processes.interruption import (
    Interruption,
    deferred,
    interruptible,
    interruption_in,
    uninterrupted,
)

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def send(number: int) -> None:
    """Send this process a signal, which is dealt with before the next statement."""
    os.kill(os.getpid(), number)


@contextmanager
def unchanged() -> Iterator[None]:
    """Fail unless signals are answered afterwards as they were before."""
    before = [signal.getsignal(number) for number in SIGNALS]
    yield
    assert [signal.getsignal(number) for number in SIGNALS] == before


@contextmanager
def interrupted() -> Iterator[list[Interruption]]:
    """Fail unless the block is interrupted; the list has the interruption afterwards."""
    caught: list[Interruption] = []
    try:
        with unchanged(), interruptible():
            yield caught
    except Interruption as error:
        caught.append(error)
    assert caught


def children() -> list[str]:
    """Return the process ids of the children of this process."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@pytest.mark.parametrize("number", SIGNALS)
def test_what_asks_the_process_to_end_interrupts_it(number: int) -> None:
    """It is an interruption like Ctrl-C that says which signal it was."""
    with interrupted() as caught:
        send(number)
    assert isinstance(caught[0], KeyboardInterrupt)
    assert caught[0].number == number
    name = signal.Signals(number).name
    is_key = number == signal.SIGINT
    assert caught[0].description == ("interrupted" if is_key else f"interrupted by {name}")


def test_a_second_signal_breaks_no_undo() -> None:
    """Whatever follows the first one is ignored on the way back, in blocks of any kind."""
    undone: list[int] = []
    with interrupted() as caught:
        try:
            send(signal.SIGTERM)
        finally:
            for number in SIGNALS:
                send(number)
                undone.append(number)
            with deferred(), interruptible():
                send(signal.SIGHUP)
            undone.append(0)
    assert undone == [*SIGNALS, 0]
    assert caught[0].number == signal.SIGTERM


def test_what_was_ignored_is_ignored_still() -> None:
    """nohup's SIGHUP, and the Ctrl-C of a shell's background jobs, stay without effect."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        for block in (interruptible, deferred, uninterrupted):
            with unchanged(), block():
                send(signal.SIGHUP)
                assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_must_be_whole_is_interrupted_at_its_end() -> None:
    """Once, by the first signal; a block within it that has an undo can be interrupted."""
    done = []
    with interrupted() as caught:
        with deferred():
            send(signal.SIGHUP)
            send(signal.SIGTERM)
            with deferred():
                done.append("inner")
            done.append("outer")
        done.append("never")
    assert done == ["inner", "outer"]
    assert caught[0].number == signal.SIGHUP
    with interruptible(), deferred():
        with suppress(Interruption), interruptible():
            send(signal.SIGTERM)
            done.append("not this")
        done.append("undone")
    assert done[2:] == ["undone"]


def test_what_waits_interrupts_before_anything_is_begun() -> None:
    """A block that can be undone is not entered when somebody has asked to end already."""
    begun = []
    with interrupted(), deferred():
        send(signal.SIGTERM)
        with interruptible():
            begun.append(1)
    assert begun == []


def test_an_undo_after_a_failure_forgets_what_comes_meanwhile() -> None:
    """The failure is what is told, and no later block is interrupted by it."""
    with unchanged(), interruptible():
        with suppress(ZeroDivisionError):
            try:
                raise ZeroDivisionError
            except ZeroDivisionError:
                with uninterrupted():
                    send(signal.SIGTERM)
                raise
        with deferred():
            pass


def test_another_thread_is_not_asked() -> None:
    """Signals are the main thread's: in others the blocks change nothing."""
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for block in (interruptible, deferred, uninterrupted):
                with block():
                    pass
        except BaseException as error:
            faults.append(error)

    for is_main_asked in (False, True):
        thread = threading.Thread(target=work)
        if is_main_asked:
            with unchanged(), interruptible():
                thread.start()
                thread.join()
        else:
            thread.start()
            thread.join()
    assert faults == []


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interruption_leaves_no_program_no_process_and_no_directory(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was started is ended, what was made is removed, and the tree is free."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tree = tmp_path / "tree"
    tree.mkdir()
    ask = f"kill -{number} {os.getpid()}; sleep 60 & wait"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 2, 3})

    def slow(items: Sequence[int]) -> list[int]:
        if 0 in items:
            send(number)
        while True:
            signal.pause()

    def streamed() -> None:
        for _ in stream(["/bin/sh", "-c", f"echo; {ask}"]):
            pass

    before = children()
    for work in (
        lambda: run(["sh", "-c", ask]),
        streamed,
        lambda: parallel.in_parts(slow, range(1000)),
    ):
        with (
            interrupted(),
            TreeLock(str(tree / "lockfile.lfs")),
            ScratchDirectory() as scratch,
        ):
            scratch.write("a", b"a")
            work()
        assert children() == before
        assert list(tmp_path.iterdir()) == [tree]
        assert list(tree.iterdir()) == []


def test_a_signal_that_ends_no_read_interrupts_all_the_same(tmp_path: Path) -> None:
    """One that another thread gets, or that comes just before read(2), waits for no output."""
    late = tmp_path / "late"
    is_begun = threading.Event()

    def signalled() -> None:
        is_begun.wait()
        time.sleep(0.1)  # so that it is read again
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    def slow(items: Sequence[int]) -> list[int]:
        if 0 not in items:
            time.sleep(10)
            late.touch()
        is_begun.set()
        return [*items]

    def streamed() -> None:
        for _ in stream(["/bin/sh", "-c", f"echo; sleep 10; echo > {late}"]):
            is_begun.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _: {1, 2})
        for work in (streamed, lambda: parallel.in_parts(slow, range(400))):
            is_begun.clear()
            thread = threading.Thread(target=signalled)
            thread.start()
            with interrupted():
                work()
            thread.join()
            assert not late.exists()
    assert not children()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files left open
def test_no_moment_of_taking_and_leaving_a_tree_leaves_it_locked(tmp_path: Path) -> None:
    """At whichever step of our code a signal comes, afterwards the tree is free."""
    path = tmp_path / "lockfile.lfs"
    at = step = 0

    def trace(*_: object) -> object:
        nonlocal step
        step += 1
        if step == at:
            send(signal.SIGTERM)
        return trace

    is_reached = True
    before = sys.gettrace()
    while is_reached:
        at, step = at + 1, 0
        try:
            with interruptible():
                sys.settrace(trace)  # type: ignore[arg-type]
                try:
                    with TreeLock(str(path), seconds=0):
                        pass
                finally:
                    sys.settrace(before)
        except Interruption:
            pass
        is_reached = step >= at
        assert not path.is_symlink(), at
    assert at > 50


def test_a_tree_stays_locked_while_blocks_in_it_come_and_go(tmp_path: Path) -> None:
    """The last steps are those of the whole run, not of a block that can be undone."""
    path = tmp_path / "lockfile.lfs"
    with interruptible(), deferred():
        with interruptible():
            lock = TreeLock(str(path)).__enter__()
        assert path.is_symlink()
        with uninterrupted():
            pass
        assert path.is_symlink()
    assert not path.is_symlink()
    with lock, interruptible():
        pass
    with TreeLock(str(path)):
        with interruptible(), deferred():
            pass
        assert path.is_symlink()


class Dying:
    """Something that a signal reaches while Python takes it away."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        send(self.number)


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interruption_in_a_finalizer_is_not_lost(
    number: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python drops what a finalizer raises: the interruption comes right after it instead."""
    with interrupted() as caught:
        dying = Dying(number)
        del dying
        time.sleep(60)
    assert caught[0].number == number
    assert "Traceback" not in capfd.readouterr().err


def test_an_interruption_while_a_class_is_made_is_found_in_what_python_makes_of_it() -> None:
    """The error that hides it leads to it; errors of other causes lead to none."""

    class Named:
        def __set_name__(self, owner: type, name: str) -> None:
            send(signal.SIGTERM)

    with unchanged(), interruptible(), pytest.raises((RuntimeError, Interruption)) as raised:
        type("Made", (), {"field": Named()})
    found = interruption_in(raised.value)
    assert found is not None
    assert found.number == signal.SIGTERM
    in_cleaning = AttributeError()
    in_cleaning.__context__ = Interruption(signal.SIGHUP)
    assert interruption_in(in_cleaning) is in_cleaning.__context__
    assert interruption_in(RuntimeError()) is None
    assert interruption_in(None) is None
