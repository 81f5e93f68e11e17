"""Dates of changelogs, as formats write them."""

from __future__ import annotations

from distrorocks.packaging.plan.format import mail_date, spec_date

DAY = 1_577_880_000  # 2020-01-01


def test_dates_are_english_and_in_utc() -> None:
    """No locale and no time zone changes them."""
    assert mail_date(DAY) == "Wed, 01 Jan 2020 12:00:00 +0000"
    assert spec_date(DAY) == "Wed Jan 01 2020"
