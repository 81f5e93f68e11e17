"""Which files of a rock are under which licence and whose, as a copyright file groups them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from distrorocks.license.expression import joined, licenses_in
from distrorocks.license.finding import Finding
from distrorocks.license.holders import together
from distrorocks.license.scope import OWN_LICENSE, OWN_README, is_license_file, role

_MOST_PATTERNS = 40


class Stanza(NamedTuple):
    """Files under one licence; the first stanza's pattern is ``*``, later ones are exceptions."""

    files: tuple[str, ...]
    license: str
    holders: tuple[str, ...]


def stanzas_of(
    license_name: str, found: Sequence[Finding], named: Mapping[str, Sequence[str]]
) -> tuple[Stanza, ...]:
    """Return the stanzas of a rock whose licence as a whole is ``license_name``.

    ``named`` are the holders that each file names.

    A file whose own words name licences other than the rock's main one stands apart, and so does
    a directory with a licence file of its own.
    """
    stated: dict[str, dict[str, None]] = {}
    for each in found:
        stated.setdefault(each.path, {})[each.license] = None
    main = _main(license_name, found)
    groups: dict[str, list[str]] = {}
    for path, names in sorted(stated.items()):
        expression = joined(tuple(names))
        if role(path) in (OWN_LICENSE, OWN_README) or set(names) <= set(licenses_in(main)):
            continue
        pattern = f"{posixpath.dirname(path)}/*" if is_license_file(path) else path
        groups.setdefault(expression, []).append(pattern)
    apart = {path for paths in groups.values() for path in paths}
    everyone = together(
        line for path in _by_weight(named) if path not in apart for line in named[path]
    )
    first = Stanza(("*",), main, everyone)
    return (first, *(_stanza(name, paths, named) for name, paths in sorted(groups.items())))


def _stanza(name: str, patterns: list[str], named: Mapping[str, Sequence[str]]) -> Stanza:
    """Return the stanza of files under a licence of their own; directories where many share one."""
    kept = tuple(dict.fromkeys(_escaped(each) for each in patterns))
    if len(kept) > _MOST_PATTERNS:
        kept = tuple(dict.fromkeys(f"{posixpath.dirname(each) or '.'}/*" for each in kept))
        kept = tuple(each.removeprefix("./") for each in kept)[:_MOST_PATTERNS]
    whose = (
        line
        for path, lines in sorted(named.items())
        if any(path == each or path.startswith(each.removesuffix("*")) for each in patterns)
        for line in lines
    )
    return Stanza(kept, name, together(whose))


def _main(license_name: str, found: Sequence[Finding]) -> str:
    """Return the licence of what does not say otherwise: that of the rock's own statement."""
    own = [each.license for each in found if role(each.path) in (OWN_LICENSE, OWN_README)]
    kept = [each for each in licenses_in(license_name) if each in own]
    if not kept or " OR " in license_name:
        return license_name
    return joined(tuple(kept))


def _by_weight(texts: Iterable[str]) -> list[str]:
    """Return paths with those that speak for the rock first."""
    return sorted(texts, key=lambda path: (role(path) not in (OWN_LICENSE, OWN_README), path))


def _escaped(path: str) -> str:
    """Return a path as a pattern: blanks match any character, wildcards match themselves."""
    stem, star = (path[:-1], "*") if path.endswith("/*") else (path, "")
    for mark in "\\*?":
        stem = stem.replace(mark, "\\" + mark)
    return "?".join(stem.split(" ")) + star
