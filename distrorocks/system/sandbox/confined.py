"""What is run in a sandbox: a command, what it may see and write, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.values import NamedTuple

PROCESSOR_SECONDS = 3600
"""Seconds of processor time of each process of a build."""

SECONDS = 7200
"""Seconds that one command of a build may take by the clock."""

ADDRESS_SPACE = 8 << 30
"""Bytes of address space of each process of a build."""

FILE_BYTES = 4 << 30
"""Bytes of each file that a build writes."""

DISK_BYTES = 16 << 30
"""Bytes by which the free space of a file system may shrink while a command of a build runs."""

DISK_RESERVE = 64 << 20
"""Bytes that stay free on each file system that a build writes to."""

DISK_FILES = 1_000_000
"""Files by which the free inodes of a file system may shrink while a command of a build runs."""

FILES_RESERVE = 10_000
"""Inodes that stay free on each file system that a build writes to."""

PROCESSES = 2048
"""Processes and threads of a build; for root, all those of the user nobody."""

OUTPUT_BYTES = 64 << 20
"""Bytes that one command of a build may print."""

TEMPORARY_BYTES = 1 << 30
"""Bytes of a build's private /tmp, which is in memory; of its /dev/shm and /var/tmp too."""


class Limits(NamedTuple):
    """The limits of one command: bytes, seconds, and a number of processes."""

    processor_seconds: int = PROCESSOR_SECONDS
    seconds: float = SECONDS
    address_space: int = ADDRESS_SPACE
    file_bytes: int = FILE_BYTES
    disk_bytes: int = DISK_BYTES
    disk_reserve: int = DISK_RESERVE
    disk_files: int = DISK_FILES
    files_reserve: int = FILES_RESERVE
    processes: int = PROCESSES
    output_bytes: int = OUTPUT_BYTES
    temporary_bytes: int = TEMPORARY_BYTES


class Confined(NamedTuple):
    """A command for a sandbox.

    ``directory`` is where it starts. ``writable`` and ``readable`` are absolute folders; the others
    can be read, but for those that a sandbox hides (/home, /root, /run, /tmp and /var/tmp). They
    must not be below a folder that other users can change. ``environment`` is the whole
    environment, apart from HOME and TMPDIR, which are set by the sandbox.
    """

    argv: tuple[str, ...]
    directory: str
    writable: tuple[str, ...]
    readable: tuple[str, ...] = ()
    environment: Mapping[str, str] = MappingProxyType({})
    is_network_allowed: bool = False
    limits: Limits = Limits()


class Identity(NamedTuple):
    """The user and group that a command runs as, and whether root has to change to it."""

    user: int
    group: int
    is_changed: bool


class Backend(NamedTuple):
    """The means of a sandbox: ``kind`` is "bwrap", "unshare" or "none"; the rest are programs.

    ``setpriv`` is "" where it is not installed. ``python`` runs ``enter.py``.
    """

    kind: str
    program: str
    setpriv: str
    python: str
