"""LuaRocks' command lines, environment and faults, with a program that stands in for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from distrorocks.luarocks import (
    engine as luarocks_engine,
    environment as luarocks_environment,
    program as luarocks_program,
)
from distrorocks.luarocks.engine import LuaRocksEngine
from distrorocks.luarocks.install_engine import EngineError, RockSource
from distrorocks.luarocks.program import NoLuaRocks, find_luarocks
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.trees.tree_rights import ForeignTreeError
from distrorocks.trees.layout import tree_layout
from tests.system.trees.planting import by_root

TREE = tree_layout("/t", "5.4")
ROCK = RockSource("foo", "1.0-1", "/x/foo-1.0-1.rockspec", "here", variables=("CFLAGS=-O2 -g",))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is the whole PATH, and a log that goes elsewhere than /var/log."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(luarocks_environment, "PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr("distrorocks.luarocks.engine.log_path", lambda name: str(tmp_path / name))
    monkeypatch.setattr(
        luarocks_program, "_candidates", _only_in(folder, luarocks_program._candidates)
    )
    return folder


def _only_in(folder: Path, candidates):  # type: ignore[no-untyped-def]
    return lambda version, _: candidates(version, str(folder))


def program(path: Path, body: str) -> None:
    """Write a shell program that answers ``--version`` and else does as told."""
    path.write_text(
        '#!/bin/sh\ncase "$*" in *--version) echo "luarocks ${V:-3.8.0}"; exit 0;; esac\n' + body
    )
    path.chmod(0o755)


def test_a_rock_is_installed_by_one_exact_command(programs: Path, tmp_path: Path) -> None:
    """From its file, to the tree, beside its other versions, without its needs."""
    program(programs / "luarocks", f'for word; do echo "$word"; done > {tmp_path}/words\npwd\n')
    with LuaRocksEngine([TREE], []) as engine:
        engine.install(ROCK)
        assert not engine.takes_lock
        first = (tmp_path / "words").read_text().splitlines()
        engine.install(ROCK._replace(namespace="me", variables=()))
        second = (tmp_path / "words").read_text().splitlines()
        engine.remove("foo", "0.9-1")
        third = (tmp_path / "words").read_text().splitlines()
    lua = "--lua-version=5.4"
    tree = "--tree=distrorocks-target"
    start = [lua, "install", tree, "--deps-mode=none", "--keep", "--force"]
    assert first == [*start, "/x/foo-1.0-1.rockspec", "CFLAGS=-O2 -g"]
    assert second == [*start, "--namespace=me", "/x/foo-1.0-1.rockspec"]
    removal = [
        lua,
        "remove",
        "--tree=distrorocks-target",
        "--deps-mode=none",
        "--force-fast",
        "foo",
        "0.9-1",
    ]
    assert third == removal


def test_it_works_in_a_clean_place(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its environment is what LuaRocks and builds go by, its directory holds no project."""
    program(programs / "luarocks", f"env > {tmp_path}/env; ls -A > {tmp_path}/list\n")
    monkeypatch.setenv("LUA_INIT", "@/evil.lua")
    monkeypatch.setenv("LUA_PATH", "/evil/?.lua")
    monkeypatch.setenv("CFLAGS", "-O1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUAROCKS_CONFIG", "my.lua")
    with LuaRocksEngine([TREE], []) as engine:
        engine.install(ROCK)
    lines = (tmp_path / "env").read_text().splitlines()
    known = dict(line.partition("=")[::2] for line in lines)
    assert "LUA_INIT" not in known
    assert known["LUA_PATH"] == ";;/t/share/lua/5.4/?.lua;/t/share/lua/5.4/?/init.lua"
    assert known["CFLAGS"] == "-O1"
    private, name = os.path.split(known["LUAROCKS_CONFIG"])
    assert (name, known["LUAROCKS_CONFIG_5_4"]) == ("config.lua", f"{private}/config.lua")
    assert not os.path.exists(private)
    assert (tmp_path / "list").read_text() == ".luarocks-no-project\nconfig.lua\n"


