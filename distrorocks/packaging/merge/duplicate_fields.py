"""Fields that a merge has set twice, though neither side did: a conflict that no line shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from distrorocks.packaging.merge.lines import Labels, Merged, conflict_block, split_lines

_FIELD = re.compile(r"([A-Za-z][\w-]*(?:\([\w.-]+\))?)[ \t]*:")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_SECTION = re.compile(r"%(?!if|else|endif|global|define|undefine|dnl|\{|%)[a-z]+")
_MANY = re.compile(r"(?i)(build)?(requires|conflicts|provides|obsoletes|recommends|suggests)\b")


class _Setting(NamedTuple):
    """A field's place: the part of the file, its name, and its lines (end left out)."""

    part: int
    name: str
    start: int
    end: int


def mark_duplicate_fields(
    merged: Merged, ours: str, theirs: str, path: str, labels: Labels
) -> Merged:
    """Return a merge in which fields set twice stand between markers, at the first place.

    Where both lines are the same, the second one goes. Files whose fields may be set twice, and
    merges that have conflicts already, are left as they are.
    """
    form = _form(path)
    if merged.conflicts or form is None:
        return merged
    lines = split_lines(merged.text)
    settings = list(_settings(lines, path))
    known = _doubled(ours, path) | _doubled(theirs, path)
    counts = Counter((each.part, each.name) for each in settings)
    mine = set(split_lines(ours))
    conflicts = []
    for key, count in sorted(counts.items(), reverse=True):
        if count != 2 or key[1] in known:
            continue
        first, second = (each for each in settings if (each.part, each.name) == key)
        one, other = lines[first.start : first.end], lines[second.start : second.end]
        lines[second.start : second.end] = [""] * len(other)
        if one == other:
            continue
        if not set(one) <= mine:
            one, other = other, one
        block = "".join(conflict_block(one, [], other, labels))
        lines[first.start : first.end] = [block] + [""] * (first.end - first.start - 1)
        conflicts.append(first.start)
    places = tuple(sorted("".join(lines[:at]).count("\n") + 1 for at in conflicts))
    return Merged("".join(lines), places)


def _form(path: str) -> re.Pattern[str] | None:
    """Return how a file sets fields, None where it sets none once only."""
    name = path.rpartition("/")[2]
    if name == "control" or name.endswith((".spec", "upstream/metadata")):
        return _FIELD
    return _ASSIGNMENT if name in ("PKGBUILD", "APKBUILD") else None


def _doubled(text: str, path: str) -> set[str]:
    """Return the fields that a text sets twice in one of its parts."""
    counts = Counter((each.part, each.name) for each in _settings(split_lines(text), path))
    return {name for (_, name), count in counts.items() if count > 1}


def _settings(lines: list[str], path: str) -> Iterator[_Setting]:
    """Yield the fields of a file, those that may be set often left out."""
    form = _form(path)
    is_spec = path.endswith(".spec")
    part = 0
    is_preamble = True
    for number, line in enumerate(lines):
        if is_spec and _SECTION.match(line):
            part += 1
            is_preamble = line.startswith("%package")
        elif not is_spec and form is _FIELD and not line.strip():
            part += 1
        found = form.match(line) if form and is_preamble else None
        if found and not (is_spec and _MANY.match(found[1])):
            end = number + 1
            while form is _FIELD and not is_spec and end < len(lines) and _goes_on(lines[end]):
                end += 1
            yield _Setting(part, found[1].lower() if form is _FIELD else found[1], number, end)


def _goes_on(line: str) -> bool:
    """Tell whether a line belongs to the field above it."""
    return line[:1] in " \t" and bool(line.strip())
