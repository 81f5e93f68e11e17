"""Files are laid over each other in LuaRocks' order, and the safe thing holds where it hurts."""

from __future__ import annotations

from typing import Any

import pytest

from distrorocks.config.configuration import Circumstances, Configuration, Place, Places
from distrorocks.config.defaults import PUBLIC_SERVERS
from distrorocks.config.draft import LIVE, begun, finished, with_file
from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.lua.value import FUNCTION, LuaTable, table_of
from distrorocks.rocks.platform import ORDER

LUA = {"LUA": "/usr/bin/lua5.4", "LUA_DIR": "/usr", "LUA_BINDIR": "/usr/bin"}


def merged(*texts: str, words: dict[str, str] | None = None, **facts: Any) -> Configuration:
    """Return the configuration of files ``0``, ``1`` ..., read by the strict parser."""
    given = {"environ": {}, "lua": LUA, "multiarch": "x86_64-linux-gnu", **facts}
    draft = begun(Circumstances("5.4", "/home/me", **given))
    for number, text in enumerate(texts):
        left = parse(text.encode(), environment=draft.sandbox()).globals
        draft = with_file(draft, str(number), left)
    return finished(draft, Places(Place("/etc/luarocks/config-5.4.lua")), assignments=words)


def test_without_files_all_keys_have_their_defaults() -> None:
    """Consumers need no defaults of their own."""
    table = merged().table
    assert table["deps_mode"] == "one"
    assert table["arch"] == "linux-x86_64"
    assert table["lua_modules_path"] == "share/lua/5.4"
    assert table["rocks_servers"] == {1: table_of(PUBLIC_SERVERS)}
    assert table["rocks_trees"] == {
        1: {"name": "user", "root": "/home/me/.luarocks"},
        2: {"name": "system", "root": "/usr/local"},
    }
    assert table["external_deps_subdirs"]["lib"] == {  # type: ignore[index]
        1: "lib/x86_64-linux-gnu",
        2: "lib64",
        3: "lib",
    }
    assert table["local_cache"] == "/home/me/.cache/luarocks"
    assert not merged().warnings


def test_the_sandbox_knows_what_earlier_files_set() -> None:
    """Variables, home and platforms go from file to file."""
    found = merged(
        'variables.CC = "tcc" home = "/else" platforms = { "unix", "freebsd", "bsd" }',
        'seen = variables.CC .. home if platforms.bsd then bsd = "yes" end',
    )
    assert found.table["seen"] == "tcc/else"
    assert found.table["bsd"] == "yes"
    assert found.table["arch"] == "freebsd-x86_64"
    assert found.table["local_cache"] == "/else/.cache/luarocks"


def test_variables_are_the_live_table() -> None:
    """A file can take a variable out; another table in its place is joined with it."""
    first, last = 'variables = { A = "1", B = "2" }', 'variables = { C = "3" }'
    found = merged(first, "variables.A = nil", last)
    variables = found.table["variables"]
    assert isinstance(variables, dict)
    assert "A" not in variables
    assert (variables["B"], variables["C"], variables["LUA"]) == ("2", "3", "/usr/bin/lua5.4")
    assert LIVE not in variables
    assert found.origins[("variables", "B")] == "0"
    assert found.origins[("variables", "C")] == "2"
    assert found.origins[("variables", "LUA")] == "detected"


def test_a_variable_that_is_false_has_its_default() -> None:
    """Elsewhere false is a value like others."""
    found = merged("variables = { MAKE = false, MINE = false } gcc_rpath = false")
    variables = found.table["variables"]
    assert isinstance(variables, dict)
    assert variables["MAKE"] == "make"
    assert "MINE" not in variables
    assert found.table["gcc_rpath"] is False


def test_the_environment_is_under_the_files_and_words_over_all() -> None:
    """CC is also the linker; CFLAGS lack nothing that shared objects need."""
    environ = {"CC": "clang", "CFLAGS": "-O3", "MAKE": "gmake"}
    found = merged('variables.MAKE = "bmake"', environ=environ, words={"CC": "tcc", "X": "1"})
    variables = found.table["variables"]
    assert isinstance(variables, dict)
    assert (variables["CC"], variables["LD"], variables["X"]) == ("tcc", "clang", "1")
    assert (variables["CFLAGS"], variables["MAKE"]) == ("-O3 -fPIC", "bmake")
    assert found.origins[("variables", "CC")] == "command line"
    assert found.origins[("variables", "LD")] == "environment CC"
    assert found.origins[("variables", "MAKE")] == "0"


@pytest.mark.parametrize(
    ("servers", "wanted", "told"),
    [
        ('{ "https://mine" }', {1: "https://mine"}, ""),
        ('{ { "https://mine" } }', {1: {1: "https://mine"}}, "mirrors"),
        ("{}", {}, "no server is used"),
        ('"https://mine"', {1: "https://mine"}, "not a list"),
        ('{ x = "https://mine" }', {}, "are ignored"),
        ("{ 5 }", {}, "rocks_servers[1] is 5"),
        ("false", {}, "not a list"),
    ],
)
def test_public_servers_are_never_added_to_a_files_own(
    servers: str, wanted: object, told: str
) -> None:
    """Whatever a file says of servers, none is asked that it does not name."""
    found = merged(f"rocks_servers = {servers}")
    assert found.table["rocks_servers"] == wanted
    assert told in "\n".join(found.warnings)
    assert bool(told) == bool(found.warnings)


