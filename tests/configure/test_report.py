"""The configuration is reported as by LuaRocks, and changed in the selected file."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.configure.report import ConfigRequest, configuration, origins_of, shown, value_of
from distrorocks.configure.set_key import Written, set_key, unset_key
from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.system.lua.jail import Jail

STOCK = "rocks_trees = {\n   home..[[/.luarocks]],\n   [[/usr/local]]\n}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with Debian's configuration for Lua 5.4."""
    (tmp_path / "etc/luarocks").mkdir(parents=True)
    (tmp_path / "etc/luarocks/config-5.4.lua").write_text(STOCK)
    return tmp_path


def table(root: Path, project: str | None = None) -> LuaTable:
    """Return what is shown for a root."""
    with Jail() as jail:
        return shown(configuration(ConfigRequest(str(root), "5.4", project), jail)).table


def put(
    root: Path, key: str, word: str | None, scope: str = "", project: str | None = None
) -> Written:
    """Set a key, or take it out for None."""
    with Jail(seconds=0.1) as jail:
        found = configuration(ConfigRequest(str(root), "5.4", project), jail)
        if word is None:
            return unset_key(str(root), found, key, scope=scope, jail=jail)
        return set_key(str(root), found, key, word, scope=scope, jail=jail)


def test_the_current_tree_is_reported_too(root: Path) -> None:
    """The last, or the project's, which comes before all then; as LuaRocks prints them."""
    found = table(root)
    assert found["deploy_bin_dir"] == "/usr/local/bin"
    assert found["rocks_dir"] == "/usr/local/lib/luarocks/rocks-5.4"
    assert found["variables"]["SCRIPTS_DIR"] == "/usr/local/bin"  # type: ignore[index]
    found = table(root, "/p")
    assert found["rocks_dir"] == "/p/lua_modules/lib/luarocks/rocks-5.4"
    assert found["rocks_trees"] == {
        1: {"name": "project", "root": "/p/lua_modules"},
        2: "/root/.luarocks",
        3: "/usr/local",
    }


def test_a_local_default_makes_the_users_tree_current(root: Path) -> None:
    """Also where no tree has the name user."""
    put(root, "local_by_default", "true")
    assert table(root)["deploy_bin_dir"] == "/root/.luarocks/bin"


def test_what_only_luarocks_itself_uses_is_not_shown(root: Path) -> None:
    """Nor is it where a file sets it; everything else is."""
    internal = ("errorcodes", "flags", "platforms", "root_dir", "upload_servers")
    file = root / "etc/luarocks/config-5.4.lua"
    file.parent.mkdir(parents=True, exist_ok=True)
    told = file.read_text() if file.exists() else ""
    file.write_text(
        f"{told}\nmine = 1\n" + "".join(f"{each} = {{ 'linux' }}\n" for each in internal)
    )
    found = table(root)
    assert found["mine"] == 1
    assert not set(internal) & found.keys()


def test_the_three_files_are_reported(root: Path) -> None:
    """With the one that was read last."""
    assert table(root)["config_files"] == {
        "nearest": "/etc/luarocks/config-5.4.lua",
        "system": {"file": "/etc/luarocks/config-5.4.lua", "found": True},
        "user": {"file": "/root/.luarocks/config-5.4.lua", "found": False},
    }


def test_the_version_may_be_left_out(root: Path) -> None:
    """Then the system's default is meant."""
    (root / "etc/luarocks/default-lua-version.lua").write_text('return "5.1"')
    with Jail() as jail:
        assert configuration(ConfigRequest(str(root)), jail).lua_version == "5.1"


def test_origins_are_reported_by_key(root: Path) -> None:
    """One line where one set all of it, else one for each."""
    put(root, "CC", "tcc", "user")
    with Jail() as jail:
        found = configuration(ConfigRequest(str(root), "5.4"), jail, assignments={"X": "1"})
    assert origins_of(found, "rocks_trees") == {"rocks_trees": "/etc/luarocks/config-5.4.lua"}
    assert origins_of(found, "CC") == {"variables.CC": "/root/.luarocks/config-5.4.lua"}
    assert origins_of(found, "variables")["variables.X"] == "command line"
    assert origins_of(found)["deps_mode"] == "default"
    assert value_of(found, "X") == "1"
    with pytest.raises(DistrorocksError, match="Unknown entry nope"):
        origins_of(found, "nope")


def test_a_setting_is_written_into_the_file_of_its_scope(root: Path) -> None:
    """The system's by default; what is there stays, and a missing file is made."""
    done = put(root, "deps_mode", "all")
    assert done == Written("/etc/luarocks/config-5.4.lua", {"deps_mode": "all"})
    assert (root / "etc/luarocks/config-5.4.lua").read_text() == STOCK + 'deps_mode = "all"\n'
    put(root, "connection_timeout", "5", "user")
    assert (root / "root/.luarocks/config-5.4.lua").read_text() == "connection_timeout = 5\n"
    put(root, "gcc_rpath", "false", "project", "/p")
    assert (root / "p/.luarocks/config-5.4.lua").read_text() == "gcc_rpath = false\n"
    assert table(root, "/p")["gcc_rpath"] is False


def test_a_setting_that_a_later_file_overrules_is_reported(root: Path) -> None:
    """Else its writer would wonder."""
    put(root, "deps_mode", "all", "user")
    done = put(root, "deps_mode", "order", "system")
    assert "is overridden by /root/.luarocks/config-5.4.lua" in done.warnings[0]


