"""``distrorocks doctor`` prints each problem with its cure, or the way of one module."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.cli.terminal import Terminal

HOOKS = (
    "hooks: the package distrorocks-hooks is not installed (deb), so package changes do not "
    "trigger a refresh\n"
    "   hint: install distrorocks-hooks, or run `distrorocks refresh` after each change\n"
)


@pytest.fixture
def sound(root: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return a root in which only the hooks are missing."""
    Path(root, "usr/bin/lua5.3").touch()
    Path(root, "usr/bin/luarocks").touch()
    Path(root, "etc/luarocks").mkdir()
    assert main(["config-snippet", "--apply", "--root", root]) == 0
    capsys.readouterr()
    return root


def test_a_problem_has_its_hint_and_status_1(
    sound: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without problems the status is 0, and only talk is printed."""
    assert main(["doctor", "--root", sound]) == 1
    assert capsys.readouterr() == (HOOKS, "")
    Path(sound, "var/lib/dpkg/info/distrorocks-hooks.triggers").touch()
    assert main(["doctor", "--root", sound]) == 0
    assert capsys.readouterr() == ("", "no problems found for Lua 5.3\n")


def test_a_command_that_is_a_hint_can_be_copied_from_a_narrow_terminal(
    sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a line of its own where it has no room beside its label; prose is broken."""
    Path(sound, "etc/luarocks/config-5.3.lua").unlink()
    with Terminal(60) as terminal:
        monkeypatch.setattr(sys, "stdout", terminal.stream)
        assert main(["doctor", "re", "--root", sound]) == 1
        terminal.stream.flush()
        (command,) = [each for each in terminal.lines if "--apply" in each]
        assert command.strip().startswith("distrorocks config-snippet --apply")
        assert terminal.lines[terminal.lines.index(command) - 1] == "   hint:"


def test_programs_have_problems_as_fields(sound: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has topic, text, hint and Lua version."""
    assert main(["doctor", "--root", sound, "--json", "--lua-version", "5.4"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["lua_versions"] == ["5.4"]
    assert [(it["topic"], it["lua_version"]) for it in report["problems"]] == [
        ("interpreter", "5.4"),
        ("hooks", ""),
    ]
    assert set(report["problems"][0]) == {"topic", "told", "hint", "lua_version"}


def test_a_module_is_followed(sound: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The step at which it is lost is marked, and the status is 1."""
    assert main(["doctor", "re", "--root", sound]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("re for Lua 5.3\n   package: the package lua-lpeg has it\n")
    assert told.err == "no problems found\n"
    Path(sound, "etc/luarocks/config-5.3.lua").unlink()
    assert main(["doctor", "re", "--root", sound]) == 1
    assert " -- fails here\n   hint: distrorocks config-snippet" in capsys.readouterr().out
    assert main(["doctor", "re", "--root", sound, "--json"]) == 1
    (trace,) = json.loads(capsys.readouterr().out)["lua_versions"]
    assert (trace["lua_version"], trace["lost_at"]) == ("5.3", "configuration")
