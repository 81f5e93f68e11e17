"""What a rock's constraints accept, as spans of package versions.

A package writes the rock 1.0rc1 as 1.0~rc1, and package managers order versions in a way of their
own, alike in dpkg and rpm: 1~rc1, 1, 1.0~rc1, 1.0, 1.0.0, 1.0.1. For LuaRocks 1, 1.0 and 1.0.0 come
neither before nor after each other, and all pre-releases of them come before all three. So what one
operator accepts is often several spans of the packages' order.

The spans hold exactly what LuaRocks accepts among versions of numbers, each but the first after a
dot, a pre-release behind ``~`` (alpha, beta, pre, rc, with a number or not) and a packager's suffix
behind ``+``. They cannot for

- versions of more than ``slots`` slots that are zeros after the bound's own: pre-releases of them
  count as the packages' order has it, and with more than five slots so do the releases. With
  ``slots`` 0 the bound's own number of slots is the limit;
- a letter right after a number (1.0a), which counts as a suffix like ``+``, as for packages;
- a suffix right after a word without a number (1.0~rc+dfsg), which is above 1.0~rc1 for dpkg;
- snapshots (1.0~git2020) beside a bound that is a pre-release: they are above alphas and betas;
- ``~> 1.0-1``, by which LuaRocks means all 1.0.x of revision 1: only 1.0 of revision 1 is accepted.

A rock's version as a package writes it, so that package managers order it as LuaRocks does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import inf

from distrorocks.errors import DistrorocksError
from distrorocks.families.versions import deb_key
from distrorocks.rocks.constraint import Constraint
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

_WORDS = {-1000000: "alpha", -100000: "beta", -10000: "pre", -1000: "rc"}
_NUMBER_AFTER_WORD = 100000
_LETTER = 1000
_ABOVE_ALL = "9" * 310
"""The replacement of a number with so many digits that it is infinite in Lua."""


def package_version(version: Version) -> str:
    """Return a rock's version, the revision behind a dash: ``1.0rc1-2`` is ``1.0~rc1-2``.

    The words scm, cvs and dev are above every number for LuaRocks, and so they are the numbers
    that LuaRocks takes them for. A text that LuaRocks cannot read to its end says what it read.
    """
    text = spelled(version.parts or (0,))
    return text if version.revision is None else f"{text}-{version.revision}"


def spelled(parts: tuple[float, ...]) -> str:
    """Return the text of a version's slots as a package writes them.

    A word that more follows gets its number even if that is 0, which package managers then order.
    """
    text = ""
    for part in parts:
        if text and not text[-1].isdigit():
            text += "0"
        if part < 0:
            text = f"{text or '0'}~{_pre_release(part)}"
        elif part == inf:
            text = f"{text}.{_ABOVE_ALL}" if text else _ABOVE_ALL
        elif part == int(part):
            text = f"{text}.{int(part)}" if text else str(int(part))
        else:
            text = f"{text or '0'}{_letter(part)}"
    return text


def _pre_release(part: float) -> str:
    """Return the word and number of a slot below zero."""
    value = max((value for value in _WORDS if part >= value), default=min(_WORDS))
    number = max(round((part - value) * _NUMBER_AFTER_WORD), 0)
    return f"{_WORDS[value]}{number}" if number else _WORDS[value]


def _letter(part: float) -> str:
    """Return a slot between two numbers: ``a`` or ``b1``, a letter for what follows it."""
    code, number = divmod(round(part * _NUMBER_AFTER_WORD), _NUMBER_AFTER_WORD // _LETTER)
    if code >= _LETTER:
        return f".{int(part)}.{round(part % 1 * _NUMBER_AFTER_WORD)}"
    letter = chr(code) if code < 128 and chr(code).isalpha() else "x"
    return f"{letter}{number}" if number else letter


SLOTS = 3
_MOST_SLOTS = 64
_ZEROS_TOLD_APART = 5
_LEAST = "~~"  # 1.0~~ comes before every version that begins with 1.0

Parts = tuple[float, ...]


class Span(NamedTuple):
    """Versions from ``low`` (inclusive) to ``high`` (exclusive); "" is no limit."""

    low: str
    high: str


Spans = tuple[Span, ...]

ALL: Spans = (Span("", ""),)
NOTHING: Spans = ()


def without_gaps(name: str, spans: Spans, written: Callable[[str], str]) -> str:
    """Return the needs of a family that has no "or": every version in the spans satisfies them.

    They have the outer bounds only, as ``written`` writes them.
    """
    if spans == ALL:
        return name
    if not spans:
        return f"{name}<0"
    low, high = written(spans[0].low), written(spans[-1].high)
    needs = [f"{name}>={low}"] if low else []
    needs += [f"{name}<{high}"] if high else []
    return " ".join(needs) or name


def accepted(
    constraints: Iterable[Constraint], *, slots: int = SLOTS, has_revision: bool = False
) -> Spans:
    """Return the package versions that satisfy all constraints: spans in order, none touching.

    ``has_revision`` says that what follows the dash of a package version is the rock's revision,
    as in the capabilities that distrorocks gives packages. Elsewhere it is the package's own, and
    revisions that constraints name are left out, since no package version tells them.

    Raise ``DistrorocksError`` for a version of more than 64 numbers and words, since the texts of
    all its spans grow with the square of that.
    """
    spans = ALL
    for constraint in constraints:
        if (length := len(constraint.version.parts)) > _MOST_SLOTS:
            raise DistrorocksError(
                f"a constraint names a version of {length} numbers and words, "
                f"more than {_MOST_SLOTS}: {str(constraint)[:60]}...",
                hint="shorten the version in the rockspec's dependencies",
            )
        spans = _both(spans, _accepted(constraint, slots, has_revision=has_revision))
    return spans


def _accepted(constraint: Constraint, slots: int, *, has_revision: bool) -> Spans:
    """Return what one constraint accepts."""
    parts = constraint.version.parts or (0,)
    revision = constraint.version.revision if has_revision else None
    bound = _Bound(parts, revision, slots)
    match constraint.operator:
        case "==":
            return bound.same
        case "~=":
            return _others(bound.same)
        case "<":
            return _either(bound.before, bound.earlier_revisions)
        case ">=":
            return _others(_either(bound.before, bound.earlier_revisions))
        case "<=":
            return _either(bound.before, bound.until)
        case ">":
            return _others(_either(bound.before, bound.until))
        case _:
            return bound.beginning


class _Bound:
    """A constraint's version among those of packages."""

    def __init__(self, parts: Parts, revision: int | None, slots: int) -> None:
        self.parts = parts
        self.revision = revision
        self.least = _trimmed(parts)
        self.slots = max(slots, len(parts))

    @property
    def before(self) -> Spans:
        """The versions that come before it, whatever their revision."""
        text = spelled(self.least)
        spans: Spans = (Span("", text),)
        if self.least[-1] < 0:
            # Only the release without its zeros is no version of those before its pre-release.
            numbers = _numbers(self.least)
            for length in range(len(_trimmed(numbers)), len(numbers)):
                between = Span(spelled(numbers[:length]), spelled(numbers[: length + 1]) + _LEAST)
                spans = _both(spans, _others((between,)))
            return spans
        zeros = self._zeros(self.slots)[1:]
        return _either(spans, [Span(text + _LEAST, text) for text in zeros])

    @property
    def until(self) -> Spans:
        """The versions in its own place, up to its revision."""
        if self.revision is None:
            texts = self._zeros(max(self.slots, _ZEROS_TOLD_APART) + 1)
            return tuple(Span(one, more + _LEAST) for one, more in pairwise(texts))
        return self._revisions("", self.revision + 1)

    @property
    def earlier_revisions(self) -> Spans:
        """The versions in its own place, below its revision."""
        return NOTHING if self.revision is None else self._revisions("", self.revision)

    @property
    def same(self) -> Spans:
        """The versions equal to it, which have as many slots."""
        text = spelled(self.parts)
        if self.revision is None:
            return (Span(text, spelled((*self.parts, 0)) + _LEAST),)
        return (Span(f"{text}-{self.revision}", f"{text}-{self.revision + 1}"),)

    @property
    def beginning(self) -> Spans:
        """The versions that begin with its slots; those with fewer have zeros in their place."""
        if self.revision is not None:
            return self._revisions(str(self.revision), self.revision + 1)
        spans: Spans = (Span(spelled(self.parts) + _LEAST, _following(self.parts) + _LEAST),)
        if self.parts[-1] < 0:
            spans = (Span(spelled(self.parts), _following(self.parts) + _LEAST),)
        lengths = range(len(self.least), len(self.parts) + 1)
        texts = [spelled(self.parts[:length]) for length in lengths]
        return _either(spans, [Span(one, more + _LEAST) for one, more in pairwise(texts)])

    def _zeros(self, slots: int) -> list[str]:
        """Return the texts of the versions in its own place, by number of zeros."""
        zeros = range(max(slots - len(self.least), 0) + 1)
        return [spelled((*self.least, *(0,) * count)) for count in zeros]

    def _revisions(self, low: str, high: int) -> Spans:
        """Return the versions in its own place between two revisions."""
        zeros = self._zeros(self.slots)
        spans = [Span(f"{text}-{low}" if low else text, f"{text}-{high}") for text in zeros]
        return _either(NOTHING, spans)