@pytest.mark.parametrize("trees", ["{}", "{ { name = 'x' } }", "5", "false", "{ '' }"])
def test_trees_that_are_none_leave_the_default_ones(trees: str) -> None:
    """LuaRocks stops at them."""
    found = merged(f"rocks_trees = {trees}")
    assert found.table["rocks_trees"] == merged().table["rocks_trees"]
    assert found.warnings


def test_certificates_are_checked_unless_a_file_says_no() -> None:
    """LuaRocks does not check them unless a file says so."""
    for text, checked, flag in (("", True, ""), ("check_certificates = false", False, "-k")):
        found = merged(text)
        variables = found.table["variables"]
        assert isinstance(variables, dict)
        assert (found.table["check_certificates"], variables["CURLNOCERTFLAG"]) == (checked, flag)
        assert bool(found.warnings) is not checked


def test_a_local_default_without_a_user_tree_is_told() -> None:
    """LuaRocks from 3.9 stops there; with such a tree nothing is told."""
    text = 'local_by_default = true rocks_trees = { home.."/.luarocks", "/usr/local" }'
    assert "name user" in merged(text).warnings[0]
    assert not merged("local_by_default = true").warnings


def test_a_list_that_an_earlier_file_lengthens_is_told() -> None:
    """The default's end is what LuaRocks' users know; another file's end is a surprise."""
    found = merged('accepted_build_types = {"builtin", "make"}', 'accepted_build_types = {"none"}')
    assert found.table["accepted_build_types"] == {1: "none", 2: "make"}
    assert "merges lists by index" in found.warnings[0]
    assert not merged('external_deps_dirs = { "/opt" }').warnings


def test_what_is_no_setting_is_not_kept() -> None:
    """Functions, numbers without a text and the list of platforms are dropped."""
    draft = begun(Circumstances("5.4", "/home/me", {}))
    own: LuaTable = {"g": FUNCTION, "x": 1, "n": float("inf")}
    left: LuaTable = {**draft.sandbox(), "os_getenv": "x", "f": FUNCTION, "t": own}
    table = finished(with_file(draft, "0", left), Places()).table
    assert not {"os_getenv", "f", "platforms"} & set(table)
    assert table["t"] == {"x": 1}


def test_an_interpreter_tells_where_lua_is() -> None:
    """``LUA`` alone gives the directories; the old key gives ``LUA``."""
    found = merged('variables.LUA = "/opt/lua/bin/lua"', lua={}).table["variables"]
    assert isinstance(found, dict)
    assert (found["LUA_BINDIR"], found["LUA_DIR"]) == ("/opt/lua/bin", "/opt/lua")
    text = 'lua_interpreter = "lua-x" variables.LUA_BINDIR = "/opt/bin"'
    found = merged(text, lua={}).table["variables"]
    assert isinstance(found, dict)
    assert found["LUA"] == "/opt/bin/lua-x"


def test_platforms_without_defaults_are_told() -> None:
    """Linux and its relatives have them; of a name that is no platform of LuaRocks nothing is."""
    assert "macosx" in merged('platforms = { "macosx", "unix" }').warnings[0]
    told = {name for name in (*ORDER, "mine") if merged(f'platforms = {{ "{name}" }}').warnings}
    assert told == {"windows", "win32", "mingw32", "mingw", "msys2_mingw_w64", "cygwin"} | {
        *("msys", "macosx", "haiku")
    }


def test_root_has_the_systems_cache() -> None:
    """A file's word is kept all the same."""
    assert merged(is_superuser=True).table["local_cache"] == "/var/cache/luarocks"
    found = merged('local_cache = "/srv/c"', is_superuser=True)
    assert found.table["local_cache"] == "/srv/c"
    environ = {"XDG_CACHE_HOME": "/c"}
    assert merged(environ=environ).table["local_cache"] == "/c/luarocks"


def test_a_fault_is_raised_where_it_matters() -> None:
    """``sound`` is for those to whom defaults are no answer."""
    found = merged()
    assert found.sound() is found
    with pytest.raises(DistrorocksError, match="broken"):
        found._replace(faults=(DistrorocksError("broken"),)).sound()


def test_own_is_what_files_say() -> None:
    """Defaults, what was found, and the environment are not in it."""
    found = merged('deps_mode = "all" variables.X = "1"', environ={"CC": "tcc"})
    assert set(found.own) == {"deps_mode", "variables"}


