"""Rules follow from dependencies, from unusable versions and from each other."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, strategies as st

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.incompatibility import (
    Asked,
    Guard,
    Incompatibility,
    RuleBook,
    Unread,
    resolvent,
)
from distrorocks.resolve.preference import Limits, Preference
from distrorocks.rocks.version import Version
from tests.resolve.world import World, root_need

CAUSE = Unread("a", Candidate("a", Version.parse("1-1"), Origin.SERVER), DistrorocksError("no"))
EVERYTHING = 0b111
NAMES = ("a", "b", "c")
TERMS = st.dictionaries(st.sampled_from(["b", "c"]), st.integers(1, 6))


def book(world: World, **options: object) -> RuleBook:
    """Return the rules of a world; the newest versions are preferred."""
    catalogue = Catalogue(world, Preference.NEWEST, {}, Limits())
    return RuleBook(catalogue, **options)  # type: ignore[arg-type]  # the one option there is


def world() -> World:
    """Return three versions of b (1.0-1 is bit 1) and one rock a that needs the middle one."""
    made = World().server("a 1.0-1", "b ~> 2", "lua", "gone").server("a 2.0-1")
    for version in ("1.0-1", "2.0-1", "3.0-1"):
        made.server(f"b {version}")
    return made.provided("lua 5.4-1")


@given(TERMS, TERMS, st.integers(1, 6), st.integers(1, 6))
def test_a_resolvent_forbids_only_what_both_rules_forbid_together(
    one: dict[str, int], other: dict[str, int], mine: int, theirs: int
) -> None:
    """It follows from its causes, and has no term that holds for every state."""
    first = Incompatibility({**one, "a": mine}, CAUSE)
    second = Incompatibility({**other, "a": theirs}, CAUSE)
    derived = resolvent(first, second, "a", EVERYTHING)
    assert derived.causes == (first, second)
    assert derived.terms.get("a", 0) != EVERYTHING
    for states in product((1, 2, 4), repeat=3):
        state = dict(zip(NAMES, states, strict=True))
        if forbids(derived, state):
            assert forbids(first, state) or forbids(second, state)
    assert derived.terms.get("b") == both(one, other, "b")


def both(one: dict[str, int], other: dict[str, int], name: str) -> int | None:
    """Return the states of a rock that both rules need, None if neither names it."""
    if name not in one and name not in other:
        return None
    return one.get(name, EVERYTHING) & other.get(name, EVERYTHING)


def forbids(rule: Incompatibility, state: dict[str, int]) -> bool:
    """Return whether all terms of a rule hold."""
    return all(state[name] & term for name, term in rule.terms.items())


def test_a_fact_has_no_causes() -> None:
    """Each kind of fact; what is derived has two."""
    need = root_need("a")
    for cause in (CAUSE, Asked(None, None, need, 0), Guard("a", "ns")):
        assert Incompatibility({}, cause).causes == ()
    fact = Incompatibility({}, CAUSE)
    assert Incompatibility({}, (fact, fact)).causes == (fact, fact)


def test_a_root_need_forbids_all_versions_that_do_not_satisfy_it() -> None:
    """Absence included."""
    rules = book(world()).start([root_need("b >= 2"), root_need("b")])
    assert [rule.terms for rule in rules] == [{"b": 0b0011}, {"b": 0b0001}]
    assert rules[0].cause == Asked(None, None, root_need("b >= 2"), 0b1100)


def test_a_need_that_nothing_satisfies_leaves_no_term_for_its_rock() -> None:
    """The requirer alone is forbidden, or nothing is possible for a root."""
    rules = book(world())
    assert [rule.terms for rule in rules.start([root_need("gone")])] == [{}]
    assert [rule.terms for rule in rules.of_version("a", 0b010)] == [
        {"a": 0b010, "b": 0b1011},
        {"a": 0b010, "lua": 0b01},
        {"a": 0b010},
    ]
    assert list(rules.of_version("a", 0b100)) == []


def test_a_rock_that_needs_itself_is_forbidden_only_by_other_versions() -> None:
    """A version that satisfies its own need has no rule."""
    made = World().server("a 1.0-1", "a >= 1").server("a 2.0-1", "a < 2")
    rules = book(made)
    assert list(rules.of_version("a", 0b010)) == []
    assert [rule.terms for rule in rules.of_version("a", 0b100)] == [{"a": 0b100}]


def test_an_unusable_version_is_forbidden_with_its_reason() -> None:
    """Its needs are not known."""
    (rule,) = book(World().unreadable("a 1.0-1", "it is torn")).of_version("a", 0b10)
    assert rule.terms == {"a": 0b10}
    assert isinstance(rule.cause, Unread)
    assert (rule.cause.owner, str(rule.cause.error)) == ("a", "it is torn")


def test_a_loosened_need_accepts_any_version() -> None:
    """Without any version it has no rule at all; other needs stay."""

    def is_loosened(owner: str | None, need: Need) -> bool:
        return owner is None and need.dependency.name != "kept"

    rules = book(world(), is_loosened=is_loosened)
    roots = [root_need("b > 9"), root_need("gone"), root_need("kept")]
    assert [rule.terms for rule in rules.start(roots)] == [{"b": 0b0001}, {}]


@pytest.mark.parametrize(
    ("roots", "is_guarded"), [(["a"], True), (["ns/b"], False), (["apart ns/b"], True)]
)
def test_a_namespace_is_guarded_unless_a_root_names_it(roots: list[str], is_guarded: bool) -> None:
    """The rule forbids the versions that only such a need finds; a root that is apart is none."""
    made = World().server("a 1.0-1", "ns/b").server("b 1.0-1").server("ns/b 2.0-1")
    catalogue = Catalogue(made, Preference.NEWEST, {}, Limits())
    catalogue.admitted(root_need("ns/b"))
    catalogue.guarded[("b", "ns")] = None
    guards = [
        rule
        for rule in RuleBook(catalogue).start([root_need(root) for root in roots])
        if isinstance(rule.cause, Guard)
    ]
    assert [rule.terms for rule in guards] == ([{"b": 0b010}] if is_guarded else [])


def test_a_guard_leaves_out_the_versions_that_name_the_namespace() -> None:
    """Each rock that has such a version is a term of the other versions."""
    made = World().server("a 1.0-1", "ns/b").server("a 2.0-1").server("ns/b 2.0-1")
    catalogue = Catalogue(made, Preference.NEWEST, {}, Limits())
    catalogue.admitted(root_need("ns/b"))
    catalogue.reading("a", 0b010)
    catalogue.guarded[("b", "ns")] = None
    rules = RuleBook(catalogue).start([root_need("a")])
    assert [rule.terms for rule in rules] == [{"a": 0b001}, {"b": 0b10, "a": 0b101}]
    assert rules[1].cause == Guard("b", "ns")
