"""PubGrub's search: unit propagation, decisions, and conflict-driven learning.

The algorithm is Natalie Weizenbaum's "PubGrub: Next-Generation Version Solving" (2018), with sets
of states as bit masks and absence as one more state. The search restarts when a need names a
namespace that the rules do not cover yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.catalogue import Catalogue, NewNamespace, is_apart, spaced
from distrorocks.resolve.incompatibility import Incompatibility, Loosened, RuleBook, resolvent
from distrorocks.resolve.partial_solution import PartialSolution, Watched
from distrorocks.resolve.preference import Limits, TooHard
from distrorocks.resolve.solution import Edge, Solution
from distrorocks.resolve.version_set import ABSENT, version_key

Everything = Callable[[str], int]
Rules = Callable[[str, int], Iterable[Incompatibility]]


class Impossible(Exception):  # noqa: N818 - a result, not an error
    """There is no solution: ``rule`` has no terms, and its derivation is the proof."""

    def __init__(self, rule: Incompatibility) -> None:
        super().__init__()
        self.rule = rule


class Search:
    """One search for an assignment of each rock that violates no rule.

    ``everything`` returns all states of a rock; ``rules`` yields the rules of a version, and is
    called only for versions about to be chosen. ``first`` are the rocks to decide first.
    """

    def __init__(
        self, everything: Everything, rules: Rules, limit: Limits, first: Iterable[str] = ()
    ) -> None:
        self._everything = everything
        self._rules = rules
        self._limit = limit
        self._first = tuple(first)
        self._by_name: dict[str, list[Watched]] = {}
        self._facts: list[Incompatibility] = []
        self._choices: list[Incompatibility] = []
        self._ruled: set[tuple[str, int]] = set()
        self.partial = PartialSolution()
        self.steps = 0
        self.conflicts = 0

    def run(self, start: Iterable[Incompatibility], prefetch: Callable[[], None]) -> dict[str, int]:
        """Return the chosen bit of each chosen rock, or raise ``Impossible`` or ``TooHard``.

        ``prefetch`` is called before each decision, to prefetch.
        """
        changed = [name for rule in start for name in self._add(rule)]
        while True:
            self._propagate(changed)
            if self.partial.undecided:
                prefetch()
                changed = self._choose()
                continue
            name = self._open_choice()
            if not name:
                decided = self.partial.decided
                return {each: bit for each, bit in decided.items() if bit != ABSENT}
            self.partial.decide(name, ABSENT)
            changed = [name]

    def _add(self, rule: Incompatibility) -> Iterable[str]:
        """Add a rule; return its names, to be propagated."""
        self._count(1)
        if not rule.terms:
            raise Impossible(rule)
        for name in rule.terms:
            if name not in self.partial.states:
                self.partial.meet(name, self._everything(name))
                self._by_name[name] = []
        if len(rule.terms) == 1:
            self._facts.append(rule)
        else:
            watched = Watched(rule)
            for name in rule.terms:
                self._by_name[name].append(watched)
            if sum(term & ABSENT for term in rule.terms.values()) > 1:
                self._choices.append(rule)
        return rule.terms

    def _choose(self) -> list[str]:
        """Decide the next rock, or add the rules that prevent it; return the changed names."""
        states = self.partial.states
        name = self._next()
        bit = 1 << (states[name].bit_length() - 1)
        if (name, bit) in self._ruled:
            self.partial.decide(name, bit)
            return [name]
        self._ruled.add((name, bit))
        rules = list(self._rules(name, bit))
        changed = {each: None for rule in rules for each in self._add(rule)}
        if any(self._would_break(rule, name) for rule in rules):
            return list(changed)
        self.partial.decide(name, bit)
        return [name, *changed]

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self._limit.steps:
            raise TooHard(f"{self._limit.steps} steps")

    def _next(self) -> str:
        """Return the rock to decide: one of ``first``, else the one with fewest possible
        versions."""
        states, undecided = self.partial.states, self.partial.undecided
        for name in self._first:
            if name in undecided:
                return name
        self._count(len(undecided))
        return min(undecided, key=lambda each: (states[each].bit_count(), each))

    def _open_choice(self) -> str:
        """Return an undecided rock of a rule that requires one of several rocks, or ""."""
        decided = self.partial.decided
        for rule in self._choices:
            self._count(1)
            if all(decided.get(name, ABSENT) & term for name, term in rule.terms.items()):
                return next(name for name in rule.terms if name not in decided)
        return ""

    def _would_break(self, rule: Incompatibility, chosen: str) -> bool:
        """Return whether all terms of a rule but that of ``chosen`` hold already."""
        states = self.partial.states
        return all(each == chosen or not states[each] & ~term for each, term in rule.terms.items())

    def _propagate(self, changed: list[str]) -> None:
        """Propagate the rules of changed names until nothing more follows."""
        waiting = dict.fromkeys(changed, 0)
        while waiting or self._facts:
            if self._facts:
                rule = self._facts.pop()
                if self._hold(rule):
                    waiting.update(rule.terms)
                else:
                    waiting = self._learn(rule)
                continue
            name = next(iter(waiting))
            del waiting[name]
            self._count(len(self._by_name[name]))
            states = self.partial.states
            for each in reversed(self._by_name[name]):
                # A call for each idle rule would be half of a hard search's time.
                if not states[each.unmet] & each.unmet_term or (
                    states[each.first] & each.not_first and states[each.second] & each.not_second
                ):
                    continue
                derived = each.open_name(states)
                if derived is None:
                    continue
                if not derived:
                    waiting = self._learn(each.rule)
                    break
                own = self._everything(derived) & ~each.rule.terms[derived]
                self.partial.derive(derived, own, each.rule)
                waiting[derived] = 0

    def _hold(self, fact: Incompatibility) -> bool:
        """Apply a rule of one term; return whether it is consistent."""
        ((name, term),) = fact.terms.items()
        if not self.partial.states[name] & ~term:
            return False
        self.partial.derive(name, self._everything(name) & ~term, fact)
        return True

    def _learn(self, rule: Incompatibility) -> dict[str, int]:
        """Learn from a violated rule, backtrack, and return the names to propagate."""
        self.conflicts += 1
        if self.conflicts > self._limit.conflicts:
            raise TooHard(f"{self._limit.conflicts} dead ends")
        learned, level = self._analysed(rule)
        self._facts += self.partial.back_to(level)
        if len(rule.terms) == 1:
            self._facts.append(rule)
        if learned is not rule:
            self._add(learned)
        return dict(learned.terms)

    def _analysed(self, rule: Incompatibility) -> tuple[Incompatibility, int]:
        """Return the learned rule, and the level to backtrack to."""
        partial = self.partial
        while rule.terms:
            places = {name: partial.place(name, term) for name, term in rule.terms.items()}
            latest = max(places, key=lambda name: places[name])
            assignment = partial.log[places[latest]]
            before = max(
                (
                    partial.level_of(place, rule.terms[name])
                    for name, place in places.items()
                    if name != latest
                ),
                default=0,
            )
            term = rule.terms[latest]
            if assignment.own & ~term:
                rest = term | ~assignment.own
                before = max(before, partial.level_of(partial.place(latest, rest), rest))
            if assignment.cause is None or assignment.level > before:
                return rule, before
            rule = resolvent(rule, assignment.cause, latest, self._everything(latest))
        raise Impossible(rule)


def attempt(
    roots: list[Need], catalogue: Catalogue, limit: Limits, is_loosened: Loosened | None = None
) -> Solution:
    """Return the best solution, or raise ``Impossible`` or ``TooHard``.

    Root needs are decided first, in order. The limits apply to each restart; there is at most one
    restart per namespace, each of which costs a read.
    """
    while True:
        try:
            return _solution(roots, catalogue, limit, is_loosened)
        except NewNamespace:
            continue


def _solution(
    roots: list[Need], catalogue: Catalogue, limit: Limits, is_loosened: Loosened | None
) -> Solution:
    book = RuleBook(catalogue, is_loosened)
    first = dict.fromkeys(need.slot for need in roots)
    search = Search(book.everything, book.of_version, limit, first)
    chosen = search.run(book.start(roots), lambda: _prefetch(search, catalogue))
    solution = _as_solution(chosen, roots, catalogue)
    unasked = _unasked(chosen, solution, catalogue)
    reached = solution.reached()
    idle = {
        (slot, version_key(each)) for slot, each in solution.chosen.items() if slot not in reached
    }
    if unasked or idle - catalogue.idle:
        catalogue.guarded.update(dict.fromkeys(unasked))
        catalogue.idle |= idle
        raise NewNamespace
    return solution


def _unasked(
    chosen: Mapping[str, int], solution: Solution, catalogue: Catalogue
) -> list[tuple[str, str]]:
    """Return the chosen rocks with a namespace that no chosen need names, with namespaces."""
    asked = {spaced(edge.need) for edge in solution.edges if not edge.need.is_apart}
    hidden = (
        (slot, catalogue.version_set(slot).hidden_namespace(bit))
        for slot, bit in chosen.items()
        if not is_apart(slot)
    )
    return [(name, space) for name, space in hidden if space and (name, space) not in asked]


def _prefetch(search: Search, catalogue: Catalogue) -> None:
    """Announce to the index which candidates will be read soon."""
    states = search.partial.states
    likely: list[Candidate] = []
    for name in sorted(search.partial.undecided):
        versions = catalogue.version_set(name)
        best = versions.places(versions.best(states[name]))[0]
        if best.origin is not Origin.PROVIDED:
            likely.append(best)
    catalogue.announce(likely)


def _as_solution(chosen: Mapping[str, int], roots: list[Need], catalogue: Catalogue) -> Solution:
    """Convert the chosen bits to a solution."""
    edges = [Edge(None, need.slot, need) for need in roots]
    candidates = {}
    for name in sorted(chosen):
        reading = catalogue.reading(name, chosen[name])
        candidates[name] = reading.candidate
        edges += [Edge(name, need.slot, need) for need in reading.needs]
    return Solution(candidates, tuple(edges))
