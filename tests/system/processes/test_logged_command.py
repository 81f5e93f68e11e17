"""Long programs with a log."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.system.processes.command import CommandError
from distrorocks.system.processes.interruption import interruptible, uninterrupted
from distrorocks.system.processes.logged_command import LAST_LINES, CommandLog
from distrorocks.system.processes.session import Session

PATH = {"PATH": "/usr/bin:/bin"}


def is_alive(process: int) -> bool:
    """Tell whether a process runs, and does not just wait for its parent to notice its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_last_lines_are_of_this_run(tmp_path: Path) -> None:
    """Of both outputs, without empty ones; the log has all of all runs."""
    log = CommandLog(str(tmp_path / "log"))
    first = log.run(["sh", "-c", "echo one"], environment=PATH, directory="/")
    script = "echo two; echo; echo three >&2; exit 7"
    second = log.run(["sh", "-c", script], environment=PATH, directory="/")
    assert (first.status, first.last_lines) == (0, ("one",))
    assert (second.status, second.last_lines) == (7, ("two", "three"))
    assert (tmp_path / "log").read_text() == "one\ntwo\n\nthree\n"


def test_a_flood_is_no_trouble(tmp_path: Path) -> None:
    """Only the end of it is read."""
    log = CommandLog(str(tmp_path / "log"))
    ended = log.run(["sh", "-c", "seq 1 300000"], environment=PATH, directory="/")
    assert len(ended.last_lines) == LAST_LINES
    assert ended.last_lines[-1] == "300000"


def test_two_runs_do_not_mix(tmp_path: Path) -> None:
    """A later log takes the name; the earlier run still reads what its own program said."""
    path = str(tmp_path / "log")
    one, two = CommandLog(path), CommandLog(path)
    two.run(["sh", "-c", "echo two"], environment=PATH, directory="/")
    ended = one.run(["sh", "-c", "echo one"], environment=PATH, directory="/")
    assert ended.last_lines == ("one",)
    assert Path(path).read_text() == "two\n"
    one.close()
    two.close()


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    """As an error with its name."""
    log = CommandLog(str(tmp_path / "log"))
    with pytest.raises(CommandError, match="/no/such cannot be started"):
        log.run(["/no/such"], environment=PATH, directory="/")


def test_what_interrupts_us_ends_the_program_with_its_children(tmp_path: Path) -> None:
    """Its whole session goes; a polite signal counts as an interruption."""
    log = CommandLog(str(tmp_path / "log"))
    child = tmp_path / "child"
    script = f"sleep 99 & echo $! > {child}; kill -TERM {os.getpid()}; wait"
    with interruptible(), pytest.raises(KeyboardInterrupt):
        log.run(["sh", "-c", script], environment=PATH, directory="/")
    assert ended(int(child.read_text()))


def ended(number: int) -> bool:
    """Wait for a process to end; return whether it has."""
    end = time.monotonic() + 10
    while is_alive(number) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_alive(number)


def test_what_a_program_leaves_running_ends_with_it(tmp_path: Path) -> None:
    """Nothing of it writes on when the run has gone on."""
    log = CommandLog(str(tmp_path / "log"))
    child = tmp_path / "child"
    script = f"sleep 99 & echo $! > {child}; exit 3"
    assert log.run(["sh", "-c", script], environment=PATH, directory="/").status == 3
    assert ended(int(child.read_text()))


def test_a_program_dies_with_us(tmp_path: Path) -> None:
    """A kill of this program alone is one of what it runs."""
    file = tmp_path / "program"
    log = CommandLog(str(tmp_path / "log"))
    script = f"echo $$ > {file}.new; mv {file}.new {file}; kill -9 $PPID; exec sleep 99"
    child = os.fork()
    if not child:
        log.run(["sh", "-c", script], environment=PATH, directory="/")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    assert ended(int(file.read_text()))


def test_no_program_begins_before_its_session_is_noted(tmp_path: Path) -> None:
    """Where that fails, or we are killed meanwhile, it never begins."""
    log = CommandLog(str(tmp_path / "log"))
    sessions: list[Session] = []

    def note(session: Session) -> None:
        sessions.append(session)
        raise CommandError("the disk is full")

    with pytest.raises(CommandError, match="disk is full"):
        log.run(["touch", f"{tmp_path}/made"], environment=PATH, directory="/", note=note)
    assert not is_alive(sessions[0].leader)
    leader = tmp_path / "leader"

    def die(session: Session) -> None:
        leader.write_text(str(session.leader))
        os._exit(9)

    child = os.fork()
    if not child:
        log.run(["touch", f"{tmp_path}/made"], environment=PATH, directory="/", note=die)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert ended(int(leader.read_text()))
    assert not (tmp_path / "made").exists()


def test_nothing_interrupts_an_undo() -> None:
    """Signals are as before afterwards."""
    before = signal.getsignal(signal.SIGINT)
    with uninterrupted():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("victim", path)])
def test_what_stands_in_the_place_of_a_log_is_never_written(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    """A new file takes the place of a FIFO or a link; where a link leads nothing changes."""
    (tmp_path / "victim").write_text("mine")
    make(tmp_path / "log")
    log = CommandLog(str(tmp_path / "log"))
    log.run(["sh", "-c", "echo one"], environment=PATH, directory="/")
    assert (tmp_path / "victim").read_text() == "mine"
    assert (tmp_path / "log").read_text() == "one\n"
    assert not (tmp_path / "log").is_symlink()


def test_a_folder_in_the_place_of_a_log_is_told(tmp_path: Path) -> None:
    """It stays, and the error says what is there."""
    (tmp_path / "log").mkdir()
    with pytest.raises(CommandError, match="cannot make the log"):
        CommandLog(str(tmp_path / "log"))
    assert (tmp_path / "log").is_dir()
