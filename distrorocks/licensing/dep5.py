"""Write Debian's machine-readable copyright file (DEP-5).

SPDX names are translated to the short names of DEP-5, and files are grouped by licence.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from distrorocks.licensing.expression import PUBLIC_DOMAIN, joined, licenses_in
from distrorocks.licensing.finding import OWN_LICENSE, OWN_README, Finding, is_license_file, role
from distrorocks.licensing.holders import together
from distrorocks.values import NamedTuple

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
    """Return the short name of a licence: ``Expat`` for ``MIT``, ``GPL-2`` for ``GPL-2.0-only``."""
    name, _, exception = license_name.partition(" WITH ")
    if found := _GNU.fullmatch(name):
        later = "+" if found["words"] == "or-later" else ""
        name = f"{found['kind']}-{found['version'].removesuffix('.0')}{later}"
    else:
        name = _NAMES.get(name, name.removeprefix("LicenseRef-"))
    return f"{name} with {exception} exception" if exception else name


def synopsis(expression: str) -> str:
    """Return an expression for a License field: ``Expat or GPL-2`` for ``MIT OR GPL-2.0-only``."""
    said = re.sub(r"(\S+ WITH [^\s()]+)", lambda found: found[1].replace(" ", "\0"), expression)
    words = re.findall(r"[()]|[^\s()]+", said)
    spelled = [
        word.lower() if word in ("AND", "OR") else short_name(word.replace("\0", " "))
        for word in words
    ]
    return " ".join(spelled).replace("( ", "(").replace(" )", ")")


def common_license(license_name: str) -> str:
    """Return the file of a licence in /usr/share/common-licenses, "" if there is none."""
    return _COMMON.get(re.sub(r"-(?:only|or-later)(?: WITH .*)?\Z", "", license_name), "")


_MOST_PATTERNS = 40


class Stanza(NamedTuple):
    """Files under one licence; the first stanza has the pattern ``*``, later ones override it."""

    files: tuple[str, ...]
    license: str
    holders: tuple[str, ...]


def stanzas_of(
    license_name: str, found: Sequence[Finding], named: Mapping[str, Sequence[str]]
) -> tuple[Stanza, ...]:
    """Return the stanzas of a rock with the licence ``license_name``.

    ``named`` are the copyright holders in each file. A file that states another licence than the
    rock's main one has its own stanza, and so has a directory with a licence file.
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
    """Return the stanza of files under another licence; use directories if there are many."""
    kept = tuple(dict.fromkeys(_escaped(each) for each in patterns))
    if len(kept) > _MOST_PATTERNS:
        kept = tuple(dict.fromkeys(f"{posixpath.dirname(each) or '.'}/*" for each in kept))
        kept = tuple(each.removeprefix("./") for each in kept)[:_MOST_PATTERNS]
    holder_lines = (
        line
        for path, lines in sorted(named.items())
        if any(path == each or path.startswith(each.removesuffix("*")) for each in patterns)
        for line in lines
    )
    return Stanza(kept, name, together(holder_lines))


def _main(license_name: str, found: Sequence[Finding]) -> str:
    """Return the licence of files that state none: what the rock as a whole states."""
    own = [each.license for each in found if role(each.path) in (OWN_LICENSE, OWN_README)]
    kept = [each for each in licenses_in(license_name) if each in own]
    if not kept or " OR " in license_name:
        return license_name
    return joined(tuple(kept))


def _by_weight(texts: Iterable[str]) -> list[str]:
    """Return paths, those that apply to the whole rock first."""
    return sorted(texts, key=lambda path: (role(path) not in (OWN_LICENSE, OWN_README), path))


def _escaped(path: str) -> str:
    """Return a path as a pattern: replace blanks by ``?``, and escape wildcards."""
    stem, star = (path[:-1], "*") if path.endswith("/*") else (path, "")
    for mark in "\\*?":
        stem = stem.replace(mark, "\\" + mark)
    return "?".join(stem.split(" ")) + star


_FORMAT = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
_MOST_LINE = 1000


def copyright_text(
    name: str, source: str, stanzas: Sequence[Stanza], texts: Mapping[str, str], note: str = ""
) -> str:
    """Return the copyright file; ``texts`` has licence texts by SPDX name, ``note`` is a comment.

    A licence without text refers to /usr/share/common-licenses, or says that the text is missing.
    """
    head = [f"Format: {_FORMAT}", f"Upstream-Name: {_line(name)}"]
    if source:
        head.append(f"Source: {_line(source)}")
    if note:
        head.append(f"Comment: {_line(note)}")
    paragraphs = ["\n".join(head)]
    for stanza in stanzas:
        holders = stanza.holders or ("unknown: the sources name nobody",)
        lines = [f"Files: {' '.join(stanza.files)}", f"Copyright: {_line(holders[0])}"]
        lines += [f"           {_line(each)}" for each in holders[1:]]
        lines.append(f"License: {synopsis(stanza.license) or 'unknown'}")
        paragraphs.append("\n".join(lines))
    named = dict.fromkeys(each for one in stanzas for each in licenses_in(one.license))
    paragraphs += [_license_paragraph(each, texts.get(each, "")) for each in named]
    if any(not stanza.license for stanza in stanzas):
        paragraphs.append("License: unknown\n Neither the rockspec nor the sources name a license.")
    return "\n\n".join(paragraphs) + "\n"


def needs_no_text(name: str) -> bool:
    """Return whether the copyright file needs no text of a licence."""
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
    """Return a line of a licence text as a continuation line."""
    line = "".join(each if each.isprintable() else " " for each in line[:_MOST_LINE]).rstrip()
    if not line:
        return " ."
    return f"  {line}" if line.startswith(".") else f" {line}"


def _line(text: str) -> str:
    """Return a value on one line."""
    return "".join(each if each.isprintable() else " " for each in text[:_MOST_LINE]).strip()
