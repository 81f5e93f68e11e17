"""The steps of a plan: what to do about each rock, with the reason and its dependents."""

from __future__ import annotations

from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.solution import Edge
from distrorocks.values import NamedTuple, distinct


class Requirement(NamedTuple):
    """A dependency that a rock satisfies; ``requirer`` is a rock's name, "" for the user."""

    requirer: str
    text: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.text!r} of {self.requirer}" if self.requirer else f"{self.text!r}"


@distinct
class KeepRock(NamedTuple):
    """Keep a rock that is installed, or provided by Lua or the configuration.

    ``tree`` is the root, "" if provided; ``package`` owns it in the distribution's tree. ``newer``
    is a newer version of a requested rock that a server has, "" if there is none.
    """

    candidate: Candidate
    tree: str
    requirements: tuple[Requirement, ...]
    reason: str
    package: str = ""
    newer: str = ""


class Beside(NamedTuple):
    """An old version kept in the tree, and the rock that needs it."""

    version: str
    requirer: str


@distinct
class InstallRock(NamedTuple):
    """Build a rock and deploy it into ``tree``.

    ``replaces`` are its versions to remove there. ``packages`` would satisfy the dependents too.
    """

    candidate: Candidate
    tree: str
    requirements: tuple[Requirement, ...]
    reason: str
    replaces: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    packages: tuple[str, ...] = ()


@distinct
class SuggestPackage(NamedTuple):
    """Suggest a package that provides the rock; ``command`` installs it, run by the user."""

    candidate: Candidate
    requirements: tuple[Requirement, ...]
    reason: str
    command: str


@distinct
class RefuseRock(NamedTuple):
    """Refuse to install a rock into ``tree``; ``hint`` is the alternative."""

    candidate: Candidate
    tree: str
    requirements: tuple[Requirement, ...]
    reason: str
    hint: str


RockStep = KeepRock | InstallRock | SuggestPackage | RefuseRock


def verb(step: RockStep) -> str:
    """Return the name of the step: keep, install, suggest or refuse."""
    match step:
        case KeepRock():
            return "keep"
        case InstallRock():
            return "install"
        case SuggestPackage():
            return "suggest"
        case RefuseRock():
            return "refuse"


def place(step: RockStep) -> str:
    """Return the rock's source and destination as text."""
    match step:
        case KeepRock():
            if not step.tree:
                return "provided by Lua or the configuration"
            return f"{step.tree} ({step.package})" if step.package else step.tree
        case InstallRock() | RefuseRock():
            return f"{step.candidate.place} -> {step.tree}"
        case SuggestPackage():
            return step.command


def requirement(edge: Edge) -> Requirement:
    """Return an edge of a solution as a requirement."""
    return Requirement(edge.requirer or "", str(edge.need.dependency), edge.need.where)
