"""The search paths that distrorocks and LuaRocks 3.8 print are the same."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from integration.machines.machine import RUN_MAIN

CHOICES = ("", "--append", "--no-bin", "--lr-path", "--lr-cpath", "--lr-bin", "--tree=/tmp/a tree")
SETTINGS: tuple[dict[str, str], ...] = (
    {},
    {"LUA_PATH": "/x/?.lua;;", "LUA_CPATH": ";;/y/?.so"},
    {"LUA_PATH_5_4": "/usr/local/share/lua/5.4/?.lua;./?.lua"},
    {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/bin"},
)


def printed(*words: str, setting: dict[str, str]) -> str:
    """Return what a program prints with more variables set."""
    environment = {**os.environ, **setting}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda it: " ".join(it) or "nothing set")
@pytest.mark.parametrize("lua_version", ["5.1", "5.4"])
def test_each_choice_prints_what_luarocks_prints(lua_version: str, setting: dict[str, str]) -> None:
    """For Lua's own version of LuaRocks and another one, with variables set and unset."""
    for choice in CHOICES:
        words = (f"--lua-version={lua_version}", "path", *filter(None, (choice,)))
        ours = printed(sys.executable, "-c", RUN_MAIN, *words, setting=setting)
        assert ours == printed("luarocks", *words, setting=setting), choice
