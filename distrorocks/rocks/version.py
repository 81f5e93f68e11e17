"""Rock versions: numeric slots, a revision, and LuaRocks' two comparisons.

``precedes`` and ``equals`` are LuaRocks' ``<`` and ``==`` (``luarocks.core.vers``), which
constraints mean. They are not a total order. ``1.0-1`` precedes ``1.0-2`` though both equal
``1.0``: equality is not transitive. ``1.0`` neither precedes nor follows ``1.0.0``, and is not
equal to it. How LuaRocks sorts such versions depends on the order in which it finds them.

Python's operators are a total order that extends LuaRocks': if one version precedes another, ``<``
is true too, and versions that LuaRocks leaves unordered are ordered. So ``sorted``, ``max`` and the
resolver are deterministic.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import zip_longest

from distrorocks.patterns import regex

_Order = tuple[tuple[float, ...], int, int, str]

_PLAIN = regex(r"([0-9]{1,18}(?:\.[0-9]{1,18})*)(?:-([0-9]{1,18}))?")
_TOKEN = regex(r"(?:([0-9]+)|([A-Za-z]+))[.\-_]*")
_BLANKS = " \t\n\v\f\r"

_WORDS = {
    "dev": 120000000,
    "scm": 110000000,
    "cvs": 100000000,
    "rc": -1000,
    "pre": -10000,
    "beta": -100000,
    "alpha": -1000000,
}

_NUMBER_AFTER_WORD = 100000
_LARGEST_INTEGER = 2**63 - 1
_LARGEST_REVISION = 1.7e308


class Version:
    """A version as LuaRocks reads it: ``parts``, ``revision`` and the text it came from.

    ``parts`` holds one number per slot; a pre-release word makes its slot negative. ``revision``
    is the number after the last dash, None where there is none. ``string`` is the text without
    its leading blanks. ``unread`` is the rest that LuaRocks gives up on with a warning, ``""``
    for every sound version.

    ``==`` and the hash are those of the text, and the operators agree with them: of two versions
    one is less, or both are the same text. Where LuaRocks sees no order, no revision is less than
    revision 0, fewer slots are less than more, and at last the texts decide.
    """

    __slots__ = ("_order", "parts", "revision", "string", "unread")

    def __init__(
        self, parts: tuple[float, ...], revision: int | None, string: str, unread: str = ""
    ) -> None:
        self.parts = parts
        self.revision = revision
        self.string = string
        self.unread = unread
        self._order: _Order | None = None

    @staticmethod
    @lru_cache(maxsize=1 << 16)
    def parse(text: str) -> Version:
        """Parse a version; every text is valid."""
        plain = _PLAIN.fullmatch(text)
        if plain:
            slots, after_dash = plain.groups()
            parts = tuple(map(int, slots.split(".")))
            return Version(parts, None if after_dash is None else int(after_dash), text)
        return _parse_any(text)

    def equals(self, other: Version) -> bool:
        """Return LuaRocks' ``==``: the same number of slots, all equal, and no different revision.

        A version without a revision equals all its revisions.
        """
        if self.parts != other.parts:
            return False
        return None in (self.revision, other.revision) or self.revision == other.revision

    def precedes(self, other: Version) -> bool:
        """Return LuaRocks' ``<``: missing slots count as 0, then revisions decide."""
        if self.parts != other.parts:
            for mine, theirs in zip_longest(self.parts, other.parts, fillvalue=0):
                if mine != theirs:
                    return mine < theirs
        if self.revision is None or other.revision is None:
            return False
        return self.revision < other.revision

    def __lt__(self, other: Version) -> bool:
        return self._placed() < other._placed()

    def __le__(self, other: Version) -> bool:
        return self._placed() <= other._placed()

    def __gt__(self, other: Version) -> bool:
        return self._placed() > other._placed()

    def __ge__(self, other: Version) -> bool:
        return self._placed() >= other._placed()

    def _placed(self) -> _Order:
        """Return the sort key of this version, computed on first use."""
        if self._order is None:
            revision = -1 if self.revision is None else self.revision
            self._order = (_padded(self.parts), revision, len(self.parts), self.string)
        return self._order

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.string == other.string

    def __hash__(self) -> int:
        return hash(self.string)

    def __str__(self) -> str:
        return self.string

    def __repr__(self) -> str:
        return f"Version({self.string!r})"


def _parse_any(text: str) -> Version:
    """Parse a version that has more than digits and dots."""
    string = text.lstrip(_BLANKS)
    rest, revision = string, None
    head, dash, tail = string.rpartition("-")
    if dash and tail.isascii() and tail.isdigit():
        rest, revision = head, int(min(_number(tail), _LARGEST_REVISION))
    parts: list[float] = []
    word: float | None = None
    position = 0
    while position < len(rest):
        token = _TOKEN.match(rest, position)
        if not token:
            word = 0
            break
        position = token.end()
        if token[1]:
            number = _number(token[1])
            parts.append(number if word is None else word + number / _NUMBER_AFTER_WORD)
            word = None
        else:
            word = _WORDS.get(token[2]) or ord(token[2][0]) / 1000
    if word is not None:
        parts.append(word)
    return Version(tuple(parts), revision, string, rest[position:])


def _number(digits: str) -> float:
    """Return a number as Lua 5.3 reads it: an integer, or a float beyond 64 bits."""
    if len(digits) < 19 or (len(digits) < 100 and int(digits) <= _LARGEST_INTEGER):
        return int(digits)
    return float(digits)


def _padded(parts: tuple[float, ...]) -> tuple[float, ...]:
    """Return numbers that compare as ``parts`` do when padded with infinitely many zeros.

    Each slot gives two numbers: its own, and for a zero the sign of the next slot that is not
    zero, so that the end of the shorter version sorts between a word and a number.
    """
    backwards: list[float] = [0, 0]
    sign = 0
    for part in reversed(parts):
        if part:
            sign = 1 if part > 0 else -1
            backwards += (0, part)
        elif sign:
            backwards += (sign, 0)
    return tuple(reversed(backwards))
