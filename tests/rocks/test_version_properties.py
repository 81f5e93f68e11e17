"""Rules that hold for every version."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.rocks.constraint import Constraint, parse_constraints, satisfies
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version

PIECES = ["0", "1", "2", "10", "007", ".", ".", "-", "_", "alpha", "beta", "pre", "rc", "scm", "a"]
SPELLED = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
VERSIONS = (SPELLED | st.text(max_size=8)).map(Version.parse)
WORDS = st.text("abcXYZ019.-_", min_size=1, max_size=6).filter(lambda word: word[0].isalnum())
CONSTRAINTS = st.builds(
    Constraint,
    st.sampled_from(["==", "~=", "<", ">", "<=", ">=", "~>"]),
    SPELLED.filter(bool).map(Version.parse),
    st.just(False),
)
DEPENDENCIES = st.builds(
    Dependency, WORDS, st.none() | WORDS, st.lists(CONSTRAINTS, max_size=3).map(tuple)
)


@given(VERSIONS)
def test_no_version_precedes_itself(version: Version) -> None:
    """The order is irreflexive, and each version equals itself."""
    assert not version.precedes(version)
    assert version.equals(version)


@given(VERSIONS, VERSIONS)
def test_the_order_has_one_direction(one: Version, other: Version) -> None:
    """Of two versions at most one precedes, and equal ones never do."""
    assert not (one.precedes(other) and other.precedes(one))
    if one.equals(other):
        assert not one.precedes(other)
        assert other.equals(one)


@given(VERSIONS, VERSIONS)
def test_the_operators_never_contradict_luarocks(one: Version, other: Version) -> None:
    """What precedes in LuaRocks is less, and what does not follow there may be less or the same."""
    if one.precedes(other):
        assert one < other
        assert not one >= other
    if one <= other:
        assert not other.precedes(one)


@given(VERSIONS, VERSIONS)
def test_the_operators_agree_with_equality_and_hash(one: Version, other: Version) -> None:
    """Of two versions one is less, or both are the same text, which has one hash."""
    assert [one < other, one == other, one > other].count(True) == 1
    assert (one <= other) == (one < other or one == other) == (other >= one)
    assert (one < other) == (other > one)
    if one == other:
        assert hash(one) == hash(other)
        assert one.equals(other)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_operators_are_transitive(one: Version, two: Version, three: Version) -> None:
    """Also where LuaRocks' equality is not: 1.0-1 and 1.0-2 are both equal to 1.0 there."""
    low, middle, high = sorted((one, two, three))
    assert low <= middle <= high
    assert low <= high
    assert max(one, two, three) == max(three, two, one) == high
    assert min(one, two, three) == min(three, two, one) == low


@given(st.lists(VERSIONS, max_size=6))
def test_a_sorted_list_has_no_later_version_first(versions: list[Version]) -> None:
    """Sorting gives the same in any start order, and contradicts no pair of LuaRocks."""
    ordered = sorted(versions)
    versions.reverse()
    assert ordered == sorted(versions)
    for index, version in enumerate(ordered):
        assert not any(later.precedes(version) for later in ordered[index:])


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99), max_size=4)
)
def test_plain_numbers_compare_as_people_expect(one: list[int], other: list[int]) -> None:
    """Without words the order is that of the numbers, with zeros after the shorter."""
    width = max(len(one), len(other))
    a, b = (tuple(side + [0] * (width - len(side))) for side in (one, other))
    first, second = (Version.parse(".".join(map(str, side))) for side in (one, other))
    assert first.precedes(second) == (a < b)


@given(VERSIONS, SPELLED.map(Version.parse))
def test_the_pessimistic_operator_needs_every_slot(version: Version, wanted: Version) -> None:
    """``~>`` holds when the version begins with the slots, and has the revision asked for."""
    padded = version.parts + (0,) * len(wanted.parts)
    begins = padded[: len(wanted.parts)] == wanted.parts
    same_revision = wanted.revision in (None, version.revision)
    assert Constraint("~>", wanted).admits(version) == (begins and same_revision)


@given(VERSIONS, SPELLED.map(Version.parse))
def test_operators_come_in_opposites(version: Version, wanted: Version) -> None:
    """Of ``==`` and ``~=``, ``<`` and ``>=``, ``>`` and ``<=`` exactly one holds."""
    for one, other in (("==", "~="), ("<", ">="), (">", "<=")):
        holds = Constraint(one, wanted).admits(version)
        assert holds is not Constraint(other, wanted).admits(version)


@given(VERSIONS, st.lists(CONSTRAINTS, max_size=3))
def test_more_constraints_never_admit_more(version: Version, constraints: list[Constraint]) -> None:
    """A version that stands all constraints stands each part of them."""
    if satisfies(version, constraints):
        assert all(satisfies(version, constraints[:end]) for end in range(len(constraints)))


@given(DEPENDENCIES)
def test_a_printed_dependency_reads_back(dependency: Dependency) -> None:
    """The text of a dependency is one from which the same dependency is read."""
    again = Dependency.parse(str(dependency))
    assert again == dependency
    assert again.to_table() == dependency.to_table()


@given(st.lists(CONSTRAINTS, min_size=1, max_size=4), st.sampled_from([" ", ",", " , ", ",,"]))
def test_constraints_need_no_certain_separator(constraints: list[Constraint], between: str) -> None:
    """Blanks and commas in any mix separate constraints."""
    text = between.join(f"{each.operator}{each.version}" for each in constraints)
    assert list(parse_constraints(text)) == constraints