@pytest.mark.parametrize(
    ("status", "hint", "is_locked"),
    [(1, "install.log", False), (2, "--local", False), (4, "another luarocks", True)],
)
def test_a_failure_has_the_last_lines(
    programs: Path, status: int, hint: str, is_locked: bool
) -> None:
    """What LuaRocks said last is told, and what its exit status means."""
    program(programs / "luarocks", f"seq 1 90; echo Error: no >&2; exit {status}\n")
    with LuaRocksEngine([TREE], []) as engine, pytest.raises(EngineError) as caught:
        engine.install(ROCK)
    told = caught.value.detail.splitlines()
    assert (len(told), told[-2:]) == (20, ["  90", "  Error: no"])
    assert hint in caught.value.hint
    assert caught.value.is_locked is is_locked
    assert f"status {status}" in caught.value.brief


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


def test_a_newer_luarocks_takes_the_lock(programs: Path) -> None:
    """Since 3.9 it locks the tree that it changes."""
    program(programs / "luarocks", "")
    text = (programs / "luarocks").read_text()
    for version, takes_lock in (("3.8.0", False), ("3.9.0", True), ("3.11.1", True)):
        (programs / "luarocks").write_text(text.replace("${V:-3.8.0}", version))
        assert find_luarocks("5.4", {"PATH": "/bin"}).takes_lock is takes_lock


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


