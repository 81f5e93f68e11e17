"""The servers of a configuration are asked in its order, and no others."""

from __future__ import annotations

import pytest

from distrorocks.config.traps import NO_SERVER
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.servers import configured
from distrorocks.servers.address import Address
from distrorocks.servers.configured import (
    NO_SERVER_OPTIONS,
    ServerOptions,
    policy_of,
    server_files,
    servers,
)
from distrorocks.servers.files import Policy


def places(config: str, asked: ServerOptions = NO_SERVER_OPTIONS) -> list[list[str]]:
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


@pytest.mark.parametrize(
    ("config", "place"),
    [({}, ""), ({"local_cache": "/mine"}, "/mine"), ({"local_cache": 1}, "")],
)
def test_copies_are_kept_where_the_configuration_says(
    monkeypatch: pytest.MonkeyPatch, config: LuaTable, place: str
) -> None:
    """Else in the usual place."""
    asked: list[str] = []

    def noted(wanted: str) -> str:
        asked.append(wanted)
        return ""

    monkeypatch.setattr(configured, "cache_directory", noted)
    server_files(config)
    assert asked == [place]


@pytest.mark.parametrize(("seconds", "expected"), [(None, 7), (3, 3), (0.5, 0.5)])
def test_a_server_may_take_as_long_as_the_user_says(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, expected: float
) -> None:
    """Or as long as the configuration says; all else is the configuration's."""
    made: list[Policy] = []

    def noted(_: object, policy: Policy) -> None:
        made.append(policy)

    monkeypatch.setattr(configured, "ServerFiles", noted)
    config: LuaTable = {"connection_timeout": 7, "cache_timeout": 5}
    server_files(config, ServerOptions(seconds=seconds), is_offline=True)
    assert made == [policy_of(config, is_offline=True)._replace(answer_seconds=expected)]
    assert made[0].is_offline


def test_a_server_is_asked_once() -> None:
    """Where it is named first; a mirror may be disabled by itself, and all of them."""
    own = Address.parse("https://a")
    config = 'rocks_servers = { "https://b", "https://a", { "https://c", "https://d" } }'
    assert places(config, ServerOptions(first=(own, own))) == [
        *(["https://a"], ["https://b"], ["https://c", "https://d"])
    ]
    off = ' disabled_servers = { ["https://c"] = true, ["https://b"] = true }'
    assert places(config + off) == [["https://a"], ["https://d"]]
    assert places(config + ' disabled_servers = "https://a"')[1] == ["https://a"]
    dev = ServerOptions(only=(own,), is_dev=True)
    assert places(config, dev) == [["https://a/dev"], ["https://a"]]


@pytest.mark.parametrize(
    ("entries", "found", "warning"),
    [
        ('"https://a"', [], ""),
        (
            "{ 1 }",
            [],
            "'1' in rocks_servers is not a string; the entry of rocks_servers is ignored",
        ),
        ('{ { "ftp://me:hidden@b", "https://a" } }', [["https://a"]], "the entry of rocks_servers"),
    ],
)
def test_an_entry_that_is_none_is_told(entries: str, found: list[list[str]], warning: str) -> None:
    """Without what may be a password; a list of mirrors has the others."""
    result = servers(parse(f"rocks_servers = {entries}".encode()).globals)
    assert [[each.place for each in group] for group in result.groups] == found
    assert len(result.warnings) == bool(warning)
    assert all(warning in text and "hidden" not in text for text in result.warnings)
