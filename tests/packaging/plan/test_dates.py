"""The date of a packaging: the packager's, the environment's, or now."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.errors import DistrorocksError
from distrorocks.packaging.plan.observe import checked_date, epoch
from tests.packaging.scaffolding import packed

NOON = 1_577_880_000  # 2020-01-01 12:00 UTC


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2020-01-01T12:00:00Z", NOON),
        ("2020-01-01 12:00", NOON),
        ("2020-01-01T13:00:00+01:00", NOON),
        ("2020-01-01", NOON - 12 * 3600),
        ("Wed, 01 Jan 2020 12:00:00 +0000", NOON),
        ("1 Jan 2020 13:00:00 +0100", NOON),
        ("Wed, 01 Jan 2020 12:00:00 GMT", NOON),
        (f" @{NOON} ", NOON),
        ("@0", 0),
        ("1970-01-01", 0),
    ],
)
def test_a_date_is_read_as_iso_mail_and_seconds_write_it(text: str, seconds: int) -> None:
    """One without a time zone is in UTC, whatever that of this system is."""
    assert checked_date(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "2026-13-01", "2026", "@", "@-1", "@1.5", "@٣", "@999999999999"),
        *("1969-12-31", "9999-01-01", "30/11/2026", "Mon Nov 30 22:28:31 CET 2026"),
        *("Wed, 01 Jan 2020", "Wed, 01 Jan 2020 25:00:00 +0000", "1 Jan 2020 12:00:00 +9999"),
        *("1 Jan 2020 12:00:00 junk", "1 Xyz 2020 12:00:00 +0000"),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """A day of another year than the packager means would stand in the changelog for good."""
    with pytest.raises(DistrorocksError, match="is not a date from 1970 on") as caught:
        checked_date(text)
    assert "@SECONDS" in caught.value.hint


def test_source_date_epoch_is_a_number_or_not_set() -> None:
    """Anything else is an error, as reproducible-builds.org asks of programs."""
    assert epoch({}) is None
    assert epoch({"SOURCE_DATE_EPOCH": ""}) is None
    assert epoch({"SOURCE_DATE_EPOCH": "0"}) == 0
    assert epoch({"SOURCE_DATE_EPOCH": str(NOON)}) == NOON
    for wrong in ("today", "-1", "1.5", " 1", "٣", "1" * 12):
        with pytest.raises(DistrorocksError, match="SOURCE_DATE_EPOCH is") as caught:
            epoch({"SOURCE_DATE_EPOCH": wrong})
        assert repr(wrong) in caught.value.brief


def test_the_option_comes_before_the_environment_and_that_before_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--explain`` names the origin."""
    words = ["scaffold", packed(tmp_path), "--format", "deb", "-o", str(tmp_path / "out")]

    def told(*more: str) -> list[str]:
        assert main([*words, *more, "--explain", "changelog_date"]) == 0
        date = capsys.readouterr().out.splitlines()[0].partition(" = ")[2]
        assert main([*words, *more, "--explain", "date"]) == 0
        (source,) = (it for it in capsys.readouterr().out.splitlines() if "   from: " in it)
        return [date, source.removeprefix("   from: ")]

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = int(time.time())
    date, source = told()
    assert before <= parsedate_to_datetime(date).timestamp() <= time.time()
    assert source == "now (high confidence)"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert told() == ["Fri, 02 Jan 1970 00:00:00 +0000", "SOURCE_DATE_EPOCH (high confidence)"]
    given = ["Mon, 30 Nov 2026 00:00:00 +0000", "--date (high confidence)"]
    assert told("--date", "2026-11-30") == given


def test_a_date_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    """So is an empty one, which is probably an unset variable; nothing is written."""
    out = tmp_path / "out"
    words = ["scaffold", packed(tmp_path), "--format", "deb", "-o", str(out), "--date"]
    assert main([*words, "tomorrow"]) == 2
    with pytest.raises(SystemExit, match="2"):
        main([*words, ""])
    assert not out.exists()


def test_an_epoch_that_is_no_number_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was passed over, and the packaging got another date than the one that was asked for."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    out = tmp_path / "out"
    assert main(["scaffold", packed(tmp_path), "--format", "deb", "-o", str(out)]) == 3
    assert "SOURCE_DATE_EPOCH is 'today'" in capsys.readouterr().err
    assert not out.exists()
