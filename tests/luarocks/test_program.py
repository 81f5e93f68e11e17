"""The luarocks of a Lua version is found, and what it cannot do is said."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from distrorocks.luarocks import program as luarocks_program
from distrorocks.luarocks.program import NoLuaRocks, find_luarocks


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is the only one in which programs are looked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    candidates = luarocks_program._candidates
    monkeypatch.setattr(
        luarocks_program, "_candidates", lambda version, _: candidates(version, str(folder))
    )
    return folder


def program(path: Path, body: str) -> None:
    """Write a shell program that answers ``--version`` and else does as told."""
    path.write_text(
        '#!/bin/sh\ncase "$*" in *--version) echo "luarocks ${V:-3.8.0}"; exit 0;; esac\n' + body
    )
    path.chmod(0o755)


def test_debian_s_luarocks_runs_under_the_right_lua(programs: Path) -> None:
    """Not through luarocks-5.x, which cuts words with blanks; without that Lua, by what runs."""
    environment = {"PATH": str(programs)}
    plain = programs / "luarocks"
    program(plain, "")
    plain.write_text(plain.read_text().replace("#!/bin/sh", "#!/usr/bin/env lua-any"))
    program(programs / "luarocks-5.4", "")
    assert find_luarocks("5.4", environment).words == (
        str(programs / "luarocks-5.4"),
        "--lua-version=5.4",
    )
    program(programs / "lua5.4", "")
    assert find_luarocks("5.4", environment).words == (
        str(programs / "lua5.4"),
        str(plain),
        "--lua-version=5.4",
    )


def test_no_luarocks_is_an_error_that_says_what_was_tried(programs: Path) -> None:
    """Nothing is installed with a luarocks of another Lua."""
    with pytest.raises(NoLuaRocks) as caught:
        find_luarocks("5.4", {"PATH": "/bin"})
    assert caught.value.detail == ""
    (programs / "luarocks").write_text("#!/bin/sh\necho no Lua 5.4 >&2\nexit 1\n")
    (programs / "luarocks").chmod(0o755)
    with pytest.raises(NoLuaRocks, match="no luarocks runs") as caught:
        find_luarocks("5.4", {"PATH": "/bin"})
    assert "no Lua 5.4" in caught.value.detail


@pytest.mark.skipif(shutil.which("lua5.4") is None, reason="there is no Lua 5.4")
def test_what_a_full_disk_swallows_is_an_error(programs: Path, tmp_path: Path) -> None:
    """LuaRocks closes files without a look at the outcome; pipes may still fail as they like."""
    os.symlink(str(shutil.which("lua5.4")), programs / "lua5.4")
    script = """#!/usr/bin/env lua-any
if arg[#arg] == "--version" then print("luarocks 3.8.0") os.exit(0) end
assert(select(3, io.popen("exit 3"):close()) == 3)
local good = assert(io.open(arg[#arg] .. "/good", "w"))
good:write("a", "b")
good:close()
local file = io.open("/dev/full", "w")
if arg[#arg - 1] == "full" then file:write("x") end
file:close()
"""
    (programs / "luarocks").write_text(script)
    (programs / "luarocks").chmod(0o755)
    found = find_luarocks("5.4", {"PATH": str(programs)})
    for words, status in ((found.strict_words, 1), (found.words, 0)):
        done = subprocess.run(
            [*words, "full", tmp_path], capture_output=True, text=True, check=False
        )
        assert done.returncode == status
        assert ("a file could not be written: No space left" in done.stderr) == bool(status)
    assert subprocess.run([*found.strict_words, "well", tmp_path], check=False).returncode == 0
    assert (tmp_path / "good").read_text() == "ab"
