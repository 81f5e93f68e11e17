"""Commands of a build: side by side within bounds, and what is said of one that fails."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence

import pytest

from distrorocks.install.build.commands import Command, Commands, Ran
from distrorocks.install.build.request import BuildError
from tests.install.build.requests import PLACES


class Scripted:
    """A runner that runs nothing: each command ends as its text says."""

    def __init__(self, gate: threading.Barrier | None = None) -> None:
        self.texts: list[str] = []
        self.logs: list[str] = []
        self.is_stopped = False
        self._gate = gate

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """Return the status that ends the text; "interrupt" raises."""
        assert (cwd, tuple(writable)) == ("/s/foo", ("/s", "/o"))
        assert argv[:2] == ("/bin/sh", "-c")
        assert env["HOME"] == "/h"
        self.texts.append(argv[2])
        self.logs.append(log)
        if self._gate:
            self._gate.wait(timeout=30)
        word = argv[2].rpartition(" ")[2]
        return Ran(int(word), ("first", "last\x1b"), "ask" if word == "-9" else "")

    def stop(self) -> None:
        """Note that it was asked for."""
        self.is_stopped = True


def commands(*texts: str) -> list[Command]:
    """Return commands with these texts."""
    return [Command(text, f"compiling {text.split()[0]}", {}) for text in texts]


def test_a_failure_names_the_command_and_its_last_lines() -> None:
    """Status, command, lines without control characters, and the log are told."""
    with pytest.raises(BuildError) as caught:
        Commands(PLACES, Scripted(), {"HOME": "/h"}, 1).run(commands("a.c 3")[0])
    assert str(caught.value) == (
        "the build failed while compiling a.c (status 3)\n"
        "a.c 3\n  first\n  last\\x1b\n"
        "hint: all of its output is in /l/0001.log"
    )
    with pytest.raises(BuildError, match=r"while compiling a\.c \(signal 9\)") as caught:
        Commands(PLACES, Scripted(), {"HOME": "/h"}, 1).run(commands("a.c -9")[0])
    assert caught.value.hint == "ask"


def test_as_many_run_at_once_as_there_are_processors() -> None:
    """Each of two waits for the other to run: they are side by side, and each has its log."""
    runner = Scripted(threading.Barrier(2))
    Commands(PLACES, runner, {"HOME": "/h"}, 2).run_together(commands("a 0", "b 0", "c 0", "d 0"))
    assert sorted(runner.texts) == ["a 0", "b 0", "c 0", "d 0"]
    assert sorted(runner.logs) == [f"/l/{number:04}.log" for number in (1, 2, 3, 4)]


class Shell(Scripted):
    """A runner that runs the shell where it is."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """Run a command."""
        del cwd, env, writable
        self.texts.append(log)
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        return Ran(done.returncode, tuple(done.stdout.splitlines()))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("exec 2>&1; no-such-cc -c a.c", "no-such-cc"),
        ("echo 'make: cmake: Command not found'; exit 2", "cmake"),
        ("echo 'a.c: x.h: not found'; exit 2", ""),
    ],
)
def test_a_program_that_is_not_there_is_named_with_what_to_do(text: str, missing: str) -> None:
    """The shell and make tell it among their output."""
    with pytest.raises(BuildError) as caught:
        Commands(PLACES, Shell(), {"HOME": "/h"}, 1).run(commands(text)[0])
    install = f"install {missing}, or the package that has it; " if missing else ""
    assert caught.value.hint == f"{install}all of its output is in /l/0001.log"


def test_one_processor_runs_commands_in_order_up_to_a_failure() -> None:
    """By one start of the sandbox: nothing starts after it, and its own lines are told."""
    runner = Shell()
    together = Commands(PLACES, runner, {"HOME": "/h"}, 1).run_together
    with pytest.raises(BuildError) as caught:
        together(commands("echo a", "echo 'b c'; exit 7", "echo d"))
    assert str(caught.value) == (
        "the build failed while compiling echo (status 7)\n"
        "echo 'b c'; exit 7\n  a\n  b c\nhint: all of its output is in /l/0001.log"
    )
    together(commands("true", "echo 'command 1 failed'", "true"))
    assert runner.texts == ["/l/0001.log", "/l/0002.log"]


class Remarking(Shell):
    """A runner that says at the end what it prevented."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """Run a command, and add a line."""
        ran = super().run(argv, cwd=cwd, env=env, writable=writable, log=log)
        return ran._replace(last_lines=(*ran.last_lines, "the sandbox prevented it"))


def test_the_command_that_failed_is_known_whatever_the_runner_adds() -> None:
    """The runner's line is told with the command's own."""
    with pytest.raises(BuildError, match="while compiling echo") as caught:
        Commands(PLACES, Remarking(), {"HOME": "/h"}, 1).run_in_order(
            commands("true", "echo b; exit 7")
        )
    assert caught.value.detail == "echo b; exit 7\n  b\n  the sandbox prevented it"


def test_after_a_failure_no_command_starts_that_waited() -> None:
    """Those that run end by themselves, and the first in the order of steps is told."""
    runner = Scripted(threading.Barrier(2))
    texts = ["a 1", "b 1", *(f"c{number} 0" for number in range(40))]
    with pytest.raises(BuildError, match="compiling a "):
        Commands(PLACES, runner, {"HOME": "/h"}, 2).run_together(commands(*texts))
    assert len(runner.texts) < 42
    assert not runner.is_stopped


def test_an_interruption_ends_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner is told to stop, so that no compiler outlives us."""
    runner = Scripted()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("concurrent.futures.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Commands(PLACES, runner, {"HOME": "/h"}, 2).run_together(commands("a 0", "b 0"))
    assert runner.is_stopped
