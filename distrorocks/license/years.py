"""The years of a copyright: lines of one holder become one line."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPAN = r"(?:19|20)[0-9]{2}(?:\s*-\s*(?:19|20)[0-9]{2})?"
_LINE = re.compile(rf"(?P<years>{_SPAN}(?:\s*,\s*{_SPAN})*),?\s+(?P<name>\S.*)")


def joined_years(lines: Iterable[str]) -> tuple[str, ...]:
    """Return lines as ``2011-2013 Some Body``, each holder once where his lines begin with years.

    A line whose years are written otherwise, or backwards, stays as it is.
    """
    years_of: dict[str, set[int]] = {}
    for line in lines:
        said = _LINE.fullmatch(line)
        years = _years(said["years"]) if said else set()
        years_of.setdefault(said["name"] if said and years else line, set()).update(years)
    return tuple(f"{_written(years)} {name}".lstrip() for name, years in years_of.items())


def _years(text: str) -> set[int]:
    """Return all years of a list of years and spans; none if a span goes backwards."""
    found: set[int] = set()
    for span in re.findall(_SPAN, text):
        first, last = int(span[:4]), int(span[-4:])
        if last < first:
            return set()
        found |= set(range(first, last + 1))
    return found


def _written(years: set[int]) -> str:
    """Return years with those in a row as a span."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)
