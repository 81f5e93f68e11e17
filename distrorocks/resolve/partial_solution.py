"""The partial solution: assignments in chronological order, and which rules they leave idle."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from distrorocks.resolve.incompatibility import Incompatibility
from distrorocks.resolve.version_set import ABSENT
from distrorocks.values import NamedTuple


class Assignment(NamedTuple):
    """One assignment: a decision or a derivation.

    ``own`` is its set of states, ``state`` the states still possible after it. ``level`` is its
    decision level, 0 if it holds unconditionally; ``depth`` is that of ``state``. ``cause`` is the
    rule it is derived from, None for a decision.
    """

    name: str
    own: int
    state: int
    level: int
    depth: int
    cause: Incompatibility | None


class PartialSolution:
    """The partial solution. ``states`` has the possible states of every known rock."""

    def __init__(self) -> None:
        self.states: dict[str, int] = {}
        self.decided: dict[str, int] = {}
        self.undecided: dict[str, None] = {}
        self.log: list[Assignment] = []
        self._everything: dict[str, int] = {}
        self._places: dict[str, list[int]] = {}
        self._starts: list[int] = []

    @property
    def level(self) -> int:
        """The current decision level."""
        return len(self._starts)

    def meet(self, name: str, everything: int) -> None:
        """Add a rock with all states possible."""
        if name not in self.states:
            self.states[name] = self._everything[name] = everything
            self._places[name] = []

    def decide(self, name: str, bit: int) -> None:
        """Assign a version by decision."""
        self._starts.append(len(self.log))
        self.decided[name] = bit
        self._add(name, bit, self.level, None)

    def derive(self, name: str, own: int, cause: Incompatibility) -> None:
        """Derive that a rock's state is in ``own``."""
        level = self.level if len(cause.terms) > 1 else 0
        self._add(name, own, level, cause)

    def back_to(self, level: int) -> list[Incompatibility]:
        """Backtrack to ``level``: undo later assignments.

        Return the undone rules of one term, which still hold.
        """
        start = self._starts[level]
        del self._starts[level:]
        lost = []
        while len(self.log) > start:
            gone = self.log.pop()
            places = self._places[gone.name]
            places.pop()
            before = self.log[places[-1]].state if places else self._everything[gone.name]
            self.states[gone.name] = before
            if gone.cause is None:
                del self.decided[gone.name]
            elif len(gone.cause.terms) == 1:
                lost.append(gone.cause)
            self._list(gone.name, before)
        return lost[::-1]

    def place(self, name: str, term: int) -> int:
        """Return the index of the assignment that made a term hold."""
        places, log = self._places[name], self.log
        found = bisect_left(places, True, key=lambda place: not log[place].state & ~term)
        return places[found]

    def level_of(self, place: int, term: int) -> int:
        """Return the decision level of a term that holds from ``place`` on."""
        assignment = self.log[place]
        return assignment.level if not assignment.own & ~term else assignment.depth

    def _add(self, name: str, own: int, level: int, cause: Incompatibility | None) -> None:
        places = self._places[name]
        depth = max(level, self.log[places[-1]].depth) if places else level
        state = self.states[name] & own
        places.append(len(self.log))
        self.log.append(Assignment(name, own, state, level, depth, cause))
        self.states[name] = state
        self._list(name, state)

    def _list(self, name: str, state: int) -> None:
        """Update ``undecided``: the rocks that must be chosen but have no decision."""
        if state & ABSENT or name in self.decided:
            self.undecided.pop(name, None)
        else:
            self.undecided[name] = None


class Watched:
    """A rule of several terms, and what it was idle for when it was last examined.

    Nothing follows from a rule while no state of one rock (``unmet``) is in its term, or while two
    rocks (``first`` and ``second``) have states outside theirs. Most rules stay idle for the same
    reason: whoever examines many looks there first.
    """

    __slots__ = ("first", "not_first", "not_second", "rule", "second", "unmet", "unmet_term")

    def __init__(self, rule: Incompatibility) -> None:
        self.rule = rule
        (self.first, first), (self.second, second), *_ = rule.terms.items()
        self.not_first, self.not_second = ~first, ~second
        self.unmet, self.unmet_term = self.first, first

    def open_name(self, states: Mapping[str, int]) -> str | None:
        """Return the rock about which the rule says something, "" if the rule is violated.

        Return None if nothing follows, and note why.
        """
        found, not_found = "", 0
        for name, term in self.rule.terms.items():
            state = states[name]
            if not state & term:
                self.unmet, self.unmet_term = name, term
                return None
            if state & ~term:
                if found:
                    self.first, self.not_first = found, not_found
                    self.second, self.not_second = name, ~term
                    return None
                found, not_found = name, ~term
        return found
