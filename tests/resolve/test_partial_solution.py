"""What is learned is remembered with its grounds, and taken back in order."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.incompatibility import Incompatibility, Unread
from distrorocks.resolve.partial_solution import PartialSolution
from distrorocks.rocks.version import Version

CAUSE = Unread("a", Candidate("a", Version.parse("1-1"), Origin.SERVER), DistrorocksError("no"))


def rule(**terms: int) -> Incompatibility:
    """Return a rule with some terms."""
    return Incompatibility(terms, CAUSE)


def met() -> PartialSolution:
    """Return a trail that follows two rocks of three versions."""
    partial = PartialSolution()
    partial.meet("a", 0b1111)
    partial.meet("b", 0b1111)
    return partial


def test_a_rock_is_undecided_from_when_it_must_be_chosen() -> None:
    """A rock that may be absent is none of them; nor is one that is decided."""
    partial = met()
    assert not partial.undecided
    partial.derive("a", 0b1110, rule(a=0b0001))
    assert list(partial.undecided) == ["a"]
    partial.decide("a", 0b1000)
    assert not partial.undecided
    assert (partial.level, partial.decided) == (1, {"a": 0b1000})


def test_states_are_what_all_that_was_learned_leaves() -> None:
    """Each thing learned takes states away."""
    partial = met()
    partial.derive("a", 0b1110, rule(a=0b0001))
    partial.derive("a", 0b0111, rule(a=0b1000, b=0b1000))
    assert partial.states == {"a": 0b0110, "b": 0b1111}


def test_going_back_takes_all_back_but_what_holds_always() -> None:
    """The rules of one term that went with the decisions are given back."""
    partial = met()
    partial.derive("a", 0b1110, rule(a=0b0001))
    partial.decide("a", 0b1000)
    fact = rule(b=0b0001)
    partial.derive("b", 0b1110, fact)
    partial.derive("b", 0b0111, rule(a=0b1000, b=0b1000))
    assert partial.back_to(0) == [fact]
    assert partial.states == {"a": 0b1110, "b": 0b1111}
    assert list(partial.undecided) == ["a"]
    assert (partial.level, partial.decided, len(partial.log)) == (0, {}, 1)


def test_the_place_of_a_term_is_where_it_came_to_hold() -> None:
    """Not the first thing learned of its rock, nor the last."""
    partial = met()
    partial.derive("a", 0b0111, rule(a=0b1000))
    partial.derive("a", 0b0011, rule(a=0b1100))
    partial.derive("a", 0b0001, rule(a=0b1110))
    assert [partial.place("a", term) for term in (0b0111, 0b0011, 0b0001)] == [0, 1, 2]


def test_the_level_of_a_term_is_that_of_what_it_rests_on() -> None:
    """A fact rests on no decision, however late it was learned."""
    partial = met()
    partial.decide("a", 0b1000)
    partial.derive("b", 0b0110, rule(b=0b1001))
    partial.derive("b", 0b0011, rule(a=0b1000, b=0b1100))
    assert partial.level_of(partial.place("b", 0b0110), 0b0110) == 0
    assert partial.level_of(partial.place("b", 0b0010), 0b0010) == 1
    late = met()
    late.decide("a", 0b1000)
    late.derive("b", 0b0111, rule(a=0b1000, b=0b1000))
    late.derive("b", 0b1110, rule(b=0b0001))
    assert late.level_of(late.place("b", 0b0110), 0b1110) == 0
    assert late.level_of(late.place("b", 0b0110), 0b0110) == 1
