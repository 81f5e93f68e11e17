"""A lock that cannot be removed, a tree that others rename: an error, never a loop or a slip."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from distrorocks.system.files.lock import LockError, TreeLock, UnwritableError, distro_lock
from tests.system.files.lock_holders import CHECKOUT, holding, python

DEAD = "distrorocks-4194305"
NOBODY = 65534
PROCESSES, ROUNDS = 8, 25
_TRY = """
import os, resource, sys
from distrorocks.system.files.lock import LockError, TreeLock
path, user, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
if user:
    os.setgroups([]); os.setgid(user); os.setuid(user)
resource.setrlimit(resource.RLIMIT_CPU, (4, 4))
before = resource.getrusage(resource.RUSAGE_SELF)
try:
    with TreeLock(path, seconds=seconds):
        print("taken")
except LockError as error:
    print(error.exit_status, error.brief, error.detail, error.hint, sep="\\n")
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""
_COUNT = """
import sys
from distrorocks.system.files.lock import TreeLock
path, counter, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
for _ in range(rounds):
    with TreeLock(path, seconds=120):
        with open(counter) as file:
            count = int(file.read())
        with open(counter, "w") as file:
            file.write(str(count + 1))
"""
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def refused(path: Path, *, user: int = 0, around: tuple[str, ...] = ()) -> list[str]:
    """Return status, brief, detail and hint of an attempt that waited a second, not at work."""
    out, err = python(_TRY, path, user, 1, around=around).communicate()
    lines = out.splitlines()
    assert len(lines) == 5, out + err
    assert float(lines.pop()) < 0.5  # of the second it waited
    return lines


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree that everybody can enter, as far as the test's own folder lets them."""
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == os.geteuid() and str(above).startswith("/tmp/"):
            above.chmod(0o755)
    tree = tmp_path / "tree"
    tree.mkdir(0o755)
    return tree


@pytest.mark.parametrize("is_old", [True, False])
def test_a_directory_in_the_place_of_the_lock_is_an_error(tree: Path, is_old: bool) -> None:
    """However old it is: it is no lock of anybody, and only a person can tell what it is."""
    path = tree / "lockfile.lfs"
    path.mkdir()
    if is_old:
        os.utime(path, (0, 0))
    status, brief, detail, hint = refused(path)
    assert status == "3"
    assert brief == f"cannot lock {tree}: {path} is a directory"
    assert "a link of that name" in detail
    assert hint == "see what is in it, and move it away"
    assert path.is_dir()
    assert [each.name for each in tree.iterdir()] == ["lockfile.lfs"]


@root_only
def test_a_dead_lock_that_a_user_may_not_remove_is_an_error(tree: Path) -> None:
    """It says that the directory is not the user's, after the wait and without a busy loop."""
    (tree / "lockfile.lfs").symlink_to(DEAD)
    status, brief, _, hint = refused(tree / "lockfile.lfs", user=NOBODY)
    assert (status, brief) == ("3", f"cannot lock {tree}: Permission denied")
    assert "as root or as whoever owns that directory" in hint


