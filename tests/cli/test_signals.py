"""Ctrl-C, SIGTERM and SIGHUP end every verb in the same way: with an undo, words and a status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import debian

CHECKOUT = Path(__file__).parent.parent.parent
# Stands still where the changes would be made, and takes its time to undo.
_STANDING = """
import sys, time
from distrorocks.publish import refresh
def stand(root, changes, **_):
    try:
        print("at work", flush=True)
        time.sleep(60)
    finally:
        print("undo", flush=True)
        sys.stdin.readline()
        print("undone", flush=True)
refresh.apply_changes = stand
from distrorocks.cli.main import main
sys.exit(main())
"""
ENDINGS = [(signal.SIGINT, ""), (signal.SIGTERM, " by SIGTERM"), (signal.SIGHUP, " by SIGHUP")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a small Debian with a package that is a rock."""
    machine = debian(tmp_path / "root")
    machine.install("lua-say", {"/usr/share/lua/5.4/say.lua": "return {}\n"})
    return machine.root


def started(*words: object, before: Callable[[], object] | None = None) -> subprocess.Popen[str]:
    """Start Python with this checkout's code."""
    return subprocess.Popen(
        [sys.executable, "-B", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        preexec_fn=before,
    )


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def wait_until_asked(process: subprocess.Popen[str]) -> None:
    """Wait until a process has an answer of its own for SIGTERM."""
    while True:
        assert process.poll() is None
        text = Path(f"/proc/{process.pid}/status").read_text()
        (caught,) = (each.split()[1] for each in text.splitlines() if each.startswith("SigCgt"))
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.01)


@pytest.mark.parametrize(("number", "told"), ENDINGS)
def test_an_interrupted_verb_undoes_its_changes_and_reports_it(
    number: int, told: str, root: Path
) -> None:
    """It has the status that shells give a signal; further signals break nothing of the undo."""
    process = started("-c", _STANDING, "refresh", "--root", root)
    assert line(process) == "at work"
    assert (root / "usr/lockfile.lfs").is_symlink()
    process.send_signal(number)
    assert line(process) == "undo"
    for again in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process.send_signal(again)
        time.sleep(0.02)
    out, err = process.communicate("go on\n")
    assert out == "undone\n"
    assert err == f"error: interrupted{told}\n"
    assert process.returncode == 128 + number
    assert not (root / "usr/lockfile.lfs").is_symlink()


@pytest.mark.parametrize(
    "words",
    [
        ("refresh", "--root", "ROOT"),
        ("refresh", "--remove", "--root", "ROOT"),
        ("make-manifest", "--local-tree", "--root", "ROOT", "--tree=/usr", "--lua-version=5.4"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(("number", "told"), ENDINGS)
def test_whoever_waits_for_a_lock_can_be_asked_to_end(
    words: tuple[str, ...], number: int, told: str, root: Path
) -> None:
    """Every verb answers: here one that waits; another program's lock stays."""
    started("-m", "distrorocks", "refresh", "--root", root).communicate()
    (root / "usr/lockfile.lfs").symlink_to("lock")
    process = started("-m", "distrorocks", *(each.replace("ROOT", str(root)) for each in words))
    wait_until_asked(process)
    process.send_signal(number)
    _, err = process.communicate()
    assert err.splitlines()[-1] == f"error: interrupted{told}"
    assert process.returncode == 128 + number
    assert os.readlink(root / "usr/lockfile.lfs") == "lock"


@pytest.mark.parametrize(("number", "told"), ENDINGS)
def test_an_interrupted_hook_prints_one_line_and_exits_with_0(
    number: int, told: str, root: Path
) -> None:
    """A package manager sees no failure, and the tree is free."""
    process = started("-c", _STANDING, "refresh", "--hook", "--root", root)
    assert line(process) == "at work"
    process.send_signal(number)
    assert line(process) == "undo"
    _, err = process.communicate("go on\n")
    assert err.startswith("warning: distrorocks: LuaRocks' view ")
    assert err.endswith(f" is not up to date: interrupted{told}\n")
    assert err.count("\n") == 1
    assert process.returncode == 0
    assert not (root / "usr/lockfile.lfs").is_symlink()


def test_a_hangup_that_is_ignored_stays_ignored(root: Path) -> None:
    """Under nohup the work goes on when the terminal is gone."""

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = started("-c", _STANDING, "refresh", "--root", root, before=ignore)
    assert line(process) == "at work"
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert line(process) == "undo"
    assert process.communicate("go on\n")[1] == "error: interrupted by SIGTERM\n"
