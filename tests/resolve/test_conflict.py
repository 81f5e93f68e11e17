"""A conflict is an error that says its proof in numbered lines, and then what would help."""

from __future__ import annotations

import pytest

from distrorocks.errors import NegativeError
from distrorocks.resolve.conflict import Conflict, Step
from distrorocks.resolve.core import Relaxation


def lines(*steps: Step) -> list[str]:
    """Return the lines of a proof."""
    return Conflict("no", steps).detail.splitlines()


@pytest.mark.parametrize(
    ("because", "line"),
    [
        ((), "4. it is"),
        ((1,), "4. so it is (from 1)"),
        ((1, 3), "4. so it is (from 1, 3)"),
        ((1, 2, 3), "4. so it is"),
    ],
)
def test_a_step_names_what_it_follows_from(because: tuple[int, ...], line: str) -> None:
    """A fact follows from nothing, and what follows from all before it does not list them."""
    facts = [Step(text) for text in "abc"]
    assert lines(*facts, Step("it is", because)) == ["1. a", "2. b", "3. c", line]


def test_the_first_step_follows_from_nothing() -> None:
    """And a proof without steps has no lines."""
    assert lines(Step("it is")) == ["1. it is"]
    assert lines() == []


@pytest.mark.parametrize("count", [23, 24, 25, 26, 100])
def test_a_long_proof_is_shown_from_both_ends(count: int) -> None:
    """Twenty-five lines at most; one of them says how many steps are left out."""
    found = lines(*(Step(f"step {number}") for number in range(1, count + 1)))
    whole = [f"{number}. step {number}" for number in range(1, count + 1)]
    if count <= 25:
        assert found == whole
    else:
        assert found == [*whole[:12], f"... ({count - 24} more steps)", *whole[-12:]]


def test_what_would_help_stands_below_the_proof() -> None:
    """Each on a line, in the order given; without any nothing is said of it."""
    ways = [Relaxation("", None, "a", text) for text in ("without x, a 1-1 can be chosen", "or so")]
    found = Conflict("a cannot be satisfied", [Step("a is not there")], ways, hint="look")
    assert str(found).splitlines()[0] == "a cannot be satisfied"
    assert found.detail.splitlines() == [
        "1. a is not there",
        "what would help:",
        "- without x, a 1-1 can be chosen",
        "- or so",
    ]
    assert found.hint == "look"
    assert "help" not in Conflict("no", [Step("it is")]).detail


def test_a_conflict_is_data_and_a_negative_answer() -> None:
    """Its steps and ways out are kept as they were given; it has no warnings and hint at first."""
    step, way = Step("it is"), Relaxation("", None, "a", "x")
    found = Conflict("no", [step], [way])
    assert isinstance(found, NegativeError)
    assert (found.steps, found.relaxations) == ((step,), (way,))
    assert (found.warnings, found.hint) == ((), "")
