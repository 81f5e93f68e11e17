"""Upstream versions of packages from rock versions, and dates of changelogs.

Dates are in UTC and in English, regardless of locale and time zone.
"""

from __future__ import annotations

import re
import time

from distrorocks.families.version_range import spelled
from distrorocks.rocks.version import Version

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def mail_date(seconds: int) -> str:
    """Return a time in the format of mail and of Debian's changelogs."""
    at = time.gmtime(seconds)
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
        f" {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"
    )


def spec_date(seconds: int) -> str:
    """Return a date in the format of a spec file's changelog."""
    at = time.gmtime(seconds)
    return f"{_DAYS[at.tm_wday]} {_MONTHS[at.tm_mon - 1]} {at.tm_mday:02} {at.tm_year}"


_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:[a-z](?:[0-9]+)?)?")
_SNAPSHOT = re.compile(r"(?:scm|cvs|dev|git|head|master|main)(?![a-z])", re.IGNORECASE)


def is_snapshot(rock_version: str) -> bool:
    """Return whether a rock version is a development version, not a release."""
    return _SNAPSHOT.search(rock_version) is not None


def upstream_version(rock_version: str, date: int) -> str:
    """Return the upstream version: ``1.0rc1-2`` gives ``1.0~rc1``, ``scm-1`` a snapshot.

    A snapshot has the date of its newest file, in UTC, and sorts before every release.
    """
    text = rock_version.rpartition("-")[0] or rock_version
    text = re.sub(r"^[vV](?=[0-9])", "", text)
    if _NUMBERS.fullmatch(text):
        return text
    if is_snapshot(text):
        known = _NUMBERS.match(text)
        day = time.strftime("%Y%m%d", time.gmtime(date)) if date else ""
        return f"{known[0] if known else '0'}~git{day}"
    return spelled(Version.parse(text).parts or (0,))
