"""``distrorocks setup`` publishes and configures in one, and shows each change first."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from distrorocks.cli.first_contact import look_around
from distrorocks.cli.main import main
from tests.builders import debian

EDITED = "etc/luarocks/config-5.4.lua"


class Terminal(io.StringIO):
    """Standard input with what somebody types."""

    def isatty(self) -> bool:
        """It is a terminal."""
        return True


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Debian root with modules of packages, and a folder of LuaRocks' configuration."""
    debian(tmp_path)
    (tmp_path / "etc/luarocks").mkdir(parents=True, exist_ok=True)
    return tmp_path


def contents(root: Path) -> set[Path]:
    """Return all paths below a root."""
    return set(root.rglob("*"))


def test_all_is_done_at_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --yes: rocks are published, LuaRocks sees them, and a second run changes nothing."""
    assert main(["setup", "--yes", "--root", str(root)]) == 0
    told = capsys.readouterr()
    assert "rock_manifest: " in told.out
    assert f"+++ /{EDITED}" in told.out
    assert "LuaRocks sees the packaged modules" in told.err
    sight = look_around(str(root))
    assert (sight.rocks, sight.unseen) == ({"5.3": 2, "5.4": 1}, ())
    before = contents(root)
    assert main(["setup", "--yes", "--root", str(root)]) == 0
    assert "nothing to change" in capsys.readouterr().err
    assert contents(root) == before


@pytest.mark.parametrize(
    "text", ['rocks_trees = { { name = "user", root = "/root/rocks" } }\n', "rocks_trees = {\n"]
)
def test_what_a_users_configuration_undoes_is_not_called_seen(
    root: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Trees of its own, or a fault, for the Lua version that it is for."""
    own = root / "root/.luarocks/config-5.4.lua"
    own.parent.mkdir(parents=True)
    own.write_text(text)
    assert main(["setup", "--yes", "--root", str(root)]) == 0
    told = capsys.readouterr().err
    assert "something keeps LuaRocks from the packaged modules for Lua 5.4\n" in told
    assert "hint: `distrorocks doctor` says what" in told
    assert "sees the packaged modules" not in told


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_nothing_is_changed_unasked(
    root: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by --dry-run nor without a terminal, which is a failure."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\ny\n"))
    before = contents(root)
    assert main(["setup", *words, "--root", str(root)]) == (0 if words else 3)
    assert contents(root) == before


@pytest.mark.parametrize(
    ("typed", "is_published", "is_configured"),
    [("n\n", False, False), ("y\nn\n", True, False), ("y\ny\n", True, True), ("", False, False)],
)
def test_each_step_is_asked_for(
    root: Path,
    typed: str,
    is_published: bool,
    is_configured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a terminal, after its changes were shown; a no ends it, and is a success."""
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    assert main(["setup", "--root", str(root)]) == 0
    assert bool(look_around(str(root)).rocks) == is_published
    assert (root / EDITED).exists() == is_configured


def test_without_luarocks_the_rocks_are_published(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then the hint says how to go on."""
    (root / "etc/luarocks").rmdir()
    assert main(["setup", "--yes", "--root", str(root)]) == 3
    assert "hint: install the package luarocks" in capsys.readouterr().err
    assert look_around(str(root)).rocks
