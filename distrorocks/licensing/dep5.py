"""Debian's machine-readable copyright file (DEP-5), written from stanzas.

SPDX licences in the words of Debian's machine-readable copyright files (DEP-5).

Which files of a rock are under which licence and whose, as a copyright file groups them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from distrorocks.licensing.expression import PUBLIC_DOMAIN, joined, licenses_in
from distrorocks.licensing.finding import OWN_LICENSE, OWN_README, Finding, is_license_file, role
from distrorocks.licensing.holders import together

_NAMES = {
    "MIT": "Expat",
    "BSD-2-Clause": "BSD-2-clause",
    "BSD-3-Clause": "BSD-3-clause",
    "BSD-4-Clause": "BSD-4-clause",
    "Artistic-1.0-Perl": "Artistic",
    "Artistic-1.0": "Artistic",
    "CC0-1.0": "CC0-1.0",
    PUBLIC_DOMAIN: "public-domain",
}
_GNU = re.compile(r"(?P<kind>[AL]?GPL)-(?P<version>[0-9.]+)-(?P<words>only|or-later)")
_COMMON = {
    "Apache-2.0": "Apache-2.0",
    "Artistic-1.0-Perl": "Artistic",
    "CC0-1.0": "CC0-1.0",
    "GPL-1.0": "GPL-1",
    "GPL-2.0": "GPL-2",
    "GPL-3.0": "GPL-3",
    "LGPL-2.0": "LGPL-2",
    "LGPL-2.1": "LGPL-2.1",
    "LGPL-3.0": "LGPL-3",
    "MPL-1.1": "MPL-1.1",
    "MPL-2.0": "MPL-2.0",
}


def short_name(license_name: str) -> str:
    """Return a licence's short name: ``MIT`` is ``Expat``, ``GPL-2.0-only`` is ``GPL-2``."""
    name, _, exception = license_name.partition(" WITH ")
    if found := _GNU.fullmatch(name):
        later = "+" if found["words"] == "or-later" else ""
        name = f"{found['kind']}-{found['version'].removesuffix('.0')}{later}"
    else:
        name = _NAMES.get(name, name.removeprefix("LicenseRef-"))
    return f"{name} with {exception} exception" if exception else name


def synopsis(expression: str) -> str:
    """Return an SPDX expression as a License field has it: ``MIT OR GPL-2.0-only`` as
    ``Expat or GPL-2``."""
    said = re.sub(r"(\S+ WITH [^\s()]+)", lambda found: found[1].replace(" ", "\0"), expression)
    words = re.findall(r"[()]|[^\s()]+", said)
    spelled = [
        word.lower() if word in ("AND", "OR") else short_name(word.replace("\0", " "))
        for word in words
    ]
    return " ".join(spelled).replace("( ", "(").replace(" )", ")")


def common_license(license_name: str) -> str:
    """Return the file below /usr/share/common-licenses that has a licence's text, or ""."""
    return _COMMON.get(re.sub(r"-(?:only|or-later)(?: WITH .*)?\Z", "", license_name), "")


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


_FORMAT = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
_MOST_LINE = 1000


def copyright_text(
    name: str, source: str, stanzas: Sequence[Stanza], texts: Mapping[str, str]
) -> str:
    """Return the copyright file; ``texts`` has the words of licences by their SPDX names.

    A licence without words here is referred to in /usr/share/common-licenses, or said to be without
    its words: nothing is left out in silence.
    """
    head = [f"Format: {_FORMAT}", f"Upstream-Name: {_line(name)}"]
    if source:
        head.append(f"Source: {_line(source)}")
    paragraphs = ["\n".join(head)]
    for stanza in stanzas:
        whose = stanza.holders or ("unknown: the sources name nobody",)
        lines = [f"Files: {' '.join(stanza.files)}", f"Copyright: {_line(whose[0])}"]
        lines += [f"           {_line(each)}" for each in whose[1:]]
        lines.append(f"License: {synopsis(stanza.license) or 'unknown'}")
        paragraphs.append("\n".join(lines))
    named = dict.fromkeys(each for one in stanzas for each in licenses_in(one.license))
    paragraphs += [_license_paragraph(each, texts.get(each, "")) for each in named]
    if any(not stanza.license for stanza in stanzas):
        paragraphs.append("License: unknown\n Neither the rockspec nor the sources name a license.")
    return "\n\n".join(paragraphs) + "\n"


def has_words(name: str) -> bool:
    """Return whether a licence needs no text: it is referred to, or asks for nothing."""
    return bool(common_license(name)) or name == PUBLIC_DOMAIN


def _license_paragraph(name: str, text: str) -> str:
    """Return a stand-alone License paragraph."""
    lines = [f"License: {short_name(name)}"]
    if common := common_license(name):
        lines += [
            " On Debian systems, the full text of this license can be found in",
            f" /usr/share/common-licenses/{common}.",
        ]
    elif text.strip():
        lines += [_folded(line) for line in text.strip().splitlines()]
    elif name == PUBLIC_DOMAIN:
        lines.append(" The authors put their work in the public domain, as the sources say.")
    else:
        lines.append(f" The sources name the license {name} and do not have its text.")
    return "\n".join(lines)


def _folded(line: str) -> str:
    """Return a line of a licence's words as a continuation line."""
    line = "".join(each if each.isprintable() else " " for each in line[:_MOST_LINE]).rstrip()
    if not line:
        return " ."
    return f"  {line}" if line.startswith(".") else f" {line}"


def _line(text: str) -> str:
    """Return a value that stays on its line."""
    return "".join(each if each.isprintable() else " " for each in text[:_MOST_LINE]).strip()
