"""Packages with Lua files, out of fabricated dpkg databases."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.database import read_packages
from distrorocks.families.deb.stanzas import read_native_architecture
from tests.builders import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return an empty machine."""
    return Machine(tmp_path)


def md5(text: str) -> str:
    """Return the MD5 of a text."""
    return hashlib.md5(text.encode()).hexdigest()


def names(machine: Machine) -> list[str]:
    """Return the names of the packages that are found."""
    return [package.name for package in read_packages(str(machine.root)).packages]


def test_a_package_is_told_with_all_its_fields(machine: Machine) -> None:
    """Fields are unfolded, relations are one by one, the source is the package by default."""
    fields = (
        "Source: lua-src (1.0)\nHomepage: https://example.org/\nLua-Versions: 5.1 5.4\n"
        "Pre-Depends: libc6\nDepends: lua-a (>= 1.0),\n lua-b | lua-c\nProvides: lua5.1-x\n"
    )
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "return 1"}, fields=fields)
    (package,) = read_packages(str(machine.root)).packages
    assert (package.family, package.version, package.source) == ("deb", "1.0-1", "lua-src")
    assert (package.summary, package.description) == ("the lua-x thing", "It is long.\n\nVery.")
    assert package.relations == ("libc6", "lua-a (>= 1.0)", "lua-b | lua-c")
    assert (package.provides, package.lua_versions) == (("lua5.1-x",), ("5.1", "5.4"))
    assert package.files == ("/usr/share/lua/5.1/x.lua",)
    assert package.recorded == {"/usr/share/lua/5.1/x.lua": md5("return 1")}


def test_a_link_has_the_digest_of_the_file_it_leads_to(machine: Machine) -> None:
    """As Debian installs C modules and the copies for later Lua versions."""
    library = "/usr/lib/x86_64-linux-gnu/liblua5.4-x.so.1"
    module = "/usr/lib/x86_64-linux-gnu/lua/5.4/x.so"
    machine.install("lua-x", {library: "ELF", module: "-> ../../liblua5.4-x.so.1"})
    (package,) = read_packages(str(machine.root)).packages
    assert package.files == (module,)
    assert package.recorded == {module: md5("ELF")}


def test_a_link_into_another_package_has_that_packages_digest(machine: Machine) -> None:
    """The target may be recorded by any package that was read."""
    machine.install("lua-a", {"/usr/share/lua/5.1/a.lua": "a"})
    machine.install("lua-b", {"/usr/share/lua/5.1/b.lua": "-> /usr/share/lua/5.1/a.lua"})
    second = read_packages(str(machine.root)).packages[1]
    assert second.recorded == {"/usr/share/lua/5.1/b.lua": md5("a")}


def test_a_changed_file_has_no_recorded_digest(machine: Machine) -> None:
    """What was written after the unpacking is not what the database recorded."""
    path = machine.root / "usr/share/lua/5.1/x.lua"
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "old"})
    path.write_text("new")
    later = (machine.info / "lua-x.list").stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))
    (package,) = read_packages(str(machine.root)).packages
    assert package.files == ("/usr/share/lua/5.1/x.lua",)
    assert package.recorded == {}


def test_a_missing_or_dangling_file_is_not_there(machine: Machine) -> None:
    """path-exclude leaves files out that the list still names."""
    machine.install(
        "lua-x",
        {
            "/usr/share/lua/5.1/x.lua": "x",
            "/usr/share/lua/5.1/y.lua": "y",
            "/usr/share/lua/5.1/z.lua": "-> nowhere.lua",
        },
    )
    (machine.root / "usr/share/lua/5.1/y.lua").unlink()
    (package,) = read_packages(str(machine.root)).packages
    assert package.files == ("/usr/share/lua/5.1/x.lua",)


def test_a_package_whose_only_lua_files_are_gone_is_no_lua_package(machine: Machine) -> None:
    """A command and a copyright notice do not make one."""
    machine.install(
        "lua-x",
        {
            "/usr/share/lua/5.1/x.lua": "x",
            "/usr/bin/x": "x",
            "/usr/share/doc/lua-x/copyright": "x",
        },
    )
    (machine.root / "usr/share/lua/5.1/x.lua").unlink()
    assert names(machine) == []


def test_packages_without_lua_files_are_passed_over(machine: Machine) -> None:
    """Directories alone, LuaJIT's directory and headers do not count."""
    machine.install("lua-x-dev", {"/usr/include/lua5.1/x.h": "x"})
    machine.install("lua-jit", {"/usr/share/lua/jit/x.lua": "x"})
    (machine.info / "lua5.1.list").write_text("/.\n/usr\n/usr/share/lua\n/usr/share/lua/5.1\n")
    assert names(machine) == []


@pytest.mark.parametrize(
    ("state", "there"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("install ok unpacked", True),
        ("install ok half-configured", True),
        ("install ok triggers-awaited", True),
        ("install ok triggers-pending", True),
        ("install reinstreq half-installed", False),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
        ("nonsense", False),
    ],
)
def test_a_package_counts_when_its_files_are_unpacked(
    machine: Machine, state: str, there: bool
) -> None:
    """Configured or not, what is unpacked can be loaded."""
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "x"}, state=state)
    assert (names(machine) == ["lua-x"]) is there


def test_the_journal_overrides_the_status(machine: Machine) -> None:
    """While dpkg runs, its news is in updates/, in the order of their numbers."""
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "x"}, state="install ok half-installed")
    updates = machine.root / "var/lib/dpkg/updates"
    updates.mkdir()
    entry = "Package: lua-x\nStatus: install ok {}\nArchitecture: all\nVersion: {}\n"
    (updates / "0000").write_text(entry.format("half-installed", "1.0-1"))
    (updates / "0001").write_text(entry.format("unpacked", "2.0-1"))
    (updates / "tmp.i").write_text("#padding\n")
    (package,) = read_packages(str(machine.root)).packages
    assert package.version == "2.0-1"


