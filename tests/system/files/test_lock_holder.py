"""Whose lock it is, and whether that one can be at work: told by real processes that die."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from distrorocks.system.files import lock_holder
from distrorocks.system.files.lock import LockError, TreeLock
from distrorocks.system.files.lock_holder import (
    STALE_SECONDS,
    LockHolder,
    parse_holder,
    this_holder,
)
from distrorocks.system.processes.process import started, system_started_at
from tests.system.files.lock_holders import (
    NEW_NAMESPACE,
    NEW_NAMESPACE_OLD_PROC,
    flocked,
    has_namespaces,
    holding,
    python,
    running,
    tried,
)

needs_namespaces = pytest.mark.skipif(
    not has_namespaces(), reason="no namespace of processes can be made here (unshare -p)"
)
OTHER_BOOT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the lock of an empty tree is."""
    tree = tmp_path / "tree"
    tree.mkdir()
    return tree / "lockfile.lfs"


def is_taken(path: Path) -> bool:
    """Take a tree over, if the lock that is there allows it; return whether it did."""
    try:
        with TreeLock(str(path), seconds=0.1):
            return True
    except LockError:
        return False


def left(path: Path, holder: LockHolder, age: float = 0) -> None:
    """Leave a lock behind, made some seconds ago."""
    path.unlink(missing_ok=True)
    path.symlink_to(str(holder))
    made = time.time() - age
    os.utime(path, (made, made), follow_symlinks=False)


def test_a_lock_says_who_holds_it_in_one_short_word(path: Path) -> None:
    """What is written is what is read; it is bounded and no path that leads anywhere."""
    with TreeLock(str(path)):
        target = os.readlink(path)
    assert parse_holder(target) == this_holder(has_flock=True)
    assert target.startswith(f"distrorocks-{os.getpid()}:")
    assert len(target) < 200
    assert not set(target) & set("/\n ")


def test_a_dead_holder_is_known_though_its_number_lives_again(path: Path) -> None:
    """The process that has its number began at another time, be it our own process."""
    with holding(path) as process:
        dead = parse_holder(os.readlink(path))
        process.send_signal(signal.SIGKILL)
    assert dead
    for alive in (os.getpid(), os.getppid()):
        left(path, dead._replace(process=alive))
        assert is_taken(path), alive
        left(path, dead._replace(process=alive, began=started(alive)))
        assert not is_taken(path), alive


