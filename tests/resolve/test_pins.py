"""Pins fix versions by name."""

from __future__ import annotations

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.preference import Pin, pins_by_name
from distrorocks.rocks.version import Version


def candidate(version: str, namespace: str | None = None) -> Candidate:
    """Return a candidate of the rock foo."""
    return Candidate("foo", Version.parse(version), Origin.SERVER, "s", namespace)


def test_names_are_lowered_and_namespaces_kept() -> None:
    """A pin's key is a name, or one with its namespace."""
    pins = pins_by_name({"Foo": Version.parse("1.0-1"), "jane/Bar": Version.parse("2.0-1")})
    assert pins == {
        "foo": Pin(Version.parse("1.0-1")),
        "bar": Pin(Version.parse("2.0-1"), "jane"),
    }


def test_a_pin_admits_its_version_of_its_namespace() -> None:
    """A pin without a revision admits all revisions; one without a namespace all namespaces."""
    assert Pin(Version.parse("1.0-1")).admits(candidate("1.0-1", "jane"))
    assert Pin(Version.parse("1.0")).admits(candidate("1.0-7"))
    assert not Pin(Version.parse("1.0-1")).admits(candidate("1.0-2"))
    assert not Pin(Version.parse("1.0-1"), "jane").admits(candidate("1.0-1"))
    assert not Pin(Version.parse("1.0")).admits(candidate("1.0.0-1"))
