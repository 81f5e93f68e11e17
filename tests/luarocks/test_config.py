"""The configuration is read in LuaRocks' order, and what computes runs in the jail only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.config import Configuration, read_configuration
from distrorocks.luarocks.project import own_project
from distrorocks.system.lua.jail import Jail


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
        return read_configuration(root, "5.3", jail, project=own_project(root))


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


def test_a_project_is_read_last(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project of the working directory, unless another or none is named."""
    (home / "work/lua_modules").mkdir(parents=True)
    put(home / "work/.luarocks", 'who = "project"')
    put(home / ".luarocks", 'who = "user"')
    monkeypatch.chdir(home)
    assert read().table["who"] == "user"
    (home / "work/deep").mkdir()
    monkeypatch.chdir(home / "work/deep")
    found = read()
    assert (found.table["who"], found.project_dir) == ("project", str(home / "work"))
    assert found.places.nearest == str(home / "work/.luarocks/config-5.3.lua")
    with Jail() as jail:
        assert read_configuration("/", "5.3", jail).table["who"] == "user"


def test_files_and_places_are_told(home: Path) -> None:
    """What was read, in its order, and where a scope's file would be."""
    found = read()
    system = str(home / "etc/config-5.3.lua")
    assert found.files == (system,)
    assert found.places.system == (system, True)
    assert found.places.user == (str(home / ".luarocks/config-5.3.lua"), False)
    assert found.origins[("who",)] == system


def test_the_whole_environment_is_known_to_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever name the file asks for, and whatever bytes the value has."""
    monkeypatch.setenv("SOME_NAME", 'a"\n\\\udcff]]')
    put(home / ".luarocks", 'x = os_getenv("SOME" .. "_NAME") y = os_getenv("NOT_SET") == nil')
    table = read().table
    assert (table["x"], table["y"]) == ('a"\n\\\udcff]]', True)


def test_the_live_variables_count_also_where_another_table_takes_their_place(home: Path) -> None:
    """LuaRocks keeps what was set in its own table before."""
    put(home / ".luarocks", 'variables.A = "1" variables = { B = "2" }')
    variables = read().table["variables"]
    assert isinstance(variables, dict)
    assert (variables["A"], variables["B"]) == ("1", "2")
    assert "__live_variables" not in read().table


def test_a_first_line_for_the_shell_is_no_fault(home: Path) -> None:
    """Also where the file computes, and the line numbers stay."""
    put(home / ".luarocks", '#!/usr/bin/lua\nx = ("y"):rep(2)')
    assert read().table["x"] == "yy"
    path = put(home / ".luarocks", '#!/usr/bin/lua\nx = ("y"):no()')
    assert f"{path}:2:" in read().warnings[0]


HOSTILE = {
    "endless loop": "while true do end",
    "memory": "t = {} for i = 1, 1e9 do t[i] = {} end",
    "a long text": 'x = ("x"):rep(1e9)',
    "growing": "x = 'x' for i = 1, 60 do x = x .. x end",
    "a table in itself": "t = {} t.t = t for i = 1, 2 do end",
    "deep": "t = " + "{" * 150 + "}" * 150,
    "compiled": "\x1bLua",
    "the outside": "os.execute('touch /tmp/never')",
    "an error": "error({})",
    "a boolean key": "for i = 1, 1 do t = { [true] = 1 } end",
    "many tables": "t = {} for i = 1, 30 do t = { t, t } end",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_told_and_counts_for_nothing(home: Path, text: str) -> None:
    """It ends in time; the other files hold, and who must not guess is stopped."""
    path = put(home / ".luarocks", text)
    with Jail(seconds=0.1) as jail:
        found = read_configuration("/", "5.3", jail)
    assert found.table["who"] == "system"
    assert str(path) in found.warnings[0]
    with pytest.raises(DistrorocksError, match=re.escape(str(path))):
        found.sound()


def test_what_is_no_file_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory, a device and a file of many megabytes."""
    (home / ".luarocks/config-5.3.lua").mkdir(parents=True)
    assert "not a regular file" in read().warnings[0]
    monkeypatch.setenv("LUAROCKS_CONFIG", "/dev/zero")
    assert "not a regular file" in read().warnings[0]
    monkeypatch.setenv("LUAROCKS_CONFIG", str(put(home / "big", " " * (2 << 20))))
    assert "more than" in read().warnings[0]
    monkeypatch.setenv("LUAROCKS_CONFIG", "")
    assert read().warnings[0] == "LUAROCKS_CONFIG is not the name of a file"


def test_a_relative_name_is_one_of_the_working_directory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in LuaRocks; where that directory is gone, no file is named."""
    put(home / "gone", 'who = "named"')
    monkeypatch.chdir(home / "gone")
    monkeypatch.setenv("LUAROCKS_CONFIG", "config-5.3.lua")
    assert read().table["who"] == "named"
    (home / "gone/config-5.3.lua").unlink()
    (home / "gone").rmdir()
    assert read().warnings[0] == "LUAROCKS_CONFIG is not the name of a file"


def test_a_file_changes_what_the_next_one_sees(home: Path) -> None:
    """A home that the system's file sets is where the user's file is looked for."""
    put(home / "etc", f'home = "{home}/other"')
    put(home / "other/.config/luarocks", 'who = "moved" where = home')
    found = read()
    assert (found.table["who"], found.table["where"]) == ("moved", f"{home}/other")
