"""A text as its lines.

Two edits of one text made one, line by line; where they meet, both stand between markers.

A merge of our own rather than ``git merge-file``: it asks for no program at packaging time, it is a
function of three texts, and it knows that lines such as ``Version:`` and ``Release:`` are apart
though they stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, each with its line break, the last one without if it has none."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


OURS, BASE, MIDDLE, THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"
_FIELD = r"([A-Za-z][\w.+()-]*[ \t]*[:=])"
_RELATION = r"[ \t]+([a-z0-9][a-z0-9+.-]+)(?:[ \t]*\([^()]*\))?,?[ \t]*$"
_NAMED = re.compile(f"(?:{_FIELD}|{_RELATION})")
_MARKS = (f"{OURS} ", f"{BASE} ", f"{THEIRS} ")


class Labels(NamedTuple):
    """What stands behind the markers: whose lines they are."""

    ours: str = "yours"
    base: str = "as it was rendered"
    theirs: str = "new"


PLAIN = Labels()


class Merged(NamedTuple):
    """A merged text, and the lines at which its conflicts begin, counted from 1."""

    text: str
    conflicts: tuple[int, ...] = ()


_Group: TypeAlias = "tuple[list[_Hunk], list[_Hunk]]"


class _Hunk(NamedTuple):
    """Base lines ``start`` to ``end`` (left out) and what stands in their place."""

    start: int
    end: int
    lines: list[str]


def marked_lines(text: str) -> tuple[int, ...]:
    """Return the lines, counted from 1, at which a conflict of an earlier merge still stands."""
    lines = enumerate(split_lines(text), start=1)
    return tuple(number for number, line in lines if line.startswith(_MARKS))


def merge_lines(base: str, ours: str, theirs: str, labels: Labels = PLAIN) -> Merged:
    """Return ``base`` with the edits of both sides.

    What one side changed is taken, what both changed alike too. Lines that both changed each in
    their own way stand between markers, with what they were.
    """
    if ours in (base, theirs):
        return Merged(theirs)
    if theirs == base:
        return Merged(ours)
    lines = split_lines(base)
    mine, new = _hunks(lines, split_lines(ours)), _hunks(lines, split_lines(theirs))
    merged: list[str] = []
    conflicts = []
    done = 0
    for our_part, their_part in _groups(lines, mine, new):
        start = min(hunk.start for hunk in (*our_part, *their_part))
        end = max(hunk.end for hunk in (*our_part, *their_part))
        merged += lines[done:start]
        done = end
        left, right = (_applied(lines, start, end, part) for part in (our_part, their_part))
        if not their_part or left == right:
            merged += left
        elif not our_part:
            merged += right
        else:
            before, left, right, after = _trimmed(left, right)
            merged += before
            conflicts.append(len(merged) + 1)
            merged += _conflict(left, lines[start:end], right, labels)
            merged += after
    merged += lines[done:]
    return Merged("".join(_broken(merged)), tuple(conflicts))


def conflict_block(
    ours: Sequence[str], base: Sequence[str], theirs: Sequence[str], labels: Labels
) -> list[str]:
    """Return both sides between markers, with what they were."""
    return _conflict(list(ours), list(base), list(theirs), labels)


def _hunks(base: list[str], side: list[str]) -> list[_Hunk]:
    """Return how one side differs from the base; alterations of named lines one by one."""
    found = []
    for tag, start, end, first, last in SequenceMatcher(
        None, base, side, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        lines = side[first:last]
        if end - start == len(lines) and all(map(_same_name, base[start:end], lines)):
            found += [_Hunk(start + i, start + i + 1, [line]) for i, line in enumerate(lines)]
        else:
            found.append(_Hunk(start, end, lines))
    return found


def _same_name(before: str, after: str) -> bool:
    """Tell whether two lines set the same field or variable, or name the same package."""
    was, now = _NAMED.match(before), _NAMED.match(after)
    return bool(was and now and was.groups() == now.groups())


def _groups(base: list[str], mine: list[_Hunk], new: list[_Hunk]) -> list[_Group]:
    """Return the hunks of both sides in order, together where they meet."""
    groups: list[_Group] = []
    for hunk, side in sorted([(hunk, 0) for hunk in mine] + [(hunk, 1) for hunk in new]):
        joined: _Group = ([], [])
        joined[side].append(hunk)
        while groups and any(_meet(base, hunk, other) for other in groups[-1][1 - side]):
            earlier = groups.pop()
            joined = (earlier[0] + joined[0], earlier[1] + joined[1])
        groups.append(joined)
    return groups


def _meet(base: list[str], one: _Hunk, other: _Hunk) -> bool:
    """Tell whether two sides' hunks concern the same place: they overlap or touch.

    Alterations of single named lines that only touch are apart.
    """
    if one.start < other.end and other.start < one.end:
        return True
    if not (one.start <= other.end and other.start <= one.end):
        return False
    return not (_is_alteration(base, one) and _is_alteration(base, other))


def _is_alteration(base: list[str], hunk: _Hunk) -> bool:
    """Tell whether a hunk is one named line that got another value."""
    if hunk.end - hunk.start != 1 or len(hunk.lines) != 1:
        return False
    return _same_name(base[hunk.start], hunk.lines[0])


def _applied(base: list[str], start: int, end: int, hunks: list[_Hunk]) -> list[str]:
    """Return base lines ``start`` to ``end`` as one side has them."""
    result: list[str] = []
    for hunk in hunks:
        result += base[start : hunk.start] + hunk.lines
        start = hunk.end
    return result + base[start:end]


def _trimmed(
    left: list[str], right: list[str]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return what both sides begin with, the rest of each, and what both end with."""
    most = min(len(left), len(right))
    head = next((i for i in range(most) if left[i] != right[i]), most)
    rest = most - head
    tail = next((i for i in range(rest) if left[-1 - i] != right[-1 - i]), rest)
    end = len(left) - tail
    return left[:head], left[head:end], right[head : len(right) - tail], left[end:]


def _conflict(left: list[str], base: list[str], right: list[str], labels: Labels) -> list[str]:
    return [
        *(f"{OURS} {labels.ours}\n", *_broken(left, last=True)),
        *(f"{BASE} {labels.base}\n", *_broken(base, last=True)),
        *(f"{MIDDLE}\n", *_broken(right, last=True)),
        f"{THEIRS} {labels.theirs}\n",
    ]


def _broken(lines: list[str], *, last: bool = False) -> list[str]:
    """Return lines that each end with a line break, the last one only if asked for."""
    return [
        line if line.endswith("\n") or (number == len(lines) and not last) else line + "\n"
        for number, line in enumerate(lines, start=1)
    ]
