"""Unsatisfiable cores: facts of a proof, their kinds, and proofs from fewer kinds."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.core import kind, leaves, minimal
from distrorocks.resolve.incompatibility import Asked, Guard, Incompatibility, Unread, resolvent
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from tests.resolve.test_proof import conflict
from tests.resolve.world import World, root_need


def asked(owner: str | None, text: str, **terms: int) -> Incompatibility:
    """Return the fact of a need."""
    requirer = Candidate(owner, Version.parse("1.0-1"), Origin.SERVER) if owner else None
    return Incompatibility(terms, Asked(owner, requirer, root_need(text), 0))


def test_the_facts_of_a_proof_come_once_in_order() -> None:
    """A fact that two conclusions use, and a conclusion that is used twice, count once."""
    one, two, three = (asked(None, text, a=1) for text in "abc")
    first = Incompatibility({}, (one, two))
    second = Incompatibility({}, (first, three))
    assert leaves(Incompatibility({}, (second, first))) == [one, two, three]
    assert leaves(one) == [one]


def test_facts_of_several_versions_share_a_kind() -> None:
    """Place and purpose of a need do not matter, requirer and constraints do."""
    need = Need(Dependency.parse("b >= 1"), "a.rockspec:3", is_build=True)
    one = Incompatibility({}, Asked("a", None, need, 0))
    other = Incompatibility({}, Asked("a", None, Need(need.dependency), 0))
    assert kind(one) == kind(other) == ("a", Need(need.dependency))
    assert kind(one) != kind(Incompatibility({}, Asked("c", None, need, 0)))
    apart = Incompatibility({}, Asked("a", None, need._replace(is_apart=True), 0))
    assert kind(one) != kind(apart)
    candidate = Candidate("a", Version.parse("1-1"), Origin.SERVER)
    unread = Incompatibility({}, Unread("a", candidate, DistrorocksError("no")))
    assert kind(unread) == ("a", None)
    assert kind(Incompatibility({}, Guard("a", "ns"))) == (None, None)
    with pytest.raises(TypeError, match="not a fact"):
        kind(Incompatibility({}, (one, other)))


def test_a_fact_that_a_proof_does_not_need_is_left_out() -> None:
    """What remains still proves the conflict."""
    everything = 0b11
    must_a = asked(None, "a", a=0b01)
    needs_b = asked("a", "b", a=0b10, b=0b01)
    no_b = asked(None, "b < 1", b=0b10)
    no_a = asked("a", "gone", a=0b10)
    detour = resolvent(needs_b, no_b, "b", everything)
    both = Incompatibility({"a": 0b10}, (detour, no_a))
    proof = resolvent(both, must_a, "a", everything)
    assert proof.terms == {}
    assert len(leaves(proof)) == 4
    small = minimal(proof, lambda _: everything)
    assert small.terms == {}
    assert set(leaves(small)) < set(leaves(proof))
    assert must_a in leaves(small)


def test_a_proof_of_very_many_kinds_is_left_as_it_is() -> None:
    """Eighty kinds are tried, as each costs a search."""
    for count, is_kept in ((78, False), (79, True)):
        rule = asked(None, "a", a=0b01)
        for number in range(count):
            rule = Incompatibility({"a": 0b01}, (rule, asked(None, f"x{number}", x=0b01)))
        proof = resolvent(rule, asked("a", "gone", a=0b10), "a", 0b11)
        assert (minimal(proof, lambda _: 0b11) is proof) is is_kept


def test_relaxations_have_their_structure() -> None:
    """The requirer's name, "" for a root; the need; the pin's name."""
    world = World().server("foo 1.0-1", "bar ~> 1").server("bar 1.0-1").server("bar 2.0-1")
    root, of_foo = conflict(world, "foo", "bar >= 2").relaxations
    assert (root.requirer, str(root.need and root.need.dependency), root.pin) == (
        *("", "bar >= 2", ""),
    )
    assert (of_foo.requirer, str(of_foo.need and of_foo.need.dependency)) == ("foo", "bar ~> 1")


def test_asking_for_nothing_is_no_relaxation() -> None:
    """If only provided rocks remain, leaving out the need solves nothing."""
    world = World().provided("lua 5.4-1")
    assert conflict(world, "gone", "lua").relaxations == ()
    assert conflict(world, "lua < 5").relaxations == ()
