"""Times as changelogs write them: in UTC and in English, whatever the locale and the time zone."""

from __future__ import annotations

import time

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def mail_date(seconds: int) -> str:
    """Return a time as mails and Debian's changelogs have it."""
    at = time.gmtime(seconds)
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
        f" {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"
    )


def spec_date(seconds: int) -> str:
    """Return a day as the changelog of a spec file has it."""
    at = time.gmtime(seconds)
    return f"{_DAYS[at.tm_wday]} {_MONTHS[at.tm_mon - 1]} {at.tm_mday:02} {at.tm_year}"
