"""pacman's own files tell what a root has installed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from distrorocks.families.installed import read_installed
from distrorocks.families.known import installed_families
from distrorocks.families.package import Unkept
from distrorocks.families.pacman import database
from distrorocks.families.pacman.database import MOST_OF_MTREE, parse_mtree
from distrorocks.families.pacman.family import FAMILY
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.root_path import RootView
from tests.families.pacman.arch import ArchRoot

SAY = {
    "usr/share/lua/5.4/say/init.lua": "return {}\n",
    "usr/share/lua/5.4/say/of you.lua": "return 1\n",
    "usr/share/lua/5.4/told.lua": "-> say/init.lua",
}
LPEG = {"usr/lib/lua/5.4/lpeg.so": "so\n", "usr/share/doc/lpeg/x": "x\n"}


@pytest.fixture
def arch(tmp_path: Path) -> ArchRoot:
    """Return a root with two packages of Lua and one of none."""
    arch = ArchRoot(tmp_path)
    arch.install("lua-say", SAY, depends="lua>=5.4\nlua-lpeg")
    arch.install("lua-lpeg", LPEG, version="1.1.0-2", architecture="x86_64")
    arch.install("bash", {"usr/bin/bash": "#!\n"}, version="5.2-1")
    return arch


def test_packages_of_lua_are_read_whole(arch: ArchRoot) -> None:
    """Spaces in paths, links, and several entries of a section."""
    assert installed_families(str(arch.root)) == ("pacman",)
    found = read_installed(str(arch.root))
    assert (*found.native, found.library_dir, *found.warnings) == ("x86_64", "lib")
    lpeg, say = found.packages
    assert (say.name, say.version, say.source) == ("lua-say", "1:1.4.1-3", "lua-say")
    assert (say.license, say.homepage) == ("MIT", "https://github.com/lunarmodules/say")
    assert say.relations == ("lua>=5.4", "lua-lpeg")
    assert say.files == tuple(sorted(f"/{path}" for path in SAY))
    assert lpeg.files == ("/usr/lib/lua/5.4/lpeg.so",)


def test_a_root_without_packages_has_no_database(tmp_path: Path) -> None:
    """A Debian on which pacman was only tried has an empty one."""
    arch = ArchRoot(tmp_path)
    assert installed_families(str(tmp_path)) == ()
    arch.install("bash", {"usr/bin/bash": "#!\n"})
    assert installed_families(str(tmp_path)) == ("pacman",)


def test_what_the_cache_knows_is_not_read_again(
    arch: ArchRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list is read again when it changed; whether files exist is always looked at."""
    cache = Cache()
    before = database.read_packages(str(arch.root), cache)
    cache = Cache(cache.pieces)
    monkeypatch.setattr(database, "_lua_files", lambda path: pytest.fail(path))
    assert database.read_packages(str(arch.root), cache) == before
    (arch.root / "usr/lib/lua/5.4/lpeg.so").unlink()
    assert [it.name for it in database.read_packages(str(arch.root), cache).packages] == ["lua-say"]


@pytest.mark.parametrize("text", ["", "%NAME%\n", "%NAME%\n\n%VERSION%\n1\n", "\xff\x00%%\n%%\n"])
def test_a_malformed_entry_is_told(arch: ArchRoot, text: str) -> None:
    """The others still count."""
    (arch.local / "lua-say-1:1.4.1-3/desc").write_text(text)
    found = read_installed(str(arch.root))
    assert [package.name for package in found.packages] == ["lua-lpeg"]
    assert "lua-say" in found.warnings[0]


def test_modules_that_are_not_as_recorded_are_told(arch: ArchRoot) -> None:
    """A changed one, one that is gone, and a link to nowhere; no file of another Lua."""
    view = RootView(str(arch.root))
    assert FAMILY.unkept_promises(view, ("5.4",)) == []
    (arch.root / "usr/share/lua/5.4/say/of you.lua").write_text("return 2\n")
    (arch.root / "usr/share/lua/5.4/say/init.lua").unlink()
    unkept = FAMILY.unkept_promises(RootView(str(arch.root)), ("5.4",))
    assert {(it.path.rpartition("/")[2], bool(it.expected), bool(it.found)) for it in unkept} == {
        ("of you.lua", True, True),
        ("init.lua", True, False),
        ("told.lua", False, False),
    }
    assert {type(it) for it in unkept} == {Unkept}
    assert {(it.package, it.family, it.algorithm) for it in unkept} == {
        ("lua-say", "pacman", "SHA256")
    }
    assert FAMILY.unkept_promises(view, ("5.1",)) == []


@pytest.mark.parametrize("raw", [b"", b"no gzip", gzip.compress(b"x" * 100, mtime=0)[:20]])
def test_a_damaged_mtree_says_nothing(arch: ArchRoot, raw: bytes) -> None:
    """Then only what is gone is told."""
    (arch.local / "lua-say-1:1.4.1-3/mtree").write_bytes(raw)
    assert FAMILY.unkept_promises(RootView(str(arch.root)), ("5.4",)) == []


def test_an_mtree_past_its_limit_says_nothing(arch: ArchRoot) -> None:
    """However small it is packed."""
    bomb = gzip.compress(b"\n" * (MOST_OF_MTREE + 1), 9)
    (arch.local / "lua-say-1:1.4.1-3/mtree").write_bytes(bomb)
    assert FAMILY.unkept_promises(RootView(str(arch.root)), ("5.4",)) == []


def test_mtrees_of_other_tools_are_read() -> None:
    """Older packages have MD5s alone; what is no path below the root is passed over."""
    text = b"./a\\040b time=1.0 md5digest=" + b"0" * 32 + b"\n/set x=1\nnonsense\n./dir type=dir\n"
    assert parse_mtree(text) == {"/a b": ("md5", "0" * 32)}


def test_files_of_installed_packages_are_found_by_their_ends(arch: ArchRoot) -> None:
    """Of all packages, not only those of Lua."""
    (hit,) = FAMILY.find_installed(str(arch.root), ["/bash"])
    assert (hit.path, hit.package) == ("/usr/bin/bash", "bash")
    assert FAMILY.find_installed(str(arch.root), []) == ()


def test_the_hook_is_known_by_its_file(arch: ArchRoot) -> None:
    """A link to /dev/null in /etc switches it off, as alpm-hooks(5) says."""
    assert not FAMILY.has_hook(str(arch.root))
    hook = arch.root / "usr/share/libalpm/hooks/distrorocks.hook"
    hook.parent.mkdir(parents=True)
    hook.touch()
    assert FAMILY.has_hook(str(arch.root))
    (arch.root / "dev").mkdir()
    (arch.root / "dev/null").symlink_to("nowhere")
    mask = arch.root / "etc/pacman.d/hooks/distrorocks.hook"
    mask.parent.mkdir(parents=True)
    mask.symlink_to("/dev/null")
    assert not FAMILY.has_hook(str(arch.root))
