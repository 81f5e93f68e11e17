"""What a program has started is ended, and nothing else."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.system.processes.process import is_running
from distrorocks.system.processes.session import MARK, end, new_mark, session_of

_PATIENCE = 20.0


class Started:
    """A session: its leader, and a child that the leader has started."""

    def __init__(self, place: Path, mark: str, child: str = "sleep 99") -> None:
        file = place / f"child-{mark}"
        script = f"{child} & echo $! > {file}.new; mv {file}.new {file}; exec sleep 98"
        self.leader = subprocess.Popen(
            ["sh", "-c", script], env={MARK: mark, "PATH": "/usr/bin:/bin"}, start_new_session=True
        )
        self.session = session_of(self.leader.pid, mark)
        waited(file.exists)
        self.child = int(file.read_text())

    def lose_leader(self) -> None:
        """Let the leader die, as a kernel's or a person's kill does."""
        self.leader.kill()
        self.leader.wait()


def waited(is_so: object) -> None:
    """Wait until something is so."""
    last = time.monotonic() + _PATIENCE
    while not is_so() and time.monotonic() < last:  # type: ignore[operator]
        time.sleep(0.005)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    """A session with a child."""
    found = Started(tmp_path, new_mark())
    yield found
    found.lose_leader()
    subprocess.run(["kill", "-9", str(found.child)], check=False, stderr=subprocess.DEVNULL)


def test_leader_and_children_end(started: Started) -> None:
    """Both are gone when it returns."""
    assert end(started.session)
    assert not is_running(started.child)
    assert started.leader.wait() == -9


def test_children_end_whose_leader_is_gone(started: Started) -> None:
    """A session lives on in what the leader started."""
    started.lose_leader()
    assert is_running(started.child)
    assert end(started.session)
    assert not is_running(started.child)


@pytest.mark.parametrize("change", ["began", "boot", "later", "mark"])
def test_what_only_has_the_number_lives(started: Started, change: str) -> None:
    """A leader of another start, another boot, and a session that somebody else made are left."""
    session = started.session
    if change == "began":
        session = session._replace(began=str(int(session.began) - 1))
    elif change == "boot":
        session = session._replace(boot="another")
    else:
        started.lose_leader()
        later = str(int(session.began) + 10**9)
        is_mark = change == "mark"
        session = session._replace(mark="0" * 32) if is_mark else session._replace(began=later)
    assert end(session)
    assert is_running(started.child)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has processes of two users")
def test_another_users_process_lives(tmp_path: Path) -> None:
    """Nobody's session is believed to be ours."""
    reached = "setpriv --reuid=65534 --clear-groups -- sleep 97"
    found = Started(tmp_path, new_mark(), reached)
    waited(lambda: os.stat(f"/proc/{found.child}").st_uid == 65534)
    try:
        found.lose_leader()
        assert end(found.session)
        assert is_running(found.child)
    finally:
        os.kill(found.child, 9)
