"""Where the boxes of a drawn graph stand: layers from what needs to what is needed.

The layout depends on names and edges only, so equal plans are equal pictures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

_SWEEPS = 4


class Layers(NamedTuple):
    """Rows of names; each edge of no cycle goes from a row to a later one."""

    rows: tuple[tuple[str, ...], ...]


def layers(
    names: Sequence[str],
    pairs: Collection[tuple[str, str]],
    closing: Collection[tuple[str, str]] = (),
) -> Layers:
    """Return the rows of ``names``, which are in order of installation: what is needed first.

    A rock stands one row below the lowest of those that need it; ``closing`` pairs, which close
    cycles, pull nothing. In each row the order keeps edges short.
    """
    forward = [pair for pair in sorted(set(pairs)) if pair not in closing and pair[0] != pair[1]]
    depth = dict.fromkeys(names, 0)
    by_requirer: dict[str, list[str]] = {}
    for requirer, required in forward:
        by_requirer.setdefault(requirer, []).append(required)
    for name in reversed(names):
        for required in by_requirer.get(name, ()):
            depth[required] = max(depth[required], depth[name] + 1)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in sorted(names):
        rows[depth[name]].append(name)
    _shorten(rows, forward)
    return Layers(tuple(tuple(row) for row in rows))


def _shorten(rows: list[list[str]], pairs: Iterable[tuple[str, str]]) -> None:
    """Order each row by the middle of its neighbours, down and up some times."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for requirer, required in pairs:
        above.setdefault(required, []).append(requirer)
        below.setdefault(requirer, []).append(required)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        neighbours = above if downwards else below
        place = {name: index / len(row) for row in rows for index, name in enumerate(row)}
        for row in rows if downwards else reversed(rows):
            _sort(row, neighbours, place)
            for index, name in enumerate(row):
                place[name] = index / len(row)


def _sort(row: list[str], neighbours: Mapping[str, list[str]], place: Mapping[str, float]) -> None:
    def middle(name: str) -> tuple[float, str]:
        near = [place[each] for each in neighbours.get(name, ())] or [place[name]]
        return sum(near) / len(near), name

    row.sort(key=middle)
