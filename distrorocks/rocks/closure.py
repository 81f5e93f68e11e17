"""The transitive dependencies of a rock among the rocks of one tree.

LuaRocks stores them with each rock in the tree's manifest. The result is unique unless several
versions of a rock are installed: then LuaRocks' choice depends on its hash order, and the one made
here is the outcome of a walk in the rockspecs' order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version

Rock = tuple[str, str]
Closure = dict[str, str]

MOST_STEPS = 10_000_000
"""The limit of steps for the closures of one tree: one for each dependency followed.

A rock in a closure costs ten, as it is stored and written to the manifest. A tree of all rocks of
the public server has some ten thousand of them.
"""
_OF_ONE = 10


class ClosureError(DistrorocksError):
    """The closures of a tree's rocks are too large for a manifest."""


class Closures:
    """The closures of a tree's rocks, each computed once.

    ``installed`` has the versions of each rock; ``needs`` each rock's dependencies as written,
    without rocks whose rockspec could not be read: these are in no closure. ``provided`` names the
    rocks that the Lua interpreter includes, ``namespaces`` has the namespace of each rock that was
    installed with one.
    """

    def __init__(
        self,
        installed: Mapping[str, Collection[str]],
        needs: Mapping[Rock, Iterable[str]],
        *,
        provided: frozenset[str] = frozenset(),
        namespaces: Mapping[Rock, str] = MappingProxyType({}),
    ) -> None:
        self._installed = installed
        self._needs = needs
        self._provided = provided
        self._namespaces = namespaces
        self._ambiguous = {name for name, found in installed.items() if len(found) > 1}
        self._found: dict[str, Rock | None] = {}
        self._matched: dict[Rock, tuple[Rock, ...]] = {}
        self._whole: dict[Rock, Closure | None] = {}
        self._steps = 0

    def of(self, rock: Rock) -> Closure:
        """Return name to version of the transitive dependencies of ``rock``, without itself.

        Raise ``ClosureError`` if the closures computed so far exceed the limit.
        """
        if rock not in self._whole:
            self._settle(rock)
        whole = self._whole[rock]
        closure = self._walk(rock) if whole is None else dict(whole)
        closure.pop(rock[0], None)
        return closure

    def matched(self, rock: Rock) -> tuple[Rock, ...]:
        """Return the installed rocks that satisfy the direct dependencies, in order."""
        matched = self._matched.get(rock)
        if matched is None:
            chosen = []
            for text in self._needs.get(rock, ()):
                if text not in self._found:
                    self._found[text] = self._best(Dependency.parse(text))
                best = self._found[text]
                if best:
                    chosen.append(best)
            matched = self._matched[rock] = tuple(chosen)
        return matched

    def _best(self, dependency: Dependency) -> Rock | None:
        """Return the installed rock with the highest version that satisfies a dependency."""
        name, namespace, _ = dependency
        if name in self._provided:
            return None
        fitting = [
            version
            for version in self._installed.get(name, ())
            if dependency.satisfied_by(Version.parse(version))
            and (not namespace or self._namespaces.get((name, version)) == namespace)
        ]
        if not fitting:
            return None
        return name, max(fitting, key=Version.parse)

    def _settle(self, rock: Rock) -> None:
        """Compute closures from the leaves up; None marks those that depend on the walk's order."""
        waiting = [rock]
        entered: set[Rock] = set()
        while waiting:
            top = waiting[-1]
            if top in self._whole:
                waiting.pop()
            elif top in entered:
                self._whole[top] = self._joined(top)
                waiting.pop()
            else:
                entered.add(top)
                waiting.extend(other for other in self.matched(top) if other not in self._whole)

    def _joined(self, rock: Rock) -> Closure | None:
        """Return the union of the dependencies' closures, or None if the walk's order matters.

        It matters in a cycle, and if a rock with several installed versions is reachable.
        """
        if rock not in self._needs:
            return {}
        if rock[0] in self._ambiguous:
            return None
        joined: Closure = {}
        for other in self.matched(rock):
            more = self._whole.get(other)
            if more is None:
                return None
            joined.update(more)
            self._spend(len(more))
        joined[rock[0]] = rock[1]
        self._spend(_OF_ONE * len(joined))
        return joined

    def _walk(self, rock: Rock) -> Closure:
        """Return the closure by a depth-first walk: the first version found of a rock is kept."""
        results: Closure = {}
        waiting = [rock]
        while waiting:
            name, version = waiting.pop()
            if name in results or (name, version) not in self._needs:
                continue
            results[name] = version
            matched = self.matched((name, version))
            waiting.extend(reversed(matched))
            self._spend(_OF_ONE + len(matched))
        return results

    def _spend(self, steps: int) -> None:
        """Count steps; raise ``ClosureError`` beyond the limit."""
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise ClosureError(
                "the rocks of this tree have so many direct and indirect dependencies that their "
                f"manifest would have more than {MOST_STEPS // _OF_ONE} entries",
                hint="`distrorocks check` lists rocks that depend on each other; remove those",
            )
