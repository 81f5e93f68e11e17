"""The process that enters a sandbox: makes its mounts, gives up all rights, runs the command.

It is started as a program, ``python3 -I -S enter.py``, and imports nothing else of distrorocks.
With namespaces it is their first process: all others die with it. Its input is a line with the plan
(``namespaces.plan_of``); then it prints ``ready``, and begins when another line comes. That pipe
stays open as long as distrorocks lives, so its end is the end of the sandbox too.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import struct
from collections.abc import Iterator
from typing import Any, NoReturn

_BIND, _RECURSIVE, _DETACH, _REMOUNT = 4096, 16384, 2, 32
_NO_SETUID, _NO_DEVICES = 2, 4
_MOUNT_SETATTR, _BELOW, _EMPTY_PATH = 442, 0x8000, 0x1000
_READ_ONLY_ATTRIBUTE, _NO_SETUID_ATTRIBUTE, _NO_DEVICES_ATTRIBUTE = 1, 2, 4
_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES, _SECCOMP, _REAPER = 1, 38, 22, 36
_DROP_BOUND, _AMBIENT, _CLEAR_AMBIENT = 24, 47, 4
_FILTER = 2
_NEW_USER = 0x10000000
_UP, _SET_FLAGS, _GET_FLAGS = 1, 0x8914, 0x8913
_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219}
_JOIN_SESSION = 1
_NOT_STARTED = 125
_PAUSE = 500  # milliseconds
_MOMENT = 0.002  # seconds
_PART = 1 << 16

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _mount(source: str, path: str, kind: str, flags: int, options: str = "") -> None:
    words = (os.fsencode(source), os.fsencode(path), kind.encode(), ctypes.c_ulong(flags))
    _checked(_libc.mount(*words, options.encode()), f"mount {path}")


def _restrict(path: str, attributes: int) -> None:
    """Set attributes of a mount and of all mounts below it (mount_setattr(2), Linux 5.12)."""
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    words = (_MOUNT_SETATTR, -100, os.fsencode(path), _BELOW, wanted, len(wanted))
    _checked(_libc.syscall(*words), f"mount_setattr {path}")


def _bind(path: str, place: str, *, is_read_only: bool) -> None:
    _mount(path, place, "", _BIND | _RECURSIVE)
    attributes = _NO_SETUID_ATTRIBUTE | _NO_DEVICES_ATTRIBUTE
    _restrict(place, attributes | (_READ_ONLY_ATTRIBUTE if is_read_only else 0))


def make_mount(root: str, mount: list[Any]) -> None:
    """Make one mount of the view below the new root."""
    kind, path, target, size, mode = mount
    place = root + path if path != "/" else root
    if kind in ("read", "write"):
        if os.path.isdir(path):
            os.makedirs(place, exist_ok=True)
        elif not os.path.exists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))
        _bind(path, place, is_read_only=kind == "read")
    elif kind == "empty":
        _mount("tmpfs", place, "tmpfs", _NO_SETUID | _NO_DEVICES, f"size={size},mode={mode:o}")
    elif kind == "device":
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o666))
        _mount(path, place, "", _BIND)
    elif kind == "proc":
        _mount("proc", place, "proc", _NO_SETUID | _NO_DEVICES | 8)
    elif kind == "link":
        os.symlink(target, place)
    elif kind == "folder":
        with contextlib.suppress(FileExistsError):
            os.mkdir(place)
            os.chmod(place, mode)
    elif kind == "seal":
        _mount("", place, "", _REMOUNT | _BIND | 1 | _NO_SETUID)


def enter_root(root: str) -> None:
    """Make the new root the root, and take the old one away."""
    os.chdir(root)
    _checked(_libc.pivot_root(b".", b"."), "pivot_root")
    _checked(_libc.umount2(b".", _DETACH), "umount2")
    os.chdir("/")


def raise_loopback() -> None:
    """Bring up the loopback interface of our own network namespace."""
    import fcntl
    import socket

    with contextlib.suppress(OSError), socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET_FLAGS, request))[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def become(user: int, group: int) -> None:
    """Change from root to another user, without groups."""
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def become_in_namespace(user: int, group: int) -> None:
    """Be the calling user again, in a user namespace that owns none of the mounts."""
    _checked(_libc.unshare(_NEW_USER), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} 0 1"),
        ("gid_map", f"{group} 0 1"),
    ):
        file = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(file, text.encode())
        os.close(file)


def _drop_bounds() -> None:
    """Take all capabilities out of reach, of programs with file capabilities too."""
    number = 0
    while _libc.prctl(_DROP_BOUND, number, 0, 0, 0) == 0:
        number += 1
    _libc.prctl(_AMBIENT, _CLEAR_AMBIENT, 0, 0, 0)


def _drop_capabilities() -> None:
    """Give up our own capabilities (capset(2))."""
    header = struct.pack("=II", 0x20080522, 0)
    _checked(_libc.capset(header, bytes(24)), "capset")


def _leave_key_rings() -> None:
    """Take a session key ring of our own: the present one may hold root's keys."""
    number = _KEYCTL.get(os.uname().machine)
    if number is not None:
        _libc.syscall(number, _JOIN_SESSION, None, 0, 0, 0)