def test_a_file_sees_what_earlier_files_set() -> None:
    """Platforms as LuaRocks has them, both names of the processor, and the variables."""
    facts = Circumstances("5.4", "/home/me", {}, cpu="arm")
    first = begun(facts).sandbox()
    assert first == {
        "home": "/home/me",
        "lua_version": "5.4",
        "platforms": {"linux": True, "unix": True},
        "processor": "arm",
        "target_cpu": "arm",
        "variables": {LIVE: True},
    }
    draft = with_file(begun(facts), "f", {**first, "target_cpu": "x", "variables": {"CC": "c"}})
    assert draft.sandbox()["processor"] == "x"
    assert draft.sandbox()["variables"] == {"CC": "c", LIVE: True}


def test_a_file_may_replace_the_platforms() -> None:
    """By a list, to which unix is added; an empty one changes nothing."""
    facts = Circumstances("5.4", "/home/me", {})
    for given, platforms in (
        ({1: "bsd"}, {"bsd", "unix"}),
        ({1: "unix", 2: "solaris"}, {"unix", "solaris"}),
        ({}, {"unix", "linux"}),
        ({2: "bsd"}, {"unix", "linux"}),
    ):
        table: LuaTable = {"platforms": dict(given.items())}
        assert set(with_file(begun(facts), "f", table).platforms) == platforms


def test_a_variable_that_is_taken_out_leaves_no_origin() -> None:
    """Nor do the fields of one that was a table, which others are not touched by."""
    first = 'variables.T = { a = 1 } variables.S = "s" deps_mode = "all"'
    found = merged(first, "variables.T = nil", lua={})
    mine = {path: origin for path, origin in found.origins.items() if origin == "0"}
    assert mine == {("variables", "S"): "0", ("deps_mode",): "0"}
    assert not [path for path in found.origins if path[:2] == ("variables", "T")]


def test_what_was_detected_stays_where_a_file_has_no_such_value() -> None:
    """A file's value of another type is ignored with a warning, never the key with it."""
    plain = merged(project_dir="/srv/p", cpu="arm")
    keys = ("home", "home_tree", "lua_version", "target_cpu", "sysconfdir", "project_dir")
    assert [plain.table[key] for key in keys] == [
        *("/home/me", "/home/me/.luarocks", "5.4", "arm", "/etc/luarocks", "/srv/p"),
    ]
    assert {plain.origins[key,] for key in keys} == {"detected"}
    text = " ".join(f"{key} = 5" for key in keys)
    found = merged(text, project_dir="/srv/p", cpu="arm")
    assert found.table == {**plain.table, "processor": "arm"}
    assert len(found.warnings) == len(keys)
    assert "project_dir" not in merged().table
    assert "homeconfdir" not in merged().table


def test_the_users_directory_is_a_key_where_there_is_one() -> None:
    """And a file's own word for it, for the tree or for home, comes before what was detected."""
    draft = begun(Circumstances("5.4", "/home/me", {}))
    places = Places(Place("/etc/x/config-5.4.lua"), user_directory="/home/me/.config/luarocks")
    table = finished(draft, places).table
    assert table["homeconfdir"] == "/home/me/.config/luarocks"
    assert table["sysconfdir"] == "/etc/x"
    found = merged('homeconfdir = "/h" home_tree = "/t" home = "/o" target_cpu = "x"')
    assert (found.table["homeconfdir"], found.table["home_tree"]) == ("/h", "/t")
    assert (found.home, found.table["arch"]) == ("/o", "linux-x86_64")
    assert found.table["rocks_trees"][1]["root"] == "/t"  # type: ignore[index]


def test_all_tables_are_merged_before_any_is_reported() -> None:
    """Each warning names its file, and comes once."""
    found = merged('platforms = { "macosx" }', 'platforms = { "macosx", "windows" }')
    assert found.warnings == (
        "0: the platform macosx has no defaults here",
        "1: the platform macosx has no defaults here",
        "1: the platform windows has no defaults here",
    )
    assert found.files == ("0", "1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('variables.LUA = "lua"', ("lua", None, None)),
        ('variables.LUA = "/b/lua"', ("/b/lua", "/b", "/b")),
        ('variables.LUA = "/b/bin/lua"', ("/b/bin/lua", "/b/bin", "/b")),
        ('variables = { LUA = "/b/lua", LUA_BINDIR = "/c" }', ("/b/lua", "/c", None)),
        ('variables = { LUA = "/b/lua", LUA_DIR = "/d" }', ("/b/lua", "/b", "/d")),
        ('variables.LUA_BINDIR = "/b"', (None, "/b", None)),
        ('variables.LUA_BINDIR = "/b" lua_interpreter = "x"', ("/b/x", "/b", None)),
        ('variables.LUA = "/b/lua" lua_interpreter = "x"', ("/b/lua", "/b", "/b")),
        ('variables = { LUA = "y", LUA_BINDIR = "/b" } lua_interpreter = "x"', ("y", "/b", None)),
    ],
)
def test_only_what_is_missing_of_luas_place_is_derived(
    text: str, expected: tuple[str | None, ...]
) -> None:
    """A name without directory gives none, and what a file says is kept."""
    found = merged(text, lua={}).table["variables"]
    assert isinstance(found, dict)
    assert tuple(map(found.get, ("LUA", "LUA_BINDIR", "LUA_DIR"))) == expected
