"""Options of LuaRocks that every verb with a tree or with servers takes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from distrorocks.cli.rock_arguments import add_target, site_request_of
from distrorocks.cli.server_arguments import add_servers, servers_of
from distrorocks.errors import UsageError
from distrorocks.servers.configured import ServerOptions
from distrorocks.servers.files import ServerFiles
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import World, WorldRequest
from distrorocks.world.site import Site, site


def parsed(*words: str) -> argparse.Namespace:
    """Return what a verb with trees and servers is told."""
    parser = argparse.ArgumentParser()
    add_target(parser)
    add_servers(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(("given", "seconds"), [("5", 5), ("0.5", 0.5), ("0", 3600)])
def test_a_time_limit_of_servers(given: str, seconds: float) -> None:
    """--timeout takes seconds, and 0 for as long as anybody may wait."""
    options = servers_of(parsed("--timeout", given))
    assert options.seconds == seconds
    with World(WorldRequest("5.4", servers=options), (), {}) as world:
        files: ServerFiles = world.servers.files
        assert files._policy.answer_seconds == seconds


@pytest.mark.parametrize("given", ["-1", "nan", "inf", "soon", "3601"])
def test_no_time_limit(given: str) -> None:
    """Anything else is wrong usage."""
    with pytest.raises(SystemExit):
        parsed("--timeout", given)
    assert servers_of(parsed()) == ServerOptions()


def looked(*words: str) -> Site:
    """Return the site that the options select."""
    with Jail() as jail:
        return site(site_request_of(parsed(*words)), jail)


def write_lua(place: Path, version: str) -> None:
    """Write what goes for an interpreter and the headers of a Lua."""
    (place / "bin").mkdir(parents=True)
    program = place / f"bin/lua{version}"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (place / "include").mkdir()
    number = version.replace(".", "0")
    (place / "include/lua.h").write_text(f"#define LUA_VERSION_NUM {number}\n")


def test_another_lua(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--lua-dir gives the version, the interpreter and the headers; a wrong one is wrong usage."""
    monkeypatch.chdir(tmp_path)
    write_lua(tmp_path / "lua", "5.3")
    for prefix in ("lua", f"{tmp_path}/lua"):
        found = looked("--tree=/t", "--lua-dir", prefix).installed
        variables = found.config["variables"]
        assert found.lua_version == "5.3"
        assert isinstance(variables, dict)
        assert variables["LUA"] == f"{tmp_path}/lua/bin/lua5.3"
        assert variables["LUA_INCDIR"] == f"{tmp_path}/lua/include"
    with pytest.raises(UsageError, match=r"no interpreter of Lua 5\.4 in"):
        looked("--tree=/t", "--lua-dir=lua", "--lua-version=5.4")
    with pytest.raises(UsageError, match="no interpreter of Lua in"):
        looked("--tree=/t", "--lua-dir=nowhere")


def test_without_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--no-project takes neither its tree nor its configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path))
    (tmp_path / "config-5.4.lua").write_text('rocks_trees = { "/t" }')
    (tmp_path / ".luarocks").mkdir()
    (tmp_path / "lua_modules").mkdir()
    (tmp_path / ".luarocks/config-5.4.lua").write_text("keep_other_versions = true")
    mine, without = looked("--lua-version=5.4"), looked("--lua-version=5.4", "--no-project")
    assert mine.target.tree.layout.root == f"{tmp_path}/lua_modules"
    assert mine.installed.config["keep_other_versions"] is True
    assert without.target.tree.layout.root == "/t"
    assert not without.installed.config.get("keep_other_versions")
