"""What is to be done about one rock of a resolution, with the reason and who needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.solution import Edge


class Requirement(NamedTuple):
    """A need that a rock fulfils: ``requirer`` is a rock's name, "" for what a user asked for."""

    requirer: str
    text: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.text!r} of {self.requirer}" if self.requirer else f"{self.text!r}"


@dataclass(frozen=True, slots=True)
class KeepRock:
    """A rock that is there: in a tree, or provided by Lua or the configuration.

    ``tree`` is the root, "" for what is provided; ``package`` owns it in the distribution's tree.
    """

    candidate: Candidate
    tree: str
    requirements: tuple[Requirement, ...]
    reason: str
    package: str = ""


class Beside(NamedTuple):
    """A version that stays in the tree beside the new one, and the rock that needs it."""

    version: str
    requirer: str


@dataclass(frozen=True, slots=True)
class InstallRock:
    """A rock to build and deploy into ``tree``.

    ``replaces`` are its versions that go from there. ``packages`` would satisfy the needs too.
    """

    candidate: Candidate
    tree: str
    requirements: tuple[Requirement, ...]
    reason: str
    replaces: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestPackage:
    """A rock that the distribution has; ``command`` installs it, and distrorocks never runs it."""

    candidate: Candidate
    requirements: tuple[Requirement, ...]
    reason: str
    command: str


@dataclass(frozen=True, slots=True)
class RefuseRock:
    """A rock that must not be installed as asked; ``hint`` says what would do it."""

    candidate: Candidate
    tree: str
    requirements: tuple[Requirement, ...]
    reason: str
    hint: str


RockStep = KeepRock | InstallRock | SuggestPackage | RefuseRock


def verb(step: RockStep) -> str:
    """Return what is done, in one word: keep, install, suggest or refuse."""
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
    """Return where the rock is or comes from, and where it goes to."""
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
    """Return the requirement that an edge of a solution is."""
    return Requirement(edge.requirer or "", str(edge.need.dependency), edge.need.where)
