"""What LuaRocks and builds get from the caller's environment, and what root withholds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.luarocks import environment
from distrorocks.luarocks.environment import luarocks_environment
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.trust import UntrustedError
from distrorocks.trees.layout import tree_layout
from tests.system.trees.planting import by_root

TREE = tree_layout("/t", "5.4")
OWN = "/t/share/lua/5.4/?.lua;/t/share/lua/5.4/?/init.lua"
PERSONAL = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


@pytest.fixture(autouse=True)
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in place of /usr/local."""
    directory = tmp_path / "local"
    directory.mkdir()
    monkeypatch.delenv("LUAROCKS_SYSCONFDIR", raising=False)
    monkeypatch.setattr(environment, "_LOCAL", str(directory))
    return directory


def test_nothing_of_lua_s_and_luarocks_variables_is_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They name code that each interpreter runs, and files that LuaRocks obeys."""
    for name in ("LUA_INIT", "LUA_PATH", "LUA_CPATH", "LUAROCKS_CONFIG"):
        for end in ("", "_5_1", "_5_4"):
            monkeypatch.setenv(name + end, "/evil/?.lua")
    monkeypatch.setenv("CFLAGS", "-O1")
    found = luarocks_environment(TREE, "/private")
    assert "/evil" not in " ".join(found.values())
    assert found["CFLAGS"] == "-O1"
    assert found["LUA_PATH"] == f";;{OWN}"
    assert found["LUA_CPATH"] == ";;/t/lib/lua/5.4/?.so"
    assert [name for name in found if name.startswith("LUA")] == ["LUA_PATH", "LUA_CPATH"]


@by_root
def test_root_passes_on_no_directory_that_another_user_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git and others obey what is in a home; the private directory stands in."""
    home = tmp_path / "home"
    home.mkdir()
    for name in PERSONAL:
        monkeypatch.setenv(name, str(home))
    found = luarocks_environment(TREE, "/private")
    assert [found[name] for name in PERSONAL] == [str(home)] * 3
    os.chown(home, 4321, 4321)
    for path in (home, home / "not/there", "relative"):
        for name in PERSONAL:
            monkeypatch.setenv(name, str(path))
        found = luarocks_environment(TREE, "/private")
        assert [found.get(name) for name in PERSONAL] == ["/private", None, None]
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    monkeypatch.setenv("HOME", str(home))
    assert luarocks_environment(TREE, "/private")["HOME"] == str(home)


@by_root
@pytest.mark.parametrize("part", ["share/lua/5.4", "lib/lua/5.4", "share/lua/5.4/luarocks"])
def test_root_searches_no_modules_that_another_user_can_write(local: Path, part: str) -> None:
    """Lua's default has /usr/local; without it, the directories are listed for that version."""
    (local / part).mkdir(parents=True)
    os.chown(local / part, 4321, 4321)
    found = luarocks_environment(TREE, "/private")
    assert found["LUA_PATH"] == f";;{OWN}"
    path = found["LUA_PATH_5_4"].split(";")
    assert path[:2] == ["/usr/share/lua/5.4/?.lua", "/usr/share/lua/5.4/?/init.lua"]
    assert ";".join(path[-2:]) == OWN
    assert found["LUA_CPATH_5_4"].startswith("/usr/lib/lua/5.4/?.so;")
    assert found["LUA_CPATH_5_4"].endswith(";/t/lib/lua/5.4/?.so")
    for name in ("LUA_PATH_5_4", "LUA_CPATH_5_4"):
        assert str(local) not in found[name]
        assert ";;" not in found[name]


@by_root
def test_each_lua_version_has_its_own_search_path(local: Path) -> None:
    """A luarocks may run under another Lua than the one that it is for."""
    local.chmod(0o777)
    found = luarocks_environment(TREE, "/private")
    assert found["LUA_PATH"].startswith("/usr/share/lua/5.1/?.lua;")
    for version in LUA_VERSIONS[1:]:
        name = f"LUA_PATH_{version.replace('.', '_')}"
        assert found[name].startswith(f"/usr/share/lua/{version}/?.lua;")


@by_root
def test_root_reads_no_system_configuration_that_another_user_can_write(
    local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither that of LuaRocks below /usr/local, nor where the caller says it is."""
    assert "LUAROCKS_SYSCONFDIR" not in luarocks_environment(TREE, "/private")
    local.chmod(0o777)
    assert luarocks_environment(TREE, "/private")["LUAROCKS_SYSCONFDIR"] == "/etc/luarocks"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", "mine")
    assert luarocks_environment(TREE, "/private")["LUAROCKS_SYSCONFDIR"] == f"{tmp_path}/mine"
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", f"{local}/etc")
    with pytest.raises(UntrustedError, match="everybody can write it"):
        luarocks_environment(TREE, "/private")
