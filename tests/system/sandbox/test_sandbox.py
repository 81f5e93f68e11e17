"""Commands that run with limits, without namespaces, which every machine can do."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.system.processes.interruption import interruptible
from distrorocks.system.processes.logged_command import CommandLog
from distrorocks.system.sandbox import sandbox as module
from distrorocks.system.sandbox.choice import SandboxError
from distrorocks.system.sandbox.confined import Confined, Limits
from distrorocks.system.sandbox.running import Ended
from distrorocks.system.sandbox.sandbox import Sandbox, backend_of, chosen_sandbox, probe


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nobody can write, as a build of root needs it."""
    top = Path(tempfile.mkdtemp())
    top.chmod(0o711)
    (top / "build").mkdir()
    (top / "build").chmod(0o777)
    yield top / "build"
    shutil.rmtree(top)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CommandLog]:
    """A log."""
    with CommandLog(str(tmp_path / "log")) as made:
        yield made


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox without namespaces."""
    with Sandbox(backend_of("none")) as made:
        yield made


def shell(folder: Path, script: str, **limits: int) -> Confined:
    """Return a command of the shell."""
    return Confined(("/bin/sh", "-c", script), str(folder), (str(folder),), limits=Limits(**limits))


def test_status_and_last_lines_are_told(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """Of both outputs; the log has all, and nothing of the start of the sandbox."""
    ended = sandbox.run(shell(folder, "echo one; echo two >&2; exit 7"), log)
    assert (ended.status, ended.last_lines, ended.stopped) == (7, ("one", "two"), "")
    assert Path(log.path).read_text() == "one\ntwo\n"


def test_a_folder_may_have_bytes_that_are_no_text(
    sandbox: Sandbox, folder: Path, log: CommandLog
) -> None:
    """With namespaces, where they work, and without."""
    place = folder / "andr\udce9"
    place.mkdir()
    place.chmod(0o777)
    working = [kind for kind in ("bwrap", "unshare") if not probe(kind).fault]
    for each in (sandbox, *(Sandbox(backend_of(kind)) for kind in working)):
        with each:
            assert each.run(shell(place, "echo x > file"), log).status == 0
        (place / "file").unlink()


def test_a_signal_counts_as_for_a_shell(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """128 and its number."""
    assert sandbox.run(shell(folder, "kill -SEGV $$"), log).status == 128 + 11


def test_a_missing_program_is_status_127(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """And its name is in the last line."""
    ended = sandbox.run(Confined(("no-such-program",), str(folder), ()), log)
    assert ended.status == 127
    assert "no-such-program" in ended.last_lines[-1]


def test_the_environment_is_what_was_given(
    sandbox: Sandbox, folder: Path, log: CommandLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of ours is in it; HOME and TMPDIR are private, whatever was given for them."""
    monkeypatch.setenv("SECRET", "x")
    given = {"A": "b\nc", "HOME": "/root", "TMPDIR": "/x"}
    command = Confined(("env", "-0"), str(folder), (), environment=given)
    assert sandbox.run(command, log).status == 0
    lines = dict(line.split("=", 1) for line in Path(log.path).read_text().split("\0") if line)
    assert lines.pop("HOME") == lines.pop("TMPDIR") not in ("/root", "/x")
    assert lines["A"] == "b\nc"
    assert lines.keys() == {"A", "PATH", "LC_ALL", "TZ"}


def test_output_is_bounded(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """What goes on is stopped; the log has exactly the limit."""
    ended = sandbox.run(shell(folder, "exec yes", output_bytes=5000), log)
    assert ended.stopped == "it printed more than 5000 bytes"
    assert Path(log.path).stat().st_size == 5000


def test_last_lines_are_safe_to_print(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """A build cannot write to a terminal."""
    ended = sandbox.run(shell(folder, r"printf '\033[2Jx\007\377\n'; exit 1"), log)
    assert all(line.isprintable() for line in ended.last_lines)


def test_time_is_bounded(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """With all processes, also those in sessions of their own."""
    script = "setsid sleep 998 & echo $! > child; exec sleep 999"
    ended = sandbox.run(shell(folder, script, seconds=1), log)
    assert ended.stopped == "it ran longer than 1 seconds"
    assert is_gone(folder / "child")


def is_gone(file: Path) -> bool:
    """Return whether the process whose id is in a file does not exist."""
    return not Path(f"/proc/{file.read_text().strip()}").exists()


def test_what_a_command_leaves_running_ends_with_it(
    sandbox: Sandbox, folder: Path, log: CommandLog
) -> None:
    """A daemon in a session of its own, with no output open, is gone once the run returns."""
    script = "(setsid sh -c 'echo $$ > child; exec sleep 999' >/dev/null 2>&1 &) ; "
    script += "while [ ! -s child ]; do sleep 0.01; done"
    assert sandbox.run(shell(folder, script), log).status == 0
    assert is_gone(folder / "child")


def test_memory_and_files_are_bounded(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """The kernel has the limits; there are no core files."""
    command = shell(folder, "ulimit -c -f -v -t; ulimit -c; ulimit -f", file_bytes=1 << 20)
    assert sandbox.run(command, log).last_lines[-2:] == ("0", "2048")


def test_an_interruption_ends_a_command(sandbox: Sandbox, folder: Path, log: CommandLog) -> None:
    """With all its processes, before it goes on to the caller."""
    script = "echo $$ > child; setsid sleep 998 & exec sleep 999"
    end = threading.Thread(target=interrupt_when, args=(folder / "child",))
    end.start()
    with pytest.raises(KeyboardInterrupt), interruptible():
        sandbox.run(shell(folder, script), log)
    end.join()
    assert is_gone(folder / "child")


def interrupt_when(file: Path) -> None:
    """Send us SIGTERM once a file has content."""
    while not (file.exists() and file.read_text()):
        pass
    os.kill(os.getpid(), 15)


def test_commands_of_other_threads_are_stopped(folder: Path, log: CommandLog) -> None:
    """``stop`` ends those that run, and those that are run later."""
    told: list[Ended] = []
    with Sandbox(backend_of("none")) as sandbox:
        command = shell(folder, "touch begun; exec sleep 999")
        thread = threading.Thread(target=lambda: told.append(sandbox.run(command, log)))
        thread.start()
        while not (folder / "begun").exists():
            pass
        sandbox.stop()
        thread.join()
        told.append(sandbox.run(command, log))
    assert told[0].stopped == "it was interrupted"
    assert told[1].status or told[1].stopped


def test_a_folder_that_nobody_can_enter_is_told(
    sandbox: Sandbox, tmp_path: Path, log: CommandLog
) -> None:
    """Root's builds run as nobody; the error names the directory."""
    if os.getuid() != 0:
        pytest.skip("a user's builds run as the user")
    (tmp_path / "closed/build").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    with pytest.raises(SandboxError, match="builds run as nobody, who cannot enter"):
        sandbox.run(shell(tmp_path / "closed/build", "true"), log)


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe names the program; "auto" then does without, "require" does not."""
    monkeypatch.setattr(module, "find_program", lambda _: None)
    probe.cache_clear()
    try:
        assert probe("bwrap").fault == "bwrap is not installed"
        with chosen_sandbox("auto") as made:
            assert made.backend.kind == "none"
            assert "install the package bubblewrap" in made.sentence
        with pytest.raises(SandboxError, match="no sandbox is available"):
            chosen_sandbox("require")
    finally:
        probe.cache_clear()
