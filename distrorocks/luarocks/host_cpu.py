"""The processor of a system's programs, by LuaRocks' name."""

from __future__ import annotations

import os

from distrorocks.families.known import families_of
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.files.root_path import RootView

_PROGRAM = "/bin/sh"
_HEADER = 20
_MOST_BYTES = 1 << 30
_LITTLE = 1
_MACHINES = {
    0x02: "sparc",
    0x03: "x86",
    0x08: "mips",
    0x0F: "hppa",
    0x12: "sparcv8",
    0x14: "ppc",
    0x15: "ppc64",
    0x16: "s390",
    0x28: "arm",
    0x2A: "superh",
    0x2B: "sparcv9",
    0x32: "ia_64",
    0x3E: "x86_64",
    0xB6: "alpha",
    0xB7: "aarch64",
    0xF3: "riscv64",
    0x9026: "alpha",
}
_NAMES = {"i386": "x86", "i486": "x86", "i586": "x86", "i686": "x86", "s390x": "s390"}
_TRIPLETS = {
    "x86": "i386-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "ppc64le": "powerpc64le-linux-gnu",
    "ppc64": "powerpc64-linux-gnu",
    "ppc": "powerpc-linux-gnu",
    "s390": "s390x-linux-gnu",
}


def host_cpu(root: str) -> str:
    """Return the processor in the ELF header of a root's shell, else that of this kernel."""
    view = RootView(root)
    found = view.find(_PROGRAM)
    header = b""
    if found:
        try:
            with open_regular(view.host_path(found.path), _MOST_BYTES) as file:
                header = file.read(_HEADER)
        except (FileReadError, OSError):
            header = b""
    told = elf_cpu(header)
    if told is not None:
        return told
    machine = os.uname().machine
    return "arm" if machine.startswith("armv") else _NAMES.get(machine, machine)


def elf_cpu(header: bytes) -> str | None:
    """Return the processor in the first bytes of an ELF file, "unknown" if LuaRocks has no name.

    Return None for any other file.
    """
    if len(header) < _HEADER or not header.startswith(b"\x7fELF"):
        return None
    is_little = header[5] == _LITTLE
    number = int.from_bytes(header[18:20], "little" if is_little else "big")
    name = _MACHINES.get(number, "unknown")
    return "ppc64le" if name == "ppc64" and is_little else name


def multiarch(root: str, cpu: str) -> str:
    """Return Debian's multiarch directory name in ``/usr/lib``, or "".

    It follows from the package database, else from the processor.
    """
    told = (family.multiarch(root) for family in families_of(root))
    name = next(filter(None, told), "") or _TRIPLETS.get(cpu, f"{cpu}-linux-gnu")
    return name if RootView(root).find(f"/usr/lib/{name}") else ""
