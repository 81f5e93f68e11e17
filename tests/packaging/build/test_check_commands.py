"""Commands of a package without modules are started by their own Lua."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.packaging.build.check_commands import Started, check_commands
from distrorocks.packaging.build.check_require import lua_program

PATH = "/usr/bin/foo"

pytestmark = pytest.mark.skipif(not lua_program("5.4"), reason="there is no Lua 5.4")


def started(folder: Path, text: str) -> str:
    """Return the fault of a staged command."""
    place = folder / PATH.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)
    (done,) = check_commands([PATH, "/usr/share/lua/5.4/a.lua"], destination=str(folder))
    assert done == Started(PATH, done.fault)
    return done.fault


@pytest.mark.parametrize(
    "text",
    [
        "#!/usr/bin/lua5.4\nassert(arg[1] == '--help')",
        "#!/usr/bin/env lua5.4\nerror('usage: foo FILE')",
        "#!/usr/bin/lua5.4\nos.exit(3)",
        "#!/bin/sh\nexec lua5.4 -e 'print(1)'",
        "#!/usr/bin/lua5.4\npcall(require, 'nowhere')",
    ],
)
def test_a_command_starts_whatever_it_makes_of_its_argument(text: str, tmp_path: Path) -> None:
    """Many know no --help, and end with an error."""
    assert started(tmp_path, text) == ""


def test_a_command_that_is_left_out_is_not_started(tmp_path: Path) -> None:
    """By its name."""
    assert check_commands([PATH], destination=str(tmp_path), left_out=["foo"]) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("#!/usr/bin/lua5.4\nreturn return", "foo:2: "),
        ("#!/usr/bin/lua5.4\nlocal x = require 'no.where'", "module 'no.where' not found"),
        ("#!/bin/sh\nexec lua5.4 -e 'require [[gone]]'", "module 'gone' not found"),
        ("#!/usr/bin/lua5.0\nprint(1)", "/usr/bin/lua5.0"),
    ],
)
def test_one_that_lua_cannot_run_does_not_start(text: str, fault: str, tmp_path: Path) -> None:
    """Its file does not compile, a module is missing, or its Lua."""
    assert fault in started(tmp_path, text)
