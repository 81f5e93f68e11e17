"""Decide the licence of a rock from its rockspec and from statements in its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from distrorocks.licensing.expression import PUBLIC_DOMAIN, joined, licenses_in
from distrorocks.licensing.finding import (
    GRANT,
    NOTICE,
    OWN_LICENSE,
    OWN_README,
    SOURCE,
    TEXT,
    Finding,
    is_aside,
    role,
)
from distrorocks.licensing.free_text import says_nothing, spdx_of, vagueness
from distrorocks.values import NamedTuple

HIGH, MEDIUM, LOW = "high", "medium", "low"
_ROCKSPEC = "rockspec: description.license"
_TWINS = ({"MIT", "X11"}, {"BSD-4-Clause", "BSD-4-Clause-UC"}, {"0BSD", "ISC"})


class Verdict(NamedTuple):
    """The licence as SPDX, "" if unknown; ``gap`` is what a person should check."""

    license: str
    source: str
    confidence: str
    gap: str = ""


class _Stated(NamedTuple):
    """The statements in files: ``own`` apply to the whole rock, ``parts`` to single files."""

    own: tuple[Finding, ...]
    parts: tuple[Finding, ...]
    gap: str = ""


def verdict(declared: str | None, found: Sequence[Finding], silent: Sequence[str] = ()) -> Verdict:
    """Return the licence of the rock.

    Files take precedence over the rockspec, since they are binding; if both state a licence of the
    whole rock and differ, that is a gap. Source files under other licences add theirs. ``silent``
    are licence files that are not recognized (``detection.is_silent``).
    """
    text = " ".join((declared or "").split())
    said = spdx_of(text) if text else None
    stated = _stated(found)
    gap = stated.gap or _silence(silent)
    if stated.own:
        return _of_statement(text, said, stated, gap)
    if stated.parts:
        return _of_parts(text, said, stated.parts, gap)
    if said:
        return Verdict(said, _ROCKSPEC, LOW if gap else MEDIUM, gap)
    return Verdict("", _ROCKSPEC if text else "nothing", LOW, _openness(text, gap))


def _of_statement(text: str, said: str | None, stated: _Stated, gap: str) -> Verdict:
    """Return the licence if a licence file or README states that of the rock."""
    own, parts, source = _names(stated.own), _names(stated.parts), stated.own[0].evidence
    expression = joined(own)
    declared = licenses_in(said or "")
    if said and set(declared) < set(own):
        gap = gap or f"the rockspec says {said} alone, the files {expression} ({source})"
    elif said and set(own) <= set(declared):
        expression, source = said, f"{source}, and the rockspec agrees"
    elif said and all(_is_related(each, own) for each in declared):
        expression = joined(tuple(_closest(each, declared) for each in own))
        source = f"{source}, and the rockspec agrees"
    elif said:
        gap = gap or f"the rockspec says {said}, the files {expression} ({source})"
    elif vagueness(text) and not _is_family(text, own):
        gap = gap or f"the rockspec says {text!r}, the files {expression} ({source})"
    more = tuple(each for each in parts if not _is_related(each, (*licenses_in(expression),)))
    if more and all(each.kind == NOTICE for each in stated.own) and set(more) == set(parts):
        gap = gap or f"{stated.own[0].evidence} is {expression}, the sources have {joined(more)}"
    if more:
        also = next(each for each in stated.parts if more[0] in licenses_in(each.license))
        source = f"{source}; {also.evidence}: {also.license}"
    confidence = MEDIUM if gap or not said else HIGH
    return Verdict(joined((expression, *_without_free(more))), source, confidence, gap)


def _of_parts(text: str, said: str | None, parts: tuple[Finding, ...], gap: str) -> Verdict:
    """Return the licence if only source files state one, each its own."""
    names, source = _names(parts), parts[0].evidence
    if not said:
        if not says_nothing(text) and not (vagueness(text) and _is_family(text, names)):
            gap = gap or f"the rockspec says {text!r}, the files {joined(names)} ({source})"
        kept = _without_free(names) or names
        return Verdict(joined(kept), source, MEDIUM, gap)
    declared = licenses_in(said)
    if all(_is_related(each, names) for each in declared):
        kept = tuple(_closest(each, names, later=True) for each in declared)
        expression = said if set(kept) == set(declared) else joined(kept)
        source = f"{source}, and the rockspec agrees"
    else:
        expression, source = said, f"{_ROCKSPEC}; {source}: {names[0]}"
    more = _without_free(each for each in names if not _is_related(each, licenses_in(expression)))
    return Verdict(joined((expression, *more)), source, HIGH if not more else MEDIUM, gap)


def _stated(found: Sequence[Finding]) -> _Stated:
    """Return which findings apply to the whole rock, and which to parts.

    The text of a GNU licence does not grant it. A sentence elsewhere does; it gives the version
    and whether later ones are allowed.
    """
    files = [each for each in found if role(each.path) == OWN_LICENSE]
    readme = [each for each in found if role(each.path) == OWN_README]
    sources = [each for each in found if role(each.path) == SOURCE]
    own = files or readme
    grants = [each for each in (*readme, *sources) if each.kind == GRANT]
    bare = [each for each in files if each.kind == TEXT and "GPL-" in each.license]
    if bare:
        own, gap = _granted(files, bare, grants, readme)
    else:
        gap = ""
    return _Stated(tuple(own), (*sources, *_further(files, readme)), gap)


def _further(files: list[Finding], readme: list[Finding]) -> list[Finding]:
    """Return the licences of parts in a README that also names that of the licence files."""
    named, stated = _names(readme), _names(files)
    if not files or not set(stated) < set(named):
        return []
    return [each for each in readme if each.license not in stated and each.kind == NOTICE]


def _granted(
    files: list[Finding], bare: list[Finding], grants: list[Finding], readme: list[Finding]
) -> tuple[list[Finding], str]:
    """Return the statements of licence files, with grants instead of GNU texts, and the gap."""
    kinds = {_kind(each.license) for each in bare}
    if "LGPL" in kinds:  # the LGPL 3 is the GPL 3 with more permissions: both texts belong together
        bare = [each for each in bare if _kind(each.license) != "GPL"]
    named = [each for each in grants if _kind(each.license) in kinds]
    exact = [
        each for each in named if any(_family(each.license) == _family(b.license) for b in bare)
    ]
    others = [each for each in files if "GPL-" not in each.license or each.kind != TEXT]
    if exact:
        return [*others, *_first_of_each(exact)], ""
    if named:
        gap = f"{bare[0].evidence} is {bare[0].license}, {named[0].evidence} {named[0].license}"
        return [*others, *_first_of_each(named)], gap
    contrary = [each for each in readme if each.kind == NOTICE]
    if contrary:
        first = contrary[0]
        return [*others, *bare], f"{bare[0].evidence} and {first.evidence} ({first.license}) differ"
    return [*others, *bare], ""


def _first_of_each(found: list[Finding]) -> list[Finding]:
    """Return one finding of each licence, preferably one that allows later versions."""
    by_family: dict[str, Finding] = {}
    for each in found:
        known = by_family.get(_family(each.license))
        if known is None or ("or-later" in each.license and "or-later" not in known.license):
            by_family[_family(each.license)] = each
    return list(by_family.values())


def _names(found: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in found for name in licenses_in(each.license)))


def _without_free(names: Iterable[str]) -> tuple[str, ...]:
    """Return licences without the public domain, which has no conditions."""
    return tuple(each for each in names if each != PUBLIC_DOMAIN)


def _closest(name: str, others: Sequence[str], *, later: bool = False) -> str:
    """Return which name of a licence to use: that with "or later", else the declared one."""
    twins = [each for each in others if _is_related(name, (each,))]
    for each in (name, *twins):
        if each.endswith("-or-later") or " WITH " in each:
            return each
    return name if later or name in twins or not twins else twins[0]


def _is_related(name: str, others: Sequence[str]) -> bool:
    """Return whether a licence is among others, maybe under another name."""
    return any(_family(name) == _family(other) or {name, other} in _TWINS for other in others)


def _family(name: str) -> str:
    return name.partition(" WITH ")[0].removesuffix("-or-later").removesuffix("-only")


def _kind(name: str) -> str:
    return name.partition("-")[0]


def _is_family(text: str, licenses: Sequence[str]) -> bool:
    """Return whether a vague name such as BSD fits the licences of the files."""
    words = re.sub(r"[^A-Z]+", " ", text.upper().replace("ECLIPSE PUBLIC", "EPL")).split()
    words += ["GPL"] if "GNU GENERAL PUBLIC" in text.upper() else []
    return all(any(each.upper().startswith(f"{word}-") for word in words) for each in licenses)


def _silence(silent: Sequence[str]) -> str:
    """Return the gap of a licence file that is not recognized."""
    unread = [path for path in silent if role(path) == OWN_LICENSE and not is_aside(path)]
    return f"{unread[0]} is not a known licence text" if unread else ""


def _openness(text: str, gap: str) -> str:
    """Return the gap if no licence is known."""
    if gap:
        return gap
    if why := vagueness(text):
        return f"{text!r} leaves open {why}"
    if says_nothing(text):
        return "neither the rockspec nor the files state a licence"
    return f"the rockspec's licence {text!r} is unknown"
