"""Why a rock is installed: who needs it, who needs those, and what would do in its place.

Looks up why a rock is installed, in all trees, and what else could take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.resolve.dependents import NeedyRock, Sight, meets
from distrorocks.servers.configured import NOTHING_ASKED, AskedServers
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import Asked, DistroUse, World
from distrorocks.world.site import Question, site


class Wanting(NamedTuple):
    """A rock that needs another; ``wanted_by`` are those that need it in turn, each told once."""

    candidate: Candidate
    need: Need
    wanted_by: tuple[Wanting, ...] = ()


class Reason(NamedTuple):
    """One installed version of a rock.

    ``instead`` are the other candidates that fulfil every need which this one fulfils.
    """

    candidate: Candidate
    wanted_by: tuple[Wanting, ...]
    instead: tuple[Candidate, ...]


class Lacking(NamedTuple):
    """A rock whose need of the rock in question nothing fulfils that it sees."""

    candidate: Candidate
    need: Need


class Why(NamedTuple):
    """All that is known of a name; ``known`` are its candidates anywhere."""

    name: str
    reasons: tuple[Reason, ...]
    lacking: tuple[Lacking, ...]
    known: tuple[Candidate, ...]


def why(name: str, rocks: Sequence[NeedyRock], sight: Sight, known: Sequence[Candidate]) -> Why:
    """Return why each installed version of a lower-case name is there, and who lacks it."""
    asking = _asking(rocks)
    here = [rock.candidate for rock in rocks if rock.candidate.name == name]
    reasons = []
    for each in sorted(here, key=lambda one: (one.version, one.place)):
        wanted = tuple(_wanting(each, asking, sight, {each}))
        needs = [one.need.dependency for one in wanted]
        instead = tuple(
            dict.fromkeys(o for o in known if o != each and all(meets(o, need) for need in needs))
        )
        reasons.append(Reason(each, wanted, instead))
    lacking = tuple(
        Lacking(candidate, need)
        for candidate, need in asking.get(name, ())
        if not any(_serves(one, candidate, need, sight) for one in here)
    )
    return Why(name, tuple(reasons), lacking, tuple(known))


def _asking(rocks: Sequence[NeedyRock]) -> dict[str, list[tuple[Candidate, Need]]]:
    """Return by the name of a rock who needs it, sorted."""
    found: dict[str, list[tuple[Candidate, Need]]] = {}
    ordered = sorted(
        rocks,
        key=lambda rock: (
            rock.candidate.name,
            rock.candidate.version,
            rock.candidate.place,
        ),
    )
    for rock in ordered:
        for need in rock.needs:
            if need.dependency.rock_name != rock.candidate.name:
                found.setdefault(need.dependency.rock_name, []).append((rock.candidate, need))
    return found


def _wanting(
    candidate: Candidate,
    asking: dict[str, list[tuple[Candidate, Need]]],
    sight: Sight,
    told: set[Candidate],
) -> Iterator[Wanting]:
    """Yield who needs a rock, and above them who needs those; a cycle ends where it began."""
    for requirer, need in asking.get(candidate.name, ()):
        if not _serves(candidate, requirer, need, sight):
            continue
        above: tuple[Wanting, ...] = ()
        if requirer not in told and len(told) < _MOST:
            told.add(requirer)
            above = tuple(_wanting(requirer, asking, sight, told))
        yield Wanting(requirer, need, above)


_MOST = 300
"""Rocks told in one answer: it is walked by recursion."""


def _serves(candidate: Candidate, requirer: Candidate, need: Need, sight: Sight) -> bool:
    """Tell whether a rock fulfils a need of another that sees it."""
    seen = sight.get(requirer.place)
    return meets(candidate, need.dependency) and (seen is None or candidate.place in seen)


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
