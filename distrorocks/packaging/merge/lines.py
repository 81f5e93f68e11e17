"""Merge two edits of a text line by line; mark conflicts as other merge tools do.

This is used rather than ``git merge-file`` because it needs no program at packaging time, and
because changes of adjacent fields such as ``Version:`` and ``Release:`` do not conflict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from distrorocks.values import NamedTuple


def split_lines(text: str) -> list[str]:
    """Return the lines of a text with their line breaks; the last may have none."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


OURS, BASE, MIDDLE, THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"
_FIELD = r"([A-Za-z][\w.+()-]*[ \t]*[:=])"
_RELATION = r"[ \t]+([a-z0-9][a-z0-9+.-]+)(?:[ \t]*\([^()]*\))?,?[ \t]*$"
_NAMED = re.compile(f"(?:{_FIELD}|{_RELATION})")
_MARKS = (f"{OURS} ", f"{BASE} ", f"{THEIRS} ")


class Labels(NamedTuple):
    """The labels behind conflict markers."""

    ours: str = "yours"
    base: str = "as it was rendered"
    theirs: str = "new"


PLAIN = Labels()


class Merged(NamedTuple):
    """A merged text, and the lines where its conflicts begin, counted from 1."""

    text: str
    conflicts: tuple[int, ...] = ()


_Group: TypeAlias = "tuple[list[_Hunk], list[_Hunk]]"


class _Hunk(NamedTuple):
    """Base lines from ``start`` up to ``end``, and the lines that replace them."""

    start: int
    end: int
    lines: list[str]


def marked_lines(text: str) -> tuple[int, ...]:
    """Return the lines, counted from 1, with conflict markers of an earlier merge."""
    lines = enumerate(split_lines(text), start=1)
    return tuple(number for number, line in lines if line.startswith(_MARKS))


def merge_lines(base: str, ours: str, theirs: str, labels: Labels = PLAIN) -> Merged:
    """Return ``base`` with the edits of both sides.

    Apply changes of one side, and changes that both sides made alike. Where the sides changed the
    same lines differently, add a conflict with both versions and the base.
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
    """Return a conflict: both sides and the base between markers."""
    return _conflict(list(ours), list(base), list(theirs), labels)


def _hunks(base: list[str], side: list[str]) -> list[_Hunk]:
    """Return the changes of one side; each changed field is a hunk of its own."""
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
    """Return whether two lines set the same field or variable, or name the same package."""
    was, now = _NAMED.match(before), _NAMED.match(after)
    return bool(was and now and was.groups() == now.groups())


def _groups(base: list[str], mine: list[_Hunk], new: list[_Hunk]) -> list[_Group]:
    """Return the hunks of both sides in order, grouped where they overlap or touch."""
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
    """Return whether hunks of two sides belong together: they overlap or touch.

    Changes of single fields that only touch do not.
    """
    if one.start < other.end and other.start < one.end:
        return True
    if not (one.start <= other.end and other.start <= one.end):
        return False
    return not (_is_alteration(base, one) and _is_alteration(base, other))


def _is_alteration(base: list[str], hunk: _Hunk) -> bool:
    """Return whether a hunk changes the value of one field."""
    if hunk.end - hunk.start != 1 or len(hunk.lines) != 1:
        return False
    return _same_name(base[hunk.start], hunk.lines[0])


def _applied(base: list[str], start: int, end: int, hunks: list[_Hunk]) -> list[str]:
    """Return base lines from ``start`` up to ``end`` with the changes of one side."""
    result: list[str] = []
    for hunk in hunks:
        result += base[start : hunk.start] + hunk.lines
        start = hunk.end
    return result + base[start:end]


def _trimmed(
    left: list[str], right: list[str]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the common start of both sides, the rest of each, and the common end."""
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
    """Return lines that each end with a line break; the last one only if ``last``."""
    return [
        line if line.endswith("\n") or (number == len(lines) and not last) else line + "\n"
        for number, line in enumerate(lines, start=1)
    ]