def _filter_calls(program: bytes) -> None:
    """Load the filter of system calls for us and all that follow."""
    if not program:
        return
    text = ctypes.create_string_buffer(program, len(program))
    words = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(text))
    _checked(_libc.prctl(_SECCOMP, _FILTER, words, 0, 0), "seccomp")


def _give_up(plan: dict[str, Any]) -> None:
    """Give up every right that the plan names; the filter is the last."""
    _leave_key_rings()
    if plan["inner"]:
        become_in_namespace(*plan["inner"])
    _drop_bounds()
    if plan["become"]:
        become(*plan["become"])
    _drop_capabilities()
    resource.setrlimit(resource.RLIMIT_NPROC, _at_most(plan["processes"]))
    _checked(_libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0), "prctl")
    _checked(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
    _filter_calls(bytes.fromhex(plan["filter"]))


def _at_most(wanted: int) -> tuple[int, int]:
    """Return a limit of processes within the present hard limit."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    least = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return least, least


def _wait_to_begin() -> None:
    """Say that all is ready, and wait for a line."""
    os.write(1, b"ready\n")
    _read_line()


def _read_line() -> bytes:
    """Return a line of our input and nothing after it; exit at the end of input."""
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(0, 1)
        if not part:
            os._exit(_NOT_STARTED)
        line += part
    return bytes(line)


def _run(plan: dict[str, Any]) -> NoReturn:
    """Become the command."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # Python ignores or answers them
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    os.chdir(plan["directory"])
    os.execvpe(plan["argv"][0], plan["argv"], plan["environment"])  # noqa: S606 - this is its job


def _start(plan: dict[str, Any], *, is_giving_up: bool) -> int:
    """Start the command in a new process, and return its id."""
    child = os.fork()
    if child:
        return child
    try:
        if is_giving_up:
            _give_up(plan)
        _run(plan)
    except OSError as error:
        os.write(2, f"{plan['argv'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _supervise(child: int) -> int:
    """Wait for the command, or for the end of distrorocks; return an exit status.

    Orphans become our children, and are waited for too.
    """
    poll = select.poll()
    poll.register(0, select.POLLIN)
    with contextlib.suppress(OSError):
        poll.register(os.pidfd_open(child), select.POLLIN)
    while True:
        for number, _ in poll.poll(_PAUSE):
            if number == 0 and not os.read(0, 1):
                return _NOT_STARTED
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == child:
                    status = os.waitstatus_to_exitcode(ended[1])
                    return 128 - status if status < 0 else status


def _children() -> list[int]:
    """Return our children, with orphans that became ours; zombies may be among them."""
    with contextlib.suppress(OSError):
        file = os.open(f"/proc/self/task/{os.getpid()}/children", os.O_RDONLY)
        try:
            return [int(each) for each in os.read(file, _PART).split()]
        finally:
            os.close(file)
    return list(_children_of_all())


def _children_of_all() -> Iterator[int]:
    """Yield our children by looking at all processes, for kernels without a list of them."""
    ours = str(os.getpid()).encode()
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            file = os.open(f"/proc/{name}/stat", os.O_RDONLY)
            fields = os.read(file, 4096).rpartition(b")")[2].split()
            os.close(file)
            if fields[1] == ours and fields[0] not in b"ZX":
                yield int(name)


def _end_descendants() -> None:
    """Kill our children until the kernel knows none: the orphans of each become ours.

    A build may be a chain of processes that each live for a moment, so there is no pause as long
    as any ends: whichever is killed before it has made the next one ends the chain.
    """
    with contextlib.suppress(ChildProcessError):
        while True:
            for process in _children():
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            if not os.waitpid(-1, os.WNOHANG)[0]:
                select.select([], [], [], _MOMENT)
                continue
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def main() -> int:
    """Carry out a plan; return the exit status of the command, 128 and more for a signal."""
    plan = json.loads(_read_line())
    if plan["root"]:
        if plan["loopback"]:
            raise_loopback()
        for mount in plan["mounts"]:
            make_mount(plan["root"], mount)
        enter_root(plan["root"])
        _give_up(plan)
        _wait_to_begin()
        return _supervise(_start(plan, is_giving_up=False))
    _checked(_libc.prctl(_REAPER, 1, 0, 0, 0), "prctl")
    _wait_to_begin()
    try:
        return _supervise(_start(plan, is_giving_up=True))
    finally:
        _end_descendants()


if __name__ == "__main__":
    try:
        status = main()
    except OSError as error:
        os.write(2, f"{error.strerror}\n".encode())
        status = _NOT_STARTED
    os._exit(status)
