"""Licences known by their own words, in a licence file or at the top of a source file.

A text is compared as words only: case, punctuation, comment marks and line breaks do not count.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from distrorocks.license.expression import spelled_expression
from distrorocks.license.finding import NOTICE, TAG, TEXT, Finding

MOST_TEXT = 1 << 17
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*")
_TAG = re.compile(r"SPDX-License-Identifier:\s*([^\s*][^\n*]*)")


class _Known(NamedTuple):
    """A licence with words that it has, and words that make it another."""

    license: str
    has: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    kind: str = TEXT


_PERMISSION = "permission is hereby granted free of charge to any person obtaining a copy of"
_MIT_NOTICE = "permission notice shall be included in all"
_BSD = "redistribution and use in source and binary forms with or without"
_BSD_LIST = "redistributions of source code must retain the above copyright"
_ENDORSE = "endorse or promote products"
_ADVERTISE = "all advertising materials mentioning features"
_ISC = "purpose with or without fee is hereby granted"
_ISC_NOTICE = "provided that the above copyright notice"
_LATER = "any later version"

_TEXTS = (
    _Known("X11", (_PERMISSION, _MIT_NOTICE, "except as contained in this notice the name")),
    _Known("MIT", (_PERMISSION, _MIT_NOTICE), ("except as contained in this notice the name",)),
    _Known("MIT-0", (_PERMISSION, "without restriction"), (_MIT_NOTICE, "share alike")),
    _Known("BSD-4-Clause", (_BSD, _BSD_LIST, _ADVERTISE)),
    _Known("BSD-3-Clause", (_BSD, _BSD_LIST, _ENDORSE), (_ADVERTISE,)),
    _Known("BSD-2-Clause", (_BSD, _BSD_LIST), (_ENDORSE, _ADVERTISE)),
    _Known("ISC", ("permission to use copy modify and", _ISC, _ISC_NOTICE)),
    _Known("0BSD", ("permission to use copy modify and", _ISC), (_ISC_NOTICE,)),
    _Known("Zlib", ("will the authors be held liable for any damages", "altered source")),
    _Known("Unlicense", ("free and unencumbered software released into the public domain",)),
    _Known("CC0-1.0", ("cc0 1.0 universal",)),
    _Known("WTFPL", ("do what the fuck you want to public license", "0 you just do what")),
    _Known("BSL-1.0", ("boost software license version 1.0",)),
    _Known("MPL-2.0", ("mozilla public license version 2.0",)),
    _Known("MPL-2.0", ("mozilla public license v 2.0",)),
    _Known("Apache-2.0", ("apache license version 2.0",)),
    _Known("Artistic-2.0", ("the artistic license 2.0",)),
    _Known("EPL-1.0", ("eclipse public license v 1.0",)),
    _Known("AGPL-3.0-or-later", ("gnu affero general public license", "version 3", _LATER)),
    _Known("LGPL-3.0-or-later", ("gnu lesser general public license", "either version 3", _LATER)),
    _Known("LGPL-2.1-or-later", ("gnu lesser general public license", "version 2.1", _LATER)),
    _Known("LGPL-2.0-or-later", ("gnu library general public license", "version 2", _LATER)),
    _Known(
        "LGPL-3.0-only", ("gnu lesser general public license version 3",), ("either version 3",)
    ),
    _Known(
        "GPL-3.0-or-later",
        ("terms of the gnu general public license", "version 3", _LATER),
    ),
    _Known(
        "GPL-2.0-or-later",
        ("terms of the gnu general public license", "either version 2", _LATER),
    ),
    _Known("GPL-2.0-only", ("gnu general public license version 2 june 1991",)),
    _Known("GPL-3.0-only", ("gnu general public license version 3 29 june 2007",)),
    _Known("MIT", ("same license as lua",), kind=NOTICE),
    _Known("MIT", ("same terms as lua",), kind=NOTICE),
    _Known("MIT", ("under the mit license",), kind=NOTICE),
    _Known("MIT", ("under the terms of the mit",), kind=NOTICE),
    _Known("MIT", ("mit x11 license",), kind=NOTICE),
    _Known("MIT", ("license mit",), kind=NOTICE),
    _Known("MIT", ("mit licensed",), kind=NOTICE),
    _Known("Apache-2.0", ("under the apache license version 2",), kind=NOTICE),
    _Known("BSD-3-Clause", ("under the 3 clause bsd",), kind=NOTICE),
    _Known("BSD-2-Clause", ("under the 2 clause bsd",), kind=NOTICE),
    _Known("ISC", ("under the isc license",), kind=NOTICE),
    _Known("Zlib", ("under the zlib license",), kind=NOTICE),
)
# What a longer licence's own text names on the way does not count beside it.
_WITHIN = {
    "GPL-3.0-only": ("AGPL-3.0-or-later", "LGPL-3.0-only", "GPL-3.0-or-later"),
    "GPL-2.0-only": ("LGPL-2.0-or-later", "LGPL-2.1-or-later", "GPL-2.0-or-later"),
    "MPL-2.0": ("GPL-2.0-or-later", "AGPL-3.0-or-later", "LGPL-2.1-or-later"),
}


class _Words:
    """A text as words, each with the line it stands on."""

    def __init__(self, text: str) -> None:
        self.lines: list[int] = []
        words: list[str] = []
        for number, line in enumerate(text[:MOST_TEXT].splitlines(), 1):
            found = _WORD.findall(line.lower())
            words += found
            self.lines += [number] * len(found)
        self.text = f" {' '.join(words)} "

    def line_of(self, phrase: str) -> int:
        """Return the line on which ``phrase`` begins, 0 where it does not stand."""
        place = self.text.find(f" {phrase} ")
        return self.lines[self.text.count(" ", 0, place)] if place >= 0 else 0


def findings(path: str, text: str) -> tuple[Finding, ...]:
    """Return the licences that a file states, tags first, then texts; notices where no text is."""
    tags = tuple(
        Finding(spelled, path, text.count("\n", 0, tag.start()) + 1, TAG)
        for tag in _TAG.finditer(text[:MOST_TEXT])
        if (spelled := spelled_expression(tag[1].strip().rstrip("-/ ").strip()))
    )
    if tags:
        return tags
    words = _Words(text)
    found: dict[str, Finding] = {}
    for known in _TEXTS:
        if known.license in found or (known.kind == NOTICE and found):
            continue
        lines = [words.line_of(phrase) for phrase in known.has]
        if all(lines) and not any(words.line_of(phrase) for phrase in known.lacks):
            found[known.license] = Finding(known.license, path, min(lines), known.kind)
    for whole, parts in _WITHIN.items():
        if whole in found:
            for part in parts:
                found.pop(part, None)
    return tuple(found.values())
