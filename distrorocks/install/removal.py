"""What removing rocks from a tree would come to: which versions go, and who would miss them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from distrorocks.errors import NegativeError
from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.dependents import Dependent, NeedyRock, Sight, dependents, meets
from distrorocks.resolve.order import installation_order
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import plain


class NotInstalled(NegativeError):  # noqa: N818 - what it says of a rock
    """A rock to be removed is not in the tree; other trees that have it are told."""


class Removal(NamedTuple):
    """``rocks`` go from the tree, those that need others first; ``dependents`` would lack them."""

    target: str
    rocks: tuple[Candidate, ...]
    dependents: tuple[Dependent, ...]


def removal(
    wanted: Sequence[Dependency], target: str, rocks: Sequence[NeedyRock], sight: Sight
) -> Removal:
    """Return what goes from ``target``: every version there that fits one of ``wanted``.

    Raises ``NotInstalled`` for one that nothing there fits.
    """
    doomed: dict[Candidate, None] = {}
    for each in wanted:
        fitting = [rock.candidate for rock in rocks if meets(rock.candidate, each)]
        here = [one for one in fitting if one.place == target]
        if not here:
            raise _missing(each, target, fitting)
        doomed.update(dict.fromkeys(here))
    return Removal(
        target, tuple(_ordered(list(doomed), rocks)), tuple(dependents(rocks, doomed, (), sight))
    )


def _missing(wanted: Dependency, target: str, elsewhere: Sequence[Candidate]) -> NotInstalled:
    """Return the error in LuaRocks' words, with the trees that have the rock."""
    told = "\n".join(f"  {each} is in {each.place}" for each in elsewhere)
    hint = "`distrorocks list` shows what is installed"
    if elsewhere:
        hint = f"name its tree: --tree={plain(elsewhere[0].place)}"
    return NotInstalled(f"could not find rock '{wanted}' in {target}", detail=told, hint=hint)


def _ordered(doomed: list[Candidate], rocks: Sequence[NeedyRock]) -> list[Candidate]:
    """Return the rocks so that each goes before what it needs; old versions before new ones.

    LuaRocks loses a C module when a newer Lua module of its name goes before it.
    """
    names = {each.name for each in doomed}
    pairs = [
        (rock.candidate.name, need.dependency.rock_name)
        for rock in rocks
        if rock.candidate in doomed
        for need in rock.needs
        if need.dependency.rock_name in names
    ]
    order = installation_order(names, pairs).names
    return sorted(doomed, key=lambda each: (-order.index(each.name), each.version))
