"""A program in the foreground has the user's input and output, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from distrorocks.system.processes.command import CommandError
from distrorocks.system.processes.foreground import run_in_foreground
from distrorocks.system.processes.process import is_running

ENVIRONMENT = {"PATH": os.environ["PATH"], "SEEN": "yes"}


def run(script: str, directory: Path) -> int:
    """Run a shell script."""
    return run_in_foreground(
        ["sh", "-c", script, "sh"], environment=ENVIRONMENT, directory=str(directory)
    )


def test_its_output_is_ours(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Directory, environment and status are as asked for."""
    assert run("pwd; echo $SEEN >&2; exit 7", tmp_path) == 7
    assert capfd.readouterr() == (f"{tmp_path}\n", "yes\n")
    assert run("kill -TERM $$", tmp_path) == -signal.SIGTERM


def test_a_program_below_the_directory(tmp_path: Path) -> None:
    """A name with a slash is relative to the directory; one that is not there is an error."""
    program = tmp_path / "it"
    program.write_text("#!/bin/sh\nexit 3\n")
    words = {"environment": ENVIRONMENT, "directory": str(tmp_path)}
    with pytest.raises(CommandError, match=r"\./it cannot be started"):
        run_in_foreground(["./it"], **words)  # type: ignore[arg-type]
    program.chmod(0o755)
    assert run_in_foreground(["./it"], **words) == 3  # type: ignore[arg-type]
    with pytest.raises(CommandError, match="no-such-program cannot be started"):
        run_in_foreground(["no-such-program"], **words)  # type: ignore[arg-type]


def test_nothing_of_it_lives_on(tmp_path: Path) -> None:
    """What it left in the background is gone when it has ended."""
    assert run("sleep 600 & echo $! > pid", tmp_path) == 0
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_it_reads_our_input() -> None:
    """As a debugger in a test does."""
    program = (
        "import sys; from distrorocks.system.processes.foreground import run_in_foreground as r; "
        "sys.exit(r(['cat'], environment={'PATH': '/bin:/usr/bin'}, directory='/'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=b"typed", capture_output=True, check=True
    )
    assert done.stdout == b"typed"


def test_an_interruption_ends_it(tmp_path: Path) -> None:
    """With all that it started."""
    program = (
        "import sys; sys.path.insert(0, '.'); "
        "from distrorocks.system.processes.interruption import interruptible\n"
        "from distrorocks.system.processes.foreground import run_in_foreground as r\n"
        "script = 'sleep 600 & echo $! > pid; wait'\n"
        "with interruptible():\n"
        f"    r(['sh', '-c', script], environment={{'PATH': '/bin:/usr/bin'}}, "
        f"directory={str(tmp_path)!r})"
    )
    runner = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    try:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert runner.poll() is None
            time.sleep(0.01)
        runner.send_signal(signal.SIGTERM)
        assert runner.wait() != 0
    finally:
        runner.kill()
        runner.wait()
    assert not is_running(int((tmp_path / "pid").read_text()))
