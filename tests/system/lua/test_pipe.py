"""A child is believed only as far as the pipe's form goes, and waited for only so long."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.system.lua.pipe import Pipe, PipeError

Start = Callable[[str], Pipe]
SECONDS = 0.03
"""Of the processor; by the clock it is ten times as long."""


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a shell script in the worker's place."""
    pipes = []

    def run(script: str) -> Pipe:
        pipes.append(Pipe(["/bin/sh", "-c", script]))
        return pipes[-1]

    yield run
    for pipe in pipes:
        pipe.kill()


def answer(pipe: Pipe, most: int = 100, seconds: float = 10) -> bytes:
    """Return what the child answers."""
    return pipe.read(pipe.limit(seconds), most)


def test_an_answer_is_its_length_and_its_bytes(start: Start) -> None:
    """Bytes pass as they are, in however many pieces they come."""
    pipe = start(r"printf '4\na'; sleep 0.05; printf 'b\nc'; sleep 60")
    assert answer(pipe) == b"ab\nc"
    assert pipe.is_ready


def test_a_request_reaches_the_child_whole(start: Start) -> None:
    """More than a pipe holds at once is written in pieces."""
    pipe = start(r"head -c 3000000 | wc -c > /dev/null; printf '2\nok'; sleep 60")
    pipe.write(b"x" * 3_000_000, pipe.limit(10))
    assert answer(pipe) == b"ok"


@pytest.mark.parametrize(
    "said",
    [
        "hello",
        r"hello\n",
        r"-1\n",
        r"\n",
        r"1e3\n",
        r"101\n",
        "1" * 21,
        r"٣\n123",
    ],
)
def test_a_length_is_few_digits_and_no_more_than_asked(start: Start, said: str) -> None:
    """Whatever else begins an answer is refused."""
    pipe = start(f"printf '{said}'; printf '%64s'; sleep 60")
    with pytest.raises(PipeError, match="is malformed"):
        answer(pipe)


def test_a_number_that_python_does_not_convert_is_refused(start: Start, tmp_path: Path) -> None:
    """Five thousand digits that come at once are no length either."""
    said = tmp_path / "said"
    said.write_bytes(b"1" * 5000 + b"\n")
    with pytest.raises(PipeError, match="is malformed"):
        answer(start(f"cat {said}; sleep 60"))


def test_more_than_was_asked_makes_the_child_unfit(start: Start) -> None:
    """Bytes after an answer could be taken for the next one, so that child is not ready."""
    pipe = start(r"printf '2\nok2\nno'; sleep 60")
    assert answer(pipe) == b"ok"
    assert not pipe.is_ready


@pytest.mark.parametrize("said", ["", "4", r"9\nlate"])
def test_a_late_answer_is_not_waited_for(start: Start, said: str) -> None:
    """The limit holds for the whole answer, not for each piece."""
    with pytest.raises(PipeError, match="exceeded the time limit"):
        answer(start(f"printf '{said}'; sleep 60"), seconds=SECONDS)


def test_only_its_own_time_counts(start: Start) -> None:
    """A child that is not given the processor is not late for that; one that uses it is.

    Sleeping stands for waiting on a busy machine: it lasts three times the limit by the clock.
    """
    assert answer(start(r"sleep 0.3; printf '2\nok'; sleep 60"), seconds=0.1) == b"ok"
    busy = start("while :; do :; done")
    with pytest.raises(PipeError, match="exceeded the time limit"):
        answer(busy, seconds=0.1)
    assert 0.1 <= busy.processor_seconds() < 1


def test_a_request_that_nobody_reads_is_not_waited_for(start: Start) -> None:
    """A child that takes nothing is late as well."""
    pipe = start("sleep 60")
    with pytest.raises(PipeError, match="exceeded the time limit"):
        pipe.write(b"x" * 3_000_000, pipe.limit(SECONDS))


def test_a_child_that_ended_is_told_with_its_status(start: Start) -> None:
    """Whether reading or writing finds it out."""
    with pytest.raises(PipeError, match="status 7"):
        answer(start("exit 7"))
    with pytest.raises(PipeError, match="signal 9"):
        answer(start("kill -9 $$"))
    pipe = start("exit 7")
    with pytest.raises(PipeError, match="status 7"):
        pipe.write(b"x" * 3_000_000, pipe.limit(10))


def test_a_child_that_hangs_up_and_lives_on_is_ended(start: Start) -> None:
    """Closing its end of a pipe, either one, buys a child no time."""
    silent, deaf = start("exec >&-; exec sleep 60"), start("exec <&-; exec sleep 60")
    with pytest.raises(PipeError, match="closed its output"):
        answer(silent)
    with pytest.raises(PipeError, match="closed its output"):
        deaf.write(b"x" * 3_000_000, deaf.limit(10))
    assert not silent.is_ready
    assert not deaf.is_ready


def test_a_killed_child_is_gone(start: Start) -> None:
    """It is waited for, so that no zombie stays, and killing it again does nothing."""
    pipe = start("sleep 60")
    pipe.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(pipe.process_id, 0)
    pipe.kill()


def test_a_program_that_is_not_there_is_told() -> None:
    """The system's words for it are in the error."""
    with pytest.raises(PipeError, match="No such file"):
        Pipe(["/nowhere/python3"])
