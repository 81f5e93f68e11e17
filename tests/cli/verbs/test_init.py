"""``distrorocks init`` makes the working directory a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.luarocks.project import find_project
from distrorocks.project import init
from distrorocks.project.project_files import Setup
from distrorocks.trees.layout import tree_layout


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory with the sources of a rock, on a machine with Lua."""
    place = tmp_path / "foo"
    place.mkdir()
    (place / "foo.lua").write_text("return 1\n")
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(tmp_path))
    setup = Setup(
        "5.4",
        {"LUA": "/usr/bin/lua5.4"},
        ("/usr/bin/luarocks",),
        [tree_layout(f"{place}/lua_modules", "5.4")],
        "/etc/luarocks",
    )
    monkeypatch.setattr(init, "_setup", lambda *_: setup)
    return place


def test_a_directory_becomes_a_project(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has a rockspec, a tree, a configuration and two scripts, and is found as a project."""
    assert main(["init", "--lua-versions=5.4", "--license=MIT"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[:3] == [
        f"Project for Lua 5.4 in {here}",
        "Wrote foo-dev-1.rockspec",
        "Wrote .gitignore",
    ]
    assert "now edit foo-dev-1.rockspec" in told.err
    assert 'foo = "foo.lua"' in (here / "foo-dev-1.rockspec").read_text()
    assert (here / "lua_modules/lib/luarocks/rocks-5.4").is_dir()
    assert (here / "lua").stat().st_mode & 0o111 == 0o111
    assert find_project(str(here)) == str(here)


def test_a_second_run_keeps_everything(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was edited stays; with --reset the configuration is written anew."""
    assert main(["init", "bar", "1.0"]) == 0
    for name in ("bar-1.0-1.rockspec", ".gitignore", ".luarocks/config-5.4.lua", "luarocks"):
        (here / name).write_text(f"{(here / name).read_text()}# edited\n")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert main(["init", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["written"] == [".luarocks/default-lua-version.lua"]
    assert len(report["kept"]) == 4
    assert before == {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    assert main(["init", "--reset"]) == 0
    assert "edited" not in (here / ".luarocks/config-5.4.lua").read_text()
    assert "edited" in (here / "bar-1.0-1.rockspec").read_text()


def test_scripts_elsewhere(here: Path, tmp_path: Path) -> None:
    """In a directory of the project, which is made, or in another, which exists."""
    assert main(["init", "--wrapper-dir=tools/bin", "--no-gitignore"]) == 0
    assert (here / "tools/bin/lua").exists()
    assert not (here / ".gitignore").exists()
    (tmp_path / "bin").mkdir()
    assert main(["init", "--wrapper-dir", str(tmp_path / "bin")]) == 0
    assert (tmp_path / "bin/luarocks").exists()
    assert main(["init", "--wrapper-dir", str(tmp_path / "none/bin")]) == 3


def test_a_link_is_not_written_through(here: Path, tmp_path: Path) -> None:
    """A .gitignore that is a link is refused before anything is written."""
    (tmp_path / "target").write_text("mine")
    (here / ".gitignore").symlink_to(tmp_path / "target")
    assert main(["init"]) == 3
    assert (tmp_path / "target").read_text() == "mine"
    assert not (here / ".luarocks").exists()


def test_the_top_directory_has_no_name(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a project there needs one."""
    monkeypatch.chdir("/")
    assert main(["init"]) == 2
    assert here.exists()
