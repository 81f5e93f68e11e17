"""Candidates, needs, and the index through which the resolver queries them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple, Protocol


class Origin(Enum):
    """The kind of place that provides a candidate."""

    PROVIDED = "provided"
    INSTALLED = "installed"
    DISTRO = "distro"
    SERVER = "server"


class Candidate(NamedTuple):
    """One version of a rock in one place.

    ``name`` is in lower case. ``place`` is a tree's root (installed), a package's name (distro) or
    a server's URL; it is empty for rocks that Lua or the configuration provides. ``namespace`` is
    None if the place records none.
    """

    name: str
    version: Version
    origin: Origin
    place: str = ""
    namespace: str | None = None

    def __str__(self) -> str:
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{name} {self.version}"


class Unusable(DistrorocksError):  # noqa: N818 - names the candidate's state
    """A candidate cannot be used, for example because its rockspec cannot be read."""


class Need(NamedTuple):
    """A dependency and where it is written.

    ``where`` is a file, with the line if known (``foo-1.0-1.rockspec:12``), or empty. ``is_build``
    marks a build dependency, which applies only to candidates from servers; all others are built
    already. ``is_apart``, for root needs, requests a version that may be installed beside the one
    that all other needs of the rock select.
    """

    dependency: Dependency
    where: str = ""
    is_build: bool = False
    is_apart: bool = False

    @property
    def slot(self) -> str:
        """The key of the solution: a rock's name, or ``name@constraints`` if it is apart."""
        name = self.dependency.rock_name
        if not self.is_apart:
            return name
        namespace = f"{self.dependency.namespace}/" if self.dependency.namespace else ""
        return f"{namespace}{name}@{', '.join(map(str, self.dependency.constraints))}"


class Index(Protocol):
    """The available rocks. Each query is made once per resolution."""

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Return all candidates for a lower-case name, or none.

        Without a namespace, return those of the ordinary manifests, whatever their namespace; with
        one, those of that namespace. The order matters only among places of one kind with the same
        version: the first is preferred. A provided candidate is the only one for its name. A
        ``DistrorocksError`` becomes the reason why the name has no candidates.
        """

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Return a candidate's needs, in the order of its rockspec.

        It is called only for candidates about to be chosen. A ``DistrorocksError``, usually
        ``Unusable``, becomes the reason why the candidate is rejected.
        """

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Prepare for queries of these candidates' dependencies; may do nothing."""
