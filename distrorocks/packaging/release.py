"""A rock's version as a package's upstream version."""

from __future__ import annotations

import re
import time

from distrorocks.distro.rock_spelling import spelled
from distrorocks.rocks.version import Version

_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:[a-z](?:[0-9]+)?)?")
_SNAPSHOT = re.compile(r"(?:scm|cvs|dev|git|head|master|main)(?![a-z])", re.IGNORECASE)


def is_snapshot(rock_version: str) -> bool:
    """Return whether a rock version names a moving target rather than a release."""
    return _SNAPSHOT.search(rock_version) is not None


def upstream_version(rock_version: str, date: int) -> str:
    """Return the upstream version for a rock's: ``1.0rc1-2`` is ``1.0~rc1``, ``scm-1`` a snapshot.

    A snapshot is dated by its newest file, in UTC, and comes before every release.
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
