"""The scratch place: a cache that lasts, and live folders that go with the process.

The live folder is a tmpfs in a mount namespace of this process alone, so every mount made
below it, and all its memory, is gone when the process ends, however it ends.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 16384, 1 << 18
ROOM_NEEDED = 6 << 30


class ScratchError(Exception):
    """This machine does not let us make scratch roots; the text says why and what would help."""


def cache() -> Path:
    """Return the folder whose content outlives this run: DISTROROCKS_SCRATCH, or .scratch."""
    folder = Path(os.environ.get("DISTROROCKS_SCRATCH") or CHECKOUT / ".scratch").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def cache_lock(name: str) -> Iterator[None]:
    """Let one process at a time make what the cache calls `name`."""
    with open(cache() / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _own_mounts() -> None:
    """Give this process a mount namespace of its own, from which nothing spreads."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        raise ScratchError(
            f"no mount namespace of our own: {os.strerror(ctypes.get_errno())}\n"
            "hint: run the integration suite as root, outside restricted containers"
        )


def _memory_available() -> int:
    """Return the bytes of memory that could be used without swapping."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def _mount(kind: str, where: Path, options: str) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    names = (kind.encode(), str(where).encode(), kind.encode())
    return int(libc.mount(*names, 0, options.encode())) == 0


def mount_overlay(lower: tuple[Path, ...], upper: Path, work: Path, where: Path) -> bool:
    """Mount an overlay and say whether the kernel let us."""
    stack = ":".join(map(str, lower))
    return _mount("overlay", where, f"lowerdir={stack},upperdir={upper},workdir={work}")


def mount_processes(where: Path) -> None:
    """Show a root the processes in its /proc; maintainer scripts of a whole system look there."""
    _mount("proc", where, "")


def unmount(where: Path) -> None:
    """Detach a mount of ours, with whatever is mounted below it."""
    ctypes.CDLL(None, use_errno=True).umount2(str(where).encode(), 2)


@functools.cache
def live() -> Path:
    """Return the folder for what lives as long as this process: in memory where there is room."""
    if os.geteuid() != 0:
        raise ScratchError("scratch roots need root\nhint: run `make integration` as root")
    _own_mounts()
    if _memory_available() > ROOM_NEEDED:
        folder = cache() / "live"
        folder.mkdir(exist_ok=True)
        if _mount("tmpfs", folder, "mode=755,size=80%"):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="live-", dir=cache()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
