"""Which installed rocks are left without a dependency when rocks of the distribution's tree go."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.config_file import home
from distrorocks.patterns import regex
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.dependents import Dependent, NeedyRock, dependents
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.version import Version
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import DISTRO_ROOT
from distrorocks.trees.ledger import ROCKS_START
from distrorocks.trees.target import User
from distrorocks.values import NamedTuple
from distrorocks.world.site import SiteRequest, site

_OF_ROCK = regex(rf"{re.escape(ROCKS_START)}([0-9.]+)/([^/]+)/([^/]+)/.+")


class Gone(NamedTuple):
    """A rock that the distribution's tree no longer has."""

    lua_version: str
    name: str
    version: str


class LostNeed(NamedTuple):
    """A rock of another tree, and a dependency that nothing it sees satisfies any more."""

    lua_version: str
    dependent: Dependent

    def __str__(self) -> str:
        rock, need = self.dependent
        return plain(f"{rock} in {rock.place} needs '{need.dependency}'")


def gone_rocks(removed: Iterable[str], published: Collection[Gone]) -> list[Gone]:
    """Return the rocks to which removed files belonged, except for those still published."""
    found = (_OF_ROCK.fullmatch(path) for path in removed)
    rocks = dict.fromkeys(Gone(*match.groups()) for match in found if match)
    return [each for each in rocks if each not in published]


def lost_needs(root: str, gone: Collection[Gone]) -> list[LostNeed]:
    """Return the dependencies that rocks lost with those ``gone``, seen with root's configuration.

    What deps_mode did not let a rock see before is not lost. A Lua version whose configuration
    cannot be read is left out.
    """
    return [
        lost
        for version in dict.fromkeys(each.lua_version for each in gone)
        for lost in _of_version(root, version, [it for it in gone if it.lua_version == version])
    ]


def _of_version(root: str, lua_version: str, gone: Collection[Gone]) -> Iterator[LostNeed]:
    doomed = [
        Candidate(each.name, Version.parse(each.version), Origin.INSTALLED, DISTRO_ROOT)
        for each in gone
    ]
    user = User(home(root), is_superuser=True)
    try:
        with Jail() as jail:
            here = site(SiteRequest(user, lua_version=lua_version, root=root), jail)
            rocks, _ = here.rocks(concerning={each.name for each in gone})
            sight = here.sight
    except DistrorocksError:
        return
    before = [*rocks, *map(NeedyRock, doomed)]
    for each in dependents(before, doomed, (), sight):
        yield LostNeed(lua_version, each)
