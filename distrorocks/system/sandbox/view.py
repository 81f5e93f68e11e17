"""What a command sees of the file system: an ordered list of mounts, decided without looking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from distrorocks.system.sandbox.confined import Confined
from distrorocks.values import NamedTuple

HIDDEN = (
    *("/home", "/root", "/run", "/tmp", "/var/tmp"),  # noqa: S108 - covered, never written
    *("/var/lib/incus", "/var/lib/lxd", "/var/snap"),  # sockets that make their users root
)
HOME = "/tmp/home"  # noqa: S108 - in the private /tmp
TEMPORARY = "/tmp"  # noqa: S108 - the private /tmp
DEVICES = ("null", "zero", "full", "random", "urandom")
KEPT = ("/run/current-system",)
KEPT_FOR_NETWORK = ("/run/systemd/resolve", "/run/NetworkManager/resolv.conf")
_SMALL = 1 << 20
_OPEN = 0o1777
_LINKS = (
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
)

Kind: TypeAlias = Literal["read", "write", "empty", "device", "proc", "link", "folder", "seal"]


class Mount(NamedTuple):
    """One step that makes the view.

    ``kind``: "read" and "write" show ``path`` itself, "empty" covers it with an empty folder of at
    most ``size`` bytes, "device" shows a device, "proc" the processes of the sandbox, "link" makes
    a link to ``target``, "folder" a folder, and "seal" makes the mount at ``path`` read-only.
    """

    kind: Kind
    path: str
    target: str = ""
    size: int = 0
    mode: int = 0o755


class Machine(NamedTuple):
    """What the view depends on: paths that exist.

    ``hidden`` are the folders to cover, ``kept`` what stays visible below them.
    """

    hidden: tuple[str, ...]
    kept: tuple[str, ...] = ()


def mounts_of(command: Confined, machine: Machine) -> tuple[Mount, ...]:
    """Return the mounts for a command, in the order in which they are made.

    The whole file system is read-only; then folders are covered; then what the command may see or
    write is shown again, outer folders first, so that an inner one keeps its own right.
    """
    size = command.limits.temporary_bytes
    writable = {path: Mount("write", path) for path in command.writable}
    readable = {path: Mount("read", path) for path in (*machine.kept, *command.readable)}
    shown = readable | writable
    return (
        Mount("read", "/"),
        *(_covered(path, size) for path in machine.hidden),
        Mount("folder", HOME, mode=0o777),
        *_devices(size),
        Mount("proc", "/proc"),
        *_shown(shown, machine.hidden),
    )


def _shown(shown: dict[str, Mount], hidden: tuple[str, ...]) -> Iterator[Mount]:
    """Yield what is shown again, outer paths first, and the folders that lead to it."""
    made: set[str] = set()
    for path in sorted(shown, key=lambda path: path.split("/")):
        for folder in _leading(path, hidden):
            if folder not in made and not any(
                is_within(folder, each) for each in made & set(shown)
            ):
                made.add(folder)
                yield Mount("folder", folder)
        made.add(path)
        yield shown[path]


def _leading(path: str, hidden: tuple[str, ...]) -> Iterator[str]:
    """Yield the folders between a covering folder and a path, outermost first."""
    steps = path.split("/")
    for count in range(2, len(steps)):
        folder = "/".join(steps[:count])
        if any(is_within(folder, each) and folder != each for each in hidden):
            yield folder


def is_within(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or below it."""
    return f"{path}/".startswith(f"{folder}/")


def _covered(path: str, size: int) -> Mount:
    """Return the empty folder that covers a path."""
    if path in (TEMPORARY, "/var/tmp"):  # noqa: S108 - covered, never written
        return Mount("empty", path, size=size, mode=_OPEN)
    return Mount("empty", path, size=_SMALL)


def _devices(size: int) -> tuple[Mount, ...]:
    """Return a /dev without terminals, disks and the machine's shared memory."""
    return (
        Mount("empty", "/dev", size=_SMALL),
        *(Mount("device", f"/dev/{name}") for name in DEVICES),
        *(Mount("link", path, target=target) for target, path in _LINKS),
        Mount("folder", "/dev/shm"),  # noqa: S108 - the sandbox's own
        Mount("seal", "/dev"),
        Mount("empty", "/dev/shm", size=size, mode=_OPEN),  # noqa: S108 - the sandbox's own
    )
