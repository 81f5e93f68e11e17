"""Spans of package versions: how rocks' versions are written, and what a constraint costs."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families import version_range
from distrorocks.families.version_range import accepted, package_version
from distrorocks.families.versions import DebKey, deb_key, rock_version
from distrorocks.rocks.constraint import parse_constraints
from distrorocks.rocks.version import Version

LONGEST = "0" + ".0" * 63


@pytest.mark.parametrize("operator", ["<", "<=", "~>", "==", "~=", ">=", ">"])
@pytest.mark.parametrize("revision", ["", "-3"])
@pytest.mark.parametrize("has_revision", [True, False])
def test_versions_are_read_in_proportion_to_the_spans(
    operator: str, revision: str, has_revision: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest version that is allowed has each bound of its spans compared a few times only."""
    read: list[str] = []

    def counted(text: str) -> DebKey:
        read.append(text)
        return deb_key(text)

    monkeypatch.setattr(version_range, "deb_key", counted)
    spans = accepted(
        parse_constraints(f"{operator} {LONGEST}{revision}"), has_revision=has_revision
    )
    assert spans
    assert len(read) <= 20 * 64


def test_a_version_of_too_many_numbers_is_refused() -> None:
    """A version of 65 numbers is refused, with the constraint's beginning and what to do."""
    with pytest.raises(DistrorocksError) as error:
        accepted(parse_constraints(f"<= {LONGEST}.0"))
    assert "a version of 65 numbers and words, more than 64: <= 0.0.0" in error.value.brief
    assert "shorten the version" in error.value.hint


@pytest.mark.parametrize(
    ("rock", "package"),
    [
        ("1.0-1", "1.0-1"),
        ("1.0.0", "1.0.0"),
        ("3.0rc2-1", "3.0~rc2-1"),
        ("1.0.beta.2-0", "1.0~beta2-0"),
        ("1.0rc.1.2-1", "1.0~rc1.2-1"),
        ("2.0rc-1", "2.0~rc-1"),
        ("1.0a-1", "1.0a-1"),
        ("1.0b1-1", "1.0b1-1"),
        ("scm-1", "110000000-1"),
        ("dev-3", "120000000-3"),
        ("v1.0-1", "0v1.0-1"),
        (f"{'9' * 400}.1-1", f"{'9' * 310}.1-1"),
    ],
)
def test_a_rocks_version_is_spelled_for_packages(rock: str, package: str) -> None:
    """Numbers stay, pre-releases come behind ~, and what is above all numbers is a number."""
    assert package_version(Version.parse(rock)) == package


@pytest.mark.parametrize("text", ["1.0-0", "1.2.3-0", "1.0rc1-0", "2.0beta3-0", "0.4alpha2-0"])
def test_the_spelling_is_read_back(text: str) -> None:
    """The rock version of the spelled upstream version is the one that it was made of."""
    upstream = package_version(Version.parse(text)).rpartition("-")[0]
    assert rock_version(upstream).text == text
