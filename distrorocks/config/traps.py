"""Safer rules than LuaRocks' own for some settings, each with a warning."""

from __future__ import annotations

from distrorocks.config.layers import COMMAND_LINE, DEFAULT, Layered, laid_over, replaced
from distrorocks.config.shape import is_server, is_tree, sifted
from distrorocks.lua.value import LuaTable, sequence

_UNCHECKED: LuaTable = {"CURLNOCERTFLAG": "-k", "WGETNOCERTFLAG": "--no-check-certificate"}

NO_SERVER = "rocks_servers is empty: no server is used; LuaRocks would use its public ones"
"""The warning that matters only to verbs that ask servers."""


def safe_servers(found: Layered) -> tuple[Layered, list[str]]:
    """Return a table whose ``rocks_servers`` are only those that a file sets, if any.

    LuaRocks adds its public mirrors to a first entry that is a list, and uses its public servers if
    the list is empty.
    """
    if found.table.get("rocks_servers") is None:
        return found, []
    found, warnings = sifted(found, "rocks_servers", is_server)
    servers = found.table["rocks_servers"]
    entries = sequence(servers) if isinstance(servers, dict) else []
    if not entries:
        warnings.append(NO_SERVER)
    elif isinstance(entries[0], dict):
        warnings.append(
            "rocks_servers[1] is a list of mirrors, to which LuaRocks would add its public ones; "
            "here only the mirrors in the file are used"
        )
    return found, warnings


def safe_trees(found: Layered) -> tuple[Layered, list[str]]:
    """Return a table with only valid ``rocks_trees``; without any, the defaults apply."""
    if found.table.get("rocks_trees") is None:
        return found, []
    found, warnings = sifted(found, "rocks_trees", is_tree)
    if not found.table["rocks_trees"]:
        warnings.append("rocks_trees is empty, an error in LuaRocks; the default trees are used")
        found = replaced(found, "rocks_trees", None, "")
    return found, warnings


def checked_certificates(found: Layered) -> tuple[Layered, list[str]]:
    """Return a table whose download flags match the certificate check.

    Certificates are checked unless a file sets ``check_certificates = false``; LuaRocks checks them
    only if a file sets it to true.
    """
    if found.table["check_certificates"]:
        return found, []
    origin = found.origins.get(("check_certificates",), DEFAULT)
    warning = "check_certificates is false, so the identity of servers is not verified"
    return laid_over(found, {"variables": dict(_UNCHECKED)}, origin), [warning]


def local_without_user(table: LuaTable) -> list[str]:
    """Return the warning that ``local_by_default`` needs a tree named ``user``."""
    trees = table["rocks_trees"]
    entries = sequence(trees) if isinstance(trees, dict) else []
    names = {entry.get("name") for entry in entries if isinstance(entry, dict)}
    if not table["local_by_default"] or "user" in names:
        return []
    warning = (
        "local_by_default is true and no tree of rocks_trees has the name user, at which LuaRocks "
        "3.9 and later stop; here the tree in the home directory is meant"
    )
    return [warning]


def mixed_lists(before: LuaTable, after: LuaTable, path: str) -> list[str]:
    """Return a warning for each list of which a later file sets only the first entries.

    LuaRocks merges lists by index, so the remaining entries of the earlier file stay.
    """
    warnings = []
    for key, value in after.items():
        old = before.get(key)
        if key in ("rocks_trees", "rocks_servers") or not isinstance(old, dict):
            continue
        if not isinstance(value, dict) or value == old or not (old.get(1) and value.get(1)):
            continue
        if len(value) < len(old):
            warnings.append(
                f"{path} sets {key} to {len(value)} of {len(old)} entries; the others stay as in "
                "the earlier file, since LuaRocks merges lists by index"
            )
    return warnings


def assigned(found: Layered, assignments: dict[str, str]) -> Layered:
    """Return a table with the variables that command line operands set."""
    variables: LuaTable = dict(assignments.items())
    return laid_over(found, {"variables": variables}, COMMAND_LINE) if variables else found
