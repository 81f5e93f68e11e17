"""The names of rock files, told apart fast: a server's folder has many."""

from __future__ import annotations

import re

from distrorocks.rocks.manifest import PackedRock
from distrorocks.servers.server_manifest import ROCKSPEC, is_part
from distrorocks.system.trees.reader import rock_file

_usual = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._+-]{0,99})-([A-Za-z0-9][A-Za-z0-9._+]{0,59}-[0-9]{1,9})\.rockspec"
).fullmatch


def usual_rockspec(file_name: str) -> PackedRock | None:
    """Return the rock of a rockspec whose name clients may ask for, None for other names."""
    found = _usual(file_name)
    return PackedRock(found[1], found[2], ROCKSPEC) if found else None


def rock_of(file_name: str) -> PackedRock | None:
    """Return the rock of a file by LuaRocks' rule, None if its name is not that of one."""
    return usual_rockspec(file_name) or rock_file(file_name)


def may_be_asked_for(rock: PackedRock) -> bool:
    """Return whether clients of a server may ask for a file of this name.

    A name that begins with a hyphen would be an option in the commands of the page.
    """
    return not rock.name.startswith("-") and all(map(is_part, rock))
