"""``distrorocks show`` has LuaRocks' form and flags, and names the package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.cli.verbs.show import wrapped

HUMAN = """
penlight 1.13.1-1 - the lua-penlight thing

It is long.

Very.

Installed in: \t/usr
Package:      \tlua-penlight 1.13.1-3
For Lua:      \t5.3

Modules:
\tpl.List (/usr/share/lua/5.3/pl/List.lua)
\tpl.init (/usr/share/lua/5.3/pl/init.lua)

Depends on:
"""


def test_people_read_luarocks_form(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Title, description, facts, then sections; the package is among the facts."""
    assert main(["show", "pen", "--root", root]) == 0
    told = capsys.readouterr().out
    assert told.startswith(HUMAN)
    assert "\tlpeg >= 0.10 (using 1.0.2-1)\n" in told


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--modules", "lpeg\nre\n"),
        ("--mversion", "1.0.2-1\n"),
        ("--rock-tree", "/usr\n"),
        ("--rock-dir", "/usr/lib/luarocks/rocks-5.4/lpeg/1.0.2-1\n"),
        ("--rockspec", "/usr/lib/luarocks/rocks-5.4/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec\n"),
        ("--home", "https://example.org/lpeg\n"),
        ("--labels", "\n"),
        ("--build-deps", ""),
    ],
)
def test_a_flag_prints_one_thing(
    root: str, capsys: pytest.CaptureFixture[str], flag: str, expected: str
) -> None:
    """As LuaRocks prints it, so that scripts can read it."""
    assert main(["show", "lpeg", "--root", root, flag]) == 0
    assert capsys.readouterr().out == expected


def test_programs_read_fields(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """LuaRocks' lines come first; the Lua version and the owner are lines of ours."""
    assert main(["show", "lpeg", "--root", root, "--porcelain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["package\tlpeg", "version\t1.0.2-1"]
    assert lines[-2:] == ["lua_version\t5.4", "owner\tlua-lpeg\t1.0.2-2"]
    assert main(["show", "lpeg", "--root", root, "--json"]) == 0
    (rock,) = json.loads(capsys.readouterr().out)["rocks"]
    assert rock["owners"] == [{"package": "lua-lpeg", "version": "1.0.2-2"}]


def test_a_missing_rockspec_is_a_warning(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is known is shown, with status 0."""
    rocks = Path(root, "usr/lib/luarocks/rocks-5.3/penlight/1.13.1-1")
    (rocks / "penlight-1.13.1-1.rockspec").unlink()
    assert main(["show", "penlight", "--root", root]) == 0
    told = capsys.readouterr()
    assert "rockspec does not exist" in told.err
    assert "\tpl.List (" in told.out


def test_what_is_not_installed_is_an_error(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and where to look."""
    assert main(["show", "nope", "--root", root]) == 1
    assert "distrorocks list" in capsys.readouterr().err


def test_texts_are_broken_at_blanks() -> None:
    """Paragraphs are joined, a line that fits is left whole, a word that does not is too."""
    assert wrapped("  one\n  two\n\n three", 80) == ["one two", "", "three"]
    assert wrapped("aaa bbb", 7) == ["aaa bbb"]
    assert wrapped("aaa bbb c", 7) == ["aaa", "bbb c"]
    assert wrapped("aaaaaaaaaa", 4) == ["aaaaaaaaaa"]
    assert wrapped("", 80) == []
