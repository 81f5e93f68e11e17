"""Other processes that hold a lock, in this namespace of processes or in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent.parent
NEW_NAMESPACE = ("unshare", "-p", "-f", "--kill-child", "--mount-proc")
NEW_NAMESPACE_OLD_PROC = ("unshare", "-p", "-f", "--kill-child")
_HOLD = """
import os, sys
from distrorocks.system.files.lock import TreeLock
with TreeLock(sys.argv[1], seconds=float(sys.argv[2])):
    print(os.getpid(), flush=True)
    sys.stdin.read()
"""
_FLOCK = """
import fcntl, os, sys
directory = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(directory, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def python(script: str, *words: object, around: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start Python with this checkout's code, in another program if one is named."""
    return subprocess.Popen(
        [*around, sys.executable, "-c", script, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"]},
    )


@contextmanager
def running(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Wait for a process's first line, and end the process with the block."""
    try:
        assert process.stdout
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()  # else what ends it is its input
        process.communicate()


@contextmanager
def holding(
    path: Path, *, around: tuple[str, ...] = (), seconds: float = 0.3
) -> Iterator[subprocess.Popen[str]]:
    """Hold a tree in another process while the block runs, or kill it in the block."""
    with running(python(_HOLD, path, seconds, around=around)) as process:
        yield process


@contextmanager
def flocked(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Have a process hold the file lock on a directory, as anybody may who can read it."""
    with running(python(_FLOCK, directory)) as process:
        yield process


def tried(path: Path, *, around: tuple[str, ...] = (), seconds: float = 0.3) -> str:
    """Try to hold a tree in another process; return its process id, "" where it was refused."""
    process = python(_HOLD, path, seconds, around=around)
    out, err = process.communicate("")
    assert out or "is in use" in err, err
    return out.strip()


def has_namespaces() -> bool:
    """Return whether this machine lets us make a namespace of processes."""
    words = [*NEW_NAMESPACE, "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
