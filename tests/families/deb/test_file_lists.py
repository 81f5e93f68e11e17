"""dpkg's lists of files are searched by the ends of paths, and its digests find changed files."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

from distrorocks.families.deb.file_lists import INFO, find_installed, unkept_promises
from distrorocks.families.package import Indexed, Unkept
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.root_path import RootView
from tests.builders import debian

PATH = "/usr/share/lua/5.3/pl/List.lua"
SUM = md5(b"return {1}").hexdigest()


def put(root: Path, package: str, *paths: str) -> None:
    """Put a list of a package's files where dpkg does."""
    place = root / INFO.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{package}.list").write_text("".join(f"{path}\n" for path in paths))


def test_files_are_found_by_their_ends(tmp_path: Path) -> None:
    """Whole names only, unless a dot says that they go on; the shortest path comes first."""
    put(tmp_path, "zlib1g-dev:amd64", "/.", "/usr/include/zlib.h", "/usr/include/zlib.hpp")
    put(tmp_path, "other", "/usr/include/deep/zlib.h", "/usr/lib/libz.so.1", "/usr/lib/libzz.so")
    found = find_installed(str(tmp_path), ["/zlib.h", "/libz.so."])
    assert found == (
        Indexed("/usr/lib/libz.so.1", "other"),
        Indexed("/usr/include/zlib.h", "zlib1g-dev"),
        Indexed("/usr/include/deep/zlib.h", "other"),
    )


def test_without_dpkg_there_is_nothing(tmp_path: Path) -> None:
    """And nothing is found where nothing is looked for."""
    assert find_installed(str(tmp_path), ["/zlib.h"]) == ()
    put(tmp_path, "a", "/usr/include/zlib.h")
    assert find_installed(str(tmp_path), []) == ()


def test_a_list_that_is_a_link_is_passed_over(tmp_path: Path) -> None:
    """It could lead out of the root; the other lists still count."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.write_text("/usr/include/deep/zlib.h\n")
    put(root, "a", "/usr/include/zlib.h")
    (root / INFO.lstrip("/") / "b.list").symlink_to(outside)
    assert find_installed(str(root), ["/zlib.h"]) == (Indexed("/usr/include/zlib.h", "a"),)


def unkept(root: Path) -> list[Unkept]:
    """Return what packages do not keep, seen anew."""
    return unkept_promises(RootView(str(root)), LUA_VERSIONS)


def test_changed_and_lost_modules_are_named_with_their_package(tmp_path: Path) -> None:
    """Untouched ones are not; a link to nowhere has no digest to expect."""
    debian(tmp_path)
    assert unkept(tmp_path) == []
    place = tmp_path / PATH.lstrip("/")
    place.write_text("changed")
    changed = md5(b"changed").hexdigest()
    assert unkept(tmp_path) == [Unkept("lua-penlight", PATH, SUM, changed)]
    assert unkept_promises(RootView(str(tmp_path)), ("5.4",)) == []
    place.unlink()
    (tmp_path / "usr/share/lua/5.3/re.lua").unlink()
    assert set(unkept(tmp_path)) == {
        Unkept("lua-penlight", PATH, SUM, ""),
        Unkept("lua-lpeg", "/usr/share/lua/5.3/re.lua", md5(b"return {}").hexdigest(), ""),
        Unkept("lua-lpeg", "/usr/share/lua/5.4/re.lua", "", ""),
    }


def test_a_file_that_was_only_touched_keeps_its_promise(tmp_path: Path) -> None:
    """Its content decides; and a diverted path is somebody else's."""
    debian(tmp_path)
    place = tmp_path / PATH.lstrip("/")
    place.touch()
    assert unkept(tmp_path) == []
    place.write_text("changed")
    (tmp_path / "var/lib/dpkg/diversions").write_text(f"{PATH}\n{PATH}.real\nother\n")
    assert unkept(tmp_path) == []