def _trimmed(parts: Parts) -> Parts:
    """Return the slots without zeros at the end, the first always kept."""
    length = len(parts)
    while length > 1 and not parts[length - 1]:
        length -= 1
    return parts[:length]


def _numbers(parts: Parts) -> Parts:
    """Return the slots before the first pre-release word, or a zero if it comes first."""
    length = next(index for index, part in enumerate(parts) if part < 0)
    return parts[:length] or (0,)


def _following(parts: Parts) -> str:
    """Return the text of the version whose last slot is the next one."""
    last = parts[-1]
    return spelled((*parts[:-1], last + (1 if last >= 0 and last % 1 == 0 else 1e-05)))


def _either(one: Sequence[Span], other: Sequence[Span]) -> Spans:
    """Return what is in one or in the other."""
    spans = {*one, *other}
    keys = {text: deb_key(text) for span in spans for text in span if text}
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.low != "", keys.get(span.low), span.high)):
        if span.low and span.high and keys[span.high] <= keys[span.low]:
            continue
        last = joined[-1] if joined else None
        if last and (not last.high or not span.low or keys[span.low] <= keys[last.high]):
            if last.high and (not span.high or keys[last.high] < keys[span.high]):
                joined[-1] = Span(last.low, span.high)
        else:
            joined.append(span)
    return tuple(joined)


def _others(spans: Spans) -> Spans:
    """Return what is in none of the spans, which are in order."""
    found: list[Span] = []
    low = ""
    for span in _either(spans, NOTHING):
        if span.low:
            found.append(Span(low, span.low))
        if not span.high:
            return tuple(found)
        low = span.high
    return (*found, Span(low, ""))


def _both(one: Spans, other: Spans) -> Spans:
    """Return what is in one and in the other."""
    return _others(_either(_others(one), _others(other)))
