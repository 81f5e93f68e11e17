"""Modules and commands that several rocks have, and which of them Lua or the shell then finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from distrorocks.install.deploy.placement import Item
from distrorocks.rocks.quotation import some_of
from distrorocks.trees.layout import Rock
from distrorocks.values import NamedTuple

_MOST_NAMED = 3


class Collision(NamedTuple):
    """``rock``, a new one, has a module or command that ``other`` of the same tree has, too.

    ``found`` is the one that ``require`` or the shell finds under the plain name.
    """

    item: Item
    rock: Rock
    other: Rock
    found: Rock


def collisions_of(
    owners: Mapping[Item, Sequence[Rock]], new: Collection[Rock]
) -> Iterator[Collision]:
    """Yield what new rocks share with other rocks of their tree.

    ``owners`` are the providers of each item after the installation, the first has the plain name.
    Versions of one rock do not collide.
    """
    for item, rocks in sorted(owners.items()):
        for rock in rocks:
            for other in rocks if rock in new else ():
                is_told = other in new and other < rock
                if other[0] != rock[0] and not is_told:
                    yield Collision(item, rock, other, rocks[0])


def told_collisions(collisions: Iterable[Collision], announced: Collection[Item]) -> Iterator[str]:
    """Yield a line for each two rocks, about what the user has not been told before.

    ``announced`` has modules as ``require`` names them: ``a`` for ``a.init``.
    """
    pairs: dict[tuple[str, Rock, Rock, Rock], list[str]] = {}
    for (kind, name), rock, other, found in collisions:
        required = name.removesuffix(".init")
        if (kind, required) not in announced:
            pairs.setdefault((kind, rock, other, found), []).append(required)
    for (kind, rock, other, found), names in pairs.items():
        shown = some_of(kind, names, _MOST_NAMED)
        yield (
            f"{' '.join(rock)} brings the {shown}, also in {' '.join(other)}:"
            f" what {' '.join(found)} has is found"
        )
