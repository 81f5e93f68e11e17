"""A project is found as LuaRocks finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.luarocks.project import (
    find_project,
    own_configuration,
    own_lua_version,
    own_project,
)
from distrorocks.system.lua.jail import Jail


def project(directory: Path) -> Path:
    """Make a directory a project."""
    (directory / ".luarocks").mkdir(parents=True)
    (directory / "lua_modules").mkdir()
    return directory


def test_the_nearest_project_above_counts(tmp_path: Path) -> None:
    """Both directories must be there."""
    above = project(tmp_path / "p")
    (above / "a/b/.luarocks").mkdir(parents=True)
    assert find_project(str(above / "a/b")) == str(above)
    assert not find_project(str(tmp_path))


def test_a_file_says_that_there_is_none(tmp_path: Path) -> None:
    """Above it nothing is looked at; in a project itself it changes nothing."""
    above = project(tmp_path / "p")
    (above / "a/b").mkdir(parents=True)
    (above / "a/.luarocks-no-project").write_text("")
    (above / ".luarocks-no-project").write_text("")
    assert not find_project(str(above / "a/b"))
    assert find_project(str(above)) == str(above)


def test_ten_levels_are_looked_at(tmp_path: Path) -> None:
    """As in LuaRocks."""
    above = project(tmp_path)
    deep = above / "/".join("123456789")
    deep.mkdir(parents=True)
    assert find_project(str(deep)) == str(above)
    (deep / "x").mkdir()
    assert not find_project(str(deep / "x"))


def test_a_working_directory_that_is_gone_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback comes of it."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert not own_project()


def test_the_lua_of_the_own_project_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb takes its file for the default, in the project and below it; not for a root."""
    here = project(tmp_path / "p")
    (here / ".luarocks/default-lua-version.lua").write_text('return "5.2"\n')
    (here / "deep").mkdir()
    monkeypatch.chdir(here / "deep")
    with Jail() as jail:
        assert own_lua_version("/", jail) == "5.2"
        assert own_configuration("/", "", jail).lua_version == "5.2"
        assert own_configuration("/", "5.4", jail).lua_version == "5.4"
        assert own_lua_version(str(here), jail) != "5.2"
