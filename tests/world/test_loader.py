"""The libraries of a root are found where its loader looks, and read as it reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.binaries.elf_file import Symbol, read_elf
from distrorocks.binaries.target_system import MUSL, System
from distrorocks.binaries.verdict import judge
from distrorocks.families.distribution import Distribution
from distrorocks.world.known_systems import SYSTEMS, known_system, system_of
from distrorocks.world.loader import Loader
from distrorocks.world.rock_binaries import lua_symbols, rock_needs
from tests.elf_files import Elf, elf, module, rock, write, write_root

LIBS = "/usr/lib/x86_64-linux-gnu"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Debian 12 root with glibc 2.36 and Lua 5.4."""
    return write_root(tmp_path)


def seen(root: Path, content: bytes) -> System:
    """Return the system that is seen for one module."""
    return Loader(str(root), "5.4").system([read_elf(content)])


def reasons(root: Path, content: bytes) -> list[str]:
    """Return why a module does not load in a root."""
    needs = rock_needs("foo-1.0-1.linux-x86_64.rock", rock({"lib/foo.so": content}))
    found = judge(needs, seen(root, content), "5.4", lua_symbols())
    return [each.text for each in found.findings]


def test_the_system_is_that_of_the_lua_program(root: Path) -> None:
    """Its libc, its machine, its own symbols and those of its libraries."""
    found = seen(root, module("foo"))
    assert (found.libc, found.libc_version, str(found.machine)) == (
        *("glibc", "2.36"),
        "x86_64 (64-bit)",
    )
    assert found.scope is not None
    assert found.scope >= {Symbol("readline"), Symbol("malloc", "GLIBC_2.36")}
    assert found.luas["5.4"].package == "lua5.4"


def test_a_module_of_the_root_loads_and_one_of_a_newer_glibc_does_not(root: Path) -> None:
    """The package of the library is that of the distribution's table."""
    assert reasons(root, module("foo", "lua_pushnil", "readline", glibc="2.36")) == []
    assert reasons(root, module("foo", glibc="2.38")) == [
        "libc.so.6 of the package libc6 lacks GLIBC_2.38"
    ]


def test_libraries_are_found_in_configured_usual_and_own_directories(root: Path) -> None:
    """ld.so.conf with what it includes, /usr/lib, and DT_RUNPATH; links are followed inside."""
    write(root, "/etc/ld.so.conf.d/b.conf", b"/opt/lib\n")
    library = elf(Elf(soname="libx.so.1", defined=("x",)))
    content = module("foo", "x", needed=("libc.so.6", "libx.so.1"), runpath="/srv/lib")
    for place in ("/opt/lib", "/usr/lib", "/srv/lib"):
        assert reasons(root, content) == ["libx.so.1 is missing"]
        path = write(root, f"{place}/libx.so.1.2", library)
        (path.parent / "libx.so.1").symlink_to(f"{place}/libx.so.1.2")
        assert reasons(root, content) == []
        (path.parent / "libx.so.1").unlink()


def test_a_missing_library_names_its_package(root: Path) -> None:
    """By the table of the distribution in the root."""
    content = module("foo", needed=("libc.so.6", "libssl.so.3"))
    assert reasons(root, content) == ["libssl.so.3 is missing; the package libssl3 has it"]


def test_libraries_for_other_machines_are_passed_over(root: Path) -> None:
    """As by the loader: one in a later directory counts."""
    content = module("foo", needed=("libc.so.6", "libx.so.1"))
    write(root, f"{LIBS}/libx.so.1", elf(Elf(soname="libx.so.1", machine=183)))
    assert reasons(root, content) == ["libx.so.1 is missing"]
    write(root, "/usr/lib/libx.so.1", elf(Elf(soname="libx.so.1")))
    assert reasons(root, content) == []


def test_a_library_that_is_no_elf_file_stops_the_loader(root: Path) -> None:
    """A linker script, or a damaged file."""
    content = module("foo", needed=("libc.so.6", "libx.so"))
    write(root, f"{LIBS}/libx.so", b"GROUP ( libx.so.1 )")
    (reason,) = reasons(root, content)
    assert "libx.so is no library, but another file" in reason
    write(root, f"{LIBS}/libx.so", elf(Elf())[:100])
    (reason,) = reasons(root, content)
    assert "libx.so cannot be loaded" in reason


def test_what_libraries_need_is_followed(root: Path) -> None:
    """To the end, once each, also in a circle."""
    for name, other in (("a", "b"), ("b", "a")):
        file = elf(Elf(soname=f"lib{name}.so", needed=(f"lib{other}.so", "libgone.so")))
        write(root, f"{LIBS}/lib{name}.so", file)
    content = module("foo", needed=("libc.so.6", "liba.so"))
    assert reasons(root, content) == ["libgone.so, which liba.so needs, is missing"]


def test_a_lua_of_musl_makes_a_system_of_musl(root: Path) -> None:
    """musl itself answers for libc.so.6; its path file says where it looks."""
    musl = elf(Elf(soname="libc.so", defined=("malloc",)))
    write(root, "/lib/ld-musl-x86_64.so.1", musl)
    program = Elf(needed=("libc.so",), interpreter="/lib/ld-musl-x86_64.so.1")
    write(root, "/usr/bin/lua5.4", elf(program)).chmod(0o755)
    found = seen(root, module("foo"))
    assert (found.libc, found.library("libc.so.6")) == (MUSL, found.libraries[MUSL])
    assert reasons(root, module("foo")) == []
    content = module("foo", "x", needed=("libc.so.6", "libx.so.1"))
    write(root, "/usr/lib/libx.so.1", elf(Elf(soname="libx.so.1", defined=("x",))))
    assert reasons(root, content) == []
    write(root, "/etc/ld-musl-x86_64.path", b"/opt/musl\n")
    assert "lacks libx.so.1" in reasons(root, content)[0]


def test_without_a_lua_the_shell_tells_the_machine(tmp_path: Path) -> None:
    """Then what the program would have is not known, and is not missed."""
    write(write_root(tmp_path), "/bin/sh", elf(Elf(needed=("libc.so.6",))))
    (tmp_path / "usr/bin/lua5.4").unlink()
    found = seen(tmp_path, module("foo"))
    assert (found.scope, str(found.machine)) == (None, "x86_64 (64-bit)")
    assert reasons(tmp_path, module("foo", "readline")) == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_table_is_read(name: str) -> None:
    """With a source, a machine, Luas and libraries."""
    found = known_system(name)
    assert found.name == name
    assert found.source
    assert found.machine
    assert {"5.1", "5.4"} <= found.luas.keys()
    assert found.library("libc.so.6")


def test_the_system_of_a_distribution_is_that_of_its_release() -> None:
    """Debian without a number is sid; two numbers of a version count."""
    for ids, name in (
        (("debian", "12"), "debian:12"),
        (("debian", ""), "debian:sid"),
        (("alpine", "3.22.1"), "alpine:3.22"),
        (("fedora", "42"), "fedora:42"),
    ):
        found = system_of(Distribution(ids[0], (), ids[1]))
        assert found
        assert found.name == name
    assert system_of(Distribution("other", (), "1")) is None
