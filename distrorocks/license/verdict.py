"""The licence of a whole rock, from what its rockspec declares and what its files say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from distrorocks.license.expression import joined, licenses_in
from distrorocks.license.finding import NOTICE, Finding
from distrorocks.license.free_text import spdx_of, vagueness

HIGH, MEDIUM, LOW = "high", "medium", "low"
_PERMISSIVE_TWINS = {"X11": "MIT", "MIT": "X11"}


class Verdict(NamedTuple):
    """The licence as SPDX, "" where none is known; ``gap`` is what a person must look at."""

    license: str
    source: str
    confidence: str
    gap: str = ""


def verdict(declared: str | None, found: Sequence[Finding]) -> Verdict:
    """Return the rock's licence.

    What the licence file says stands above the rockspec's word, since it is what binds; where both
    speak and differ, that is a gap.
    """
    text = " ".join((declared or "").split())
    said = spdx_of(text) if text else None
    stated = _stated(found)
    if stated and said:
        return _both(said, stated)
    if stated:
        licenses, evidence = stated
        confidence = HIGH if not vagueness(text) or _is_family(text, licenses) else MEDIUM
        return Verdict(joined(licenses), evidence, confidence)
    if said:
        return Verdict(said, "rockspec: description.license", MEDIUM)
    if why := vagueness(text):
        return Verdict("", "rockspec: description.license", LOW, f"{text!r} leaves open {why}")
    if text:
        gap = f"the rockspec's licence {text!r} is none that is known"
        return Verdict("", "rockspec: description.license", LOW, gap)
    return Verdict("", "nothing", LOW, "neither the rockspec nor the files at hand name a licence")


def _both(said: str, stated: tuple[tuple[str, ...], str]) -> Verdict:
    """Return the licence where the rockspec and the files both name one."""
    licenses, evidence = stated
    declared = set(licenses_in(said))
    if declared & set(licenses) or all(_related(each, declared) for each in licenses):
        exact = declared == set(licenses)
        text = said if exact or not declared <= set(licenses) else joined(licenses)
        if not exact and not declared & set(licenses):
            text = _closest(licenses, said)
        return Verdict(text, f"{evidence}, and the rockspec agrees", HIGH)
    gap = f"the rockspec says {said}, the files {joined(licenses)} ({evidence})"
    return Verdict(joined(licenses), evidence, MEDIUM, gap)


def _closest(licenses: tuple[str, ...], said: str) -> str:
    """Return the name to use of two: that with "or later", else the rockspec's."""
    later = [each for each in licenses if each.endswith("-or-later")]
    return joined(tuple(later)) if later else said


def _related(license_name: str, declared: set[str]) -> bool:
    """Return whether a licence is one of the declared ones under another name."""
    family = _family(license_name)
    twin = _PERMISSIVE_TWINS.get(license_name)
    return twin in declared or any(_family(each) == family for each in declared)


def _family(license_name: str) -> str:
    return license_name.removesuffix("-or-later").removesuffix("-only")


def _is_family(text: str, licenses: Iterable[str]) -> bool:
    """Return whether a vague word such as BSD fits what the files say."""
    word = text.split()[0].upper() if text else ""
    return all(word in each.upper() for each in licenses)


def _stated(found: Sequence[Finding]) -> tuple[tuple[str, ...], str] | None:
    """Return the licences that the files state, and where: licence files before all others."""
    for group in (
        [each for each in found if is_license_file(each.path) and each.kind != NOTICE],
        [each for each in found if each.kind != NOTICE],
        list(found),
    ):
        if group:
            names = tuple(dict.fromkeys(each.license for each in group))
            return names, group[0].evidence
    return None


def is_license_file(path: str) -> bool:
    """Return whether a file's name says that it holds the licence of what is around it."""
    name = path.rpartition("/")[2].lower()
    words = ("license", "licence", "copying", "copyright", "unlicense", "mit-license", "notice")
    return name.startswith(words) and not name.endswith((".lua", ".c", ".h", ".py"))
