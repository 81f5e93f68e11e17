"""Candidates as text, and the slots that dependencies are decided in."""

from __future__ import annotations

import pytest

from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version


@pytest.mark.parametrize(("namespace", "text"), [(None, "foo 1.0-1"), ("me", "me/foo 1.0-1")])
def test_a_candidate_is_written_with_its_namespace(namespace: str | None, text: str) -> None:
    """Its place is not part of the text."""
    version = Version.parse("1.0-1")
    assert str(Candidate("foo", version, Origin.SERVER, "place", namespace)) == text


@pytest.mark.parametrize(
    ("dependency", "shared", "apart"),
    [
        ("foo", "foo", "foo@"),
        ("Foo >= 1.0, < 2", "foo", "foo@>= 1.0, < 2"),
        ("foo == 1.0", "foo", "foo@1.0"),
        ("me/foo ~> 1", "foo", "me/foo@~> 1"),
    ],
)
def test_all_dependencies_of_a_rock_share_a_slot_unless_they_are_apart(
    dependency: str, shared: str, apart: str
) -> None:
    """One that is apart has a slot for its namespace and constraints."""
    parsed = Dependency.parse(dependency)
    assert Need(parsed).slot == shared
    assert Need(parsed, is_apart=True).slot == apart


def test_a_dependency_is_one_to_run_with_no_known_place() -> None:
    """Unless something else is said."""
    assert Need(Dependency.parse("foo"))[1:] == ("", False, False)
