"""What is wrong among rocks that stand: needs that nothing meets, cycles, rocks that hide others.

All of it is about the trees as they are; what would be installed is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from distrorocks.resolve.order import components
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import quoted
from distrorocks.trees.stack import Tree
from distrorocks.trees.standing import Match, StandingRock

UNSATISFIED = "unsatisfied"
UNKNOWN = "unknown"
BY_NAME = "by-name"
CYCLIC = "cyclic"
SHADOWED = "shadowed"
DUPLICATE = "duplicate"


_MOST_TOLD = 8


class RockFinding(NamedTuple):
    """One thing that is wrong with a rock: what, why, and what would help.

    ``mode`` is the deps_mode under which it is so, "" where that does not matter.
    """

    kind: str
    rock: StandingRock
    told: str
    reason: str
    hint: str
    mode: str = ""


class Member(NamedTuple):
    """A standing rock with the modules that its tree's manifest lists, and its place in order."""

    rock: StandingRock
    modules: frozenset[str]
    place: int


def unmet(
    rock: StandingRock, found: Match, elsewhere: Match, mode: str, hidden: Tree | None
) -> RockFinding:
    """Return that a need of a rock is not met.

    ``elsewhere`` is the match in all trees; ``hidden`` is the tree of what it found, if LuaRocks'
    configuration does not list it.
    """
    need = found.dependency
    reason, hint = _reason(rock, found, elsewhere, mode, hidden)
    return RockFinding(UNSATISFIED, rock, f"needs {need}", reason, hint, mode)


def _reason(
    rock: StandingRock, found: Match, elsewhere: Match, mode: str, hidden: Tree | None
) -> tuple[str, str]:
    """Return why a need is not met, and what would help."""
    need = found.dependency
    install = f"install {need} into {rock.layout.root}"
    if found.provided is not None:
        told = f"{need.rock_name} {found.provided} is provided by Lua or by rocks_provided"
        return f"{told}, and hides all trees", "take another version of the rock that needs it"
    if elsewhere.rock is not None:
        there = elsewhere.rock.layout.root
        if hidden is not None:
            listed = "let LuaRocks see that tree: distrorocks config-snippet"
            return f"{elsewhere.rock} is in {there}, which rocks_trees does not list", listed
        told = f"{elsewhere.rock} is in {there}, where deps_mode {mode} does not look"
        return told, f"use deps_mode all, or {install}"
    if not found.others and not elsewhere.others:
        return "no tree has it", install
    others = found.others or elsewhere.others
    misplaced = [it for it in others if need.satisfied_by(it.version)]
    if misplaced:
        spaces = ", ".join(sorted({quoted(it.namespace) for it in misplaced if it.namespace}))
        told = f"with the namespace {spaces}" if spaces else "without a namespace"
        return f"{need.rock_name} is installed {told}, not with {quoted(need.namespace)}", install
    listed = ", ".join(f"{it.version} in {it.layout.root}" for it in others[:_MOST_TOLD])
    if len(others) > _MOST_TOLD:
        listed += f" and {len(others) - _MOST_TOLD} more"
    return f"there is only {listed}", install


def unknown(rock: StandingRock, why: str) -> RockFinding:
    """Return that nobody knows what a rock needs."""
    hint = f"the tree's manifest or {rock.rockspec} must tell"
    return RockFinding(UNKNOWN, rock, "its dependencies are not known", why, hint)


def met_by_name(rock: StandingRock, need: Dependency, mode: str) -> RockFinding:
    """Return that a namespaced need is met by what has no namespace."""
    reason = "what Lua or rocks_provided provides has no namespace; LuaRocks goes by the name"
    hint = "take it out of rocks_provided if the other rock is meant"
    return RockFinding(BY_NAME, rock, f"needs {need}", reason, hint, mode)


def hidden_rocks(members: Sequence[Member]) -> Iterator[RockFinding]:
    """Yield the rocks, and the modules of rocks, that an earlier tree hides from a later one.

    The same version in both is a duplicate: one of the two serves nobody.
    """
    rocks: dict[str, Member] = {}
    modules: dict[str, Member] = {}
    for member in sorted(members, key=lambda it: it.place):
        rock = member.rock
        above = rocks.get(rock.name)
        if above is not None and above.place < member.place:
            yield _hidden(rock, above.rock)
        else:
            rocks.setdefault(rock.name, member)
            yield from _hidden_modules(member, modules)
        for module in member.modules:
            modules.setdefault(module, member)


def _hidden(rock: StandingRock, above: StandingRock) -> RockFinding:
    where = f"{above} in {above.layout.root}"
    if above.version == rock.version:
        reason = "the same version is found there first"
        return RockFinding(DUPLICATE, rock, f"is also {where}", reason, "remove one of the two")
    reason = "Lua looks into that tree first"
    hint = f"remove {rock.name} from one of the trees, or change their order in rocks_trees"
    return RockFinding(SHADOWED, rock, f"is hidden by {where}", reason, hint)


def _hidden_modules(member: Member, modules: Mapping[str, Member]) -> Iterator[RockFinding]:
    """Yield the modules of a rock that another rock of an earlier tree has."""
    hiders: dict[StandingRock, list[str]] = {}
    for module in sorted(member.modules):
        above = modules.get(module)
        if above and above.place < member.place and above.rock.name != member.rock.name:
            hiders.setdefault(above.rock, []).append(module)
    for rock, names in hiders.items():
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        word = "module" if len(names) == 1 else "modules"
        verb = "is" if len(names) == 1 else "are"
        told = f"its {word} {shown} {verb} hidden by {rock} in {rock.layout.root}"
        hint = "remove one of the two rocks, or change the order in rocks_trees"
        yield RockFinding(SHADOWED, member.rock, told, "Lua looks into that tree first", hint)


def cycles(
    edges: Mapping[StandingRock, Sequence[StandingRock]],
) -> Iterator[tuple[StandingRock, ...]]:
    """Yield each set of rocks that need each other, sorted; a rock that needs itself is one."""
    for group in reversed(list(components(edges))):
        if len(group) > 1 or any(rock in edges.get(rock, ()) for rock in group):
            yield tuple(sorted(group, key=lambda it: (it.name, it.version)))


def cyclic(group: Sequence[StandingRock], mode: str) -> RockFinding:
    """Return that some rocks need each other."""
    names = ", ".join(map(str, group))
    reason = f"of {names} each needs the others" if len(group) > 1 else "it needs itself"
    hint = "they work once installed; built from source, LuaRocks installs them without end"
    return RockFinding(CYCLIC, group[0], "is in a cycle of dependencies", reason, hint, mode)


def reached(
    names: Sequence[str], edges: Mapping[StandingRock, Sequence[StandingRock]]
) -> set[StandingRock]:
    """Return the rocks of these names and all that they need, directly or not."""
    wanted = set(names)
    waiting = [rock for rock in edges if rock.name in wanted]
    found = set(waiting)
    while waiting:
        for rock in edges.get(waiting.pop(), ()):
            if rock not in found:
                found.add(rock)
                waiting.append(rock)
    return found
