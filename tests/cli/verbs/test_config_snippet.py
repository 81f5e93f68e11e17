"""``distrorocks config-snippet`` prints or edits, and its exit status tells of every file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main

STOCK = "rocks_trees = {\n   home..[[/.luarocks]],\n   [[/usr/local]]\n}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with one sound configuration file and one that computes."""
    folder = tmp_path / "etc" / "luarocks"
    folder.mkdir(parents=True)
    (folder / "config-5.3.lua").write_text(STOCK)
    (folder / "config-5.4.lua").write_text("x = f()\n")
    return tmp_path


def test_the_plain_call_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The text names its file and can be pasted there; no file changes."""
    assert main(["config-snippet", "--root", str(root), "--lua-version", "5.3"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("-- /etc/luarocks/config-5.3.lua\nrocks_trees = {\n")
    assert 'deps_mode = "all"' in told
    assert (root / "etc/luarocks/config-5.3.lua").read_text() == STOCK


def test_one_bad_file_stops_no_other(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sound file is edited and its difference shown; the other one makes it status 1."""
    assert main(["config-snippet", "--root", str(root), "--apply"]) == 3
    told = capsys.readouterr()
    assert '+   { name = "user", root = rocks_trees[1] },' in told.out.splitlines()
    assert "config-5.4.lua:1" in told.err
    assert "package manager will ask" in told.err
    assert "distro" in (root / "etc/luarocks/config-5.3.lua").read_text()


def test_a_dry_run_only_shows(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The difference is printed and nothing is written."""
    words = ["config-snippet", "--root", str(root), "--lua-version", "5.3", "--apply", "--dry-run"]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("--- /etc/luarocks/config-5.3.lua\n")
    assert (root / "etc/luarocks/config-5.3.lua").read_text() == STOCK


def test_json_has_the_same_content(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has each file with its difference or its error."""
    assert main(["config-snippet", "--root", str(root), "--apply", "--json"]) == 3
    sound, broken = json.loads(capsys.readouterr().out)
    assert sound["changes"]
    assert sound["error"] is None
    assert "config-5.4.lua:1" in broken["error"]


def test_a_reader_that_stops_early_leaves_no_file_unedited(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files are edited before the first line is printed, as in `--apply | head -1`."""

    def gone(_: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("distrorocks.cli.verbs.config_snippet.print_line", gone)
    (root / "etc/luarocks/config-5.4.lua").write_text(STOCK)
    assert main(["config-snippet", "--root", str(root), "--apply"]) == 141
    for version in ("5.3", "5.4"):
        assert "distro" in (root / f"etc/luarocks/config-{version}.lua").read_text()
