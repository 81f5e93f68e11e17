"""The filter of system calls (seccomp(2)), as a program for the kernel.

Namespaces leave the kernel's whole surface open, and some of what it keeps belongs to no namespace
(key rings, vsock). What no build needs is refused with EPERM: mounting and further namespaces,
looking into other processes, key rings, loading of code into the kernel. The filter is inherited
and cannot be taken off. Binaries of another architecture than the machine's are refused with
ENOSYS.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.values import NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # in struct seccomp_data, little-endian
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_NAMESPACES = 0x7E020000  # every CLONE_NEW* that clone(2) takes
_VSOCK = 40
_X32 = 0x40000000

_SINCE_2019: Mapping[str, int] = MappingProxyType(  # numbers that all architectures share
    {
        "io_uring_setup": 425,
        "open_tree": 428,
        "move_mount": 429,
        "fsopen": 430,
        "fsmount": 432,
        "fspick": 433,
        "pidfd_getfd": 438,
        "mount_setattr": 442,
    }
)
_X86_64: Mapping[str, int] = MappingProxyType(
    {
        "ptrace": 101,
        "pivot_root": 155,
        "mount": 165,
        "umount2": 166,
        "init_module": 175,
        "delete_module": 176,
        "kexec_load": 246,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "perf_event_open": 298,
        "open_by_handle_at": 304,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "kcmp": 312,
        "finit_module": 313,
        "bpf": 321,
        "userfaultfd": 323,
    }
)
_GENERIC: Mapping[str, int] = MappingProxyType(
    {
        "umount2": 39,
        "mount": 40,
        "pivot_root": 41,
        "unshare": 97,
        "kexec_load": 104,
        "init_module": 105,
        "delete_module": 106,
        "ptrace": 117,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "perf_event_open": 241,
        "open_by_handle_at": 265,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "kcmp": 272,
        "finit_module": 273,
        "bpf": 280,
        "userfaultfd": 282,
    }
)


class _Architecture(NamedTuple):
    """The audit number of an architecture, and its numbers of system calls."""

    audit: int
    clone: int
    socket: int
    denied: Mapping[str, int]


_ARCHITECTURES: Mapping[str, _Architecture] = MappingProxyType(
    {
        "x86_64": _Architecture(0xC000003E, 56, 41, _X86_64),
        "aarch64": _Architecture(0xC00000B7, 220, 198, _GENERIC),
        "riscv64": _Architecture(0xC00000F3, 220, 198, _GENERIC),
    }
)
_CLONE3 = 435


def filter_of(architecture: str) -> bytes:
    """Return the filter for an architecture as ``uname -m`` names it; empty if there is none."""
    known = _ARCHITECTURES.get(architecture)
    if known is None:
        return b""
    program = [
        _step(_LOAD, _ARCHITECTURE),
        *(_step(_EQUAL, known.audit, yes=1), _refuse(errno.ENOSYS)),
        _step(_LOAD, _NUMBER),
    ]
    if architecture == "x86_64":  # the x32 numbers of the same calls
        program += [_step(_AT_LEAST, _X32, no=1), _refuse(errno.ENOSYS)]
    for number in sorted((*known.denied.values(), *_SINCE_2019.values())):
        program += [_step(_EQUAL, number, no=1), _refuse(errno.EPERM)]
    program += [
        *(_step(_EQUAL, _CLONE3, no=1), _refuse(errno.ENOSYS)),  # libraries then use clone(2)
        *(_step(_EQUAL, known.clone, no=4), _step(_LOAD, _FIRST_ARGUMENT)),
        *(_step(_ANY_BIT, _NAMESPACES, no=1), _refuse(errno.EPERM), _step(_RETURN, _ALLOW)),
        *(_step(_EQUAL, known.socket, no=3), _step(_LOAD, _FIRST_ARGUMENT)),
        *(_step(_EQUAL, _VSOCK, no=1), _refuse(errno.EAFNOSUPPORT)),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Return one instruction (struct sock_filter); ``yes`` and ``no`` are steps to skip."""
    return struct.pack("=HBBI", code, yes, no, value)


def _refuse(error: int) -> bytes:
    """Return the instruction that lets a system call fail."""
    return _step(_RETURN, _ERROR | error)
