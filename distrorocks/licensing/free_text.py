"""Convert the licence field of a rockspec, which is free text, to SPDX."""

from __future__ import annotations

import re

from distrorocks.licensing.expression import ALIASES, KNOWN, VAGUE, joined, spelled_expression

_MOST = 500
_NOISE = re.compile(r"\b(?:the|licen[sc]e[ds]?|agreement)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[<(]?\s*https?://\S+", re.IGNORECASE)
_GNU = re.compile(
    r"(?:gnu[ /-]*)?(?P<kind>[al]?gpl|(?:(?:affero|lesser|library) )?general public)"
    r"[ -]*(?:version|v)?[ .]*(?P<version>[123](?:\.[01])?)[ -]*"
    r"(?P<later>\+|\(?or[ -]later\)?|or newer|or any later version|or greater)?(?P<only>[ -]*only)?"
)
_KINDS = {"lesser": "LGPL", "library": "LGPL", "affero": "AGPL", "general": "GPL"}
_PARTS = re.compile(r"\s*(?:,|;|\||\bor\b(?![ -]later)|\band\b|\+(?=\s)|&)\s*", re.IGNORECASE)
_SPACED = {alias.replace("-", " "): name for alias, name in {**KNOWN, **ALIASES}.items()}
_NOTHING = (
    "unknown",
    "unknow",
    "none",
    "n/a",
    "?",
    "please specify a",
    "see in readme file",
    "tbd",
)


def spdx_of(text: str) -> str | None:
    """Return the SPDX expression of a rockspec's licence field, None if it has none.

    A family of licences (BSD, GPL) is not a licence; see ``vagueness``. The licences of a list are
    joined by AND, since nothing says that there is a choice.
    """
    if len(text) > _MOST:
        return None
    cleaned = _cleaned(text)
    if not cleaned or cleaned in _NOTHING or cleaned in VAGUE:
        return None
    known = _one(cleaned) or spelled_expression(text.strip())
    if known:
        return _without_old_names(known)
    found = [_one(part) for part in _parts(cleaned)]
    if len(found) < 2 or not all(found):
        return None
    is_choice = re.search(r"\bor\b|\|", cleaned) and not re.search(r"\band\b|[,;&+]", cleaned)
    return joined(tuple(each for each in found if each), "OR" if is_choice else "AND")


def vagueness(text: str) -> str:
    """Return what a vague licence field leaves open, "" if it is not vague."""
    return VAGUE.get(_cleaned(text[:_MOST]), "")


def says_nothing(text: str) -> bool:
    """Return whether a licence field is empty or a placeholder such as UNKNOWN."""
    return _cleaned(text[:_MOST]) in ("", *_NOTHING)


def _parts(cleaned: str) -> list[str]:
    """Return the licences of a list; a single slash separates two, as in ``MIT/ICU``."""
    parts = [part.strip(" .()") for part in _PARTS.split(cleaned) if part.strip(" .()")]
    if len(parts) == 1 and cleaned.count("/") == 1:
        return [part.strip() for part in cleaned.split("/")]
    return parts


def _cleaned(text: str) -> str:
    """Return a name of a licence in lower case, without addresses, decoration and "license"."""
    text = _NOISE.sub(" ", _ADDRESS.sub(" ", text.strip(" \t\n*\"'")))
    cleaned = " ".join(text.lower().split()).replace(" ,", ",").strip(" *.,<>[]-")
    return cleaned if cleaned.count("(") == cleaned.count(")") else cleaned.strip("()")


def _one(cleaned: str) -> str | None:
    """Return the SPDX expression of one cleaned name."""
    if cleaned in VAGUE:
        return None
    if cleaned in ALIASES:
        return ALIASES[cleaned]
    if found := _GNU.fullmatch(cleaned):
        return _gnu(found)
    if cleaned in KNOWN:
        return KNOWN[cleaned]
    if spaced := _SPACED.get(cleaned.replace("-", " ")):
        return spaced
    if re.fullmatch(r"[a-z0-9]+(?:[.-][a-z0-9]+)+", cleaned):
        return spelled_expression(cleaned)
    return None


def _gnu(found: re.Match[str]) -> str:
    """Return the SPDX name of one of GNU's licences; without "or later" it is that version only."""
    version = found["version"] if "." in found["version"] else f"{found['version']}.0"
    kind = _KINDS.get(found["kind"].split()[0], found["kind"].upper())
    return f"{kind}-{version}-{'or-later' if found['later'] else 'only'}"


def _without_old_names(expression: str) -> str:
    """Return an expression with SPDX's present names: ``GPL-3.0`` was ``GPL-3.0-only``."""
    later = re.sub(r"\b([AL]?GPL-\d\.\d)\+(?=[\s)]|\Z)", r"\1-or-later", expression)
    return re.sub(r"\b([AL]?GPL-\d\.\d)(?=[\s)]|\Z)", r"\1-only", later)
