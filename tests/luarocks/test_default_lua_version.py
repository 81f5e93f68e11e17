"""Which Lua version is meant is told by files, else by what is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.luarocks.default_lua_version import default_lua_version
from distrorocks.system.lua.jail import Jail


def version(root: Path, project: str = "") -> str:
    """Return the default version in a root."""
    with Jail(seconds=0.1) as jail:
        return default_lua_version(str(root), jail, project=project)


def say(root: Path, directory: str, text: str) -> None:
    """Write the file that tells the version."""
    place = root / directory.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    (place / "default-lua-version.lua").write_text(text)


def test_project_user_and_system_are_asked_in_this_order(tmp_path: Path) -> None:
    """The first file that says a version counts."""
    say(tmp_path, "/etc/luarocks", 'return "5.1"')
    assert version(tmp_path) == "5.1"
    say(tmp_path, "/root/.luarocks", "-- mine\nreturn '5.2'\n")
    assert version(tmp_path) == "5.2"
    say(tmp_path, "/root/.config/luarocks", 'return "5.3"')
    assert version(tmp_path) == "5.3"
    say(tmp_path, "/p/.luarocks", 'local v = "5" return v .. ".5"')
    assert version(tmp_path, "/p") == "5.5"


@pytest.mark.parametrize(
    "text", ["return 5.1", 'return "9.9"', "return", "{", "while true do end", "\x1bLua", "x = 1"]
)
def test_a_file_that_says_no_version_counts_for_nothing(tmp_path: Path, text: str) -> None:
    """The next one is asked."""
    say(tmp_path, "/root/.luarocks", text)
    say(tmp_path, "/etc/luarocks", 'return "5.2"')
    assert version(tmp_path) == "5.2"


def test_the_newest_configuration_of_a_project_tells_it(tmp_path: Path) -> None:
    """Where no file says it by name."""
    (tmp_path / "p/.luarocks").mkdir(parents=True)
    for name in ("config-5.1.lua", "config-5.3.lua"):
        (tmp_path / "p/.luarocks" / name).write_text("")
    assert version(tmp_path, "/p") == "5.3"


def test_else_it_is_the_interpreter(tmp_path: Path) -> None:
    """``lua`` where it leads to a version, else the newest."""
    assert version(tmp_path) == "5.4"
    (tmp_path / "usr/bin").mkdir(parents=True)
    for name in ("lua5.1", "lua5.3"):
        (tmp_path / "usr/bin" / name).write_text("")
        (tmp_path / "usr/bin" / name).chmod(0o755)
    assert version(tmp_path) == "5.3"
    (tmp_path / "usr/bin/lua").symlink_to("lua5.1")
    assert version(tmp_path) == "5.1"


@pytest.mark.parametrize(
    ("first_lines", "expected"),
    [
        ("#!/usr/bin/env lua-any\n-- Lua-Versions: 5.2 5.1 5.3\n", "5.1"),
        ("#!/usr/bin/env lua-any\n-- nothing\n", "5.3"),
        ("#!/usr/bin/lua5.1\n", "5.1"),
        ("#!/usr/bin/env lua51\n", "5.1"),
        ("#!/usr/bin/lua5.4\n", "5.3"),
        ("#!/bin/sh\nexec lua5.1 /usr/share/luarocks\n", "5.3"),
        ("", "5.3"),
    ],
)
def test_luarocks_own_interpreter_comes_before_lua(
    tmp_path: Path, first_lines: str, expected: str
) -> None:
    """The version that `luarocks` would serve, if it is there: Debian's says which may do."""
    (tmp_path / "usr/bin").mkdir(parents=True)
    for name, text in (("lua5.1", ""), ("lua5.3", ""), ("luarocks", first_lines)):
        (tmp_path / "usr/bin" / name).write_text(text)
        (tmp_path / "usr/bin" / name).chmod(0o755)
    (tmp_path / "usr/bin/lua").symlink_to("lua5.3")
    assert version(tmp_path) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_takes_no_version_from_another_user(tmp_path: Path) -> None:
    """A project planted above root's working directory decides nothing."""
    say(tmp_path, "/etc/luarocks", 'return "5.1"')
    say(tmp_path, "/p/.luarocks", 'return "5.2"')
    assert version(tmp_path, "/p") == "5.2"
    os.chown(tmp_path / "p/.luarocks", 4321, 4321)
    assert version(tmp_path, "/p") == "5.1"
