"""``distrorocks which`` prints the file that is loaded first, then all that is known of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main


def test_the_file_comes_first(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each Lua version has its file, with the rock in LuaRocks' words."""
    assert main(["which", "re", "--root", root]) == 0
    assert capsys.readouterr().out == (
        "/usr/share/lua/5.3/re.lua\n"
        "(provided by lpeg 1.0.2-1, tree distro, package lua-lpeg, for Lua 5.3)\n"
        "/usr/share/lua/5.4/re.lua\n"
        "(provided by lpeg 1.0.2-1, tree distro, package lua-lpeg, for Lua 5.4)\n"
    )


def test_a_module_that_is_nowhere_is_status_1(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are answered all the same."""
    assert main(["which", "nope", "re", "--root", root, "--lua-version", "5.3"]) == 1
    told = capsys.readouterr()
    assert "module 'nope' not found" in told.err
    assert "hint: `distrorocks doctor nope` tells where it could come from" in told.err
    assert told.out.startswith("/usr/share/lua/5.3/re.lua\n")


def test_json_lists_every_provider(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Rock, tree and package are fields; a gone file is said to be."""
    Path(root, "usr/share/lua/5.3/re.lua").unlink()
    assert main(["which", "re", "--root", root, "--lua-version", "5.3", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["not_found"] == ["re"]
    (provider,) = report["modules"][0]["providers"]
    assert (provider["rock"], provider["is_there"]) == ("lpeg", False)
