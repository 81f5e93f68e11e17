"""The filter of system calls, run as the kernel runs it."""

from __future__ import annotations

import errno
import struct

import pytest

from distrorocks.system.sandbox.system_calls import filter_of

ALLOW = 0x7FFF0000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "riscv64": 0xC00000F3}
NEW_USER, NEW_NET, THREAD = 0x10000000, 0x40000000, 0x3D0F00


def answer(program: bytes, audit: int, number: int, first: int = 0) -> int:
    """Return what the filter answers: 0 for an allowed call, else the error."""
    data = struct.pack("<IIQ6Q", number, audit, 0, first, 0, 0, 0, 0, 0)
    steps = list(struct.iter_unpack("=HBBI", program))
    place = loaded = 0
    while True:
        code, yes, no, value = steps[place]
        place += 1
        if code == 0x20:
            (loaded,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return 0 if value == ALLOW else value - 0x00050000
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}
            place += yes if holds[code] else no


@pytest.mark.parametrize(
    ("machine", "number", "first", "error"),
    [
        ("x86_64", 0, 0, 0),  # read
        ("x86_64", 59, 0, 0),  # execve
        ("x86_64", 101, 0, errno.EPERM),  # ptrace
        ("x86_64", 165, 0, errno.EPERM),  # mount
        ("x86_64", 250, 0, errno.EPERM),  # keyctl
        ("x86_64", 272, NEW_USER, errno.EPERM),  # unshare
        ("x86_64", 321, 0, errno.EPERM),  # bpf
        ("x86_64", 425, 0, errno.EPERM),  # io_uring_setup
        ("x86_64", 442, 0, errno.EPERM),  # mount_setattr
        ("x86_64", 435, 0, errno.ENOSYS),  # clone3
        ("x86_64", 56, THREAD, 0),  # clone of a thread
        ("x86_64", 56, 17, 0),  # clone as fork does it
        ("x86_64", 56, NEW_USER | 17, errno.EPERM),
        ("x86_64", 56, NEW_NET, errno.EPERM),
        ("x86_64", 41, 1, 0),  # socket, AF_UNIX
        ("x86_64", 41, 2, 0),  # socket, AF_INET
        ("x86_64", 41, 40, errno.EAFNOSUPPORT),  # socket, AF_VSOCK
        ("x86_64", 0x40000000 | 101, 0, errno.ENOSYS),  # ptrace by its x32 number
        ("aarch64", 63, 0, 0),  # read
        ("aarch64", 117, 0, errno.EPERM),  # ptrace
        ("aarch64", 40, 0, errno.EPERM),  # mount
        ("aarch64", 220, NEW_USER, errno.EPERM),  # clone
        ("aarch64", 220, 17, 0),
        ("aarch64", 198, 40, errno.EAFNOSUPPORT),  # socket
        ("riscv64", 219, 0, errno.EPERM),  # keyctl
    ],
)
def test_a_call_is_answered(machine: str, number: int, first: int, error: int) -> None:
    """What builds need is allowed; the rest gets the error that programs expect."""
    assert answer(filter_of(machine), AUDIT[machine], number, first) == error


def test_calls_of_another_architecture_are_refused() -> None:
    """Their numbers mean other calls: number 101 of i386 is not ptrace."""
    assert answer(filter_of("x86_64"), 0x40000003, 0) == errno.ENOSYS


def test_an_unknown_architecture_has_no_filter() -> None:
    """Wrong numbers would be worse than none."""
    assert filter_of("s390x") == b""
