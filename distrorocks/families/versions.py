"""Conversion of a package's upstream version to the rock version that claims the same or less.

A rock version must match ``[A-Za-z0-9.]+-[0-9]+`` and is compared by LuaRocks' own rules, in
which ``alpha < beta < pre < rc < release`` and ``cvs``, ``scm`` and ``dev`` are above every
number. So suffixes that packagers add (``+dfsg``, ``~rc1``, ``^git``; Debian Policy 5.6.12, RPM
"Versioning") are translated where LuaRocks has the word, and dropped where it has none, and never
in a way that claims more than is installed.

Here are also what a relation between packages implies for the rocks they hold, what all families'
orders of versions share (epochs, and numbers of any length), and Debian's order (``deb_key``), by
which spans of any family's versions are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

VALID = regex(r"[A-Za-z0-9.]+-[0-9]+")

_REPACK = r"(?:dfsg|ds|repack(?:ed)?|debian|orig)[0-9.]*"
_REPACK_TAIL = regex(rf"[.+~_-]?{_REPACK}$")
_REPACK_WORD = regex(_REPACK)
_ROCK_REVISION = regex(r"([0-9][A-Za-z0-9.]*)[-_]([0-9]{1,2})")
_PRE_RELEASE = regex(r"(alpha|beta|pre|rc|a(?=[0-9])|b(?=[0-9]))[._-]?([0-9]*(?:\.[0-9]+)*)")
_WORD = regex(r"(?<![A-Za-z])(alpha|beta|pre|rc|dev|scm|cvs)(?![A-Za-z])", re.IGNORECASE)
_WORDS = {"a": "alpha", "b": "beta"}

EXACT = ""
AFTER = "after"
BEFORE = "before"

DebParts = tuple[tuple[tuple[int, ...], int], ...]
DebKey = tuple[int, DebParts, DebParts]
_PART = regex(r"([^0-9]*)([0-9]*)")
_AFTER_LETTERS = 256


class Upstream(NamedTuple):
    """An upstream version in LuaRocks' letters.

    ``text`` never sorts above the real version. ``revision`` is a rock revision that upstream's
    own version carries (luv 1.44.2-0). ``lost`` says what ``text`` could not: nothing (EXACT),
    that the real one comes AFTER it (1.2+git), or that it is a snapshot BEFORE ``release``, which
    ``text`` puts below every named pre-release. ``release`` is the version without pre-release.
    """

    text: str
    revision: int | None
    lost: str
    release: str


class RockVersion(NamedTuple):
    """A rock's whole version, ``text``, and a readable note of how it was derived."""

    text: str
    reason: str


def read_letters(text: str) -> str:
    """Return ``text`` with only letters, digits and single dots, or "0" if none is left."""
    return re.sub(r"[^A-Za-z0-9]+", ".", text).strip(".") or "0"


def _before(release: str, revision: int | None = None) -> Upstream:
    """Return a snapshot that precedes ``release``; nothing precedes zero, so zero it stays."""
    release = read_letters(release)
    if not release.strip("0."):
        return Upstream(release, revision, BEFORE, release)
    return Upstream(_joined(release, "alpha"), revision, BEFORE, release)


def _joined(release: str, word: str) -> str:
    """Return ``release`` with a pre-release word that LuaRocks reads as a separate word."""
    return f"{release}.{word}" if release[-1].isalpha() else f"{release}{word}"


def parse_upstream(version: str) -> Upstream:
    """Return what an upstream version (no epoch, no package revision) means to LuaRocks."""
    _, really, actual = version.rpartition("+really")
    text = re.sub(r"^[vV](?=[0-9])", "", (actual if really else version).strip())
    text, plus, suffix = text.partition("+")
    text, caret, _ = text.partition("^")
    lost = AFTER if caret or (plus and not _REPACK_WORD.fullmatch(suffix)) else EXACT
    text, tilde, before = _REPACK_TAIL.sub("", text).partition("~")
    revision = None
    if found := _ROCK_REVISION.fullmatch(text):
        text, revision = found[1], int(found[2])
    if word := _WORD.search(text):
        if tilde or word[1].lower() in ("dev", "scm", "cvs"):
            return _before(text[: word.start()], revision)
        named = read_letters(text[: word.start()] + word[1].lower() + text[word.end() :])
        return Upstream(named, revision, lost, read_letters(text[: word.start()]))
    release = read_letters(text)
    if not tilde or _REPACK_WORD.fullmatch(before):
        return Upstream(release, revision, lost, release)
    found = _PRE_RELEASE.match(before.lstrip("._-").lower())
    rest = before.lstrip("._-")[found.end() :] if found else "~"
    if not found or not release.strip("0.") or rest[:1] == "~" or rest[:1].isalpha():
        return _before(text, revision)
    named = _joined(release, _WORDS.get(found[1], found[1]) + found[2])
    return Upstream(named, revision, AFTER if rest else lost, release)


def _slots(version: str) -> tuple[str, ...]:
    """Return the parts that decide whether two plain versions are equal: 0.07 is 0.7."""
    return tuple(part.lstrip("0") for part in re.findall(r"[0-9]+|[A-Za-z]+", version))


