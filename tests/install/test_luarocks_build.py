"""LuaRocks builds on a tree of the build alone, and runs nothing that another user could write."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from distrorocks.install.build.request import BuildError, BuildRequest, Lua
from distrorocks.install.luarocks_build import LuaRocksBuild, build_by_luarocks
from distrorocks.trees.layout import tree_layout
from tests.install.build.requests import wanted
from tests.install.build.running import PlainRunner, places_in, put
from tests.system.trees.planting import MALLORY, by_root, watched

pytestmark = pytest.mark.skipif(not shutil.which("luarocks"), reason="there is no luarocks here")

MODULE = '{ type = "builtin", modules = { m = "m.lua" } }'
HOSTILE = '{ type = "command", install_command = "echo NO COMPILER; exit 7" }'


def request_in(folder: Path, build: str, lua_version: str = "5.4") -> BuildRequest:
    """Return a request to build a rock with one module."""
    places = places_in(folder)
    put(folder / "s/foo", {"m.lua": "return 1\n"})
    request = wanted(build, places=places, lua=Lua(lua_version, "", f"/usr/bin/lua{lua_version}"))
    source = 'source = { url = "file:///foo-1.0.tar.gz" }\n'
    text = f'package = "foo"\nversion = "1.0-1"\n{source}build = {build}\n'
    return request._replace(text=text.encode())


def build(request: BuildRequest, target: Path, **externals: str) -> PlainRunner:
    """Let the real LuaRocks build a rock, in no sandbox; return what it was asked."""
    runner = PlainRunner()
    headers = target.parent / "include"
    version = request.lua.version.replace(".", "0")
    put(headers, {"lua.h": f"#define LUA_VERSION_NUM {version}\n"})
    externals["LUA_INCDIR"] = str(headers)
    layout = tree_layout(str(target), request.lua.version)
    job = LuaRocksBuild(request, externals, layout)
    build_by_luarocks(job, runner, {"PATH": "/usr/bin:/bin", "HOME": str(target)})
    return runner


@pytest.mark.parametrize("lua_version", ["5.1", "5.4"])
def test_a_built_rock_comes_out_and_no_tree_changes(tmp_path: Path, lua_version: str) -> None:
    """Module, rockspec and list of files are those of the rock; the target tree is not touched."""
    target = tmp_path / "tree"
    target.mkdir()
    before = watched(target)
    runner = build(request_in(tmp_path, MODULE, lua_version), target)
    rock = tmp_path / "r"
    assert (rock / "lua/m.lua").read_text() == "return 1\n"
    assert (rock / "foo-1.0-1.rockspec").is_file()
    assert '["m.lua"] = "' in (rock / "rock_manifest").read_text()
    assert watched(target) == before
    ((_, _, writable, _),) = runner.asked
    assert writable == (f"{tmp_path}/s", f"{tmp_path}/o")


def test_a_failure_has_its_last_lines_and_what_the_type_needs(tmp_path: Path) -> None:
    """Nothing is left in the folder of the rock."""
    request = request_in(tmp_path, HOSTILE)
    with pytest.raises(BuildError, match="LuaRocks failed") as caught:
        build(request, tmp_path / "tree")
    assert "luarocks-build-command" in caught.value.hint
    assert "NO COMPILER" in (tmp_path / "l/luarocks.log").read_text()
    assert list((tmp_path / "r").iterdir()) == []


def test_no_variable_is_an_option(tmp_path: Path) -> None:
    """What is no name of a variable does not reach LuaRocks."""
    elsewhere = tmp_path / "elsewhere"
    build(request_in(tmp_path, MODULE), tmp_path / "tree", **{"--tree": str(elsewhere)})
    assert not elsewhere.exists()
    assert (tmp_path / "r/lua/m.lua").is_file()


def trap(place: Path, lua_version: str, mark: Path) -> None:
    """Write the module that LuaRocks looks for first, in a tree; it makes a file when it runs."""
    directory = place / f"share/lua/{lua_version}/luarocks/core"
    directory.mkdir(parents=True)
    (directory / "hardcoded.lua").write_text(f"io.open('{mark}', 'w'):close() return {{}}")


@by_root
@pytest.mark.parametrize("lua_version", ["5.1", "5.4"])
def test_luarocks_runs_nothing_of_the_caller_s_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lua_version: str
) -> None:
    """Root keeps a user's HOME with ``sudo -E``; that user's tree can hold modules of LuaRocks."""
    home, mark = tmp_path / "home", tmp_path / "mark"
    trap(home / ".luarocks", lua_version, mark)
    config = home / f".config/luarocks/config-{lua_version}.lua"
    config.parent.mkdir(parents=True)
    config.write_text(f"rocks_trees = {{ '{home}/.luarocks' }}")
    for path in (home, *home.rglob("*")):
        os.chown(path, MALLORY, MALLORY)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("LUA_PATH", f"{home}/.luarocks/share/lua/{lua_version}/?.lua;;")
    build(request_in(tmp_path, MODULE, lua_version), tmp_path / "tree")
    assert not mark.exists()


@by_root
def test_luarocks_sees_no_other_tree_of_the_system_s_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is root's, and lists a tree that others can write."""
    tmp_path.chmod(0o755)
    shared, mark = tmp_path / "shared", tmp_path / "mark"
    trap(shared, "5.4", mark)
    shared.chmod(0o777)
    (tmp_path / "config-5.4.lua").write_text(f"rocks_trees = {{ '{shared}' }}")
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path))
    build(request_in(tmp_path, MODULE), tmp_path / "tree")
    assert not mark.exists()
