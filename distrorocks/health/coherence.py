"""Findings about installed rocks: unsatisfied, cyclic, shadowed and duplicate rocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from distrorocks.resolve.order import components
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import quoted
from distrorocks.trees.deployed_rock import DeployedRock, Match
from distrorocks.trees.layout import DISTRO_ROOT
from distrorocks.trees.stack import Tree
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.health.unread import UnreadTree

UNSATISFIED = "unsatisfied"
UNKNOWN = "unknown"
BY_NAME = "by-name"
CYCLIC = "cyclic"
SHADOWED = "shadowed"
DUPLICATE = "duplicate"


_MOST_LISTED = 8


class RockFinding(NamedTuple):
    """One finding about a rock: summary, reason and hint.

    ``mode`` is the deps_mode under which it applies, or "" if it does not depend on that.
    """

    kind: str
    rock: DeployedRock
    summary: str
    reason: str
    hint: str
    mode: str = ""


class Elsewhere(NamedTuple):
    """Trees that LuaRocks does not see: one with the rock that it does not list, and unread ones.

    ``hidden`` is None if no unlisted tree has the rock, else ``listing`` says how to list it.
    """

    hidden: Tree | None = None
    listing: str = ""
    unread: tuple[UnreadTree, ...] = ()


NOWHERE = Elsewhere()


def unmet(
    rock: DeployedRock, found: Match, elsewhere: Match, mode: str, unseen: Elsewhere = NOWHERE
) -> RockFinding:
    """Return the finding for an unsatisfied dependency of a rock.

    ``elsewhere`` is the match in all trees.
    """
    need = found.dependency
    reason, hint = _reason(rock, found, elsewhere, mode, unseen)
    return RockFinding(UNSATISFIED, rock, f"needs {need}", reason, hint, mode)


def _reason(
    rock: DeployedRock, found: Match, elsewhere: Match, mode: str, unseen: Elsewhere
) -> tuple[str, str]:
    """Return why a dependency is unsatisfied, and a hint."""
    need, layout = found.dependency, rock.layout
    tree = "" if layout.root == DISTRO_ROOT else f" --tree={quote(layout.root)}"
    install = f"distrorocks install {quote(str(need))}{tree} --lua-version={layout.lua_version}"
    if found.provided is not None:
        provided = f"{need.rock_name} {found.provided} is provided by Lua or by rocks_provided"
        return f"{provided}, which takes precedence over all trees", (
            "use another version of the rock that needs it"
        )
    if elsewhere.rock is not None:
        there = elsewhere.rock.layout.root
        if unseen.hidden is not None:
            reason = f"{elsewhere.rock} is in {there}, which rocks_trees does not list"
            return reason, unseen.listing
        reason = f"{elsewhere.rock} is in {there}, where deps_mode {mode} does not look"
        return reason, f"use deps_mode all, or {install}"
    if not found.others and not elsewhere.others:
        for unread in unseen.unread:
            reason = f"no tree that can be read has it, and LuaRocks cannot read {unread}"
            return reason, unread.hint
        return "no tree has it", install
    others = found.others or elsewhere.others
    misplaced = [it for it in others if need.satisfied_by(it.version)]
    if misplaced:
        spaces = ", ".join(sorted({quoted(it.namespace) for it in misplaced if it.namespace}))
        how = f"with the namespace {spaces}" if spaces else "without a namespace"
        return f"{need.rock_name} is installed {how}, not with {quoted(need.namespace)}", install
    listed = ", ".join(f"{it.version} in {it.layout.root}" for it in others[:_MOST_LISTED])
    if len(others) > _MOST_LISTED:
        listed += f" and {len(others) - _MOST_LISTED} more"
    return f"installed: only {listed}", install


def unknown(rock: DeployedRock, why: str) -> RockFinding:
    """Return the finding that the dependencies of a rock are unknown."""
    hint = f"restore {rock.rockspec} or the tree's manifest"
    return RockFinding(UNKNOWN, rock, "has unknown dependencies", why, hint)


def satisfied_by_name(rock: DeployedRock, need: Dependency, mode: str) -> RockFinding:
    """Return the finding that a namespaced dependency is satisfied without a namespace."""
    reason = (
        "rocks provided by Lua or rocks_provided have no namespace; LuaRocks compares names only"
    )
    hint = "remove it from rocks_provided if the other rock is meant"
    return RockFinding(BY_NAME, rock, f"needs {need}", reason, hint, mode)


def cycles(
    edges: Mapping[DeployedRock, Sequence[DeployedRock]],
) -> Iterator[tuple[DeployedRock, ...]]:
    """Yield each dependency cycle as a sorted tuple; a rock that depends on itself is one."""
    for group in reversed(list(components(edges))):
        members = sorted(group, key=lambda it: (it.name, it.version))
        if len(members) > 1 or members[0] in edges.get(members[0], ()):
            yield tuple(members)


def cyclic(group: Sequence[DeployedRock], mode: str) -> RockFinding:
    """Return the finding for a dependency cycle."""
    names = ", ".join(map(str, group))
    reason = f"{names} depend on each other" if len(group) > 1 else "it depends on itself"
    hint = "they work once installed, but LuaRocks loops when it builds them from source"
    return RockFinding(CYCLIC, group[0], "is in a dependency cycle", reason, hint, mode)


def reached(
    names: Sequence[str], edges: Mapping[DeployedRock, Sequence[DeployedRock]]
) -> set[DeployedRock]:
    """Return the rocks of these names and their transitive dependencies."""
    wanted = set(names)
    waiting = [rock for rock in edges if rock.name in wanted]
    found = set(waiting)
    while waiting:
        for rock in edges.get(waiting.pop(), ()):
            if rock not in found:
                found.add(rock)
                waiting.append(rock)
    return found
