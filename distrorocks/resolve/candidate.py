"""A rock that could satisfy a need: its version and the place that has it.

What the resolver asks of the world: which rocks there are, and what each needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version


class Origin(Enum):
    """What kind of place has a rock."""

    PROVIDED = "provided"
    INSTALLED = "installed"
    DISTRO = "distro"
    SERVER = "server"


class Candidate(NamedTuple):
    """One version of a rock in one place.

    ``name`` is in lower case. ``place`` is a tree's root (installed), a package's name (distro) or
    a server's URL; it is empty for what Lua or the configuration provides. ``namespace`` is None
    where the place knows none.
    """

    name: str
    version: Version
    origin: Origin
    place: str = ""
    namespace: str | None = None

    def __str__(self) -> str:
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{name} {self.version}"


class Unusable(DistrorocksError):  # noqa: N818 - what it says of a candidate
    """A candidate that cannot be taken, such as one whose rockspec cannot be read."""


class Need(NamedTuple):
    """A dependency and where it is written.

    ``where`` is a file, with the line where it is known (``foo-1.0-1.rockspec:12``), or empty.
    ``is_build`` tells that only building the rock needs it; what is built already (any origin but
    a server) is taken without its build needs. ``is_apart``, for needs of the start, asks for a
    version that may stand beside the one that all other needs of its rock are about.
    """

    dependency: Dependency
    where: str = ""
    is_build: bool = False
    is_apart: bool = False

    @property
    def slot(self) -> str:
        """What the need is about: a rock's name, or ``name@constraints`` for one that is apart."""
        name = self.dependency.rock_name
        if not self.is_apart:
            return name
        namespace = f"{self.dependency.namespace}/" if self.dependency.namespace else ""
        return f"{namespace}{name}@{', '.join(map(str, self.dependency.constraints))}"


class Index(Protocol):
    """The rocks that can be chosen from. Each question is asked once in a resolution."""

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Return every candidate of a lower-case name; none where there is no such rock.

        Without a namespace, those of the ordinary manifests, whatever their namespace; with one,
        those of that namespace. The order matters only between places of one kind that have the
        same version: the first is preferred. A name that has a provided candidate has no other.
        What is raised (``DistrorocksError``) becomes the reason why the name has no candidates.
        """

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Return what a candidate needs, in the order of its rockspec.

        It is asked only when the candidate would be chosen. What is raised
        (``DistrorocksError``, as a rule ``Unusable``) becomes the reason why it is not.
        """

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Learn that the dependencies of these are likely to be asked for soon; may do nothing."""