@root_only
def test_a_dead_lock_on_a_read_only_file_system_is_an_error(tree: Path) -> None:
    """The hint names the kind of obstacle."""
    (tree / "lockfile.lfs").symlink_to(DEAD)
    mounting = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    around = ("unshare", "-m", "sh", "-c", mounting, str(tree))
    if subprocess.run([*around, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    status, brief, _, hint = refused(tree / "lockfile.lfs", around=around)
    assert (status, brief) == ("3", f"cannot lock {tree}: Read-only file system")
    assert "mounted read-only" in hint


@root_only
def test_a_dead_lock_in_a_directory_that_cannot_change_is_an_error(tree: Path) -> None:
    """Not even root may remove it: chattr +i."""
    (tree / "lockfile.lfs").symlink_to(DEAD)
    if subprocess.run(["chattr", "+i", str(tree)], capture_output=True, check=False).returncode:
        pytest.skip("this file system has no immutable directories")
    try:
        status, brief, _, _ = refused(tree / "lockfile.lfs")
    finally:
        subprocess.run(["chattr", "-i", str(tree)], check=True)
    assert (status, brief) == ("3", f"cannot lock {tree}: Operation not permitted")


@root_only
def test_nobody_elses_file_decides_whose_turn_it_is(tree: Path) -> None:
    """A file of another user in the place where turns are taken is told, not used or followed."""
    path, turn = tree / "lockfile.lfs", tree / ".distrorocks-takeover"
    path.symlink_to(DEAD)
    turn.touch()
    os.chown(turn, NOBODY, NOBODY)
    assert "not a file of ours" in refused(path)[1]
    turn.unlink()
    turn.symlink_to(tree / "elsewhere")
    assert refused(path)[0] == "3"
    assert not (tree / "elsewhere").exists()
    turn.unlink()
    turn.touch()  # as a run leaves it that was killed in the middle
    with TreeLock(str(path), seconds=0.2):
        assert [each.name for each in tree.iterdir()] == ["lockfile.lfs"]


def test_a_large_file_in_the_place_of_the_lock_is_not_read(tree: Path) -> None:
    """A file is judged by its age alone, as other systems' LuaFileSystem makes empty ones."""
    path = tree / "lockfile.lfs"
    path.write_bytes(b"distrorocks-1" * 100_000)
    with pytest.raises(LockError, match="in use"), TreeLock(str(path), seconds=0.1):
        pass
    os.utime(path, (0, 0))
    with TreeLock(str(path), seconds=0.1):
        assert path.is_symlink()


def test_a_renamed_directory_cannot_redirect_what_we_do(tmp_path: Path) -> None:
    """The lock is made and removed in the directory that was opened, wherever it is by then."""
    tree, away = tmp_path / "tree", tmp_path / "away"
    tree.mkdir()
    with TreeLock(str(tree / "lockfile.lfs")):
        target = os.readlink(tree / "lockfile.lfs")
        tree.rename(away)
        tree.mkdir()
        (tree / "lockfile.lfs").symlink_to(target)
    assert list(away.iterdir()) == []
    assert os.readlink(tree / "lockfile.lfs") == target


def test_a_tree_that_is_a_link_is_locked_where_it_leads(tmp_path: Path) -> None:
    """Trees may be links; the lock is one, whichever name is used."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with holding(tmp_path / "link" / "lockfile.lfs"):
        assert (tmp_path / "real" / "lockfile.lfs").is_symlink()
        with (
            pytest.raises(LockError, match="in use"),
            TreeLock(str(tmp_path / "real" / "lockfile.lfs"), seconds=0.1),
        ):
            pass


def test_the_lock_of_a_root_stays_in_that_root(tmp_path: Path) -> None:
    """A link in another root is followed as that root's own programs follow it."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / str(outside).lstrip("/")).mkdir(parents=True)
    outside.mkdir()
    (root / "usr").symlink_to(outside)
    with distro_lock(str(root), seconds=0.1):
        assert (root / str(outside).lstrip("/") / "lockfile.lfs").is_symlink()
        assert list(outside.iterdir()) == []
    (root / "usr").unlink()
    with (
        pytest.raises(UnwritableError, match="No such file or directory"),
        distro_lock(str(root), seconds=0.1),
    ):
        pass


def test_eight_processes_hold_the_tree_one_at_a_time(tmp_path: Path) -> None:
    """None of their additions is lost, with a dead lock at the start and one killed meanwhile."""
    path, counter = tmp_path / "lockfile.lfs", tmp_path / "counter"
    path.symlink_to(DEAD)
    counter.write_text("0")
    with holding(path) as killed:
        words = [sys.executable, "-c", _COUNT, str(path), str(counter), str(ROUNDS)]
        counting = [subprocess.Popen(words, cwd=CHECKOUT) for _ in range(PROCESSES)]
        killed.kill()
        assert [each.wait() for each in counting] == [0] * PROCESSES
    assert int(counter.read_text()) == PROCESSES * ROUNDS
    assert [each.name for each in tmp_path.iterdir()] == ["counter"]


def test_waiting_costs_next_to_nothing(tmp_path: Path) -> None:
    """Half a second of waiting for a live lock is a few looks, not a loop."""
    path = tmp_path / "lockfile.lfs"
    with holding(path):
        before = resource.getrusage(resource.RUSAGE_SELF)
        with pytest.raises(LockError), TreeLock(str(path), seconds=0.5):
            pass
        after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.2
