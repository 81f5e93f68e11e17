"""Looks up why a rock is installed, in all trees, and what else could take its place."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.jobs.site import Question, site
from distrorocks.jobs.world import Asked, DistroUse, World
from distrorocks.plan.why import Why, why
from distrorocks.resolve.candidate import Candidate
from distrorocks.servers.configured import NOTHING_ASKED, AskedServers
from distrorocks.system.lua.jail import Jail


class Explained(NamedTuple):
    """The answer, the packages that own installed rocks, and what could not be read."""

    why: Why
    packages: dict[Candidate, str]
    warnings: tuple[str, ...]


def why_rock(
    question: Question,
    name: str,
    *,
    servers: AskedServers = NOTHING_ASKED,
    distro: DistroUse = DistroUse.REQUIRE,
    is_offline: bool = False,
) -> Explained:
    """Return why a rock of a lower-case name is there, what lacks it, and what would do."""
    with Jail() as jail:
        here = site(question, jail)
        rocks, unread = here.rocks()
        version = here.installed.lua_version
        asked = Asked(version, question.root, servers, distro, is_offline)
        with World(asked, here.trees, here.installed.config) as world:
            try:
                known = list(world.candidates(name, None))
            except DistrorocksError as error:
                known, unread = [], [*unread, error.brief]
            found = why(name, rocks, here.sight, known)
            packages = {
                each.candidate: package
                for each in found.reasons
                if (package := here.package_of(each.candidate))
            }
            warnings = (*here.installed.warnings, *unread, *world.warnings)
    return Explained(found, packages, tuple(dict.fromkeys(warnings)))
