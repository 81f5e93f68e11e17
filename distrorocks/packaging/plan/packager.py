"""The packager, the date and the format of this system, from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import Distribution

_IDENTITY = re.compile(r"[^<>\n]+ <[^<>@\s]+@[^<>@\s]+>")
_FORMATS = {
    "debian": "deb",
    "ubuntu": "deb",
    "fedora": "fedora",
    "rhel": "fedora",
    "centos": "fedora",
    "suse": "opensuse",
    "opensuse": "opensuse",
    "sles": "opensuse",
    "arch": "arch",
    "alpine": "alpine",
}


def maintainer_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return ``Name <mail>`` from DEBFULLNAME and DEBEMAIL, "" if they are not set."""
    mail, name = environment.get("DEBEMAIL", ""), environment.get("DEBFULLNAME", "")
    if _IDENTITY.fullmatch(mail):
        return mail
    both = f"{name} <{mail}>"
    return both if _IDENTITY.fullmatch(both) else ""


def checked_maintainer(text: str) -> str:
    """Return ``text`` if it is ``Name <mail>``, or raise."""
    if not _IDENTITY.fullmatch(text):
        raise DistrorocksError(
            f"{text!r} is not a maintainer", hint="write 'Name <name@example.org>'"
        )
    return text


def epoch(environment: Mapping[str, str] = os.environ) -> int | None:
    """Return SOURCE_DATE_EPOCH, None if it is not set to a number."""
    text = environment.get("SOURCE_DATE_EPOCH", "")
    return int(text) if text.isdecimal() and len(text) < 12 else None


def own_format(distribution: Distribution) -> str:
    """Return the format of a distribution by its ID, else by ID_LIKE, else deb."""
    for name in (distribution.id, *distribution.id_like):
        found = _FORMATS.get(name) or _FORMATS.get(name.partition("-")[0])
        if found:
            return found
    return "deb"
