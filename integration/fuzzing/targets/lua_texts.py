"""Lua text: the strict parser, the writer, the editor's view of assignments, configurations."""

from __future__ import annotations

from functools import cache

from distrorocks.config.configuration import Circumstances, Places
from distrorocks.config.draft import begun, finished, with_file
from distrorocks.config.key_path import check, key_text, parse_key, typed
from distrorocks.config.text_edit import with_key, without_key
from distrorocks.errors import DistrorocksError
from distrorocks.lua.assignments import assignments
from distrorocks.lua.read import parse, parse_returned
from distrorocks.lua.scan import LuaSyntaxError
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes, to_text
from distrorocks.lua.write import EXACT, PersistError, persist, value_text
from distrorocks.trees.layout import distro_layout
from distrorocks.world.config_edit import with_block, without_block
from integration.fuzzing.shapes import lua_globals, lua_returned
from integration.fuzzing.target import Target, plain

TEXTS = (
    b'package = "foo"\nversion = "1.0-1"\nt = { 1, 2; x = "a\\65\\n", ["y z"] = [[long]] }\n',
    b"local a, b = 1, 2.5\nif a < b and not nil then c = a .. 'x' else c = -a ^ 2 // 3 end\n",
    b"a = {} a.b = {c = {1, 'two', [3] = false}} a.b.c[4] = #a.b.c; do local x = a x.d = 0x1p4 end",
    b"return { dependencies = { foo = '1.0-1' }, n = 1e3, h = 0xff, s = [==[\nz]]]==] } -- end",
    b"#!/usr/bin/lua\nx = ('axa'):gsub('a', 'b')\ny = x:upper() --[[ c ]] z = 'a' == \"a\" or 2",
)
CONFIGURATION = b"""-- LuaRocks configuration
rocks_trees = {
   { name = "user", root = home .. "/.luarocks" };
   { name = "system", root = "/usr/local" };
}
rocks_servers = { "https://luarocks.org", { "https://a.example", "http://b.example" } }
variables = { CC = "gcc", LUA_DIR = "/usr" }
variables.CFLAGS = "-O2"
lua_interpreter = "lua5.4"
connection_timeout = 30
check_certificates = false
platforms = { "unix", "linux" }
local_by_default = true
"""
KEYS = ("variables.CC", "rocks_trees[2].root", "lua_interpreter", "connection_timeout", "new_key")


def same(one: LuaValue, other: LuaValue) -> bool:
    """Return whether two values are equal, types too, floats in the digits that are written."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return f"{one:.14g}" == f"{other:.14g}"
    return type(one) is type(other) and one == other


def _round_trip(data: bytes) -> None:
    """What is written can be read, and is what it was."""
    table = parse(data).globals
    try:
        written = f"value = {value_text(table, dialect=EXACT)}"
        ours = persist(table)
    except PersistError:
        return
    assert same(parse(to_bytes(written)).globals.get("value"), table), "another value came back"
    assert parse(ours).globals.keys() == table.keys(), "another table came back"


def _returned(data: bytes) -> None:
    value = parse_returned(data)
    try:
        written = value_text(value, dialect=EXACT)
    except PersistError:
        return
    assert same(parse_returned(to_bytes(f"return {written}")), value), "another value came back"


def _assignments(data: bytes) -> None:
    """The place of a value is a part of the text; only what is Lua is asked about."""
    text = to_text(data)
    parse(data)
    found = assignments(text)
    for each in found:
        assert 0 <= each.begin <= each.end <= len(text), "a place outside the text"


def _evaluated(text: bytes) -> LuaTable:
    return parse(text, environment=_circumstances()).globals


@cache
def _facts() -> Circumstances:
    return Circumstances("5.4", "/home/u", {"HOME": "/home/u"}, multiarch="x86_64-linux-gnu")


def _circumstances() -> LuaTable:
    return begun(_facts()).sandbox()


def _configuration(data: bytes) -> None:
    given = parse(data, environment=_circumstances()).globals
    whole = finished(with_file(begun(_facts()), "config", given), Places())
    assert isinstance(whole.table, dict)
    check(("rocks_trees",), given)


def _edit(data: bytes) -> None:
    """What is set can be taken out again, and the rest stays."""
    before = _evaluated(data)
    for key in KEYS:
        path = parse_key(key)
        try:
            changed = with_key(data, path, "new", _evaluated)
            without_key(changed, path, _evaluated)
        except (DistrorocksError, LuaSyntaxError):
            continue
        assert same(
            {name: value for name, value in _evaluated(changed).items() if name != path[0]},
            {name: value for name, value in before.items() if name != path[0]},
        ), "another key changed"


def _block(data: bytes) -> None:
    """Our block goes out as it came in."""
    layout, known = distro_layout("5.4"), _circumstances()
    plain_text = without_block(data).text
    edited = with_block(plain_text, layout, environment=known, home="/home/u").text
    assert edited is None or without_block(edited).text == plain_text, "the block left something"


def _key(data: bytes) -> None:
    key, _, word = to_text(data).partition("=")
    path = parse_key(key)
    assert parse_key(key_text(path)) or not path
    kinds: tuple[LuaValue, ...] = (None, True, 1, {}, "x")
    for known in kinds:
        try:
            typed(path, word, known)
        except DistrorocksError:
            continue


LUA_TARGETS = (
    Target("lua-read-write", plain(_round_trip), lambda: TEXTS, (lua_globals,)),
    Target("lua-returned", plain(_returned), lambda: TEXTS, (lua_returned,)),
    Target("lua-assignments", plain(_assignments), lambda: (*TEXTS, CONFIGURATION)),
    Target("luarocks-config", plain(_configuration), lambda: (CONFIGURATION,), (lua_globals,)),
    Target("luarocks-config-edit", plain(_edit), lambda: (CONFIGURATION, *TEXTS), most_bytes=4096),
    Target("luarocks-config-block", plain(_block), lambda: (CONFIGURATION, *TEXTS), (lua_globals,)),
    Target(
        "luarocks-config-key",
        plain(_key),
        lambda: (b"CC=gcc", b"a.b[2].c={ 1, 'x' }", b"connection_timeout=30", b"x=0x1p4"),
        most_bytes=2048,
    ),
)
