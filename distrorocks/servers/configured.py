"""The rocks servers of the configuration and the command line, and how their files are read.

An entry of ``rocks_servers`` is an address, or a list of mirrors of one server; they are queried in
their order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from distrorocks.config.traps import NO_SERVER
from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.rocks.quotation import quoted
from distrorocks.servers.address import Address, AddressError
from distrorocks.servers.download_cache import DownloadCache, cache_directory
from distrorocks.servers.files import Policy, ServerFiles
from distrorocks.values import NamedTuple

Mirrors = tuple[Address, ...]


class Servers(NamedTuple):
    """The servers, each a list of mirrors of which the first that answers is used; and warnings."""

    groups: tuple[Mirrors, ...]
    warnings: tuple[str, ...] = ()


class ServerOptions(NamedTuple):
    """The command line's options: servers before all others, or one instead; development rocks.

    ``seconds`` is how long a server may take to answer, None for that of the configuration. With
    ``asks_all_luas`` far servers too are asked what they have for other Lua versions.
    """

    first: tuple[Address, ...] = ()
    only: tuple[Address, ...] = ()
    is_dev: bool = False
    seconds: float | None = None
    asks_all_luas: bool = False


NO_SERVER_OPTIONS = ServerOptions()


def servers(config: LuaTable, asked: ServerOptions = NO_SERVER_OPTIONS) -> Servers:
    """Return the servers to query; skip invalid addresses with a warning.

    With ``is_dev`` the development rocks of every server come first, as in LuaRocks 3.8 (later
    versions then ignore all other rocks).
    """
    warnings: list[str] = []
    if asked.only:
        groups: list[Mirrors] = [(each,) for each in asked.only]
    else:
        groups = [(each,) for each in asked.first] + _configured(config, warnings)
        if config.get("rocks_servers") == {} and not asked.first:
            warnings.append(NO_SERVER)
    if asked.is_dev:
        groups = [tuple(each.below("dev") for each in group) for group in groups] + groups
    return Servers(tuple(dict.fromkeys(groups)), tuple(warnings))


def _configured(config: LuaTable, warnings: list[str]) -> list[Mirrors]:
    entries, disabled = config.get("rocks_servers"), config.get("disabled_servers")
    turned_off = set(disabled) if isinstance(disabled, dict) else set()
    groups = []
    for entry in sequence(entries) if isinstance(entries, dict) else ():
        listed = sequence(entry) if isinstance(entry, dict) else [entry]
        mirrors = _parsed([each for each in listed if not _is_off(each, turned_off)], warnings)
        if mirrors:
            groups.append(mirrors)
    return groups


def _is_off(entry: LuaValue, turned_off: Collection[object]) -> bool:
    return isinstance(entry, str) and entry in turned_off


def _parsed(entries: Sequence[LuaValue], warnings: list[str]) -> Mirrors:
    found = []
    for entry in entries:
        try:
            if not isinstance(entry, str):
                raise AddressError(f"{quoted(entry)} in rocks_servers is not a string")
            found.append(Address.parse(entry))
        except AddressError as error:
            warnings.append(f"{error.brief}; the entry of rocks_servers is ignored")
    return tuple(found)


def server_files(
    config: LuaTable, options: ServerOptions = NO_SERVER_OPTIONS, *, is_offline: bool = False
) -> ServerFiles:
    """Return the reader of servers' files, with a configuration's cache and time limits."""
    policy = policy_of(config, is_offline=is_offline)
    if options.seconds is not None:
        policy = policy._replace(answer_seconds=options.seconds)
    cache = config.get("local_cache")
    place = cache_directory(cache if isinstance(cache, str) else "")
    return ServerFiles(DownloadCache(place), policy)


def policy_of(config: LuaTable, *, is_offline: bool) -> Policy:
    """Return the cache policy from LuaRocks' configuration."""
    usual = Policy()
    return Policy(
        _seconds(config, "cache_timeout", usual.timeout),
        _seconds(config, "cache_fail_timeout", usual.fail_timeout),
        is_offline,
        bool(config.get("aggressive_cache")),
        _seconds(config, "connection_timeout", 0) or usual.answer_seconds,
    )


def _seconds(config: LuaTable, key: str, usual: float) -> float:
    value = config.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
        return value
    return usual
