"""Which trees count when dependencies are checked: LuaRocks' ``deps_mode``.

The sets are LuaRocks' own (its page "Dependency modes", ``luarocks.core.path.map_trees``) but for
one: a target that no ``rocks_trees`` lists counts as the first tree. LuaRocks sees no tree at all
then under ``order``, not even the target, and its 3.8 does not see the target under ``all``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.quotation import quoted
from distrorocks.trees.stack import Tree


class DepsModeError(DistrorocksError):
    """A text that names no mode."""


class DepsMode(Enum):
    """The four modes, by the words that LuaRocks has for them."""

    ONE = "one"
    ALL = "all"
    ORDER = "order"
    NONE = "none"

    @classmethod
    def parse(cls, text: str) -> DepsMode:
        """Return the mode of that name; raise ``DepsModeError``."""
        for mode in cls:
            if mode.value == text:
                return mode
        known = ", ".join(mode.value for mode in cls)
        raise DepsModeError(f"{quoted(text)} is not a dependency mode", hint=f"use one of {known}")

    @property
    def resolves(self) -> bool:
        """Whether dependencies are looked at when a rock is installed."""
        return self is not DepsMode.NONE

    def __str__(self) -> str:
        return self.value


def configured_mode(config: LuaTable) -> DepsMode:
    """Return the ``deps_mode`` of a configuration, ``one`` where it sets none.

    Raises ``DepsModeError`` where it sets what is no mode.
    """
    found = config.get("deps_mode")
    if found is None:
        return DepsMode.ONE
    try:
        return DepsMode.parse(found if isinstance(found, str) else str(found))
    except DepsModeError as error:
        raise DepsModeError(f"deps_mode: {error.brief}", hint=error.hint) from error


def consulted(mode: DepsMode, trees: Sequence[Tree], target: Tree) -> tuple[Tree, ...]:
    """Return the trees in which a rock of ``target`` may find what it needs, in their order.

    ``trees`` are those of the configuration; of them only the listed ones count. With ``none``
    nothing is resolved; where a look-up is needed all the same, it is that of ``one``.
    """
    if mode in (DepsMode.ONE, DepsMode.NONE):
        return (target,)
    listed = [tree for tree in trees if tree.is_listed]
    place = position(listed, target)
    if place is None:
        return (target, *listed)
    return tuple(listed if mode is DepsMode.ALL else listed[place:])


def position(trees: Sequence[Tree], target: Tree) -> int | None:
    """Return the place of the first tree with the target's root, None where no tree has it."""
    for place, tree in enumerate(trees):
        if tree.layout.root == target.layout.root:
            return place
    return None
