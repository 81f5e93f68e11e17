"""The rocks servers of the configuration and the command line, in the order of queries.

An entry of ``rocks_servers`` is an address, or a list of mirrors of one server.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from distrorocks.config.traps import NO_SERVER
from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.rocks.quotation import quoted
from distrorocks.servers.address import Address, AddressError

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
