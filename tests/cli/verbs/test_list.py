"""``distrorocks list`` has LuaRocks' form, for each Lua version that has rocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main

HUMAN = """
Rocks installed for Lua 5.3
---------------------------

lpeg
   1.0.2-1 (installed) - /usr/lib/luarocks/rocks-5.3

penlight
   1.13.1-1 (installed) - /usr/lib/luarocks/rocks-5.3


Rocks installed for Lua 5.4
---------------------------

lpeg
   1.0.2-1 (installed) - /usr/lib/luarocks/rocks-5.4

"""


def test_people_read_luarocks_form(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One heading a Lua version; that LuaRocks does not see the tree is a warning."""
    assert main(["list", "--root", root]) == 0
    told = capsys.readouterr()
    assert told.out == HUMAN
    assert "does not see the rocks in /usr (Lua 5.3, 5.4)" in told.err
    assert "config-snippet" in told.err


def test_a_faulty_configuration_is_to_be_mended_before_lines_are_added_to_it(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may have the lines already; that of the other Lua version lacks them."""
    config = Path(root, "etc/luarocks/config-5.4.lua")
    config.parent.mkdir(exist_ok=True)
    config.write_text("x = (")
    main(["list", "--root", root])
    lines = capsys.readouterr().err.splitlines()
    told = dict(zip(lines[1::2], lines[2::2], strict=True))
    start, end = (
        "warning: LuaRocks does not see the rocks in /usr",
        "its rocks_trees do not list it",
    )
    assert told == {
        f"{start} (Lua 5.3): {end}": "hint: run `distrorocks config-snippet` for the lines to add",
        f"{start} (Lua 5.4): {end}": "hint: fix the faulty configuration file first",
    }


def test_a_warning_for_several_luas_is_printed_once(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each version has a configuration of its own, often with the same settings."""
    for version in ("5.3", "5.4"):
        config = Path(root, f"etc/luarocks/config-{version}.lua")
        config.parent.mkdir(exist_ok=True)
        config.write_text("rocks_trees = {}\n")
    for words in (["list"], ["check"], ["show", "lpeg"]):
        main([*words, "--root", root])
        assert capsys.readouterr().err.count("rocks_trees is empty") == 1


def test_that_no_server_is_named_matters_to_those_who_ask_servers(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They tell it once; verbs that look at trees alone do not."""
    config = Path(root, "etc/luarocks/config-5.4.lua")
    config.parent.mkdir(exist_ok=True)
    config.write_text("rocks_servers = {}\n")
    for words in (["list"], ["check"], ["show", "lpeg"], ["which", "lpeg"]):
        main([*words, "--root", root])
        assert "rocks_servers" not in capsys.readouterr().err
    for words in (["search", "lpeg"], ["plan", "zz"], ["list", "--outdated"]):
        main([*words, "--root", root, "--lua-version", "5.4"])
        assert capsys.readouterr().err.count("rocks_servers is empty") == 1, words


def test_programs_read_luarocks_fields(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Rock, version, state and rocks directory, with tabs between."""
    assert main(["list", "pen", "--root", root, "--porcelain"]) == 0
    assert capsys.readouterr().out == "penlight\t1.13.1-1\tinstalled\t/usr/lib/luarocks/rocks-5.3\n"


def test_one_tree_is_in_the_heading(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A named Lua version has its heading even where nothing is listed."""
    assert main(["list", "--root", root, "--tree", "/opt/", "--lua-version", "5.3"]) == 0
    title = "Rocks installed for Lua 5.3 in /opt"
    assert capsys.readouterr().out == f"\n{title}\n{'-' * len(title)}\n\n"


def test_json_says_whether_luarocks_sees_the_tree(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the configuration lists it the tree is not listed, afterwards it is."""
    Path(root, "etc/luarocks").mkdir()
    assert main(["list", "--root", root, "--json"]) == 0
    assert {row["listed"] for row in json.loads(capsys.readouterr().out)["rocks"]} == {False}
    assert main(["config-snippet", "--root", root, "--apply"]) == 0
    capsys.readouterr()
    assert main(["list", "--root", root, "--json"]) == 0
    assert {row["listed"] for row in json.loads(capsys.readouterr().out)["rocks"]} == {True}


def test_one_tree_by_its_scope(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--local and --global limit all verbs that list trees, and exclude each other."""
    config = tmp_path / "config.lua"
    trees = f'{{ name = "user", root = "{tmp_path}/u" }}, {{ name = "system", root = "/nowhere" }}'
    config.write_text(f"rocks_trees = {{ {trees} }}\n")
    monkeypatch.setenv("LUAROCKS_CONFIG", str(config))
    assert main(["list", "--local", "--lua-version=5.4"]) == 0
    assert f"for Lua 5.4 in {tmp_path}/u\n" in capsys.readouterr().out
    assert main(["--global", "list", "--lua-version=5.4"]) == 0
    assert "for Lua 5.4 in /nowhere\n" in capsys.readouterr().out
    assert main(["which", "x", "--local", "--lua-version=5.4"]) == 1
    assert main(["show", "x", "--global", "--lua-version=5.4"]) == 1
    with pytest.raises(SystemExit) as left:
        main(["list", "--local", "--global"])
    assert left.value.code == 2