def test_a_killed_holder_is_taken_over_at_once(path: Path) -> None:
    """kill -9 leaves the lock, and the next run does not wait."""
    with holding(path) as process:
        assert not is_taken(path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert path.is_symlink()
        assert is_taken(path)
    assert not path.is_symlink()


def test_a_child_that_outlives_a_killed_holder_keeps_no_lock(path: Path) -> None:
    """What a forked child has open says nothing: its parent is dead."""
    forking = """
import os, sys
from distrorocks.system.files.lock import TreeLock
with TreeLock(sys.argv[1]):
    if os.fork():
        print("held", flush=True)
    sys.stdin.read()
"""
    with running(python(forking, path)) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert is_taken(path)


def test_a_child_that_outlives_the_block_keeps_no_file_lock(path: Path) -> None:
    """Who holds the tree next has the file lock as well, so that its own death is seen."""
    with TreeLock(str(path)):
        outlet, inlet = os.pipe()
        child = os.fork()
        if not child:
            os.close(inlet)
            os.read(outlet, 1)
            os._exit(0)
    try:
        with TreeLock(str(path)):
            holder = parse_holder(os.readlink(path))
            assert holder
            assert holder.has_flock
    finally:
        os.close(inlet)
        os.close(outlet)
        os.waitpid(child, 0)


def test_a_forked_child_never_removes_its_parents_lock(path: Path) -> None:
    """Leaving the block in a child leaves the tree locked."""
    with TreeLock(str(path)) as lock:
        child = os.fork()
        if not child:
            lock.__exit__(None, None, None)
            os._exit(0)
        os.waitpid(child, 0)
        assert path.is_symlink()
        assert not tried(path)


@needs_namespaces
def test_the_first_process_of_a_container_takes_over_from_the_last_run(path: Path) -> None:
    """Both have the number 1; the killed one is not mistaken for the one that asks."""
    with holding(path, around=NEW_NAMESPACE) as process:
        assert os.readlink(path).startswith("distrorocks-1:")
        process.send_signal(signal.SIGKILL)
    assert path.is_symlink()
    assert tried(path, around=NEW_NAMESPACE) == "1"


@needs_namespaces
@pytest.mark.parametrize("around", [(), NEW_NAMESPACE], ids=["outside", "another namespace"])
def test_a_live_lock_of_another_namespace_is_respected_until_its_holder_dies(
    path: Path, around: tuple[str, ...]
) -> None:
    """Its process id means nothing here; the file lock tells, and goes with the holder."""
    with holding(path, around=NEW_NAMESPACE) as process:
        made = os.readlink(path)
        old = time.time() - 2 * STALE_SECONDS
        os.utime(path, (old, old), follow_symlinks=False)
        assert not tried(path, around=around)
        assert os.readlink(path) == made
        process.send_signal(signal.SIGKILL)
    assert tried(path, around=around)


@needs_namespaces
def test_a_live_lock_is_respected_where_proc_counts_other_processes(path: Path) -> None:
    """In a namespace with the /proc of another one, numbers there are not looked up."""
    script = f"""
import subprocess, sys
from distrorocks.system.files.lock import TreeLock
with TreeLock({str(path)!r}):
    words = [sys.executable, "-c", sys.argv[1]]
    done = subprocess.run(words, capture_output=True, text=True)
print(done.stderr)
"""
    inner = f"""
from distrorocks.system.files.lock import TreeLock
with TreeLock({str(path)!r}, seconds=0.2): pass
"""
    process = python(script, inner, around=NEW_NAMESPACE_OLD_PROC)
    out, err = process.communicate()
    assert "is in use by another program" in out, out + err


def test_who_holds_the_file_lock_to_annoy_keeps_nobody_out(path: Path) -> None:
    """A free tree can be locked, and a dead lock taken over, though anybody has the file lock."""
    with flocked(path.parent):
        assert tried(path, seconds=2)
        left(path, this_holder(has_flock=True)._replace(began="1"))
        assert tried(path, seconds=2)


@needs_namespaces
def test_a_file_lock_that_was_not_to_be_had_is_no_proof_of_death(path: Path) -> None:
    """A live holder without it is not taken over from elsewhere when the annoyer has left."""
    with flocked(path.parent) as annoyer, holding(path):
        holder = parse_holder(os.readlink(path))
        assert holder
        assert not holder.has_flock
        annoyer.kill()
        annoyer.wait()
        assert not tried(path, around=NEW_NAMESPACE)
        assert not tried(path)


@needs_namespaces
def test_an_annoyer_makes_no_live_lock_stale_and_no_dead_one_live_for_its_own_system(
    path: Path,
) -> None:
    """From elsewhere a dead lock waits while the file lock is held; here the start time tells."""
    with holding(path) as process:
        process.send_signal(signal.SIGKILL)
    with flocked(path.parent):
        assert not tried(path, around=NEW_NAMESPACE)
        assert tried(path, seconds=2)


def test_a_lock_of_a_former_boot_is_stale_and_one_of_another_machine_waits(path: Path) -> None:
    """After a power cut nobody waits an hour; a machine that shares the tree is left at work."""
    gone = this_holder(has_flock=True)._replace(boot=OTHER_BOOT)
    before = time.time() - system_started_at() + 60
    left(path, gone, before)
    assert is_taken(path)
    for other in (gone, gone._replace(node="another-machine")):
        left(path, other, 5)
        assert not is_taken(path), other
        left(path, other, STALE_SECONDS + 60)
        assert is_taken(path), other


def test_a_lock_of_another_machine_that_is_up_longer_is_left_at_work(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is older than our boot, but the name of the machine is not ours."""
    monkeypatch.setattr(lock_holder, "system_started_at", lambda: time.time() - 10)
    gone = this_holder(has_flock=True)._replace(boot=OTHER_BOOT)
    left(path, gone._replace(node="another-machine"), 60)
    assert not is_taken(path)
    left(path, gone, 60)
    assert is_taken(path)


def test_without_proc_the_file_lock_tells(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a chroot with no /proc a killed run is known by what the kernel dropped."""
    for name in ("boot_id", "process_namespace"):
        monkeypatch.setattr(lock_holder, name, lambda: "")
    monkeypatch.setattr(lock_holder, "started", lambda _: "")
    with holding(path) as process:
        live = parse_holder(os.readlink(path))
        assert live
        assert not is_taken(path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert is_taken(path)
    left(path, live._replace(began="", namespace="", boot=""))
    assert is_taken(path)


@pytest.mark.parametrize(
    ("number", "age", "is_dead"),
    [
        ("4194305", 0, True),
        (str(os.getpid()), 0, True),
        (str(os.getppid()), 0, False),
        (str(os.getppid()), 10**9, True),
    ],
    ids=["of nobody", "of ours", "of another", "of a younger one"],
)
def test_a_lock_of_an_early_distrorocks_is_understood(
    path: Path, number: str, age: float, is_dead: bool
) -> None:
    """It names a process alone; one that began after the lock was made did not make it."""
    path.symlink_to(f"distrorocks-{number}")
    made = time.time() - age
    os.utime(path, (made, made), follow_symlinks=False)
    assert is_taken(path) is is_dead


@pytest.mark.parametrize(
    "target",
    [
        "distrorocks-²",
        "distrorocks-",
        "distrorocks-0",
        "distrorocks--1",
        "distrorocks-" + "9" * 4000,
        "distrorocks-12345678901",
        "distrorocks-4194305:a",
        "distrorocks-4194305:::::none:more",
        "distrorocks-\udcff:1",
        "distrorocks-1\n\x1b[1m",
        "distrorocks-" + "x" * 4000,
        "distrorocks-²:1:2:3:4:flock",
    ],
    ids=lambda target: ascii(target[:30]),
)
def test_a_target_that_nobody_writes_is_judged_by_its_age(path: Path, target: str) -> None:
    """It is waited for, told on one line that fits, and taken over after an hour."""
    os.symlink(target, path)
    with pytest.raises(LockError) as caught, TreeLock(str(path), seconds=0.1):
        pass
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) < len(str(path)) + 1000
    past = time.time() - STALE_SECONDS - 60
    os.utime(path, (past, past), follow_symlinks=False)
    assert is_taken(path)
