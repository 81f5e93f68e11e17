"""The format of a distribution, and the dates of changelogs as formats write them."""

from __future__ import annotations

import pytest

from distrorocks.families.distribution import Distribution
from distrorocks.packaging.plan.format import changes_date, mail_date, own_format, spec_date

DAY = 1_577_880_000  # 2020-01-01


def test_every_month_and_day_has_its_name() -> None:
    """English, and three letters long."""
    month = 31 * 86400
    assert [spec_date(DAY + number * month).split()[1] for number in range(12)] == (
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )
    assert [mail_date(DAY + number * 86400)[:3] for number in range(7)] == (
        ["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"]
    )


def test_dates_are_english_and_in_utc() -> None:
    """No locale and no time zone changes them."""
    assert mail_date(DAY) == "Wed, 01 Jan 2020 12:00:00 +0000"
    assert spec_date(DAY) == "Wed Jan 01 2020"
    assert changes_date(DAY) == "Wed Jan  1 12:00:00 UTC 2020"


@pytest.mark.parametrize(
    ("name", "like", "form"),
    [
        ("debian", (), "deb"),
        ("ubuntu", (), "deb"),
        ("fedora", (), "fedora"),
        ("rhel", (), "fedora"),
        ("centos", (), "fedora"),
        ("suse", (), "opensuse"),
        ("opensuse", (), "opensuse"),
        ("opensuse-leap", (), "opensuse"),
        ("sles", (), "opensuse"),
        ("arch", (), "arch"),
        ("alpine", (), "alpine"),
        ("mint", ("ubuntu", "debian"), "deb"),
        ("manjaro", ("arch",), "arch"),
        ("rocky", ("rhel", "centos", "fedora"), "fedora"),
        ("sled", ("other", "suse-x", "arch"), "opensuse"),
        ("alpine", ("fedora",), "alpine"),
        ("x-arch", (), "deb"),
        ("", ("",), "deb"),
    ],
)
def test_a_distribution_has_the_format_of_its_name_or_of_what_it_is_like(
    name: str, like: tuple[str, ...], form: str
) -> None:
    """The first name that is known decides, also by what stands before a hyphen; else deb."""
    assert own_format(Distribution(name, like)) == form
