"""Modules and commands that several rocks have, and which of them Lua or the shell then finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from distrorocks.install.deploy.built_rock import BuiltRock
from distrorocks.install.deploy.placement import MODULE, Item, items_of
from distrorocks.trees.layout import Rock


class Collision(NamedTuple):
    """``rock``, a new one, has a module or command that ``other`` has, too.

    ``found`` is the one that ``require`` or the shell finds under the plain name. ``place`` is the
    tree or the package of ``other``, "" for the tree of the new rock.
    """

    item: Item
    rock: Rock
    other: Rock
    found: Rock
    place: str = ""

    def __str__(self) -> str:
        kind, name = self.item
        where = f" in {self.place}" if self.place else ""
        return (
            f"{kind} {name} of {' '.join(self.rock)} is also one of {' '.join(self.other)}{where}:"
            f" that of {' '.join(self.found)} is found"
        )


class Neighbour(NamedTuple):
    """A rock of another tree, or what a package provides, with its ``modules`` and ``commands``.

    ``is_before`` says whether its ``place`` is searched before the tree of the new rocks.
    """

    rock: Rock
    place: str
    modules: frozenset[str]
    commands: frozenset[str] = frozenset()
    is_before: bool = False

    def has(self, item: Item) -> bool:
        """Return whether it has a module or command."""
        kind, name = item
        return name in (self.modules if kind == MODULE else self.commands)


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


def collisions_around(
    built: Iterable[BuiltRock], neighbours: Sequence[Neighbour]
) -> Iterator[Collision]:
    """Yield what built rocks would hide in other trees and packages, or be hidden by."""
    for each in built:
        for item in sorted(items_of(each.entry)):
            for other in neighbours:
                if other.has(item) and other.rock[0] != each.name:
                    found = other.rock if other.is_before else each.rock
                    yield Collision(item, each.rock, other.rock, found, other.place)
