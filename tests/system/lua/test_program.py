"""Where Lua is: found by names and content, as LuaRocks finds it, and no program is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.program import (
    find_headers,
    find_library,
    find_program,
    find_program_at,
)


def put(root: Path, path: str, text: str = "", *, mode: int = 0o755) -> None:
    """Write a file of a root."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(mode)


def found(root: Path, version: str, path: str = "/usr/local/bin:/usr/bin:/bin") -> str:
    """Return the interpreter that is found."""
    return find_program(RootView(str(root)), version, path).get("LUA", "")


def test_the_first_directory_of_the_path_wins(tmp_path: Path) -> None:
    """Its prefix is the directory above ``bin``."""
    put(tmp_path, "/usr/bin/lua5.4")
    assert find_program(RootView(str(tmp_path)), "5.4", "/usr/sbin:/usr/bin/") == {
        "LUA": "/usr/bin/lua5.4",
        "LUA_DIR": "/usr",
        "LUA_BINDIR": "/usr/bin",
    }
    put(tmp_path, "/usr/local/bin/lua54")
    assert found(tmp_path, "5.4") == "/usr/local/bin/lua54"


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("lua-5.3", "", "5.3"),
        ("lua", "\0Lua 5.2.4  Copyright", "5.2"),
        ("luajit", "LuaJIT 2.1.0", "5.1"),
        ("lua", "LuaJIT 2.1.0", "5.1"),
    ],
)
def test_a_name_or_the_content_tells_the_version(
    tmp_path: Path, name: str, text: str, version: str
) -> None:
    """It is an interpreter of that version, and of no other."""
    put(tmp_path, f"/usr/bin/{name}", text)
    assert found(tmp_path, version) == f"/usr/bin/{name}"
    assert not found(tmp_path, "5.4")


def test_what_is_no_interpreter_is_passed_over(tmp_path: Path) -> None:
    """LuaRocks' own wrappers, files that cannot be run, directories."""
    put(tmp_path, "/usr/bin/lua5.1", "#!/bin/sh\nLUAROCKS_SYSCONFDIR=/x exec lua")
    put(tmp_path, "/usr/bin/lua51", mode=0o644)
    (tmp_path / "usr/bin/lua-5.1").mkdir()
    assert not found(tmp_path, "5.1")
    assert find_program_at(RootView(str(tmp_path)), "5.1", "/usr") == {}


def test_the_plain_name_follows_debians_alternatives(tmp_path: Path) -> None:
    """The link says which version it is."""
    put(tmp_path, "/opt/lua5.3")
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/lua").symlink_to("/etc/alternatives/lua")
    (tmp_path / "etc/alternatives").mkdir(parents=True)
    (tmp_path / "etc/alternatives/lua").symlink_to("/opt/lua5.3")
    assert found(tmp_path, "5.3") == "/usr/bin/lua"
    assert not found(tmp_path, "5.4")


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("5.1", "#define LUA_VERSION_NUM 501"),
        ("5.4", "#define LUA_VERSION_NUM\t\t504"),
        ("5.5", "#define LUA_VERSION_MAJOR_N\t5\n#define LUA_VERSION_MINOR_N\t5\n"),
    ],
)
def test_headers_are_those_of_the_version(tmp_path: Path, version: str, text: str) -> None:
    """A ``lua.h`` of another version is passed over."""
    view = RootView(str(tmp_path))
    put(tmp_path, f"/usr/include/lua{version}/lua.h", "#define LUA_VERSION_NUM 502")
    put(tmp_path, "/usr/include/lua.h", text)
    assert find_headers(view, "/usr", version) == "/usr/include"
    assert not find_headers(view, "/usr", "5.3")


def test_the_library_is_found_by_name_before_pattern(tmp_path: Path) -> None:
    """Versioned names come first, and a pattern gives the file's own name."""

    def library() -> tuple[str, str]:
        view, places = RootView(str(tmp_path)), ["/usr/lib/x", "/usr/lib"]
        return find_library(view, places, ["lib?.a", "lib?.so", "lib?.so.*"], "5.4")

    assert library() == ("", "")
    put(tmp_path, "/usr/lib/x/liblua5.4.so.0")
    assert library() == ("/usr/lib/x", "liblua5.4.so.0")
    put(tmp_path, "/usr/lib/liblua.a")
    assert library() == ("/usr/lib", "liblua.a")
    put(tmp_path, "/usr/lib/liblua5.4.so")
    assert library() == ("/usr/lib", "liblua5.4.so")


def test_a_pattern_without_a_place_for_the_name_matches_any_file(tmp_path: Path) -> None:
    """Whatever the files of a library are called, the directory is searched for them."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/libother.so.1").touch()
    found = find_library(RootView(str(tmp_path)), ["/lib"], ["libot*.so.*"], "5.4")
    assert found == ("/lib", "libother.so.1")
