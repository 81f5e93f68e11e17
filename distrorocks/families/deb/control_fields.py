"""The fields of one stanza of a Debian control file, as dpkg reads them (deb822(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable

FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")


def control_fields(lines: Iterable[str]) -> dict[str, str] | None:
    """Return field to value, or None where a line is neither a field nor continues one.

    A value's later lines keep their leading blank. Comments are not part of a stanza: callers
    that read hand-written files remove them first.
    """
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        if line[:1] in (" ", "\t") and last:
            fields[last] += f"\n{line}"
        elif found := FIELD.fullmatch(line):
            last = found[1]
            fields[last] = found[2].rstrip()
        else:
            return None
    return fields
