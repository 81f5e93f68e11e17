"""LuaRocks' ``deps_mode``: the trees in which dependencies are looked up.

The rules are LuaRocks' (page "Dependency modes", ``luarocks.core.path.map_trees``), with one
exception: a target that is not in ``rocks_trees`` counts as the first tree. LuaRocks then uses no
tree at all under ``order``, and 3.8 does not use the target under ``all``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.quotation import quoted
from distrorocks.trees.stack import Tree


class DepsModeError(DistrorocksError):
    """The text is not a dependency mode."""


class DepsMode(Enum):
    """The four modes, by LuaRocks' names."""

    ONE = "one"
    ALL = "all"
    ORDER = "order"
    NONE = "none"

    @classmethod
    def parse(cls, text: str) -> DepsMode:
        """Parse a mode, or raise ``DepsModeError``."""
        for mode in cls:
            if mode.value == text:
                return mode
        known = ", ".join(mode.value for mode in cls)
        raise DepsModeError(f"{quoted(text)} is not a dependency mode", hint=f"use one of {known}")

    @property
    def resolves(self) -> bool:
        """Whether dependencies are resolved when a rock is installed."""
        return self is not DepsMode.NONE

    def __str__(self) -> str:
        return self.value


def configured_mode(config: LuaTable) -> DepsMode:
    """Return the ``deps_mode`` of a configuration, by default ``one``.

    Raise ``DepsModeError`` if its value is not a mode.
    """
    found = config.get("deps_mode")
    if found is None:
        return DepsMode.ONE
    try:
        return DepsMode.parse(str(found))
    except DepsModeError as error:
        raise DepsModeError(f"deps_mode: {error.brief}", hint=error.hint) from error


def consulted(mode: DepsMode, trees: Sequence[Tree], target: Tree) -> tuple[Tree, ...]:
    """Return the trees in which a rock of ``target`` may find dependencies, in order.

    Of the configuration's ``trees`` only listed ones count. ``none`` resolves nothing; a lookup
    that is needed anyway is that of ``one``.
    """
    if mode in (DepsMode.ONE, DepsMode.NONE):
        return (target,)
    listed = [tree for tree in trees if tree.is_listed]
    place = position(listed, target)
    if place is None:
        return (target, *listed)
    return tuple(listed if mode is DepsMode.ALL else listed[place:])


def position(trees: Sequence[Tree], target: Tree) -> int | None:
    """Return the index of the first tree with the target's root, or None."""
    for place, tree in enumerate(trees):
        if tree.layout.root == target.layout.root:
            return place
    return None
