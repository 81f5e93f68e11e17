"""LuaRocks' own way to install, simulated: depth first, greedy, with what it removes at the end.

For each need: a version in the tree that fits is enough, else the greatest on the server that fits
is installed with all that it needs. When a rock is installed, other versions of it are removed
unless that leaves a rock of the tree without what it needs; the rocks whose installation waits for
this one are not in the tree yet, so they do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from itertools import product

from distrorocks.resolve.candidate import Candidate, Index, Need, Origin, Unusable
from distrorocks.rocks.version import Version

Tree = dict[str, dict[Version, Candidate]]


class Ending(Enum):
    """How an installation by LuaRocks ends."""

    SOUND = "one version of each rock fulfils all needs"
    SIDE_BY_SIDE = "each need is fulfilled, but only by several versions of one rock"
    BROKEN = "it says that all is well, and a rock lacks what it needs"
    LOOPS = "it never ends"
    FAILS = "it fails"


class _FailsError(Exception):
    """A need that no rock of the server fulfils."""


class _LoopsError(Exception):
    """A rock whose installation needs itself to be installed."""


class Greedy:
    """A tree that LuaRocks installs into. All rocks of the server are built from source."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.tree: Tree = {}

    def install(self, roots: Iterable[Need]) -> Ending:
        """Install rocks one after the other and tell how that ends."""
        asked = list(roots)
        try:
            for root in asked:
                self._install(root, ())
        except _FailsError:
            return Ending.FAILS
        except _LoopsError:
            return Ending.LOOPS
        if self._is_sound(asked):
            return Ending.SOUND
        return Ending.SIDE_BY_SIDE if self._lacks_nothing(asked) else Ending.BROKEN

    def _install(self, need: Need, waiting: tuple[Candidate, ...]) -> None:
        rock = self._greatest(need)
        if rock in waiting:
            raise _LoopsError
        try:
            needs = self._index.dependencies(rock)
        except Unusable:
            raise _FailsError from None
        for each in sorted(needs, key=lambda one: not one.is_build):
            if not self._match(each):
                self._install(each, (*waiting, rock))
                if not self._match(each):
                    raise _FailsError
        versions = self.tree.setdefault(rock.name, {})
        versions[rock.version] = rock
        others = set(versions) - {rock.version}
        if not any(self._would_lack(each, rock.name, others) for each in self._all()):
            for version in others:
                del versions[version]

    def _greatest(self, need: Need) -> Candidate:
        """Return the greatest version on the server that fits."""
        dependency = need.dependency
        listed = self._index.candidates(dependency.rock_name, dependency.namespace)
        fitting = [each for each in listed if each.origin is Origin.SERVER and _fits(each, need)]
        if not fitting:
            raise _FailsError
        return max(fitting, key=lambda each: each.version)

    def _match(self, need: Need) -> bool:
        provided = self._provided(need)
        if provided:
            return need.dependency.satisfied_by(provided.version)
        versions = self.tree.get(need.dependency.rock_name, {})
        return any(_fits(each, need) for each in versions.values())

    def _provided(self, need: Need) -> Candidate | None:
        listed = self._index.candidates(need.dependency.rock_name, None)
        return next((each for each in listed if each.origin is Origin.PROVIDED), None)

    def _would_lack(self, rock: Candidate, name: str, removed: set[Version]) -> bool:
        """Tell whether a rock of the tree would lack the rock ``name`` without some versions."""
        left = [each for version, each in self.tree[name].items() if version not in removed]
        return rock.name != name and any(
            need.dependency.rock_name == name and not any(_fits(each, need) for each in left)
            for need in self._kept_needs(rock)
        )

    def _all(self) -> Iterator[Candidate]:
        return (each for versions in self.tree.values() for each in versions.values())

    def _kept_needs(self, rock: Candidate) -> list[Need]:
        return [need for need in self._index.dependencies(rock) if not need.is_build]

    def _lacks_nothing(self, roots: Iterable[Need]) -> bool:
        """Tell whether each need of what the roots lead to has some version in the tree."""
        return self._reaches(roots, lambda name: list(self.tree.get(name, {}).values()))

    def _is_sound(self, roots: list[Need]) -> bool:
        """Tell whether one version of each rock in the tree fulfils all needs."""
        several = [name for name, versions in self.tree.items() if len(versions) > 1]
        ways = product(*(self.tree[name].values() for name in several))
        return any(self._is_sound_with(roots, {each.name: each for each in way}) for way in ways)

    def _is_sound_with(self, roots: list[Need], chosen: Mapping[str, Candidate]) -> bool:
        def there(name: str) -> list[Candidate]:
            if name in chosen:
                return [chosen[name]]
            return list(self.tree.get(name, {}).values())

        return self._reaches(roots, there)

    def _reaches(self, roots: Iterable[Need], there: Callable[[str], list[Candidate]]) -> bool:
        waiting = list(roots)
        seen: set[Candidate] = set()
        while waiting:
            need = waiting.pop()
            provided = self._provided(need)
            if provided:
                if not need.dependency.satisfied_by(provided.version):
                    return False
                continue
            fitting = [each for each in there(need.dependency.rock_name) if _fits(each, need)]
            if not fitting:
                return False
            best = max(fitting, key=lambda each: each.version)
            if best not in seen:
                seen.add(best)
                waiting += self._kept_needs(best)
        return True


def _fits(rock: Candidate, need: Need) -> bool:
    dependency = need.dependency
    right_space = dependency.namespace in (None, rock.namespace)
    return right_space and dependency.satisfied_by(rock.version)
