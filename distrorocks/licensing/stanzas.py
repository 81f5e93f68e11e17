"""Group the files of a rock into stanzas of Debian's copyright file: by licence and holders.

The first stanza has the pattern ``*``; of several patterns for a file the last one counts (DEP-5,
"Files").
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from distrorocks.licensing.expression import joined, licenses_in
from distrorocks.licensing.finding import OWN_LICENSE, OWN_README, Finding, is_license_file, role
from distrorocks.licensing.holders import is_among, plain_names, together
from distrorocks.values import NamedTuple

_MOST_PATTERNS = 40
_MOST_STANZAS = 16


class Stanza(NamedTuple):
    """Files under one licence; the first stanza has the pattern ``*``, later ones override it."""

    files: tuple[str, ...]
    license: str
    holders: tuple[str, ...]


def stanzas_of(
    license_name: str,
    found: Sequence[Finding],
    named: Mapping[str, Sequence[str]],
    declared: str = "",
) -> tuple[Stanza, ...]:
    """Return the stanzas of a rock with the licence ``license_name``.

    ``named`` are the copyright holders in each file, ``declared`` is the licence in the rockspec. A
    file that states another licence than the rock's main one has its own stanza, and so have a
    directory with a licence file and a file that names none of the rock's holders.
    """
    main = _main(license_name, found, declared)
    groups = _groups(main, found, named)
    apart = [path for paths in groups.values() for path in paths]
    everyone = together(
        line
        for path in _by_weight(named)
        if not any(_covers(each, path) for each in apart)
        for line in named[path]
    )
    first = Stanza(("*",), main, everyone)
    parts = [_stanza(name, paths, named) for (name, _), paths in sorted(groups.items())]
    # Of several patterns for a file the last one counts (DEP-5, Files): that of the file itself.
    parts.sort(key=lambda each: not any(path.endswith("/*") for path in each.files))
    return (first, *parts)


_Group: TypeAlias = "tuple[str, tuple[str, ...]]"
"""A licence and the holders by their plain names."""


def _groups(
    main: str, found: Sequence[Finding], named: Mapping[str, Sequence[str]]
) -> dict[_Group, list[str]]:
    """Return the patterns of files that the first stanza is not for, by licence and holders."""
    stated: dict[str, dict[str, None]] = {}
    for each in found:
        stated.setdefault(each.path, {})[each.license] = None
    own, every = _own_holders(named), {*licenses_in(main)}
    folders = {posixpath.dirname(path) for path in stated if is_license_file(path)} - {""}
    groups: dict[_Group, list[str]] = {}
    for path in sorted({*stated, *named}):
        if role(path) in (OWN_LICENSE, OWN_README):
            continue
        holders = plain_names(named.get(path, ()))
        names = tuple(stated.get(path, ()))
        is_main = every == {*names} or (" OR " in main and every.issuperset(names))
        is_in_folder = not is_license_file(path) and any(
            path.startswith(f"{folder}/") for folder in folders
        )
        is_own = not own or is_in_folder or any(is_among(name, own) for name in holders)
        is_by_others = bool(holders) and not is_own
        if (names and not is_main) or is_by_others:
            pattern = f"{posixpath.dirname(path)}/*" if is_license_file(path) else path
            groups.setdefault((joined(names) or main, tuple(sorted(holders))), []).append(pattern)
    if len(groups) <= _MOST_STANZAS:
        return groups
    merged: dict[_Group, list[str]] = {}
    for (name, _), paths in groups.items():
        merged.setdefault((name, ()), []).extend(paths)
    return {group: paths for group, paths in merged.items() if group[0] != main}


def _own_holders(named: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the plain names of the rock's own holders.

    They are those in its licence files and README, else those that most of the files name.
    """
    own = [path for path in named if role(path) in (OWN_LICENSE, OWN_README)]
    if own:
        return frozenset().union(*(plain_names(named[path]) for path in own))
    sets = Counter(frozenset(plain_names(lines)) for lines in named.values() if lines)
    ((most, count), *_) = sets.most_common(1) or [(frozenset[str](), 0)]
    return most if 2 * count > sets.total() else frozenset()


def _stanza(name: str, patterns: list[str], named: Mapping[str, Sequence[str]]) -> Stanza:
    """Return the stanza of files under another licence; use directories if there are many."""
    kept = tuple(dict.fromkeys(escaped(each) for each in patterns))
    if len(kept) > _MOST_PATTERNS:
        kept = tuple(dict.fromkeys(f"{posixpath.dirname(each) or '.'}/*" for each in kept))
        kept = tuple(each.removeprefix("./") for each in kept)[:_MOST_PATTERNS]
    holder_lines = (
        line
        for path, lines in sorted(named.items())
        if any(_covers(each, path) for each in patterns)
        for line in lines
    )
    return Stanza(kept, name, together(holder_lines))


def _covers(pattern: str, path: str) -> bool:
    """Return whether a pattern, which is a path or ``DIRECTORY/*``, is for a file."""
    return path == pattern or (pattern.endswith("/*") and path.startswith(pattern[:-1]))


def _main(license_name: str, found: Sequence[Finding], declared: str) -> str:
    """Return the licence of files that state none: what the rock as a whole states.

    Where no file speaks for the whole rock, the rockspec does.
    """
    every = licenses_in(license_name)
    own = [each.license for each in found if role(each.path) in (OWN_LICENSE, OWN_README)]
    kept = [each for each in every if each in own]
    if " OR " in license_name:
        return license_name
    if not kept and set(licenses_in(declared)) < {*every}:
        return declared or license_name
    return joined(tuple(kept)) or license_name


def _by_weight(texts: Iterable[str]) -> list[str]:
    """Return paths, those that apply to the whole rock first."""
    return sorted(texts, key=lambda path: (role(path) not in (OWN_LICENSE, OWN_README), path))


def escaped(path: str) -> str:
    """Return a path as a pattern: replace blanks by ``?``, and escape wildcards."""
    stem, star = (path[:-1], "*") if path.endswith("/*") else (path, "")
    for mark in "\\*?":
        stem = stem.replace(mark, "\\" + mark)
    return "?".join(stem.split(" ")) + star
