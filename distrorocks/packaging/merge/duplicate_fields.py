"""Find fields that a merge sets twice though neither side did: a conflict of no single line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from distrorocks.packaging.merge.lines import Labels, Merged, conflict_block, split_lines
from distrorocks.values import NamedTuple

_FIELD = re.compile(r"([A-Za-z][\w-]*(?:\([\w.-]+\))?)[ \t]*:")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_SECTION = re.compile(r"%(?!if|else|endif|global|define|undefine|dnl|\{|%)[a-z]+")
_MANY = re.compile(r"(?i)(build)?(requires|conflicts|provides|obsoletes|recommends|suggests)\b")


class _Setting(NamedTuple):
    """A field: the part of the file it is in, its name, and its lines from start up to end."""

    part: int
    name: str
    start: int
    end: int


def mark_duplicate_fields(
    merged: Merged, ours: str, theirs: str, path: str, labels: Labels
) -> Merged:
    """Return a merge with a conflict at the first place of each field that is set twice.

    If both lines are equal, remove the second. Files whose fields may be repeated, and merges with
    conflicts, are left as they are.
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
    """Return the pattern of fields that a file sets once, None if there are none."""
    name = path.rpartition("/")[2]
    if name == "control" or path.endswith((".spec", "upstream/metadata")):
        return _FIELD
    return _ASSIGNMENT if name in ("PKGBUILD", "APKBUILD") else None


def _doubled(text: str, path: str) -> set[str]:
    """Return the fields that a text sets more than once in one part."""
    counts = Counter((each.part, each.name) for each in _settings(split_lines(text), path))
    return {name for (_, name), count in counts.items() if count > 1}


def _settings(lines: list[str], path: str) -> Iterator[_Setting]:
    """Yield the fields of a file but those that may be repeated."""
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
            while form is _FIELD and not is_spec and end < len(lines) and _is_continued(lines[end]):
                end += 1
            yield _Setting(part, found[1].lower() if form is _FIELD else found[1], number, end)


def _is_continued(line: str) -> bool:
    """Return whether a line continues the field above it."""
    return line[:1] in " \t" and bool(line.strip())
