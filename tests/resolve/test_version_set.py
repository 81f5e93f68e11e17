"""Sets of versions are numbers: a bit for each version, the best the highest."""

from __future__ import annotations

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.preference import Pin, Preference
from distrorocks.resolve.version_set import ABSENT, VersionSet, bits, version_key
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version


def candidate(
    version: str, origin: Origin = Origin.SERVER, place: str = "s", space: str | None = None
) -> Candidate:
    """Return a candidate of the rock foo."""
    return Candidate("foo", Version.parse(version), origin, place, space)


def versions(*texts: str, preference: Preference = Preference.NEWEST) -> VersionSet:
    """Return the set of some versions on a server."""
    return VersionSet([candidate(text) for text in texts], preference)


def admitted(found: VersionSet, dependency: str) -> list[str]:
    """Return the versions that fulfil a dependency."""
    mask = found.admitted(Dependency.parse(dependency))
    return [str(each.version) for each in found.in_order(mask)]


def test_the_best_version_is_the_highest_bit() -> None:
    """Bits follow the preference, whatever order the index has."""
    found = versions("1.0-1", "2.0-1", "1.5-1")
    assert str(found.places(found.best(found.versions))[0].version) == "2.0-1"
    oldest = versions("1.0-1", "2.0-1", "1.5-1", preference=Preference.OLDEST)
    assert str(oldest.places(oldest.best(oldest.versions))[0].version) == "1.0-1"
    assert found.everything == 0b1111
    assert found.versions == 0b1110


def test_constraints_become_sets_by_luarocks_rules() -> None:
    """``~>`` is by prefix, ``==`` counts the numbers, a revision counts where it is named."""
    found = versions("1.0-1", "1.0-2", "1.0.0-1", "1.1-1", "2.0rc1-1", "scm-1")
    assert admitted(found, "foo ~> 1.0") == ["1.0-1", "1.0.0-1", "1.0-2"]
    assert admitted(found, "foo == 1.0") == ["1.0-1", "1.0-2"]
    assert admitted(found, "foo == 1.0-2") == ["1.0-2"]
    assert admitted(found, "foo < 2.0, > 1.0") == ["1.1-1", "2.0rc1-1"]
    assert admitted(found, "foo > 9") == ["scm-1"]
    assert len(admitted(found, "foo")) == 6


def test_a_set_of_nothing_admits_nothing() -> None:
    """A rock that nobody has is a set with absence only."""
    found = versions()
    assert (found.everything, found.versions) == (ABSENT, 0)
    assert found.admitted(Dependency.parse("foo")) == 0


def test_places_of_one_version_share_its_bit() -> None:
    """The nearest place stands first, and one place is there once."""
    far, near = candidate("1.0-1"), candidate("1.0-1", Origin.INSTALLED, "/usr/local")
    found = VersionSet([far, near, far], Preference.NEWEST)
    assert found.places(found.best(found.versions)) == [near, far]
    assert found.versions.bit_count() == 1


def test_what_is_provided_is_all_there_is() -> None:
    """A provided candidate hides every other, and no pin moves it."""
    own = candidate("5.1-1", Origin.PROVIDED, "")
    pin = Pin(Version.parse("5.4-1"))
    found = VersionSet([candidate("5.4-1"), own], Preference.NEWEST, pin=pin)
    assert found.is_provided
    assert found.in_order(found.versions) == [own]
    assert found.admitted(Dependency.parse("foo >= 5.4")) == 0
    assert found.admitted(Dependency.parse("any/foo")) == found.versions


def test_a_pin_overrules_constraints() -> None:
    """The pinned version is the only one, and fulfils every need of its rock."""
    pin = Pin(Version.parse("1.0-1"))
    listed = [candidate("1.0-1"), candidate("2.0-1")]
    found = VersionSet(listed, Preference.NEWEST, pin=pin)
    assert admitted(found, "foo >= 2") == ["1.0-1"]


def test_a_namespace_is_asked_for_by_name() -> None:
    """A need with a namespace takes no other; versions only it finds are liked least."""
    spaced = candidate("3.0-1", space="jane")
    found = VersionSet([candidate("1.0-1")], Preference.NEWEST, spaced=[spaced])
    assert admitted(found, "jane/foo") == ["3.0-1"]
    assert admitted(found, "joe/foo") == []
    assert found.places(found.best(found.versions))[0].version.string == "1.0-1"
    assert found.hidden("jane") == found.bit_of(version_key(spaced)) == 0b10
    assert found.hidden_namespace(0b10) == "jane"
    assert found.hidden_namespace(0b100) is None


def test_what_a_namespace_and_the_ordinary_manifest_have_is_ordinary() -> None:
    """The same version of the same namespace is one bit, and hidden from nobody."""
    spaced = candidate("1.0-1", space="jane")
    found = VersionSet([spaced], Preference.NEWEST, spaced=[spaced])
    assert found.hidden("jane") == 0
    assert len(found.places(0b10)) == 1


def test_bits_are_told_apart() -> None:
    """A set is walked bit by bit, the lowest first; unknown versions have none."""
    assert list(bits(0b10110)) == [0b10, 0b100, 0b10000]
    assert versions("1.0-1").bit_of(("9-9", None)) == 0


def test_the_cost_of_a_set_is_known_before_and_paid_once() -> None:
    """A comparison for each version and constraint, none the second time."""
    found = versions("1.0-1", "1.1-1", "1.2-1")
    dependency = Dependency.parse("foo >= 1, < 2")
    assert found.cost(dependency) == 6
    found.admitted(dependency)
    assert found.cost(dependency) == 0
