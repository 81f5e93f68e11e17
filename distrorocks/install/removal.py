"""Decide what to remove from a tree, and which dependents would become unsatisfied."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import NegativeError
from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.dependents import Dependent, NeedyRock, Sight, dependents, meets, spared
from distrorocks.resolve.order import installation_order
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import plain
from distrorocks.values import NamedTuple


class NotInstalled(NegativeError):  # noqa: N818 - what it says of a rock
    """A rock to remove is not in the tree; ``elsewhere`` is what other trees have of ``name``."""

    name: str = ""
    elsewhere: tuple[Candidate, ...] = ()


class Removal(NamedTuple):
    """``rocks`` to remove, dependents first; ``dependents`` would become unsatisfied.

    ``lua_version`` is that of the tree, "" if the caller does not say it.
    """

    target: str
    rocks: tuple[Candidate, ...]
    dependents: tuple[Dependent, ...]
    lua_version: str = ""


def removal(
    wanted: Sequence[Dependency], target: str, rocks: Sequence[NeedyRock], sight: Sight
) -> Removal:
    """Return what to remove from ``target``: every version that satisfies one of ``wanted``.

    Raise ``NotInstalled`` for one that no rock there satisfies.
    """
    doomed: dict[Candidate, None] = {}
    for each in wanted:
        fitting = [rock.candidate for rock in rocks if meets(rock.candidate, each)]
        here = [one for one in fitting if one.place == target]
        if not here:
            raise _missing(each, target, fitting)
        doomed.update(dict.fromkeys(here))
    return _removal(list(doomed), target, rocks, sight)


def purge(target: str, rocks: Sequence[NeedyRock], sight: Sight) -> Removal:
    """Return the removal of every rock of ``target``; dependents are rocks of other trees."""
    doomed = [rock.candidate for rock in rocks if rock.candidate.place == target]
    return _removal(doomed, target, rocks, sight)


def purge_of_old(
    target: str, rocks: Sequence[NeedyRock], sight: Sight, *, is_forced: bool
) -> tuple[Removal, tuple[Dependent, ...]]:
    """Return the removal of every version but the newest of each rock of ``target``.

    Versions that dependents need stay, unless ``is_forced``; the second value has a dependent for
    each of those.
    """
    here = [rock.candidate for rock in rocks if rock.candidate.place == target]
    newest: dict[str, Candidate] = {}
    for each in sorted(here, key=lambda each: each.version):
        newest[each.name] = each
    old = [each for each in here if each != newest[each.name]]
    kept = {} if is_forced else spared(rocks, old, (), sight)
    left = [each for each in old if each not in kept]
    return _removal(left, target, rocks, sight), tuple(kept.values())


def _removal(
    doomed: list[Candidate], target: str, rocks: Sequence[NeedyRock], sight: Sight
) -> Removal:
    return Removal(
        target, tuple(_ordered(doomed, rocks)), tuple(dependents(rocks, doomed, (), sight))
    )


def _missing(wanted: Dependency, target: str, elsewhere: Sequence[Candidate]) -> NotInstalled:
    """Return the error in LuaRocks' wording, with the trees that have the rock."""
    detail = "\n".join(f"  {each} is in {each.place}" for each in elsewhere)
    hint = "`distrorocks list` shows the installed rocks"
    if elsewhere:
        hint = f"select its tree: --tree={plain(elsewhere[0].place)}"
    missing = NotInstalled(f"could not find rock '{wanted}' in {target}", detail=detail, hint=hint)
    missing.name, missing.elsewhere = wanted.rock_name, tuple(elsewhere)
    return missing


def _ordered(doomed: list[Candidate], rocks: Sequence[NeedyRock]) -> list[Candidate]:
    """Return the rocks in removal order: dependents first, old versions before new ones.

    LuaRocks loses a C module if a newer Lua module of the same name is removed before it.
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
