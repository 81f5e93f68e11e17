"""Find all rocks that a rock depends on and that are not packaged, in build order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.order import components, installation_order
from distrorocks.rocks.dependency import Dependency
from distrorocks.values import NamedTuple

MOST_ROCKS = 2000
_MOST_ROUNDS = 100


class NeededRock(NamedTuple):
    """One version of a rock, with its dependencies and build dependencies, and its modules.

    ``key`` identifies it in its index.
    """

    rock: str
    version: str
    needs: tuple[Dependency, ...]
    key: str
    modules: tuple[str, ...] = ()


class Missing(NamedTuple):
    """A rock that no index has as required: the dependencies, and the rocks that have them."""

    rock: str
    needs: tuple[str, ...]
    by: tuple[str, ...]


class Packaged(NamedTuple):
    """A rock that the distribution has packaged.

    ``version`` is the version of the rock, None if unknown; ``lacks`` are the dependencies that it
    does not satisfy.
    """

    rock: str
    package: str = ""
    version: str | None = None
    lacks: tuple[Dependency, ...] = ()


class Closure(NamedTuple):
    """The rocks to package, in build order.

    ``groups`` are built one after another: single rocks, or the rocks of a cycle, which depend on
    each other. ``levels`` are rounds: the rocks of one depend only on earlier rounds (or, in a
    cycle, on each other). ``packaged`` are rocks that the distribution has; ``outgrown`` are those
    that it has in a version that does not satisfy the dependencies, which are packaged again.
    """

    rocks: dict[str, NeededRock]
    groups: tuple[tuple[str, ...], ...]
    levels: tuple[tuple[str, ...], ...]
    edges: dict[str, tuple[str, ...]]
    packaged: tuple[Packaged, ...]
    missing: tuple[Missing, ...]
    outgrown: tuple[Packaged, ...] = ()

    @property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The groups of rocks that depend on each other."""
        return tuple(group for group in self.groups if len(group) > 1)


Find: TypeAlias = "Callable[[str, Sequence[Dependency]], NeededRock | None]"
Look: TypeAlias = "Callable[[str, Sequence[Dependency], Sequence[str]], Packaged | None]"


class _Walked(NamedTuple):
    """The result of one round: rocks chosen, packaged, outgrown, and not found."""

    chosen: dict[str, NeededRock]
    packaged: dict[str, Packaged]
    outgrown: dict[str, Packaged]
    lacking: set[str]

    def knows(self, rock: str) -> bool:
        """Return whether a rock is decided."""
        return rock in self.chosen or rock in self.packaged or rock in self.lacking


def closure_of(start: NeededRock, find: Find, look: Look) -> Closure:
    """Return the rocks to package for ``start``, including itself.

    ``find`` returns the best version of a rock that satisfies all dependencies; ``look`` returns
    the distribution's package of a rock, by name or modules, and the dependencies that its version
    does not satisfy. Dependencies of a version that was replaced by a better one still count: so
    the search ends, and no chosen rock violates a dependency of another.
    """
    needs: dict[str, dict[Dependency, set[str]]] = {}
    for _ in range(_MOST_ROUNDS):
        known = sum(map(len, needs.values()))
        walked = _walk(start, find, look, needs)
        if sum(map(len, needs.values())) == known:
            return _ordered(walked, needs)
    raise DistrorocksError(
        f"the dependencies of {start.rock} cannot be settled",
        detail=f"after {_MOST_ROUNDS} rounds there are still new dependencies",
        hint="scaffold the rocks one by one",
    )


def _walk(
    start: NeededRock,
    find: Find,
    look: Look,
    needs: dict[str, dict[Dependency, set[str]]],
) -> _Walked:
    """Return a decision for each rock; add the dependencies found to ``needs``."""
    walked = _Walked({start.rock: start}, {}, {}, set())
    waiting = [start]
    while waiting:
        rock = waiting.pop()
        for need in rock.needs:
            name = need.rock_name
            needs.setdefault(name, {}).setdefault(need, set()).add(rock.rock)
            if walked.knows(name):
                continue
            if found := _decided(name, tuple(needs[name]), find, look, walked):
                waiting.append(found)
            if len(walked.chosen) > MOST_ROCKS:
                raise DistrorocksError(f"{start.rock} depends on more than {MOST_ROCKS} rocks")
    return walked


def _decided(
    name: str, needs: tuple[Dependency, ...], find: Find, look: Look, walked: _Walked
) -> NeededRock | None:
    """Decide about a rock; return it if it has to be packaged."""
    there = look(name, needs, ())
    found = None
    if there is None or there.lacks:
        found = find(name, needs)
        there = there or (look(name, needs, found.modules) if found else None)
    if there and not there.lacks:
        walked.packaged[name] = there
        return None
    if there:
        walked.outgrown[name] = there
    if found:
        walked.chosen[name] = found
    else:
        walked.lacking.add(name)
    return found


def _ordered(walked: _Walked, needs: dict[str, dict[Dependency, set[str]]]) -> Closure:
    """Return the closure of the chosen rocks, in order."""
    chosen = walked.chosen
    edges = {
        name: tuple(sorted({n.rock_name for n in chosen[name].needs} & set(chosen) - {name}))
        for name in sorted(chosen)
    }
    order = build_order(edges)
    missing = [
        Missing(name, tuple(sorted(map(str, needs[name]))), _requirers(needs[name].values()))
        for name in sorted(walked.lacking)
    ]
    return Closure(
        {name: chosen[name] for name in order.names},
        order.groups,
        order.levels,
        {name: edges[name] for name in order.names},
        tuple(walked.packaged[name] for name in sorted(walked.packaged)),
        tuple(missing),
        tuple(walked.outgrown[name] for name in sorted(walked.outgrown)),
    )


class BuildOrder(NamedTuple):
    """The order of some rocks: their names, groups and levels, as of a ``Closure``."""

    names: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    levels: tuple[tuple[str, ...], ...]


def build_order(edges: dict[str, tuple[str, ...]]) -> BuildOrder:
    """Return the order in which rocks are built, given those of them that each depends on."""
    pairs = [(name, need) for name in edges for need in edges[name]]
    order = {name: at for at, name in enumerate(installation_order(edges, pairs).names)}
    parts = components({name: list(edges[name]) for name in edges})
    groups = tuple(
        sorted((tuple(sorted(g, key=order.__getitem__)) for g in parts), key=order_of(order))
    )
    return BuildOrder(tuple(order), groups, _levels(groups, edges))


def order_of(order: dict[str, int]) -> Callable[[tuple[str, ...]], int]:
    """Return the key that sorts groups by the place of their first rock."""
    return lambda group: order[group[0]]


def _requirers(by: Iterable[set[str]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in by for name in names}))


def _levels(
    groups: Sequence[tuple[str, ...]], edges: dict[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    """Return the rounds in which groups can be built, each as early as possible."""
    level: dict[str, int] = {}
    for group in groups:
        below = [level[need] for name in group for need in edges[name] if need not in group]
        level.update(dict.fromkeys(group, max(below, default=-1) + 1))
    count = max(level.values(), default=-1) + 1
    return tuple(tuple(name for name in level if level[name] == at) for at in range(count))
