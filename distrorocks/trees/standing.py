"""A rock that stands in a tree."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.rocks.version import Version
from distrorocks.trees.layout import Layout


class StandingRock(NamedTuple):
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
