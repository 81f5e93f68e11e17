"""Small edits of a Debian control file that leave everything else as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import NamedTuple

from distrorocks.distro.control_fields import FIELD, control_fields


class Stanza(NamedTuple):
    """One stanza by its place: the lines ``start`` to ``end`` of the file, fields in lower case."""

    start: int
    end: int
    fields: dict[str, str]


def stanzas(text: str) -> list[Stanza]:
    """Return the stanzas of a control file, the source's first."""
    lines = text.split("\n")
    found = []
    start = 0
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            continue
        if fields := _fields(lines[start:number]):
            found.append(Stanza(start, number, fields))
        start = number + 1
    return found


def _fields(lines: list[str]) -> dict[str, str]:
    """Return field to value without the blanks at the ends of its lines.

    Comments and what is neither a field nor continues one are left out.
    """
    known = [line for line in lines if _is_continued(line) or FIELD.fullmatch(line)]
    fields = control_fields(dropwhile(_is_continued, known)) or {}
    return {
        name.lower(): "\n".join(map(str.strip, value.split("\n"))).strip("\n")
        for name, value in fields.items()
    }


def _is_continued(line: str) -> bool:
    return line[:1] in (" ", "\t")


def with_entry(text: str, stanza: Stanza, field: str, entry: str) -> str:
    """Return the file with one more entry in a field's list, which is made where it is missing.

    A list on one line is continued there, one with an entry a line gets a line.
    """
    lines = text.split("\n")
    place = list(_lines_of(lines, stanza, field))
    if not place:
        lines.insert(stanza.end, f"{field}: {entry}")
        return "\n".join(lines)
    last = max(number for number in place if lines[number].strip() not in ("", ","))
    ending = lines[last].rstrip()
    indent = re.match(r"[ \t]*", lines[last])
    if len(place) > 1 and indent:
        start = indent[0] or " "
        if ending.lstrip().startswith(","):
            lines.insert(last + 1, f"{start}, {entry}")
        else:
            comma = "," if ending.endswith(",") else ""
            lines[last] = ending if comma else f"{ending},"
            lines.insert(last + 1, f"{start}{entry}{comma}")
    else:
        lines[last] = f"{ending.rstrip(',')}, {entry}"
    return "\n".join(lines)


def _lines_of(lines: list[str], stanza: Stanza, field: str) -> Iterator[int]:
    """Yield the numbers of a field's lines."""
    is_in = False
    for number in range(stanza.start, stanza.end):
        line = lines[number]
        if line.startswith("#"):
            continue
        if not _is_continued(line):
            found = FIELD.match(line)
            is_in = found is not None and found[1].lower() == field.lower()
        if is_in:
            yield number
