"""Debian's names of architectures, and the directories for libraries of each."""

from __future__ import annotations

# dpkg's architecture tables (cputable, ostable, tupletable): Debian's architectures and its ports.
TRIPLETS = {
    "alpha": "alpha-linux-gnu",
    "amd64": "x86_64-linux-gnu",
    "arc": "arc-linux-gnu",
    "arm64": "aarch64-linux-gnu",
    "armel": "arm-linux-gnueabi",
    "armhf": "arm-linux-gnueabihf",
    "hppa": "hppa-linux-gnu",
    "hurd-amd64": "x86_64-gnu",
    "hurd-i386": "i386-gnu",
    "i386": "i386-linux-gnu",
    "ia64": "ia64-linux-gnu",
    "kfreebsd-amd64": "x86_64-kfreebsd-gnu",
    "kfreebsd-i386": "i386-kfreebsd-gnu",
    "loong64": "loongarch64-linux-gnu",
    "m68k": "m68k-linux-gnu",
    "mips": "mips-linux-gnu",
    "mips64": "mips64-linux-gnuabi64",
    "mips64el": "mips64el-linux-gnuabi64",
    "mips64r6el": "mipsisa64r6el-linux-gnuabi64",
    "mipsel": "mipsel-linux-gnu",
    "powerpc": "powerpc-linux-gnu",
    "ppc64": "powerpc64-linux-gnu",
    "ppc64el": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "sh4": "sh4-linux-gnu",
    "sparc": "sparc-linux-gnu",
    "sparc64": "sparc64-linux-gnu",
    "x32": "x86_64-linux-gnux32",
}


def triplet(architecture: str) -> str:
    """Return the multiarch directory name of a Debian architecture, or "" if it is unknown."""
    return TRIPLETS.get(architecture, "")
