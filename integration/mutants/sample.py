"""A sample of mutants that the same seed draws again."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from integration.mutants.mutation import Mutant
from integration.mutants.rooms import room

_T = TypeVar("_T")


def sample(by_module: Mapping[str, Sequence[Mutant]], size: int, seed: int) -> list[Mutant]:
    """Return that many mutants, as even over rooms, their modules and operators as there are.

    A module's mutants depend on its own text and the seed alone, so that a change elsewhere does
    not draw others.
    """
    rooms: dict[str, list[Iterator[Mutant]]] = defaultdict(list)
    for module in _shuffled(sorted(by_module), f"{seed}"):
        rooms[room(module)].append(_by_operator(module, by_module[module], seed))
    turns = _in_turn([_in_turn(rooms[each]) for each in sorted(rooms)])
    return [mutant for mutant, _ in zip(turns, range(size), strict=False)]


def _by_operator(module: str, found: Sequence[Mutant], seed: int) -> Iterator[Mutant]:
    """Yield a module's mutants, one operator after another, each in an order of chance."""
    groups: dict[str, list[Mutant]] = defaultdict(list)
    for each in found:
        groups[each.operator].append(each)
    names = _shuffled(sorted(groups), f"{seed} {module}")
    return _in_turn([iter(_shuffled(groups[name], f"{seed} {module} {name}")) for name in names])


def _shuffled(values: Iterable[_T], seed: str) -> list[_T]:
    ordered = list(values)
    random.Random(seed).shuffle(ordered)  # noqa: S311 -- a sample to repeat, no secret
    return ordered


def _in_turn(sources: Sequence[Iterator[_T]]) -> Iterator[_T]:
    """Yield one value of each source in turn, until all are empty."""
    waiting = list(sources)
    while waiting:
        for source in list(waiting):
            try:
                yield next(source)
            except StopIteration:
                waiting.remove(source)
