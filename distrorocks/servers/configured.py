"""The rocks servers that a configuration and the command line name, in the order of asking.

An entry of ``rocks_servers`` is an address, or a list of mirrors of one server. LuaRocks fills a
list of fewer than three mirrors up with the public ones, and takes the public server for an empty
``rocks_servers``: who named only servers of his own did not ask for that, so it is told, not done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.servers.address import Address, AddressError

PUBLIC = (
    "https://luarocks.org",
    "https://raw.githubusercontent.com/rocks-moonscript-org/moonrocks-mirror/master/",
    "https://loadk.com/luarocks/",
)

Mirrors = tuple[Address, ...]


class Servers(NamedTuple):
    """The servers, each with its mirrors, the first that answers to be taken; and warnings."""

    groups: tuple[Mirrors, ...]
    warnings: tuple[str, ...] = ()


class AskedServers(NamedTuple):
    """What the command line says: servers before all others, or one instead; development rocks."""

    first: tuple[Address, ...] = ()
    only: tuple[Address, ...] = ()
    is_dev: bool = False


NOTHING_ASKED = AskedServers()


def servers(config: LuaTable, asked: AskedServers = NOTHING_ASKED) -> Servers:
    """Return the servers to ask; addresses that are none are left out and told.

    With ``is_dev`` the development rocks of every server come before all else, as in LuaRocks 3.8
    (later ones forget the other rocks then).
    """
    warnings: list[str] = []
    if asked.only:
        groups: list[Mirrors] = [(each,) for each in asked.only]
    else:
        groups = [(each,) for each in asked.first] + _configured(config, warnings)
    if asked.is_dev:
        groups = [tuple(each.below("dev") for each in group) for group in groups] + groups
    return Servers(tuple(dict.fromkeys(groups)), tuple(warnings))


def _configured(config: LuaTable, warnings: list[str]) -> list[Mirrors]:
    entries = config.get("rocks_servers")
    if not isinstance(entries, dict):
        return [tuple(map(Address.parse, PUBLIC))]
    if not sequence(entries):
        warnings.append("rocks_servers is empty: LuaRocks itself would ask the public server")
    disabled = config.get("disabled_servers")
    turned_off = set(disabled) if isinstance(disabled, dict) else set()
    groups = []
    for number, entry in enumerate(sequence(entries), start=1):
        listed = sequence(entry) if isinstance(entry, dict) else [entry]
        if isinstance(entry, dict) and number == 1 and len(listed) < len(PUBLIC):
            warnings.append(
                "rocks_servers begins with a list of mirrors: LuaRocks itself would add the "
                "public mirrors to it"
            )
        mirrors = _parsed([each for each in listed if each not in turned_off], warnings)
        if mirrors:
            groups.append(mirrors)
    return groups


def _parsed(entries: Sequence[LuaValue], warnings: list[str]) -> Mirrors:
    found = []
    for entry in entries:
        try:
            if not isinstance(entry, str):
                raise AddressError("rocks_servers has an entry that is no text")
            found.append(Address.parse(entry))
        except AddressError as error:
            warnings.append(f"{error.brief}; the entry counts for nothing")
    return tuple(found)
