"""The licence paragraphs of a Debian copyright file: each licence with its text or where it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from distrorocks.license.debian_words import common_license, short_name
from distrorocks.license.expression import licenses_in
from distrorocks.license.names import PUBLIC_DOMAIN

_MOST_LINES = 120
_COPYRIGHT = re.compile(r"copyright\s*(?:\(c\)|©|[12][0-9]{3})", re.IGNORECASE)


def license_paragraphs(
    expression: str, texts: Mapping[str, str], standard: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of all License paragraphs, and the licences that no text is at hand for.

    ``texts`` are those of the rock's own licence files, ``standard`` those that are shipped. A line
    stands as a control file has it: a blank before it, a dot where it is empty.
    """
    lines: list[str] = []
    without = []
    for name in licenses_in(expression):
        common = common_license(name)
        text = texts.get(name) or standard.get(name, "")
        lines += ["", f"License: {short_name(name)}"]
        if common:
            lines += [
                " On Debian systems, the full text of this license can be found in",
                f" /usr/share/common-licenses/{common}.",
            ]
        elif text:
            lines += _body(text)
        elif name == PUBLIC_DOMAIN:
            lines += [" The authors put their work in the public domain, as the sources say."]
        else:
            without.append(name)
            lines += [f" The sources name the license {name} and do not have its text."]
    return tuple(lines[1:]), tuple(without)


def _body(text: str) -> list[str]:
    """Return a licence's text as the lines of a field, without copyright lines and title."""
    lines = []
    for line in text.splitlines()[: 4 * _MOST_LINES]:
        shown = "".join(c for c in line.expandtabs() if c.isprintable()).rstrip()
        if _COPYRIGHT.search(shown) and len(shown) < 120:
            continue
        lines.append(f" {shown.strip()}" if shown.strip() else " .")
    while lines and lines[0] == " .":
        lines.pop(0)
    kept: list[str] = []
    for line in lines[:_MOST_LINES]:
        if line != " ." or kept[-1:] != [" ."]:
            kept.append(line)
    while kept and kept[-1] == " .":
        kept.pop()
    return kept or [" It has no text."]
