"""Rock versions as upstream versions of packages."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.plan.release import is_snapshot, mail_date, spec_date, upstream_version

DAY = 1_577_880_000  # 2020-01-01


@pytest.mark.parametrize(
    ("rock", "package"),
    [
        ("1.0.2-1", "1.0.2"),
        ("0.07-1", "0.07"),
        ("v1.2-1", "1.2"),
        ("1.0rc1-2", "1.0~rc1"),
        ("2.0.beta-1", "2.0~beta"),
        ("scm-1", "0~git20200101"),
        ("1.2.scm-1", "1.2~git20200101"),
        ("dev-1", "0~git20200101"),
    ],
)
def test_rock_versions_become_upstream_versions(rock: str, package: str) -> None:
    """Releases keep their text, pre-releases sort before them, snapshots have a date."""
    assert upstream_version(rock, DAY) == package


@given(st.from_regex(r"[A-Za-z0-9.]{1,12}-[0-9]{1,2}", fullmatch=True))
def test_every_version_can_stand_in_a_package(rock: str) -> None:
    """It begins with a digit and has only characters that both formats allow."""
    version = upstream_version(rock, DAY)
    assert version[0].isdigit()
    assert all(c.isascii() and (c.isalnum() or c in ".+~") for c in version), version


def test_a_development_version_is_no_release() -> None:
    """scm, dev and git mark snapshots; the same letters inside another word do not."""
    assert is_snapshot("scm-1")
    assert not is_snapshot("1.0-1")


def test_dates_are_english_and_in_utc() -> None:
    """No locale and no time zone changes them."""
    assert mail_date(DAY) == "Wed, 01 Jan 2020 12:00:00 +0000"
    assert spec_date(DAY) == "Wed Jan 01 2020"
