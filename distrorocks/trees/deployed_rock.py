"""A rock that stands in a tree.

What meets a dependency among the rocks of some trees, as LuaRocks matches it.

A provided rock comes before all trees, by its name alone. Else it is the greatest version that
stands the constraints; the last of the trees that have it is where LuaRocks takes it from. A
namespaced dependency wants a rock that was installed with that namespace; one without takes any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.trees.layout import Layout


class DeployedRock(NamedTuple):
    """One installed version of a rock, and the tree that has it.

    ``name`` is as the tree has it, in lower case. ``namespace`` is what the rock was installed
    with, None for none.
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
    """What was found for a dependency.

    It is met by ``rock``, or by ``provided`` if ``is_met``. ``others`` are the rocks of its name
    that were looked at and do not meet it.
    """

    dependency: Dependency
    is_met: bool
    rock: DeployedRock | None = None
    provided: Version | None = None
    others: tuple[DeployedRock, ...] = ()

    @property
    def is_by_name_alone(self) -> bool:
        """Whether a namespace is asked for, and what is provided has none."""
        return self.provided is not None and self.dependency.namespace is not None


def match(
    dependency: Dependency, provided: Mapping[str, Version], rocks: Iterable[DeployedRock]
) -> Match:
    """Return what meets a dependency; ``rocks`` have its name, in the order of their trees."""
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
    """Return whether a rock of the right name has the namespace and the version."""
    is_right_space = dependency.namespace in (None, rock.namespace)
    return is_right_space and dependency.satisfied_by(rock.version)
