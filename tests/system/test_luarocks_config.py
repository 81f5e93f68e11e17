"""The configuration is read in LuaRocks' order, and what computes runs in the jail only."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.system.atomic_file import WriteError
from distrorocks.system.config_file import read_system_config, write_config
from distrorocks.system.lua_jail import Jail
from distrorocks.system.luarocks_config import Configuration, read_configuration


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home directory; the system's configuration is in ``etc`` below it."""
    for name in ("LUAROCKS_CONFIG", "LUAROCKS_CONFIG_5_3", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "etc"))
    put(tmp_path / "etc", 'who = "system"\nrocks_trees = { "/a", "/b" }\nt = { x = 1, y = 1 }')
    return tmp_path


def put(directory: Path, text: str) -> Path:
    """Write a configuration for Lua 5.3."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "config-5.3.lua"
    path.write_text(text)
    return path


def read(root: str = "/") -> Configuration:
    """Return the configuration for Lua 5.3."""
    with Jail() as jail:
        return read_configuration(root, "5.3", jail)


def test_the_users_file_is_read_over_the_systems(home: Path) -> None:
    """Tables are joined, and the list of trees is replaced whole."""
    put(home / ".luarocks", 'who = "user"\nrocks_trees = { home.."/c" }\nt = { x = 2 }')
    table = read().table
    assert table["who"] == "user"
    assert table["rocks_trees"] == {1: f"{home}/c"}
    assert table["t"] == {"x": 2, "y": 1}


def test_only_the_first_of_the_users_files_is_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XDG comes before ~/.luarocks, and a file that the environment names before both.

    Where the named file is missing, LuaRocks says so and reads the next; another variable that
    names a file stays hidden.
    """
    put(home / ".luarocks", 'who = "old"')
    put(home / ".config/luarocks", 'who = "xdg"')
    assert read().table["who"] == "xdg"
    monkeypatch.setenv("LUAROCKS_CONFIG", str(put(home / "named", 'who = "named"')))
    assert read().table["who"] == "named"
    monkeypatch.setenv("LUAROCKS_CONFIG_5_3", str(home / "nowhere"))
    configuration = read()
    assert configuration.table["who"] == "xdg"
    assert "nowhere" in configuration.warnings[0]


def test_another_root_has_its_own_files_only(home: Path, tmp_path: Path) -> None:
    """The environment of this system says nothing of another."""
    root = tmp_path / "root"
    put(root / "etc/luarocks", 'where = home.."/x"')
    put(home / ".luarocks", 'who = "user"')
    table = read(str(root)).table
    assert table["where"] == "/root/x"
    assert "who" not in table


def test_a_file_that_computes_runs_with_luarocks_functions(home: Path) -> None:
    """``os_getenv`` gives what is set, and its odd letters survive."""
    put(home / ".luarocks", 'dump_env()\nx = os_getenv("HOME")\ny = os_getenv("FOO") or "none"')
    table = read().table
    assert (table["x"], table["y"]) == (str(home), "none")


def test_a_broken_file_counts_for_nothing(home: Path) -> None:
    """The others still hold, and the place of the fault is told."""
    path = put(home / ".luarocks", "\nrocks_trees = {")
    configuration = read()
    assert configuration.table["who"] == "system"
    assert f"{path}:2" in configuration.warnings[0]


def test_the_strict_parser_alone_reads_the_systems_file(tmp_path: Path) -> None:
    """A file is read with its ``home``; one that computes has a fault with its line."""
    put(tmp_path / "etc/luarocks", 'x = home.."/y"')
    chunk = read_system_config(str(tmp_path), "5.3").chunk
    assert chunk is not None
    assert chunk.globals["x"] == "/root/y"
    put(tmp_path / "etc/luarocks", "x = os_getenv('Y')")
    file = read_system_config(str(tmp_path), "5.3")
    assert file.chunk is None
    assert "config-5.3.lua:1" in str(file.fault)
    missing = read_system_config(str(tmp_path), "5.4")
    assert (missing.text, missing.chunk, missing.fault) == (None, None, None)


def test_nothing_is_written_where_there_is_no_directory(tmp_path: Path) -> None:
    """A root without LuaRocks' configuration directory is left alone."""
    with pytest.raises(WriteError):
        write_config(str(tmp_path), "/etc/luarocks/config-5.3.lua", b"")
    assert not list(tmp_path.iterdir())
