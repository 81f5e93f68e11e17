"""The servers of a configuration are asked in its order, and no others."""

from __future__ import annotations

import pytest

from distrorocks.config.traps import NO_SERVER
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaValue
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions, policy_of, servers


def places(config: str, asked: ServerOptions = ServerOptions()) -> list[list[str]]:  # noqa: B008
    """Return the servers of a configuration's text."""
    found = servers(parse(config.encode()).globals, asked)
    return [[each.place for each in group] for group in found.groups]


def test_an_entry_is_a_server_or_a_list_of_mirrors() -> None:
    """In the order of the file."""
    config = 'rocks_servers = { "https://a", { "https://b", "/srv/c" } }'
    assert places(config) == [["https://a"], ["https://b", "/srv/c"]]


def test_nothing_is_asked_that_nobody_named() -> None:
    """What is to be there without a word is said by the defaults of the configuration alone."""
    assert places("") == places("rocks_servers = {}") == []
    assert places('rocks_servers = { { "https://mine" } }') == [["https://mine"]]


def test_that_no_server_is_named_is_told() -> None:
    """To whoever asks servers, and names none on the command line."""
    nothing = parse(b"rocks_servers = {}").globals
    own = (Address.parse("https://x"),)
    assert servers(nothing).warnings == (NO_SERVER,)
    assert servers(nothing, ServerOptions(first=own)).warnings == ()
    assert servers(nothing, ServerOptions(only=own)).warnings == ()
    assert servers(parse(b'rocks_servers = { "https://a" }').globals).warnings == ()


def test_a_disabled_server_is_not_asked() -> None:
    """As ``disabled_servers`` says."""
    config = 'rocks_servers = { "https://a", "https://b" } disabled_servers = {["https://a"]=true}'
    assert places(config) == [["https://b"]]


def test_what_is_no_address_is_left_out_and_told() -> None:
    """The others are asked all the same."""
    found = servers(parse(b'rocks_servers = { 1, "ftp://a", "https://b" }').globals)
    assert [group[0].place for group in found.groups] == ["https://b"]
    assert len(found.warnings) == 2


def test_the_command_line_comes_first_or_alone() -> None:
    """``--server`` before, ``--only-server`` instead, ``--dev`` development rocks before all."""
    config = 'rocks_servers = { "https://a" }'
    own = (Address.parse("https://x"),)
    assert places(config, ServerOptions(first=own)) == [["https://x"], ["https://a"]]
    assert places(config, ServerOptions(only=own)) == [["https://x"]]
    assert places(config, ServerOptions(is_dev=True)) == [["https://a/dev"], ["https://a"]]


def test_the_configuration_says_how_long_copies_count() -> None:
    """What makes no sense counts for nothing; no time limit means the usual one."""
    policy = policy_of({"cache_timeout": 5, "aggressive_cache": True}, is_offline=True)
    assert policy[:4] == (5, 86400, True, True)
    policy = policy_of({"cache_timeout": -1, "connection_timeout": 0}, is_offline=False)
    assert policy[:2] == (60, 86400)
    assert policy.answer_seconds == 30


@pytest.mark.parametrize(
    ("key", "field", "usual", "of_none"),
    [
        ("cache_timeout", "timeout", 60, 0),
        ("cache_fail_timeout", "fail_timeout", 86400, 0),
        ("connection_timeout", "answer_seconds", 30, 30),
    ],
)
def test_seconds_are_numbers_below_a_billion(
    key: str, field: str, usual: float, of_none: float
) -> None:
    """Whatever else a setting is, the usual time counts; so it does for no time to answer in."""

    def seconds(value: LuaValue) -> object:
        return getattr(policy_of({key: value}, is_offline=False), field)

    for value in (1, 0.5, 999_999_999):
        assert seconds(value) == value
    others: list[LuaValue] = [10**9, -1, "7", True, {}]
    assert [seconds(other) for other in others] == [usual] * 5
    assert seconds(0) == of_none