def real_version(text: str, known: Iterable[str]) -> str | None:
    """Return the published rock version equal to ``text`` with the highest revision, if any."""
    wanted = _slots(text)
    fitting = [rock for rock in known if VALID.fullmatch(rock)]
    fitting = [rock for rock in fitting if _slots(rock.rpartition("-")[0]) == wanted]
    return max(fitting, key=lambda rock: int(rock.rpartition("-")[2]), default=None)


def rock_version(upstream: str, known: Iterable[str] = ()) -> RockVersion:
    """Return the rock version for an upstream version, given the rock's known versions.

    The revision is the one inside the upstream version, else the highest known for the very same
    version, else 0 (LuaRocks' page on distro modules), except for a snapshot before a release,
    which no published rock is.
    """
    parsed = parse_upstream(upstream)
    if parsed.revision is not None:
        return RockVersion(
            f"{parsed.text}-{parsed.revision}", "upstream's version has the revision"
        )
    if parsed.lost == BEFORE:
        return RockVersion(f"{parsed.text}-0", f"{upstream} is a snapshot before {parsed.release}")
    real = real_version(parsed.text, known)
    reason = f"the rock was published as {real}" if real else "no rock of this version is known"
    if parsed.lost == AFTER:
        reason = f"{upstream} is at least {parsed.text}; {reason}"
    return RockVersion(real or f"{parsed.text}-0", reason)


class Relation(NamedTuple):
    """One alternative of a relation: a package (or capability) name and a rock constraint.

    ``operator`` is one of LuaRocks' (``>=``, ``<=``, ``<``, ``~>``) with a rock version
    that has no revision, or both are empty where nothing can be said truthfully. ``rock`` is the
    rock's name when the relation itself names one, as ``luarocks5.4(lpeg)`` does.
    """

    name: str
    operator: str = ""
    version: str = ""
    rock: str = ""

    @property
    def constraint(self) -> str:
        """Return the constraint as a rockspec writes it, or ""."""
        return f"{self.operator} {self.version}" if self.operator else ""


def implied_constraint(operator: str, upstream: str, *, revised: bool) -> tuple[str, str]:
    """Return the tightest LuaRocks operator and version that every satisfying package meets.

    That holds among versions with as many parts, as a project's own are (1.0~rc1 is above 1 for
    packages, which LuaRocks cannot say), and but for snapshots, whose rock versions are too low.

    ``operator`` is ``<``, ``<=``, ``=``, ``>=`` or ``>``. ``revised`` says that the relation named
    a package revision, which rocks do not have. A strict bound allows equality wherever a package
    inside it may have the same rock version: 1.0-1 and 1.0+dfsg are both above 1.0, and 1 is below
    1.0 for packages but not for rocks. ``=`` becomes ``~>``, since LuaRocks' ``==`` also compares
    how many parts two versions have, and a rock may have more than its package (cqueues
    20200726.54).
    """
    if "+really" in upstream:
        return "", ""
    parsed = parse_upstream(upstream)
    if operator == "=":
        return "~>", parsed.text
    if operator in (">=", ">"):
        return ">=", parsed.text
    bound = parsed.release if parsed.lost == BEFORE else parsed.text
    if not bound.strip("0."):
        return "", ""
    lossless = not revised and parsed.text == upstream.replace("~", "")
    strict = parsed.lost == BEFORE or (operator == "<" and lossless)
    padded = "." in bound and not bound.rpartition(".")[2].strip("0")
    return ("<" if strict and not padded else "<="), bound


_MOST_DIGITS = 400


def epoch_and_rest(version: str) -> tuple[int, str]:
    """Return the epoch of a version, 0 where it has none, and what follows it."""
    epoch, colon, rest = version.partition(":")
    return (number_of(epoch), rest) if colon and epoch.isdecimal() else (0, version)


def plain_version(version: str) -> str:
    """Return the version of ``[epoch:]version[-revision]``, the form of dpkg, rpm and pacman."""
    _, rest = epoch_and_rest(version)
    plain, dash, _ = rest.rpartition("-")
    return plain if dash else rest


def number_of(digits: str) -> int:
    """Return the number that digits are; one of too many digits is as large as any.

    Python reads 4,300 digits at most, in a time that grows with their square.
    """
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def deb_key(version: str) -> DebKey:
    """Return the place of a Debian version in the order of deb-version(7), as dpkg compares."""
    epoch, rest = epoch_and_rest(version)
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return epoch, _parts(upstream), _parts(revision or "0")


def _parts(text: str) -> DebParts:
    """Return words and numbers in turn; at last nothing, which is above a tilde."""
    parts = [
        ((*map(_weight, word), 0), number_of(number))
        for word, number in _PART.findall(text)
        if word or number
    ]
    return (*parts, ((0,), 0))


def _weight(char: str) -> int:
    """Return the rank of a character: tilde, nothing, letters, all others."""
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + _AFTER_LETTERS