def test_one_name_may_be_two_architectures(machine: Machine) -> None:
    """Multi-Arch: same packages have a list each."""
    for architecture, triplet in (("amd64", "x86_64-linux-gnu"), ("i386", "i386-linux-gnu")):
        machine.install(
            "lua-x",
            {f"/usr/lib/{triplet}/lua/5.4/x.so": architecture},
            architecture=architecture,
            instance=f"lua-x:{architecture}",
        )
    found = read_packages(str(machine.root)).packages
    assert [package.architecture for package in found] == ["amd64", "i386"]
    assert [len(package.files) for package in found] == [1, 1]


def test_a_diverted_path_is_not_the_packages_file(machine: Machine) -> None:
    """Who diverts keeps the path; the administrator's diversion leaves it to nobody."""
    machine.install(
        "lua-x",
        {f"/usr/share/lua/5.1/{name}.lua": name for name in ("kept", "taken", "own", "local")},
    )
    machine.install("lua-y", {"/usr/share/lua/5.1/y.lua": "y"})
    lines = []
    for name, owner in (("taken", "lua-y"), ("own", "lua-x"), ("local", ":")):
        path = f"/usr/share/lua/5.1/{name}.lua"
        lines += [path, f"{path}.distrib", owner]
    (machine.root / "var/lib/dpkg/diversions").write_text("\n".join([*lines, ""]))
    package = read_packages(str(machine.root)).packages[0]
    assert package.files == ("/usr/share/lua/5.1/kept.lua", "/usr/share/lua/5.1/own.lua")
    assert list(package.recorded) == ["/usr/share/lua/5.1/kept.lua"]


def test_links_stay_in_the_root(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An absolute target starts at the root, and .. stops there."""
    outside = tmp_path_factory.mktemp("outside") / "secret.lua"
    outside.write_text("secret")
    up = "../" * 40
    machine.install(
        "lua-x",
        {
            "/usr/share/lua/5.1/good.lua": "good",
            "/usr/share/lua/5.1/absolute.lua": f"-> {outside}",
            "/usr/share/lua/5.1/relative.lua": f"-> {up}{outside}",
            "/usr/share/lua/5.1/loop.lua": "-> loop.lua",
        },
    )
    (package,) = read_packages(str(machine.root)).packages
    assert package.files == ("/usr/share/lua/5.1/good.lua",)


def test_a_malformed_entry_is_passed_over_with_a_warning(machine: Machine) -> None:
    """One broken entry does not hide the others."""
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "x"}, fields="no field at all\n")
    machine.install("lua-y", {"/usr/share/lua/5.1/y.lua": "y"})
    result = read_packages(str(machine.root))
    assert [package.name for package in result.packages] == ["lua-y"]
    assert len(result.warnings) == 1
    assert "lua-x" in result.warnings[0]


def test_names_that_are_no_names_are_passed_over(machine: Machine) -> None:
    """A list's name becomes a path elsewhere, so its form is checked; so is what it is."""
    (machine.info / "..list").write_text("/usr/share/lua/5.1/x.lua\n")
    (machine.info / "Bad Name.list").write_text("/usr/share/lua/5.1/x.lua\n")
    os.mkfifo(machine.info / "fifo.list")
    result = read_packages(str(machine.root))
    assert result.packages == ()
    assert len(result.warnings) == 3
    assert any("not a regular file but a FIFO" in text for text in result.warnings)


def test_bytes_that_are_not_utf8_survive(machine: Machine) -> None:
    """A path keeps its bytes through surrogates."""
    place = machine.root / "usr/share/lua/5.1"
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "x"})
    (place / os.fsdecode(b"\xff.lua")).write_text("x")
    with (machine.info / "lua-x.list").open("ab") as listed:
        listed.write(b"/usr/share/lua/5.1/\xff.lua\n/usr/share/lua/5.1/nul\0.lua\n")
    (package,) = read_packages(str(machine.root)).packages
    assert os.fsencode(package.files[1]) == b"/usr/share/lua/5.1/\xff.lua"
    assert len(package.files) == 2


def test_a_root_without_dpkg_has_no_packages(tmp_path: Path) -> None:
    """An empty root is not an error."""
    assert read_packages(str(tmp_path)) == ((), ())


def test_a_missing_status_is_an_error(machine: Machine) -> None:
    """Lists without a status are a broken database, said so."""
    machine.install("lua-x", {"/usr/share/lua/5.1/x.lua": "x"})
    machine.status.unlink()
    with pytest.raises(DistrorocksError, match="dpkg's status cannot be read"):
        read_packages(str(machine.root))


def test_the_native_architecture_is_dpkgs_own(machine: Machine) -> None:
    """It is the architecture of the package dpkg, whatever else is installed."""
    machine.install("lua-x", {}, architecture="i386")
    machine.install("dpkg", {}, architecture="arm64")
    assert read_native_architecture(str(machine.root)) == "arm64"


def test_a_root_without_dpkg_tells_its_architecture_by_its_packages(machine: Machine) -> None:
    """The noted one first, else the one that most packages are for; "all" is none."""
    machine.install("lua-a", {})
    assert read_native_architecture(str(machine.root)) == ""
    machine.install("lua-b", {}, architecture="i386")
    machine.install("lua-c", {}, architecture="s390x")
    machine.install("lua-d", {}, architecture="s390x")
    assert read_native_architecture(str(machine.root)) == "s390x"
    (machine.root / "var/lib/dpkg/arch").write_text("riscv64\namd64\n")
    assert read_native_architecture(str(machine.root)) == "riscv64"
