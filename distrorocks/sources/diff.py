"""Unified diffs: parsed, and applied to the text of a file. Nothing is read or written here.

The rules are LuaRocks' (``luarocks.tools.patch``): names end at white space, an empty line in a
hunk is context, lines are compared without their ends. Unlike LuaRocks, and like GNU patch, this
takes the place nearest to the expected one, and understands "No newline at end of file".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

MOST_HUNKS = 10_000
"""Hunks of one patch."""

MOST_COMPARISONS = 20_000_000
"""Lines that are compared to find the places of all hunks of a rockspec's patches."""

_FUZZ = 2
_RANGE = regex(rb"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))?")
_NAME = regex(rb"(?:---|\+\+\+) ([^ \t\r\n]+)(.*)", re.DOTALL)
_EPOCH = regex(rb"[^0-9](?:1969|1970)[^0-9]")
_LINE = regex(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_NOWHERE = "/dev/null"


class DiffError(DistrorocksError):
    """A patch is damaged, or does not fit the file."""


class Hunk(NamedTuple):
    """A hunk: the first line of it in the old file (from 1), and its lines with their signs."""

    start: int
    lines: tuple[bytes, ...]

    @property
    def before(self) -> tuple[bytes, ...]:
        """The lines that must be in the old file."""
        return tuple(line[1:] for line in self.lines if line[:1] in b" -")

    @property
    def after(self) -> tuple[bytes, ...]:
        """The lines of the new file."""
        return tuple(line[1:] for line in self.lines if line[:1] in b" +")


class FileDiff(NamedTuple):
    """The changes of one file; names are as in the patch, with their first directory.

    ``is_dated_epoch`` is true if one of the two dates is the beginning of 1970, which says that the
    file was not there.
    """

    old: str
    new: str
    hunks: tuple[Hunk, ...]
    is_dated_epoch: bool

    @property
    def creates(self) -> bool:
        """Whether the file is new."""
        is_from_nothing = len(self.hunks) == 1 and not self.hunks[0].before
        is_dated = self.is_dated_epoch and is_from_nothing and self.hunks[0].start == 0
        return self.old == _NOWHERE or is_dated

    @property
    def deletes(self) -> bool:
        """Whether the file is removed."""
        leaves_nothing = len(self.hunks) == 1 and not self.hunks[0].after
        return leaves_nothing and (self.new == _NOWHERE or self.is_dated_epoch)


def parse_diff(text: bytes) -> tuple[FileDiff, ...]:
    """Return the changes of each file; text before and between them is ignored.

    Raise ``DiffError`` if a hunk is incomplete, or there is none.
    """
    lines = _LINE.findall(text)
    found: list[FileDiff] = []
    at = total = 0
    while at < len(lines):
        if not (lines[at].startswith(b"--- ") and lines[at + 1 : at + 2]):
            at += 1
            continue
        old, new = _NAME.match(lines[at]), _NAME.match(lines[at + 1])
        if not old or not new or not lines[at + 1].startswith(b"+++ "):
            raise DiffError(f"line {at + 1} of it names no file")
        hunks, at = _hunks(lines, at + 2)
        total += len(hunks)
        if total > MOST_HUNKS:
            raise DiffError(f"it has more than {MOST_HUNKS} hunks")
        is_epoch = any(_EPOCH.search(each[2]) for each in (old, new))
        found.append(FileDiff(_text(old[1]), _text(new[1]), hunks, is_epoch))
    if not found:
        raise DiffError("it has no changes in the unified format")
    return tuple(found)


def _hunks(lines: Sequence[bytes], at: int) -> tuple[tuple[Hunk, ...], int]:
    """Return the hunks from a line on, and the number of the line after them."""
    hunks = []
    while at < len(lines) and (head := _RANGE.match(lines[at])):
        old, new = (int(each) if each else 1 for each in (head[2], head[4]))
        body: list[bytes] = []
        at += 1
        while old > 0 or new > 0:
            line = lines[at] if at < len(lines) else b"?"
            line = b" " + line if line.strip(b"\r\n") == b"" else line
            if line[:1] not in (b" ", b"-", b"+", b"\\"):
                raise DiffError(f"line {at + 1} of it is in no hunk, and one is not complete")
            old -= line[:1] in (b" ", b"-")
            new -= line[:1] in (b" ", b"+")
            _append(body, line)
            at += 1
        if old or new:
            raise DiffError(f"the hunk before line {at + 1} of it has too many lines")
        if at < len(lines) and lines[at].startswith(b"\\"):
            _append(body, lines[at])
            at += 1
        hunks.append(Hunk(int(head[1]), tuple(body)))
    if not hunks:
        raise DiffError(f"it changes nothing at line {at + 1}")
    return tuple(hunks), at


def _append(body: list[bytes], line: bytes) -> None:
    """Add a line of a hunk; a backslash says that the line before it has no end."""
    if line.startswith(b"\\"):
        if body:
            body[-1] = _bare(body[-1])
    else:
        body.append(line)


class Effort:
    """What the search for the places of hunks may still cost, in lines that are compared."""

    def __init__(self, comparisons: int = MOST_COMPARISONS) -> None:
        self._left = comparisons

    def spend(self, comparisons: int) -> None:
        """Raise ``DiffError`` if that is too much."""
        self._left -= comparisons
        if self._left < 0:
            raise DiffError("the places of its hunks are too costly to find")


def apply_hunks(text: bytes, hunks: Sequence[Hunk], effort: Effort) -> bytes:
    """Return a file's text after all hunks; raise ``DiffError`` if one does not fit.

    A file in which all hunks are applied already is returned as it is, as LuaRocks does.
    """
    lines = _LINE.findall(text)
    effort.spend(len(lines))
    ends = {end for line in lines if (end := line[len(_bare(line)) :])}
    bare = [_bare(line) for line in lines]
    result: list[bytes] = []
    done = shift = 0
    for number, hunk in enumerate(hunks, 1):
        place = _find(bare, hunk, (done, shift), effort)
        if place is None:
            if _is_applied(bare, hunks, effort):
                return text
            raise DiffError(f"its hunk {number} does not fit the file")
        at, trimmed = place
        expected = max(trimmed.start - 1, 0) if trimmed.before else trimmed.start
        shift = at - expected
        result += lines[done:at]
        result += _replaced(lines, at, trimmed, ends)
        done = at + len(trimmed.before)
    return b"".join(result + lines[done:])


def _replaced(lines: Sequence[bytes], at: int, hunk: Hunk, ends: set[bytes]) -> Iterator[bytes]:
    """Yield the new lines of a hunk; those of the file stay, added ones get the file's line end."""
    end = next(iter(ends)) if len(ends) == 1 else None
    for line in hunk.lines:
        sign, content = line[:1], line[1:]
        if sign == b" ":
            yield lines[at]
        elif sign == b"+":
            has_end = content != _bare(content)
            yield _bare(content) + end if end and has_end else content
        at += sign in (b" ", b"-")


def _find(
    bare: Sequence[bytes], hunk: Hunk, begun: tuple[int, int], effort: Effort
) -> tuple[int, Hunk] | None:
    """Return where a hunk fits, nearest to where it should, and the hunk less unfit context.

    ``begun`` are the first line after the hunk before, and by how much that was shifted.
    """
    least, shift = begun
    for fuzz in range(_FUZZ + 1):
        trimmed = _trimmed(hunk, fuzz)
        if trimmed is None:
            return None
        before = [_bare(line) for line in trimmed.before]
        last = len(bare) - len(before)
        start = trimmed.start if not before else max(trimmed.start - 1, 0)
        for at in _nearest(start + shift, least, last):
            if _has_lines(bare, at, before, effort):
                return at, trimmed
    return None


def _has_lines(bare: Sequence[bytes], at: int, lines: Sequence[bytes], effort: Effort) -> bool:
    """Return whether a file has these lines at a place."""
    if lines and bare[at] != lines[0]:
        effort.spend(1)
        return False
    effort.spend(1 + len(lines))
    return bare[at : at + len(lines)] == lines


def _nearest(start: int, least: int, last: int) -> Iterator[int]:
    """Yield the positions from ``least`` to ``last``, nearest to ``start`` first."""
    start = min(max(start, least), max(last, least))
    for distance in range(max(start - least, last - start) + 1):
        if start + distance <= last:
            yield start + distance
        if distance and start - distance >= least:
            yield start - distance


def _trimmed(hunk: Hunk, fuzz: int) -> Hunk | None:
    """Return a hunk without up to ``fuzz`` lines of context at each end; None if none is left."""
    lines = hunk.lines
    head = tail = 0
    while head < min(fuzz, len(lines)) and lines[head].startswith(b" "):
        head += 1
    while tail < min(fuzz, len(lines) - head) and lines[len(lines) - 1 - tail].startswith(b" "):
        tail += 1
    if fuzz and not head and not tail:
        return None
    return Hunk(hunk.start + head, lines[head : len(lines) - tail])


def _is_applied(bare: Sequence[bytes], hunks: Sequence[Hunk], effort: Effort) -> bool:
    """Return whether the result of every hunk is in a file, in their order."""
    at = 0
    for hunk in hunks:
        after = [_bare(line) for line in hunk.after]
        if not after:
            return False
        places = range(at, len(bare) - len(after) + 1)
        found = next((each for each in places if _has_lines(bare, each, after, effort)), None)
        if found is None:
            return False
        at = found + len(after)
    return True


def _bare(line: bytes) -> bytes:
    return line.rstrip(b"\r\n")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
