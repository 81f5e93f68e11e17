"""Gather what the files of a rock state of licences, copyright holders and authors."""

from __future__ import annotations

import re
from collections.abc import Mapping

from distrorocks.licensing.detection import findings, is_silent
from distrorocks.licensing.finding import (
    OWN_LICENSE,
    OWN_README,
    SOURCE,
    Finding,
    is_build_file,
    is_license_file,
    role,
)
from distrorocks.licensing.holders import authors, holders, together
from distrorocks.licensing.license_text import legal_text, license_texts
from distrorocks.values import NamedTuple

_MOST_AUTHORS = 20
_HEAD = 8_000  # characters of a file that may name its licence
_VAGUE = re.compile(r"\bunder (?:\w+ ){0,4}BSD\b|\bBSD[- ]licen[sc]e\b", re.IGNORECASE)


class Legal(NamedTuple):
    """What files state of licences and copyright holders: see the fields of ``Facts``.

    ``silent`` are licence files with a text that is not known, ``unread`` is the text of the first
    which speaks for the whole rock. ``vague`` are files that name one of the BSD licences, and not
    which.
    """

    findings: tuple[Finding, ...]
    holders: tuple[str, ...]
    holders_by_file: Mapping[str, tuple[str, ...]]
    license_texts: Mapping[str, str]
    silent: tuple[str, ...]
    unread: str
    vague: tuple[str, ...]


def legal_facts(texts: Mapping[str, str]) -> Legal:
    """Return what texts state, by path; files of build tools name holders only with a licence."""
    found = tuple(one for path in sorted(texts) for one in findings(path, texts[path]))
    license_files = [path for path in sorted(texts) if is_license_file(path)]
    others = [path for path in sorted(texts) if path not in license_files]
    stating = {one.path for one in found}
    named = {
        path: tuple(holders(texts[path]))
        for path in (*license_files, *others)
        if path in stating or not is_build_file(path)
    }
    silent = tuple(path for path in license_files if is_silent(path, texts[path]))
    unread = next((path for path in silent if role(path) == OWN_LICENSE), "")
    own = (lines for path, lines in named.items() if not is_build_file(path))
    return Legal(
        found,
        together(line for lines in own for line in lines),
        {path: lines for path, lines in named.items() if lines},
        license_texts(found, texts),
        silent,
        legal_text(unread, texts[unread]) if unread else "",
        tuple(path for path in others if path not in stating and _is_vague(path, texts[path])),
    )


def _is_vague(path: str, text: str) -> bool:
    """Return whether a file of code says that it is under a BSD licence."""
    return role(path) == SOURCE and _VAGUE.search(text[:_HEAD]) is not None


def named_authors(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return who wrote the rock, as its source files and its README say."""
    told = (path for path in sorted(texts) if role(path) in (OWN_README, SOURCE))
    found = dict.fromkeys(name for path in told for name in authors(texts[path]))
    return tuple(found)[:_MOST_AUTHORS]
