"""Merge changelogs: add new entries on top, and keep what the packager wrote."""

from __future__ import annotations

import re
from typing import NamedTuple

_DEB_HEAD = re.compile(r"^\S+ \(([^()\s]+)\)[^\n]*;", re.MULTILINE)
_SPEC_HEAD = re.compile(r"^\*[^\n]*$", re.MULTILINE)
_SPEC_VERSION = re.compile(r" - ?(\S+)$")
_SECTION = re.compile(r"^%changelog[ \t]*\n", re.MULTILINE)
_NEXT_SECTION = re.compile(
    r"^%(?:prep|build|install|check|files|package|description|pre|post|preun|postun)\b",
    re.MULTILINE,
)


class Entry(NamedTuple):
    """One entry of a changelog: its version, or its head if it names none, and its text."""

    version: str
    text: str


class SpecParts(NamedTuple):
    """A spec file: the text before its changelog, the changelog, and the text after it."""

    before: str
    history: str
    after: str


def merge_history(base: str, ours: str, theirs: str, *, is_spec: bool = False) -> str:
    """Return the packager's changelog with the entries of new versions on top.

    An entry is new if neither the packager's changelog nor the base has its version. A changelog
    without entries, such as RPM's ``%autochangelog``, is kept as it is.
    """
    head = _SPEC_HEAD if is_spec else _DEB_HEAD
    known = {each.version for text in (base, ours) for each in _entries(text, head)}
    if ours.strip() and not _entries(ours, head):
        return ours
    new = [each.text for each in _entries(theirs, head) if each.version not in known]
    if not new:
        return ours or theirs
    top = "".join(text.rstrip("\n") + "\n\n" for text in new)
    return top + ours if ours.strip() else top.rstrip("\n") + "\n"


def spec_parts(text: str) -> SpecParts:
    """Return the parts of a spec file; the ``%changelog`` line is at the end of the first."""
    found = _SECTION.search(text)
    if not found:
        return SpecParts(text, "", "")
    follower = _NEXT_SECTION.search(text, found.end())
    end = follower.start() if follower else len(text)
    return SpecParts(text[: found.end()], text[found.end() : end], text[end:])


def _entries(text: str, head: re.Pattern[str]) -> list[Entry]:
    """Return the entries of a changelog, from the top."""
    found = list(head.finditer(text))
    ends = [*(each.start() for each in found), len(text)][1:]
    return [
        Entry(_version(each), text[each.start() : end])
        for each, end in zip(found, ends, strict=True)
    ]


def _version(head: re.Match[str]) -> str:
    """Return the version in the head of an entry, or the whole head if it names none."""
    if head.re is _SPEC_HEAD:
        found = _SPEC_VERSION.search(head[0].rstrip(" \t"))
        return found[1] if found else head[0]
    return head[1]
