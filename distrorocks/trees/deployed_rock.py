"""Installed rocks, and which of them satisfies a dependency, by LuaRocks' rules.

A provided rock takes precedence over all trees, by its name alone. Otherwise the highest version
that satisfies the constraints is chosen, from the last tree that has it. A dependency with a
namespace needs a rock installed with that namespace; one without accepts any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple


class DeployedRock(NamedTuple):
    """One installed version of a rock, and the tree that has it.

    ``name`` is in lower case. ``namespace`` is the one that the rock was installed with, or None.
    """

    name: str
    version: Version
    layout: Layout
    namespace: str | None = None

    @property
    def rockspec(self) -> str:
        """The path of the rock's copy of its rockspec."""
        return self.layout.rockspec(self.name, self.version.string)

    @property
    def full_name(self) -> str:
        """The name with the namespace before it."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.full_name} {self.version}"


class Match(NamedTuple):
    """The result of matching a dependency.

    If ``is_met``, ``rock`` or ``provided`` satisfies it. ``others`` are the rocks of its name that
    do not.
    """

    dependency: Dependency
    is_met: bool
    rock: DeployedRock | None = None
    provided: Version | None = None
    others: tuple[DeployedRock, ...] = ()

    @property
    def is_by_name_alone(self) -> bool:
        """Whether the dependency has a namespace, and a provided rock matches by name only."""
        return self.provided is not None and self.dependency.namespace is not None


def match(
    dependency: Dependency, provided: Mapping[str, Version], rocks: Iterable[DeployedRock]
) -> Match:
    """Return what satisfies a dependency; ``rocks`` have its name, in the order of their trees."""
    version = provided.get(dependency.rock_name)
    if version is not None:
        return Match(dependency, dependency.satisfied_by(version), provided=version)
    best: DeployedRock | None = None
    others = []
    for rock in rocks:
        if not meets(rock, dependency):
            others.append(rock)
        elif best is None or best.version <= rock.version:
            best = rock
    return Match(dependency, best is not None, best, others=tuple(others))


def meets(rock: DeployedRock, dependency: Dependency) -> bool:
    """Return whether a rock of the right name satisfies namespace and version."""
    is_right_space = dependency.namespace in (None, rock.namespace)
    return is_right_space and dependency.satisfied_by(rock.version)
