"""Why a rock is installed: who needs it, who needs those, and what would do in its place.

Looks up why a rock is installed, in all trees, and what else could take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.resolve.dependents import NeedyRock, Sight, meets
from distrorocks.servers.configured import NO_SERVER_OPTIONS, ServerOptions
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.site import SiteRequest, site


class Requirer(NamedTuple):
    """A rock that needs another; ``required_by`` are those that need it in turn, each told once."""

    candidate: Candidate
    need: Need
    required_by: tuple[Requirer, ...] = ()


class Reason(NamedTuple):
    """One installed version of a rock.

    ``instead`` are the other candidates that fulfil every need which this one fulfils.
    """

    candidate: Candidate
    required_by: tuple[Requirer, ...]
    instead: tuple[Candidate, ...]


class Unsatisfied(NamedTuple):
    """A rock whose need of the rock in request nothing fulfils that it sees."""

    candidate: Candidate
    need: Need


class Why(NamedTuple):
    """All that is known of a name; ``known`` are its candidates anywhere."""

    name: str
    reasons: tuple[Reason, ...]
    lacking: tuple[Unsatisfied, ...]
    known: tuple[Candidate, ...]


def why(name: str, rocks: Sequence[NeedyRock], sight: Sight, known: Sequence[Candidate]) -> Why:
    """Return why each installed version of a lower-case name is there, and who lacks it."""
    asking = _asking(rocks)
    here = [rock.candidate for rock in rocks if rock.candidate.name == name]
    reasons = []
    for each in sorted(here, key=lambda one: (one.version, one.place)):
        wanted = tuple(_requirers(each, asking, sight, {each}))
        needs = [one.need.dependency for one in wanted]
        instead = tuple(
            dict.fromkeys(o for o in known if o != each and all(meets(o, need) for need in needs))
        )
        reasons.append(Reason(each, wanted, instead))
    lacking = tuple(
        Unsatisfied(candidate, need)
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


def _requirers(
    candidate: Candidate,
    asking: dict[str, list[tuple[Candidate, Need]]],
    sight: Sight,
    told: set[Candidate],
) -> Iterator[Requirer]:
    """Yield who needs a rock, and above them who needs those; a cycle ends where it began."""
    for requirer, need in asking.get(candidate.name, ()):
        if not _serves(candidate, requirer, need, sight):
            continue
        above: tuple[Requirer, ...] = ()
        if requirer not in told and len(told) < _MOST:
            told.add(requirer)
            above = tuple(_requirers(requirer, asking, sight, told))
        yield Requirer(requirer, need, above)


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
    request: SiteRequest,
    name: str,
    *,
    servers: ServerOptions = NO_SERVER_OPTIONS,
    distro: DistroUse = DistroUse.REQUIRE,
    is_offline: bool = False,
) -> Explained:
    """Return why a rock of a lower-case name is there, what lacks it, and what would do."""
    with Jail() as jail:
        here = site(request, jail)
        rocks, unread = here.rocks()
        version = here.installed.lua_version
        world_request = WorldRequest(version, request.root, servers, distro, is_offline)
        with World(world_request, here.trees, here.installed.config) as world:
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
