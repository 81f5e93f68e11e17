"""The licences that a file states: by tag, by a licence's own words, by a naming sentence."""

from __future__ import annotations

import re

from distrorocks.license.expression import spelled_expression
from distrorocks.license.finding import GRANT, NOTICE, TAG, TEXT, Finding
from distrorocks.license.gnu import grants
from distrorocks.license.notices import notices
from distrorocks.license.scope import SOURCE, is_license_file, role
from distrorocks.license.templates import TEMPLATES
from distrorocks.license.words import MOST_TEXT, Words

_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([^\s*][^\n*]{0,200})")
_TELLING = re.compile(
    r"licen[sc]|copying|permission|redistribut|public domain|terms|gpl|copyright", re.IGNORECASE
)
_SILENT_WORDS = 12
_HEAD, _TAIL = 200, 120  # lines of a source file that may be of its licence


def findings(path: str, text: str) -> tuple[Finding, ...]:
    """Return the licences that a file states, each once.

    Tags stand above all else; sentences that name a licence count where no licence's words are.
    """
    if not _TELLING.search(text):
        return ()
    if tags := _tags(path, text[:MOST_TEXT]):
        return tags
    words = Words(_ends(text) if role(path) == SOURCE and not is_license_file(path) else text)
    found: dict[str, Finding] = {}
    for template in TEMPLATES:
        lines = [words.line_of(phrase) for phrase in template.has]
        if template.license in found or not all(lines):
            continue
        if not any(words.line_of(phrase) for phrase in template.lacks):
            found[template.license] = Finding(template.license, path, min(lines), TEXT)
    has_none = not found
    for grant in grants(words):
        kind = TEXT if grant.is_text else GRANT
        if (grant.is_text or has_none) and not _is_said(grant.license, found):
            found[grant.license] = Finding(grant.license, path, words.line_at(grant.place), kind)
    if not found:
        for name, place in notices(words):
            found.setdefault(name, Finding(name, path, words.line_at(place), NOTICE))
    return tuple(found.values())


def _ends(text: str) -> str:
    """Return a source file without its middle, which may hold licences as plain data."""
    lines = text.splitlines()
    if len(lines) <= _HEAD + _TAIL:
        return text
    gap = [""] * (len(lines) - _HEAD - _TAIL)
    return "\n".join([*lines[:_HEAD], *gap, *lines[-_TAIL:]])


def is_silent(path: str, text: str) -> bool:
    """Return whether a licence file has words of its own, and none that are known."""
    if not is_license_file(path) or "\0" in text[:MOST_TEXT]:
        return False
    return not findings(path, text) and Words(text).count() > _SILENT_WORDS


def _is_said(name: str, found: dict[str, Finding]) -> bool:
    """Return whether a licence's version is among those found, with or without "or later"."""
    version = re.sub(r"-(?:only|or-later).*", "", name)
    return any(re.sub(r"-(?:only|or-later).*", "", each) == version for each in found)


def _tags(path: str, text: str) -> tuple[Finding, ...]:
    """Return the licences of SPDX-License-Identifier tags."""
    found: dict[str, Finding] = {}
    for tag in _TAG.finditer(text):
        spelled = spelled_expression(re.sub(r"\s*(?:-->|\*/|--\]\].*|\]\]).*", "", tag[1]).strip())
        if spelled:
            line = text.count("\n", 0, tag.start()) + 1
            found.setdefault(spelled, Finding(spelled, path, line, TAG))
    return tuple(found.values())
