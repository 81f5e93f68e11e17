"""Sets of versions and rules in words."""

from __future__ import annotations

import pytest

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.fact import Wording, joined, written
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.preference import Preference
from distrorocks.resolve.version_set import VersionSet
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from tests.resolve.world import root_need


def versions(name: str) -> VersionSet:
    """Return six versions of a rock; bit 1 is 1.0-1, bit 6 is 1.5-1."""
    listed = [Candidate(name, Version.parse(f"1.{n}-1"), Origin.SERVER, "s") for n in range(6)]
    return VersionSet(listed, Preference.NEWEST)


def wording(*asked: str) -> Wording:
    """Return how to tell a proof in which some needs are facts."""
    needs = [root_need(text) for text in asked]
    causes = [Asked(None, None, each, versions("").admitted(each.dependency)) for each in needs]
    return Wording(versions, [Incompatibility({}, cause) for cause in causes])


def test_words_are_joined_as_in_a_sentence() -> None:
    """One, two, three."""
    assert [joined(["a", "b", "c"][:count]) for count in range(4)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize("text", ["foo", "foo >= 1.0, < 2", "jane/foo == 1.0", "foo @~> 1"])
def test_a_dependency_is_written_as_rockspecs_do(text: str) -> None:
    """With ``==`` and ``@``, which LuaRocks leaves out."""
    assert written(Dependency.parse(text)) == text


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        (0b1111110, "foo"),
        (0b0000100, "foo 1.1-1"),
        (0b0001100, "foo 1.1-1 or 1.2-1"),
        (0b0111110, "foo 1.0-1 ... 1.4-1 (5 versions)"),
        (0b1110000, "foo >= 1.3"),
    ],
)
def test_a_rock_is_told_as_short_as_can_be(mask: int, text: str) -> None:
    """By its name, by the constraint that was written, by its versions."""
    assert wording("foo >= 1.3").rock("foo", mask) == text


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({"a": 0b1111110}, "no version of a can be chosen"),
        ({"a": 0b100}, "a 1.1-1 cannot be chosen"),
        ({"a": 1}, "a must be chosen"),
        ({"a": 0b100, "b": 1}, "a 1.1-1 needs b"),
        ({"a": 0b1111110, "b": 0b1111011}, "a needs b 1.1-1"),
        ({"a": 0b100, "b": 0b1000}, "a 1.1-1 and b 1.2-1 cannot be chosen together"),
        ({"a": 0b100, "b": 0b1000, "c": 1}, "a 1.1-1 and b 1.2-1 need c"),
        ({"a": 0b100, "b": 1, "c": 1}, "a 1.1-1 needs b or c"),
    ],
)
def test_a_conclusion_says_what_its_rule_forbids(terms: dict[str, int], text: str) -> None:
    """Chosen rocks that need, that cannot be chosen together, that cannot be."""
    causes = (Incompatibility({}, Asked(None, None, root_need("a"), 0)),) * 2
    assert wording().conclusion(Incompatibility(terms, causes)) == text
