"""The licence field of a rockspec, free text that it is, as SPDX."""

from __future__ import annotations

import re

from distrorocks.license.expression import joined, spelled_expression

_MIT = "MIT"
_ALIASES = {
    "mit": _MIT,
    "mit/x11": _MIT,
    "mit/x": _MIT,
    "x11/mit": _MIT,
    "mit x11": _MIT,
    "mit-license": _MIT,
    "expat": _MIT,
    "mit expat": _MIT,
    "mit (expat)": _MIT,
    "same as lua": _MIT,
    "same as lua 5": _MIT,
    "lua": _MIT,
    "bsd2": "BSD-2-Clause",
    "bsd 2": "BSD-2-Clause",
    "bsd-2": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause",
    "freebsd": "BSD-2-Clause",
    "2-clause bsd": "BSD-2-Clause",
    "two-clause bsd": "BSD-2-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd/2 clause": "BSD-2-Clause",
    "bsd3": "BSD-3-Clause",
    "bsd 3": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "revised bsd": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "three-clause bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "apache 2": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache2.0": "Apache-2.0",
    "apache/2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache v2": "Apache-2.0",
    "apache v2.0": "Apache-2.0",
    "apache version 2": "Apache-2.0",
    "apache version 2.0": "Apache-2.0",
    "asl 2.0": "Apache-2.0",
    "unlicense": "Unlicense",
    "cc0": "CC0-1.0",
    "cc0 1.0": "CC0-1.0",
    "creative commons cc0 1.0 universal": "CC0-1.0",
    "zlib": "Zlib",
    "isc": "ISC",
    "0bsd": "0BSD",
    "wtfpl": "WTFPL",
    "wtfpl 2": "WTFPL",
    "boost": "BSL-1.0",
    "boost software 1.0": "BSL-1.0",
    "bsl-1.0": "BSL-1.0",
    "mozilla public v. 2.0": "MPL-2.0",
    "mozilla public 2.0": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "mpl2": "MPL-2.0",
    "mplv2": "MPL-2.0",
    "lppl-1.3c": "LPPL-1.3c",
    "artistic 2.0": "Artistic-2.0",
    "vim": "Vim",
    "postgresql": "PostgreSQL",
    "ruby": "Ruby",
}
_VAGUE = {
    "bsd": "which of the BSD licences it is",
    "gpl": "which version of the GPL it is",
    "gnu gpl": "which version of the GPL it is",
    "gnu general public": "which version of the GPL it is",
    "lgpl": "which version of the LGPL it is",
    "lgpl+": "which version of the LGPL it is",
    "agpl": "which version of the AGPL it is",
    "apache": "which version of the Apache licence it is",
    "artistic": "which version of the Artistic licence it is",
    "public domain": "what stands for the public domain where there is no such thing",
    "gpl-compatible": "which licence it is",
}
_NOISE = re.compile(r"\b(?:the|licen[sc]e[ds]?|licence|software licen[sc]e)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[<(]?\s*https?://\S+", re.IGNORECASE)
_GNU = re.compile(
    r"(?:gnu[ /-]*)?(?P<kind>[al]?gpl|(?:(?:affero|lesser|library) )?general public)"
    r"[ -]*(?:version|v)?[ .]*(?P<version>[123](?:\.[01])?)(?P<later>\+| or later| or newer|"
    r" or any later version|-or-later)?(?P<only>[ -]only)?"
)
_KINDS = {
    "gpl": "GPL",
    "lgpl": "LGPL",
    "agpl": "AGPL",
    "general public": "GPL",
    "lesser general public": "LGPL",
    "library general public": "LGPL",
    "affero general public": "AGPL",
}
_PARTS = re.compile(r"\s*(?:,|;|\||\bor\b|\band\b|\+(?=\s)|&)\s*", re.IGNORECASE)


def spdx_of(text: str) -> str | None:
    """Return the SPDX expression that a rockspec's licence field means, None if it says none.

    What names a family of licences only (BSD, GPL) is none; ``vagueness`` says so. Several
    licences in a list are taken together, since nothing says that one may be chosen.
    """
    cleaned = _cleaned(text)
    if not cleaned:
        return None
    known = _one(cleaned) or (spelled_expression(text.strip()) if _is_expression(text) else None)
    if known:
        return known
    parts = [part for part in _PARTS.split(cleaned) if part]
    if len(parts) < 2:
        return None
    found = [_one(part) for part in parts]
    if not all(found):
        return None
    is_choice = re.search(r"\bor\b", cleaned) and not re.search(r"\band\b|[,;&+]", cleaned)
    return joined(tuple(each for each in found if each), "OR" if is_choice else "AND")


def vagueness(text: str) -> str:
    """Return what a licence field leaves open, "" if it is none of the known vague ones."""
    return _VAGUE.get(_cleaned(text), "")


def _is_expression(text: str) -> bool:
    """Return whether SPDX's own words can be meant: the family names alone are too vague."""
    return _cleaned(text) not in _VAGUE


def _cleaned(text: str) -> str:
    """Return a licence's name in lower case, without addresses, decoration and "license"."""
    text = _NOISE.sub(" ", _ADDRESS.sub(" ", text.strip(" \t\n*\"'")))
    return " ".join(text.lower().split()).strip(" *.,<>()[]-")


def _one(cleaned: str) -> str | None:
    """Return the SPDX expression of one cleaned name."""
    if cleaned in _VAGUE:
        return None
    if cleaned in _ALIASES:
        return _ALIASES[cleaned]
    if found := _GNU.fullmatch(cleaned):
        version = found["version"] if "." in found["version"] else f"{found['version']}.0"
        if found["kind"].startswith("l") and found["version"] == "2":
            version = "2.0"
        later = "or-later" if found["later"] else "only"
        return f"{_KINDS[found['kind']]}-{version}-{later}"
    if re.fullmatch(r"[a-z0-9]+(?:[.-][a-z0-9]+)+", cleaned):
        return spelled_expression(cleaned)
    return None
