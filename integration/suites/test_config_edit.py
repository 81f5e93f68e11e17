"""What distrorocks writes into a configuration LuaRocks reads, and can itself edit afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distrorocks.lua.read import parse
from integration.machines.machine import Machine
from integration.machines.roots import RootError, base

SYSTEM = "/etc/luarocks/config-5.4.lua"


@pytest.fixture(params=["bookworm", "sid"])
def lua_machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A Debian with LuaRocks 3.8, and one with 3.11 where the mirror serves it."""
    try:
        layer = base(request.param)
    except RootError as refusal:
        if request.param == "bookworm":
            raise
        pytest.skip(f"the mirror does not serve sid now: {refusal}")
    with layer.clone() as clone:
        yield clone


def test_luarocks_reads_what_was_set(lua_machine: Machine) -> None:
    """Keys of all types; comments and expressions of Debian's file stay; LuaRocks edits it on."""
    machine = lua_machine
    stock = machine.path(SYSTEM).read_text()
    machine.path(SYSTEM).write_text(f"-- the administrator's words\n{stock}")
    for key, word in (
        ("deps_mode", "all"),
        ("connection_timeout", "5"),
        ("variables.CC", 'tcc -D"X Y"'),
        ("hooks_enabled", "true"),
        ("rocks_servers", '{ "https://a.example", { "https://b.example" } }'),
    ):
        machine.distrorocks("config", "--lua-version", "5.4", key, word)
    text = machine.path(SYSTEM).read_text()
    assert text.startswith(f"-- the administrator's words\n{stock}")

    def told(key: str) -> str:
        return machine.luarocks("5.4", "config", key).out.strip()

    assert told("deps_mode") == "all"
    assert told("connection_timeout") == "5"
    assert told("variables.CC") == 'tcc -D"X Y"'
    servers = parse(b"it = " + told("rocks_servers").encode()).globals["it"]
    assert servers == {1: "https://a.example", 2: {1: "https://b.example"}}
    machine.luarocks("5.4", "config", "--scope", "system", "web_browser", "lynx")
    assert told("web_browser") == "lynx"
    assert told("deps_mode") == "all"
    machine.distrorocks("config", "--lua-version", "5.4", "--unset", "deps_mode")
    assert told("deps_mode") == "one"


def test_both_agree_on_the_default_version(lua_machine: Machine) -> None:
    """Each reads the other's ``default-lua-version.lua``."""
    machine = lua_machine
    machine.distrorocks("config", "lua_version", "5.1")
    assert machine.run("luarocks", "config", "lua_version").out.strip() == "5.1"
    machine.run("luarocks", "config", "--scope", "system", "lua_version", "5.3")
    assert machine.distrorocks("config", "lua_version").out.strip() == "5.3"
