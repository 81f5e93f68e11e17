"""apk's database tells what a root has installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.apk.family import FAMILY
from distrorocks.families.installed import read_installed
from distrorocks.families.known import installed_families
from distrorocks.system.files.root_path import RootView
from tests.families.apk.alpine import AlpineRoot

PENLIGHT = {
    "usr/share/lua/5.4/pl/init.lua": "return {}\n",
    "usr/share/lua/5.4/pl/my app.lua": "return 1\n",
    "usr/share/lua/5.4/linked.lua": "-> pl/init.lua",
}
LPEG = {"usr/lib/lua/5.4/lpeg.so": "so\n"}


@pytest.fixture
def alpine(tmp_path: Path) -> AlpineRoot:
    """Return a root with two packages of Lua and one of none."""
    alpine = AlpineRoot(tmp_path)
    needs = {"depends": "lua5.4 lua5.4-filesystem>=1.8 so:libc.musl-x86_64.so.1"}
    alpine.install("lua5.4-penlight", PENLIGHT, **needs, provides="lua-penlight=1.13.1-r1")
    alpine.install("lua5.4-lpeg", LPEG, version="1.1.0-r0", architecture="x86_64")
    alpine.install("busybox", {"bin/busybox": "#!\n"}, version="1.36.1-r5")
    return alpine


def test_packages_of_lua_are_read_whole(alpine: AlpineRoot) -> None:
    """Spaces in paths, links, files of one directory below another."""
    assert installed_families(str(alpine.root)) == ("apk",)
    found = read_installed(str(alpine.root))
    assert (*found.native, found.library_dir, *found.warnings) == ("x86_64", "lib")
    lpeg, penlight = found.packages
    assert (penlight.name, penlight.version) == ("lua5.4-penlight", "1.13.1-r1")
    assert (penlight.license, penlight.source) == ("MIT", "lua-penlight")
    assert penlight.relations[1] == "lua5.4-filesystem>=1.8"
    assert penlight.provides == ("lua-penlight=1.13.1-r1",)
    assert penlight.files == tuple(sorted(f"/{path}" for path in PENLIGHT))
    assert lpeg.files == ("/usr/lib/lua/5.4/lpeg.so",)


def test_a_root_where_nothing_is_installed_has_no_database(tmp_path: Path) -> None:
    """``apk --initdb`` leaves an empty one."""
    alpine = AlpineRoot(tmp_path)
    assert installed_families(str(tmp_path)) == ()
    alpine.install("busybox", {"bin/busybox": "#!\n"})
    assert installed_families(str(tmp_path)) == ("apk",)


def test_a_merged_usr_holds_the_database_too(tmp_path: Path) -> None:
    """Where ``/lib`` is a link to ``usr/lib``."""
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    alpine = AlpineRoot(tmp_path)
    alpine.install("lua5.4-lpeg", LPEG)
    assert len(read_installed(str(tmp_path)).packages) == 1


def test_without_a_note_the_packages_tell_the_architecture(alpine: AlpineRoot) -> None:
    """An empty note says nothing."""
    (alpine.root / "etc/apk/arch").write_text("\n")
    assert read_installed(str(alpine.root)).native == frozenset({"x86_64"})
    (alpine.root / "etc/apk/arch").unlink()
    assert read_installed(str(alpine.root)).native == frozenset({"x86_64"})


def test_an_entry_without_a_name_is_told(alpine: AlpineRoot) -> None:
    """The others still count."""
    text = alpine.installed.read_text()
    alpine.installed.write_text(text.replace("P:lua5.4-lpeg\n", ""))
    found = read_installed(str(alpine.root))
    assert [package.name for package in found.packages] == ["lua5.4-penlight"]
    assert "no package name" in found.warnings[0]


def test_a_database_that_cannot_be_read_stops_the_run(alpine: AlpineRoot) -> None:
    """Its files would otherwise look like nobody's."""
    alpine.installed.unlink()
    alpine.installed.mkdir()
    with pytest.raises(DistrorocksError, match="apk's database"):
        FAMILY.read_installed(str(alpine.root))


@pytest.mark.parametrize(("flags", "algorithm"), [("", "SHA1"), ("S", "SHA256")])
def test_modules_that_are_not_as_recorded_are_told(
    tmp_path: Path, flags: str, algorithm: str
) -> None:
    """A changed one, one that is gone, and a link to nowhere; apk 3 records part of a SHA-256."""
    alpine = AlpineRoot(tmp_path)
    alpine.install("lua5.4-penlight", PENLIGHT, flags=flags)
    assert FAMILY.unkept_promises(RootView(str(tmp_path)), ("5.4",)) == []
    (tmp_path / "usr/share/lua/5.4/pl/my app.lua").write_text("return 2\n")
    (tmp_path / "usr/share/lua/5.4/pl/init.lua").unlink()
    unkept = FAMILY.unkept_promises(RootView(str(tmp_path)), ("5.4",))
    assert {(it.path.rpartition("/")[2], bool(it.found)) for it in unkept} == {
        ("my app.lua", True),
        ("init.lua", False),
        ("linked.lua", False),
    }
    assert {(it.family, it.algorithm) for it in unkept} == {("apk", algorithm)}
    assert FAMILY.unkept_promises(RootView(str(tmp_path)), ("5.1",)) == []


@pytest.mark.parametrize("checksum", ["", "Q1", "Q1!!!!", "Q1AAAA", "Q2AAAA", "X1é"])
def test_checksums_of_another_form_are_passed_over(alpine: AlpineRoot, checksum: str) -> None:
    """Then only what is gone is told."""
    lines = alpine.installed.read_text().split("\n")
    lines = [f"Z:{checksum}" if line.startswith("Z:") else line for line in lines]
    alpine.installed.write_text("\n".join(lines))
    assert FAMILY.unkept_promises(RootView(str(alpine.root)), ("5.4",)) == []


def test_files_of_installed_packages_are_found_by_their_ends(alpine: AlpineRoot) -> None:
    """Of all packages, not only those of Lua."""
    (hit,) = FAMILY.find_installed(str(alpine.root), ["/busybox"])
    assert (hit.path, hit.package) == ("/bin/busybox", "busybox")
    assert FAMILY.find_installed(str(alpine.root), []) == ()


@pytest.mark.parametrize("place", ["etc", "lib"])
def test_the_hook_is_known_by_its_file(alpine: AlpineRoot, place: str) -> None:
    """apk-tools 3 also looks in /lib."""
    assert not FAMILY.has_hook(str(alpine.root))
    hook = alpine.root / place / "apk/commit_hooks.d/distrorocks"
    hook.parent.mkdir(parents=True)
    hook.touch()
    assert FAMILY.has_hook(str(alpine.root))