def test_a_setting_is_taken_out_again(root: Path) -> None:
    """And the file is as it was."""
    for key in ("deps_mode", "keep_other_versions"):
        put(root, key, "none" if key == "deps_mode" else "true")
        put(root, key, None)
    assert (root / "etc/luarocks/config-5.4.lua").read_text() == STOCK
    with pytest.raises(
        DistrorocksError, match=r"config-5\.4\.lua: the file does not set variables\.CC"
    ):
        put(root, "CC", None)


@pytest.mark.parametrize(
    ("key", "word", "told"),
    [
        ("deps_mode", "every", '"one", "all", "order" or "none"'),
        ("connection_timeout", "soon", "a number from 0"),
        ("connection_timeout", "1e999", "a number from 0"),
        ("gcc_rpath", "yes", "true or false"),
        ("rocks_servers", "https://x", "a table"),
        ("rocks_servers", "{ 5 }", "a list that LuaRocks can use"),
        ("rocks_trees", "{ f() }", "a table"),
        ("rocks_trees[2]", "", "a list that LuaRocks can use"),
        ("rocks_trees[1]", "/x", "computes rocks_trees[1] in line 2"),
        ("external_deps_dirs[1].x", "y", "a list of directories"),
        ("lua_version", "9.9", "not a Lua version"),
        ("lua_dir", "/nowhere", "interpreter not found"),
        ("a..b", "x", "not a key"),
    ],
)
def test_what_will_not_do_is_refused(root: Path, key: str, word: str, told: str) -> None:
    """Nothing is written then."""
    with pytest.raises(DistrorocksError) as caught:
        put(root, key, word)
    assert told in caught.value.brief
    assert (root / "etc/luarocks/config-5.4.lua").read_text() == STOCK


def test_tables_are_written_as_lua_writes_them(root: Path) -> None:
    """For keys that are tables."""
    put(root, "rocks_servers", '{ "https://a", { "https://b" } }')
    assert table(root)["rocks_servers"] == {1: "https://a", 2: {1: "https://b"}}


def test_a_broken_file_is_not_edited(root: Path) -> None:
    """Neither one that is no Lua, nor one that never ends."""
    path = root / "etc/luarocks/config-5.4.lua"
    for text in ("rocks_trees = {", "while true do end"):
        path.write_text(text)
        with pytest.raises(DistrorocksError, match=r"config-5\.4\.lua"):
            put(root, "deps_mode", "all")
        assert path.read_text() == text


def test_a_file_that_computes_is_edited_around_what_it_computes(root: Path) -> None:
    """It runs in the jail, before and after."""
    path = root / "etc/luarocks/config-5.4.lua"
    path.write_text('web_browser = os_getenv("BROWSER") or "w3m" -- ours\n')
    put(root, "deps_mode", "all")
    assert path.read_text().splitlines()[1] == 'deps_mode = "all"'
    with pytest.raises(DistrorocksError, match="computes web_browser in line 1"):
        put(root, "web_browser", "lynx")


def test_the_default_version_has_its_own_file(root: Path) -> None:
    """As in LuaRocks."""
    done = put(root, "lua_version", "5.3")
    assert done.path == "/etc/luarocks/default-lua-version.lua"
    assert (root / "etc/luarocks/default-lua-version.lua").read_text() == 'return "5.3"\n'


def test_a_prefix_sets_all_that_follows_from_it(root: Path) -> None:
    """``lua_dir`` is no key of the file."""
    (root / "opt/lua/bin").mkdir(parents=True)
    (root / "opt/lua/bin/lua5.4").write_text("")
    (root / "opt/lua/bin/lua5.4").chmod(0o755)
    put(root, "lua_dir", "/opt/lua", "user")
    found = table(root)["variables"]
    assert isinstance(found, dict)
    assert found["LUA"] == "/opt/lua/bin/lua5.4"
    assert (found["LUA_DIR"], found["LUA_BINDIR"]) == ("/opt/lua", "/opt/lua/bin")


def test_a_scope_without_a_file_is_refused(root: Path) -> None:
    """There is no project here."""
    with pytest.raises(DistrorocksError, match="not part of a project"):
        put(root, "deps_mode", "all", "project")


def test_the_directories_of_the_current_tree_are_reported(root: Path) -> None:
    """Those that LuaRocks deploys to; its internal keys are left out."""
    with (root / "etc/luarocks/config-5.4.lua").open("a") as file:
        file.write("errorcodes = {}\nflags = {}\nroot_dir = '/'\nupload_servers = {}\nmine = 1\n")
    found = table(root)
    assert found["deploy_lua_dir"] == "/usr/local/share/lua/5.4"
    assert found["deploy_lib_dir"] == "/usr/local/lib/lua/5.4"
    variables = found["variables"]
    assert isinstance(variables, dict)
    assert variables["ROCKS_TREE"] == "/usr/local/lib/luarocks/rocks-5.4"
    assert found["mine"] == 1
    hidden = {"errorcodes", "flags", "platforms", "root_dir", "upload_servers"}
    assert not hidden & set(found)
    files = found["config_files"]
    assert isinstance(files, dict)
    assert files["nearest"] == "/etc/luarocks/config-5.4.lua"
    assert files["system"] == {"file": "/etc/luarocks/config-5.4.lua", "found": True}
    assert "project" not in files