@pytest.mark.skipif(not shutil.which("lua5.4"), reason="this system has no lua5.4")
def test_luarocks_reads_the_user_s_files_and_the_planned_trees(
    programs: Path, tmp_path: Path
) -> None:
    """What the files compute stays as it is; the target comes first, with its own directories."""
    program(programs / "luarocks", f'cat "$LUAROCKS_CONFIG_5_4" > {tmp_path}/config\n')
    mine = tmp_path / "mine.lua"
    mine.write_text("#!/usr/bin/lua\nrocks_trees = { home }\ndo return end -- no more")
    other = tmp_path / "project.lua"
    other.write_text("deps_mode = 'all' -- a comment")
    moved = tree_layout("/t", "5.4", lib_dir="/t/lib64/lua/5.4")
    files = [str(mine), str(other)]
    with LuaRocksEngine([moved, tree_layout("/usr", "5.4")], files) as engine:
        engine.install(ROCK)
    text = (tmp_path / "config").read_bytes()
    run = subprocess.run(
        ["lua5.4", "-"],
        input=b'home = "/h"\n' + text + b"for _, it in ipairs(rocks_trees) do "
        b"print(it.name, it.root, it.lib_dir) end print(deps_mode)",
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode().splitlines() == [
        "distrorocks-target\t/t\t/t/lib64/lua/5.4",
        "nil\t/usr\t/usr/lib/lua/5.4",
        "all",
    ]


@by_root
@pytest.mark.skipif(not shutil.which("luarocks"), reason="this system has no luarocks")
def test_wrappers_of_commands_name_the_system_s_configuration_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They outlive the private directory, whose name anybody could take."""
    monkeypatch.delenv("LUAROCKS_SYSCONFDIR", raising=False)
    rockspec = tmp_path / "foo-1.0-1.rockspec"
    (tmp_path / "lua.h").write_text("#define LUA_VERSION_NUM 504")
    (tmp_path / "foo.lua").write_text("print(1)")
    rockspec.write_text(
        'package = "foo" version = "1.0-1" source = { url = "file://' + f'{tmp_path}/foo.lua" }} '
        'build = { type = "none", install = { bin = { foo = "foo.lua" } } }'
    )
    with LuaRocksEngine([tree_layout(f"{tmp_path}/tree", "5.4")], []) as engine:
        variables = (f"LUA_INCDIR={tmp_path}",)
        engine.install(RockSource("foo", "1.0-1", str(rockspec), "here", variables=variables))
        private = os.path.dirname(engine._environment["LUAROCKS_CONFIG"])
    assert private not in (tmp_path / "tree/bin/foo").read_text()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("foo", "--tree=/usr"),
        ("--tree=/usr", "1.0-1"),
        ("me/foo", "1.0-1"),
        ("foo bar", "1.0-1"),
        ("..", "1.0-1"),
        ("foo", ""),
        ("foo", "1.0-1\n"),
        ("$(id)", "1.0-1"),
    ],
)
def test_names_that_are_none_do_not_reach_luarocks(
    programs: Path, tmp_path: Path, name: str, version: str
) -> None:
    """A tree that somebody else filled may have a version called ``--tree``."""
    program(programs / "luarocks", f'touch "{tmp_path}/called"\n')
    with LuaRocksEngine([TREE], []) as engine:
        with pytest.raises(EngineError, match="option"):
            engine.remove(name, version)
        with pytest.raises(EngineError, match="option"):
            engine.install(ROCK._replace(name=name, version=version))
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"file": "foo-1.0-1.rockspec"},
        {"file": "--tree=/usr.rock"},
        {"file": "/x/-foo.rock"},
        {"file": "/x/../foo-1.0-1.rock"},
        {"file": "/x/foo-1.0-1.zip"},
        {"file": "/x/foo$(id).rock"},
        {"file": "/x/a\nb/foo-1.0-1.rock"},
        {"namespace": "-x"},
        {"namespace": "me/you"},
        {"namespace": "me you"},
        {"variables": ("--tree=/usr",)},
        {"variables": ("CFLAGS",)},
    ],
)
def test_words_that_are_something_else_do_not_reach_luarocks(
    programs: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """Neither files nor namespaces nor variables are what LuaRocks would take for more."""
    program(programs / "luarocks", f'touch "{tmp_path}/called"\n')
    with (
        LuaRocksEngine([TREE], []) as engine,
        pytest.raises(EngineError, match="option"),
    ):
        engine.install(ROCK._replace(**changes))
    assert not (tmp_path / "called").exists()


def test_the_log_is_kept(programs: Path, tmp_path: Path) -> None:
    """All that LuaRocks said in one run is in one file."""
    program(programs / "luarocks", "echo out; echo err >&2\n")
    with LuaRocksEngine([TREE], []) as engine:
        engine.install(ROCK)
        engine.remove("foo", "1.0-1")
    assert (tmp_path / "install.log").read_text() == "out\nerr\nout\nerr\n"
    assert os.path.exists(engine.log.path)


@pytest.mark.skipif(shutil.which("lua5.4") is None, reason="there is no Lua 5.4")
def test_what_a_full_disk_swallows_is_an_error(programs: Path, tmp_path: Path) -> None:
    """LuaRocks closes files without a look at the outcome; pipes may still fail as they like."""
    os.symlink(str(shutil.which("lua5.4")), programs / "lua5.4")
    script = """#!/usr/bin/env lua-any
if arg[#arg] == "--version" then print("luarocks 3.8.0") os.exit(0) end
assert(select(3, io.popen("exit 3"):close()) == 3)
local place = "PLACE/" .. arg[#arg - 1]
local good = assert(io.open(place, "w"))
good:write("a", "b")
good:close()
local file = io.open("/dev/full", arg[#arg - 1] == "full" and "w" or "r")
if arg[#arg - 1] == "full" then file:write("x") end
file:close()
"""
    (programs / "luarocks").write_text(script.replace("PLACE", str(tmp_path)))
    (programs / "luarocks").chmod(0o755)
    with LuaRocksEngine([TREE], []) as engine:
        engine.remove("well", "1-1")
        assert (tmp_path / "well").read_text() == "ab"
        with pytest.raises(EngineError) as caught:
            engine.remove("full", "1-1")
    assert "No space left on device" in caught.value.detail


@by_root
def test_the_log_of_root_is_in_no_temporary_directory_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where /var/log cannot take it; ``TMPDIR`` may be anybody's."""
    monkeypatch.setattr(luarocks_engine, "trusted_path", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert luarocks_engine.log_path("install.log").startswith(f"{tmp_path}/distrorocks-")
    os.chown(tmp_path, 4321, 4321)
    with pytest.raises(UntrustedError, match="user 4321 can write it"):
        luarocks_engine.log_path("install.log")


def refuse(*_: object) -> str:
    """Refuse a directory for logs."""
    raise UntrustedError("no")


@by_root
def test_a_configuration_that_changed_after_it_was_checked_is_not_given_to_luarocks(
    programs: Path, tmp_path: Path
) -> None:
    """LuaRocks would run it as root: it is read the second time as it was the first."""
    program(programs / "luarocks", "")
    config = tmp_path / "config-5.4.lua"
    config.write_text("x = 1")
    with LuaRocksEngine([TREE], [str(config)]):
        pass
    os.chown(config, 4321, 4321)
    with pytest.raises(UntrustedError, match="user 4321 can write it"):
        LuaRocksEngine([TREE], [str(config)])


def trap(place: Path, lua_version: str, mark: Path) -> None:
    """Write the module that LuaRocks looks for first, in a tree; it makes a file when it runs."""
    directory = place / f"share/lua/{lua_version}/luarocks/core"
    directory.mkdir(parents=True)
    (directory / "hardcoded.lua").write_text(f"io.open('{mark}', 'w'):close() return {{}}")


@by_root
@pytest.mark.skipif(not shutil.which("luarocks"), reason="this system has no luarocks")
@pytest.mark.parametrize("lua_version", ["5.1", "5.4"])
def test_the_real_luarocks_runs_nothing_of_the_caller_s_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lua_version: str
) -> None:
    """Root keeps a user's HOME with ``sudo -E``; that user's tree can hold modules of LuaRocks."""
    home, mark = tmp_path / "home", tmp_path / "mark"
    trap(home / ".luarocks", lua_version, mark)
    config = home / f".config/luarocks/config-{lua_version}.lua"
    config.parent.mkdir(parents=True)
    config.write_text(f"rocks_trees = {{ '{home}/.luarocks' }}")
    for path in (home, *home.rglob("*")):
        os.chown(path, 4321, 4321)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    started(tmp_path, lua_version, [])
    assert not mark.exists()


@by_root
@pytest.mark.skipif(not shutil.which("luarocks"), reason="this system has no luarocks")
def test_the_real_luarocks_sees_no_other_tree_of_the_system_s_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is root's, and lists a tree that others can write."""
    shared, mark = tmp_path / "shared", tmp_path / "mark"
    trap(shared, "5.4", mark)
    shared.chmod(0o777)
    system = tmp_path / "config-5.4.lua"
    system.write_text(f"rocks_trees = {{ '{shared}' }}")
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path))
    started(tmp_path, "5.4", [])
    started(tmp_path, "5.4", [str(system)])
    assert not mark.exists()


def started(above: Path, lua_version: str, files: list[str]) -> None:
    """Start the real LuaRocks for a tree of root: for its version, and to remove what is not."""
    with LuaRocksEngine([tree_layout(f"{above}/tree", lua_version)], files) as engine:
        assert isinstance(engine.takes_lock, bool)
        with pytest.raises(EngineError):
            engine.remove("nothing", "1.0-1")


@by_root
def test_no_tree_of_another_user_is_given_to_luarocks(programs: Path, tmp_path: Path) -> None:
    """LuaRocks loads its own modules from each: it is not even asked for its version."""
    (programs / "luarocks").write_text(f"#!/bin/sh\ntouch {tmp_path}/called\n")
    (programs / "luarocks").chmod(0o755)
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 4321, 4321)
    theirs = tree_layout(f"{tmp_path}/theirs", "5.4")
    for trees in ([TREE, theirs], [theirs]):
        with pytest.raises(ForeignTreeError, match="user 4321 can write"):
            LuaRocksEngine(trees, [])
    assert not (tmp_path / "called").exists()
