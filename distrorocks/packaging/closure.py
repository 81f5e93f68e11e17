"""All rocks that a rock needs and that nobody has packaged, each after what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.order import components, installation_order
from distrorocks.rocks.dependency import Dependency

MOST_ROCKS = 2000
_MOST_ROUNDS = 100


class NeededRock(NamedTuple):
    """A rock of one version, with the rocks it needs to be built and to run.

    ``key`` is what its index knows it by.
    """

    rock: str
    version: str
    needs: tuple[Dependency, ...]
    key: str


class Missing(NamedTuple):
    """A rock that no index has as it is needed: the needs, and which rocks have them."""

    rock: str
    needs: tuple[str, ...]
    by: tuple[str, ...]


class Closure(NamedTuple):
    """The rocks to package in order, and why.

    ``groups`` are what can be packaged one after another: single rocks, or the rocks of a cycle,
    which need each other. ``levels`` are rounds: all of one need only what earlier ones have (or,
    in a cycle, each other). ``packaged`` are rocks that the distribution has.
    """

    rocks: dict[str, NeededRock]
    groups: tuple[tuple[str, ...], ...]
    levels: tuple[tuple[str, ...], ...]
    edges: dict[str, tuple[str, ...]]
    packaged: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The groups of rocks that need each other."""
        return tuple(group for group in self.groups if len(group) > 1)


Find: TypeAlias = "Callable[[str, Sequence[Dependency]], NeededRock | None]"


def closure_of(start: NeededRock, find: Find, is_packaged: Callable[[str], bool]) -> Closure:
    """Return what has to be packaged for ``start``, itself too.

    ``find`` gives the best version of a rock that stands all needs; ``is_packaged`` tells whether
    nothing has to be done for a rock. A need of a version that was passed over for a better one
    still counts: so it ends, and no rock is chosen that another one's need speaks against.
    """
    needs: dict[str, dict[Dependency, set[str]]] = {}
    for _ in range(_MOST_ROUNDS):
        known = sum(map(len, needs.values()))
        chosen, lacking, packaged = _walk(start, find, is_packaged, needs)
        if sum(map(len, needs.values())) == known:
            return _ordered(chosen, lacking, packaged, needs)
    raise DistrorocksError(
        f"what {start.rock} needs has no end",
        detail=f"after {_MOST_ROUNDS} rounds new needs still come up",
        hint="name the rocks that are meant one by one",
    )


def _walk(
    start: NeededRock,
    find: Find,
    is_packaged: Callable[[str], bool],
    needs: dict[str, dict[Dependency, set[str]]],
) -> tuple[dict[str, NeededRock], set[str], set[str]]:
    """Return the rocks chosen, those that are nowhere, those packaged; add the needs met."""
    chosen = {start.rock: start}
    lacking: set[str] = set()
    packaged: set[str] = set()
    waiting = [start]
    while waiting:
        rock = waiting.pop()
        for need in rock.needs:
            name = need.rock_name
            needs.setdefault(name, {}).setdefault(need, set()).add(rock.rock)
            if name in chosen or name in lacking or name in packaged:
                continue
            if is_packaged(name):
                packaged.add(name)
            elif found := find(name, tuple(needs[name])):
                chosen[name] = found
                waiting.append(found)
            else:
                lacking.add(name)
            if len(chosen) > MOST_ROCKS:
                raise DistrorocksError(f"{start.rock} needs more than {MOST_ROCKS} rocks")
    return chosen, lacking, packaged


def _ordered(
    chosen: dict[str, NeededRock],
    lacking: set[str],
    packaged: set[str],
    needs: dict[str, dict[Dependency, set[str]]],
) -> Closure:
    """Return the closure of what was chosen, in order."""
    edges = {
        name: tuple(sorted({n.rock_name for n in chosen[name].needs} & set(chosen) - {name}))
        for name in sorted(chosen)
    }
    pairs = [(name, need) for name in edges for need in edges[name]]
    order = {name: at for at, name in enumerate(installation_order(edges, pairs).names)}
    parts = components({name: list(edges[name]) for name in edges})
    groups = tuple(
        sorted((tuple(sorted(g, key=order.__getitem__)) for g in parts), key=order_of(order))
    )
    missing = [
        Missing(name, tuple(sorted(map(str, needs[name]))), _requirers(needs[name].values()))
        for name in sorted(lacking)
    ]
    return Closure(
        {name: chosen[name] for name in order},
        groups,
        _levels(groups, edges),
        {name: edges[name] for name in order},
        tuple(sorted(packaged)),
        tuple(missing),
    )


def order_of(order: dict[str, int]) -> Callable[[tuple[str, ...]], int]:
    """Return the key that sorts groups by the place of their first rock."""
    return lambda group: order[group[0]]


def _requirers(by: Iterable[set[str]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in by for name in names}))


def _levels(
    groups: Sequence[tuple[str, ...]], edges: dict[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    """Return the rounds in which groups can be built, each as early as it can be."""
    level: dict[str, int] = {}
    for group in groups:
        below = [level[need] for name in group for need in edges[name] if need not in group]
        level.update(dict.fromkeys(group, max(below, default=-1) + 1))
    count = max(level.values(), default=-1) + 1
    return tuple(tuple(name for name in level if level[name] == at) for at in range(count))
