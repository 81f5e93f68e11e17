"""The order of RPM's versions: epoch, version, release, each by ``rpmvercmp``."""

from __future__ import annotations

import re

from distrorocks.families.versions import epoch_and_rest, number_of

RpmParts = tuple[tuple[int, str | int], ...]
RpmKey = tuple[int, RpmParts, RpmParts]

_PART = re.compile(r"~|\^|[0-9]+|[A-Za-z]+")
_TILDE, _END, _CARET, _WORD, _NUMBER = range(5)


def rpm_key(version: str) -> RpmKey:
    """Return the place of an RPM's ``[epoch:]version[-release]`` in their order."""
    epoch, rest = epoch_and_rest(version)
    upstream, _, release = rest.partition("-")
    return epoch, _parts(upstream), _parts(release)


def _parts(text: str) -> RpmParts:
    parts: list[tuple[int, str | int]] = []
    for part in _PART.findall(text):
        if part in "~^":
            parts.append((_TILDE if part == "~" else _CARET, 0))
        elif part.isdecimal():
            parts.append((_NUMBER, number_of(part)))
        else:
            parts.append((_WORD, part))
    return (*parts, (_END, 0))
