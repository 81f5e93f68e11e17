"""Explain why a rock is installed: its transitive dependents, and alternatives to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.dependents import NeedyRock, Sight, meets
from distrorocks.servers.configured import NO_SERVER_OPTIONS, ServerOptions
from distrorocks.servers.time_limit import ServerError
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import DISTRO_ROOT
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.site import SiteRequest, site


class Requirer(NamedTuple):
    """A rock that requires another; ``required_by`` are its own dependents, each expanded once."""

    candidate: Candidate
    need: Need
    required_by: tuple[Requirer, ...] = ()


class Reason(NamedTuple):
    """One installed version of a rock.

    ``alternatives`` are the other candidates that satisfy the same dependents: not the package that
    it is from, and no copy of the same version that a server has.
    """

    candidate: Candidate
    required_by: tuple[Requirer, ...]
    alternatives: tuple[Candidate, ...]


class Unsatisfied(NamedTuple):
    """A rock whose dependency on the rock in question is not satisfied by any rock it sees."""

    candidate: Candidate
    need: Need


class Why(NamedTuple):
    """All that is known of a rock's name; ``known`` are all its candidates."""

    name: str
    reasons: tuple[Reason, ...]
    unsatisfied: tuple[Unsatisfied, ...]
    known: tuple[Candidate, ...]


def why(
    name: str,
    rocks: Sequence[NeedyRock],
    sight: Sight,
    known: Sequence[Candidate],
    packages: Mapping[Candidate, str] = MappingProxyType({}),
) -> Why:
    """Return why each installed version of a rock is installed; ``name`` is in lower case.

    ``packages`` own installed rocks.
    """
    needs_by_name = _needs_by_name(rocks)
    here = [rock.candidate for rock in rocks if rock.candidate.name == name]
    reasons = []
    for each in sorted(here, key=lambda one: (one.version, one.place)):
        required_by = tuple(_requirers(each, needs_by_name, sight, {each}))
        others = (o for o in known if not _is_same(o, each, packages.get(each, "")))
        alternatives = tuple(
            dict.fromkeys(o for o in others if all(_would_do(o, one, sight) for one in required_by))
        )
        reasons.append(Reason(each, required_by, alternatives))
    unsatisfied = tuple(
        Unsatisfied(candidate, need)
        for candidate, need in needs_by_name.get(name, ())
        if not any(_is_satisfied(one, candidate, need, sight) for one in here)
    )
    return Why(name, tuple(reasons), unsatisfied, tuple(known))


def _is_same(other: Candidate, installed: Candidate, package: str) -> bool:
    """Return whether a candidate is where an installed rock is from, or the rock itself."""
    if other.origin is Origin.DISTRO:
        return other.place == package
    is_copy = other.origin is Origin.SERVER and not package
    is_alike = (other.version, other.namespace) == (installed.version, installed.namespace)
    return other == installed or (is_copy and is_alike)


def _would_do(other: Candidate, dependent: Requirer, sight: Sight) -> bool:
    """Return whether a candidate would satisfy a dependent, which sees only some trees."""
    need, seen = dependent.need, sight.get(dependent.candidate.place)
    place = DISTRO_ROOT if other.origin is Origin.DISTRO else other.place
    is_in_tree = other.origin in (Origin.DISTRO, Origin.INSTALLED)
    return meets(other, need.dependency) and (not is_in_tree or seen is None or place in seen)


def _needs_by_name(rocks: Sequence[NeedyRock]) -> dict[str, list[tuple[Candidate, Need]]]:
    """Return the rocks that need each rock name, sorted."""
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
    needs_by_name: dict[str, list[tuple[Candidate, Need]]],
    sight: Sight,
    expanded: set[Candidate],
) -> Iterator[Requirer]:
    """Yield the rocks that need a rock, with theirs in turn; a cycle ends where it began."""
    for requirer, need in needs_by_name.get(candidate.name, ()):
        if not _is_satisfied(candidate, requirer, need, sight):
            continue
        above: tuple[Requirer, ...] = ()
        if requirer not in expanded and len(expanded) < _MOST:
            expanded.add(requirer)
            above = tuple(_requirers(requirer, needs_by_name, sight, expanded))
        yield Requirer(requirer, need, above)


_MOST = 300
"""Limit of rocks expanded in one answer, which bounds the recursion."""


def _is_satisfied(candidate: Candidate, requirer: Candidate, need: Need, sight: Sight) -> bool:
    """Return whether a rock satisfies a dependency of another rock that sees it."""
    seen = sight.get(requirer.place)
    return meets(candidate, need.dependency) and (seen is None or candidate.place in seen)


class Explained(NamedTuple):
    """The answer for one Lua version, the packages that own installed rocks, and warnings."""

    why: Why
    packages: dict[Candidate, str]
    warnings: tuple[str, ...]
    lua_version: str = ""


def why_rock(
    request: SiteRequest,
    name: str,
    *,
    servers: ServerOptions = NO_SERVER_OPTIONS,
    distro: DistroUse = DistroUse.REQUIRE,
    is_offline: bool = False,
) -> Explained:
    """Return why a rock is installed, unsatisfied dependents and alternatives."""
    with Jail() as jail:
        here = site(request, jail)
        rocks, unread = here.rocks()
        version = here.installed.lua_version
        world_request = WorldRequest(version, request.root, servers, distro, is_offline)
        with World(world_request, here.trees, here.installed.config) as world:
            try:
                known = list(world.candidates(name, None))
            except ServerError:  # the world has warned of it
                known = []
            except DistrorocksError as error:
                known, unread = [], [*unread, error.brief]
            packages = {
                each.candidate: package
                for each in rocks
                if each.candidate.name == name and (package := here.package_of(each.candidate))
            }
            found = why(name, rocks, here.sight, known, packages)
            warnings = (*here.installed.warnings, *unread, *world.warnings)
    return Explained(found, packages, tuple(dict.fromkeys(warnings)), version)
