"""``distrorocks config`` speaks as ``luarocks config`` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.lua.read import parse


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The words for a root with a small configuration."""
    (tmp_path / "etc/luarocks").mkdir(parents=True)
    (tmp_path / "etc/luarocks/config-5.4.lua").write_text('deps_mode = "all"\n')
    return ["config", "--root", str(tmp_path), "--lua-version", "5.4"]


def test_all_of_it_is_lua_or_json(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The same either way; nothing is warned of."""
    assert main(words) == 0
    shown = parse(capsys.readouterr().out.encode()).globals
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert err == ""
    assert set(shown) == set(told)
    assert shown["deps_mode"] == told["deps_mode"] == "all"
    assert told["external_deps_dirs"] == ["/usr/local", "/usr", "/"]
    assert told["disabled_servers"] == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["deps_mode"], "all\n"),
        (["deps_mode", "--json"], '"all"\n'),
        (["deps_mode", "--origin"], "deps_mode\t/etc/luarocks/config-5.4.lua\n"),
        (["CC", "--origin", "--json"], '{\n  "variables.CC": "default"\n}\n'),
        (["local_by_default"], "false\n"),
        (["external_deps_dirs[2]"], "/usr\n"),
        (["external_deps_patterns.bin"], '{\n   "?"\n}\n'),
        (["CC=tcc", "CC"], "tcc\n"),
    ],
)
def test_a_key_is_answered(
    words: list[str], asked: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text as it is, anything else as Lua."""
    assert main([*words, *asked]) == 0
    assert capsys.readouterr().out == said


def test_a_change_is_reported_in_luarocks_format(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written and removed."""
    assert main([*words, "CC", "tcc"]) == 0
    path = "/etc/luarocks/config-5.4.lua"
    assert capsys.readouterr().out == f'Wrote\n\tvariables.CC = "tcc"\nto\n\t{path}\n'
    assert main([*words, "CC", "--unset", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": path, "settings": {"variables.CC": None}}
    assert 'CC = "tcc"' not in (tmp_path / "etc/luarocks/config-5.4.lua").read_text()
    assert main([*words, "deps_mode", "--unset"]) == 0
    assert capsys.readouterr().out == f"Removed\n\tdeps_mode\nfrom\n\t{path}\n"


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        (["nope"], 1, "error: Unknown entry nope\n"),
        (["a", "b", "c"], 2, "error: expected KEY and VALUE, got 3 arguments\n"),
        (["--unset"], 2, "error: --unset takes one key and no value\n"),
        (["a", "b", "--unset"], 2, "error: --unset takes one key and no value\n"),
        (["deps_mode", "--scope", "user"], 2, "error: --scope requires a VALUE or --unset"),
        (
            ["deps_mode", "banana"],
            2,
            "error: deps_mode = 'banana' is not valid: it must be \"one\", ",
        ),
        (["cc=x"], 2, "error: Invalid assignment: 'cc=x'\n"),
    ],
)
def test_what_cannot_be_done_is_reported(
    words: list[str], asked: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key without a value is status 1, words that mean nothing are status 2."""
    assert main([*words, *asked]) == status
    assert capsys.readouterr().err.startswith(told)


def test_a_broken_file_is_a_warning(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is printed all the same."""
    (tmp_path / "etc/luarocks/config-5.4.lua").write_text("deps_mode = ")
    assert main([*words, "deps_mode"]) == 0
    out, err = capsys.readouterr()
    assert out == "one\n"
    assert err.startswith("warning: ")


def test_a_project_may_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It counts on the running system, from its own directory."""
    (tmp_path / "lua_modules").mkdir()
    (tmp_path / ".luarocks").mkdir()
    (tmp_path / ".luarocks/config-5.4.lua").write_text("connection_timeout = 77")
    monkeypatch.chdir(tmp_path)
    assert main(["config", "--lua-version", "5.4", "connection_timeout"]) == 0
    assert capsys.readouterr().out == "77\n"
    assert main(["config", "--lua-version", "5.4", "--no-project", "connection_timeout"]) == 0
    assert capsys.readouterr().out != "77\n"


def test_an_empty_key_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """A shell's unset variable does not print all there is."""
    assert main(["config", ""]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "the key is empty" in told.err


@pytest.mark.parametrize(
    ("option", "said", "status"),
    [
        ("--lua-ver", "5.4\n", 0),
        ("--rock-trees", "/root/.luarocks\tuser\n/usr/local\tsystem\n", 0),
        ("--system-config", "/etc/luarocks/config-5.4.lua\n", 0),
        ("--user-config", "/root/.luarocks/config-5.4.lua\n", 1),
        ("--lua-incdir", "", 1),
    ],
)
def test_options_of_luarocks_2(
    words: list[str], option: str, said: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its successors take them too; a file that is not there is named, with status 1."""
    assert main([*words, option]) == status
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("option", "path"),
    [("--local", "root/.luarocks/config-5.4.lua"), ("--global", "etc/luarocks/config-5.4.lua")],
)
def test_a_scope_by_its_tree(words: list[str], tmp_path: Path, option: str, path: str) -> None:
    """The file of the user or of the system is changed."""
    assert main([*words, option, "CC", "tcc"]) == 0
    assert "tcc" in (tmp_path / path).read_text()
