"""What spans of package versions cost, however a constraint is written."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families import version_range
from distrorocks.families.version_range import accepted
from distrorocks.families.versions import DebKey, deb_key
from distrorocks.rocks.constraint import parse_constraints

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
