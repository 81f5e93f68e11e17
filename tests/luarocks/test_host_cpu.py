"""The processor is what a system's programs are made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.luarocks.host_cpu import host_cpu, multiarch


@pytest.mark.parametrize(
    ("endian", "machine", "cpu"),
    [
        (1, b"\x3e\x00", "x86_64"),
        (1, b"\xb7\x00", "aarch64"),
        (1, b"\x15\x00", "ppc64le"),
        (2, b"\x00\x15", "ppc64"),
        (1, b"\xf3\x00", "riscv64"),
        (1, b"\x02\x01", "unknown"),
    ],
)
def test_the_header_of_the_shell_tells_it(
    tmp_path: Path, endian: int, machine: bytes, cpu: str
) -> None:
    """In LuaRocks' words; what LuaRocks does not know is unknown."""
    (tmp_path / "bin").mkdir()
    header = b"\x7fELF\x02" + bytes([endian]) + bytes(12) + machine
    (tmp_path / "bin/sh").write_bytes(header)
    assert host_cpu(str(tmp_path)) == cpu


def test_without_a_shell_the_kernel_tells_it(tmp_path: Path) -> None:
    """An empty root has one processor all the same."""
    assert host_cpu(str(tmp_path))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").write_text("#!")
    assert host_cpu(str(tmp_path)) == host_cpu("/")


def test_debians_directory_is_told_where_it_is(tmp_path: Path) -> None:
    """Its name is not always the processor's."""
    assert not multiarch(str(tmp_path), "x86")
    (tmp_path / "usr/lib/i386-linux-gnu").mkdir(parents=True)
    assert multiarch(str(tmp_path), "x86") == "i386-linux-gnu"


def test_dpkgs_architecture_comes_before_the_processor(tmp_path: Path) -> None:
    """Programs of armel and armhf are for one processor."""
    for name in ("arm-linux-gnueabi", "arm-linux-gnueabihf"):
        (tmp_path / "usr/lib" / name).mkdir(parents=True)
    assert multiarch(str(tmp_path), "arm") == "arm-linux-gnueabihf"
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text("")
    (tmp_path / "var/lib/dpkg/arch").write_text("armel\n")
    assert multiarch(str(tmp_path), "arm") == "arm-linux-gnueabi"
