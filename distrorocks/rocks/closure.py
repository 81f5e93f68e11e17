"""Everything a rock needs, directly and through others, among the rocks of one tree.

LuaRocks stores it with each rock in the tree's manifest. The answer is unique unless several
versions of a rock are installed: then LuaRocks takes what its hash order meets first, and the
choice here is the one of its outcomes that a walk in the rockspecs' order gives.
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
"""What the closures of one tree may cost: a step for each dependency that is followed.

A rock in a closure is ten: it is kept, and told in the manifest. A tree of all rocks of the public
server has some ten thousand of them.
"""
_OF_ONE = 10


class ClosureError(DistrorocksError):
    """The rocks of a tree need each other in a way that no manifest can tell."""


class Closures:
    """The closures of a tree's rocks, each computed once.

    ``installed`` has the versions of each rock; ``needs`` each rock's dependencies as written,
    without the rocks whose rockspec could not be read: these are in nobody's closure.
    ``provided`` names what the Lua interpreter brings itself, ``namespaces`` has the namespace
    of each rock that was installed with one: a dependency that names one asks for it.
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
        """Return name to version of all that ``rock`` needs, without itself.

        Raises ``ClosureError`` where the rocks asked for so far need more than can be told.
        """
        if rock not in self._whole:
            self._settle(rock)
        whole = self._whole[rock]
        closure = self._walk(rock) if whole is None else dict(whole)
        closure.pop(rock[0], None)
        return closure

    def matched(self, rock: Rock) -> tuple[Rock, ...]:
        """Return the installed rocks that meet the direct dependencies, in their order."""
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
        """Return the installed rock with the greatest version that meets a dependency."""
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
        """Compute closures from the leaves up; None marks where the order of the walk decides."""
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
        """Return the union of what the dependencies need, or None where the walk decides.

        That is so in a cycle, and wherever a rock with several installed versions is in reach.
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
        """Return the closure as a walk in depth finds it: the first version met of a rock stays."""
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
        """Count steps; raise ``ClosureError`` where they are too many."""
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise ClosureError(
                "the rocks of this tree need so many others, directly or not, that a manifest of "
                f"them would have more than {MOST_STEPS // _OF_ONE} entries",
                hint="`distrorocks check` finds rocks that need each other; remove those",
            )
