"""Debian's machine-readable copyright file (DEP-5), written from stanzas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.license.debian_words import common_license, short_name, synopsis
from distrorocks.license.expression import licenses_in
from distrorocks.license.names import PUBLIC_DOMAIN
from distrorocks.license.stanzas import Stanza

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
