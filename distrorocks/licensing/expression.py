"""SPDX licence expressions: parsing and spelling, names of licences, and texts as words.

license-expression has all names of SPDX; without it, common ones are known. The table of aliases
was collected from public rockspecs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import Any

PUBLIC_DOMAIN = "LicenseRef-Public-Domain"

# SPDX name: other names, in lower case, without "the", "license" and addresses.
_TABLE = """
MIT: mit/x11 | mit/x | x11/mit | mit x11 | mit/x consortium | expat | mit expat | mit (expat)
MIT: mit/expat | mit-like | mit style | mit-style | lua | lua 5 | same as lua | same as lua 5
MIT: same as lua 5.1 | same as lua itself | same terms as lua | same terms as lua itself | mit (x11)
BSD-2-Clause: bsd2 | bsd 2 | bsd-2 | 2bsd | simplified bsd | bsd simplified | freebsd | 2-clause bsd
BSD-2-Clause: two-clause bsd | bsd 2-clause | bsd 2 clause | bsd two-clause | bsd/2 clause
BSD-2-Clause: 2 clause bsd
BSD-3-Clause: bsd3 | bsd 3 | bsd-3 | 3bsd | new bsd | bsd new | modified bsd | revised bsd
BSD-3-Clause: 3-clause bsd
BSD-3-Clause: three-clause bsd | bsd 3-clause | bsd 3 clause | bsd three-clause | bsd/3 clause
BSD-3-Clause: 3 clause bsd
Apache-2.0: apache 2 | apache2 | apache 2.0 | apache2.0 | apache/2.0 | apache/2 | apache-2
Apache-2.0: apache v2
Apache-2.0: apache v2.0 | apache version 2 | apache version 2.0 | apache, version 2.0 | asl 2.0
Apache-2.0: asl2
Apache-2.0: apache software 2.0 | apl 2.0
MPL-2.0: mozilla public v. 2.0 | mozilla public v2.0 | mozilla public 2.0
MPL-2.0: mozilla public version 2.0
MPL-2.0: mpl 2.0 | mpl2 | mpl 2 | mplv2 | mpl v2 | mpl2.0
BSL-1.0: boost | boost software | boost software 1.0 | boost 1.0 | bsl | boost software version 1.0
CC0-1.0: cc0 | cc0 1.0 | cc0 1.0 universal | creative commons cc0 1.0 universal
CC0-1.0: creative commons zero
CC-BY-NC-4.0: creative commons attribution-noncommercial 4.0 international public
EPL-1.0: epl 1.0 | eclipse public 1.0 | eclipse public v1.0 | eclipse public version 1.0
EPL-2.0: epl 2.0 | eclipse public 2.0 | eclipse public v2.0 | eclipse public version 2.0
WTFPL: wtfpl 2 | wtfpl v2 | wtfpl version 2 | dwtfywt public | do what the fuck you want to public
Artistic-2.0: artistic 2.0 | artistic 2 | artistic v2
LPPL-1.3c: lppl 1.3c | lppl v1.3c
OFL-1.1: sil open font 1.1 | ofl | sil ofl 1.1
ICU: icu1.8.1
TCL: tcl | tcl/tk
LicenseRef-Public-Domain: public domain | public-domain | publicdomain | pd
Unlicense: unlicence
Knuth-CTAN: knuth
Zlib: zlib | zlib/png | zlib/libpng
ISC: isc
0BSD: 0bsd | bsd 0-clause | zero-clause bsd | bsd zero clause
curl: curl
PostgreSQL: postgresql
PSF-2.0: psf 2.0 | psf agreement for python 3.4.3
Ruby: ruby
Vim: vim
NCSA: ncsa | university of illinois/ncsa open source
JSON: json
AFL-3.0: afl 3.0
EUPL-1.2: eupl 1.2 | eupl v1.2
"""
# Common names, used if license-expression is not installed.
_KNOWN = """
AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl
Artistic-2.0 BSD-1-Clause BSD-2-Clause BSD-3-Clause BSD-4-Clause BSD-4-Clause-UC BSL-1.0 CC-BY-3.0
CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 EPL-1.0 EPL-2.0 GPL-1.0-only GPL-1.0-or-later
GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ICU ISC LGPL-2.0-only LGPL-2.0-or-later
LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LPPL-1.0 LPPL-1.3c MIT MIT-0 MPL-1.1
MPL-2.0 NCSA OFL-1.1 PSF-2.0 Unlicense Vim WTFPL X11 Zlib 0BSD
"""
VAGUE = {
    "bsd": "which of the BSD licences it is",
    "bsd style": "which of the BSD licences it is",
    "bsd-style": "which of the BSD licences it is",
    "gpl": "which version of the GPL it is",
    "gnu": "which version of the GPL it is",
    "gnu gpl": "which version of the GPL it is",
    "gnu general public": "which version of the GPL it is",
    "lgpl": "which version of the LGPL it is",
    "lgpl+": "which version of the LGPL it is",
    "gnu lgpl": "which version of the LGPL it is",
    "agpl": "which version of the AGPL it is",
    "apache": "which version of the Apache licence it is",
    "artistic": "which version of the Artistic licence it is",
    "mpl": "which version of the MPL it is",
    "eclipse public": "which version of the EPL it is",
    "lppl-1.3": "which of 1.3a and 1.3c it is",
    "lppl 1.3": "which of 1.3a and 1.3c it is",
    "lppl": "which version of the LPPL it is",
    "sil": "which of SIL's licences it is",
    "gpl-compatible": "which licence it is",
    "kong proprietary": "what it permits: it is no licence of SPDX's list",
    "all rights reserved": "what it permits: it is no licence at all",
    "closed": "what it permits: it is no licence at all",
}


def _aliases() -> dict[str, str]:
    found = {}
    for line in _TABLE.strip().splitlines():
        name, _, others = line.partition(": ")
        found[name.lower()] = name
        found.update((other.strip(), name) for other in others.split(" | "))
    return found


ALIASES = _aliases()
KNOWN = {name.lower(): name for name in (*_KNOWN.split(), *ALIASES.values())}


MOST_TEXT = 1 << 17
_WORD = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+|\.[0-9]+)*\+?")
_COMMENT = re.compile(r"dnl\b")  # of m4, whose sign is a word
_ENTITY = re.compile(r"&(?:quot|amp|copy|lt|gt|nbsp|#\d+);|</?[a-z][^<>\n]{0,200}>", re.IGNORECASE)


class Words:
    """The words of the beginning of a text, in lower case without punctuation, with their lines."""

    def __init__(self, text: str) -> None:
        places: list[int] = []
        lines: list[int] = []
        words: list[str] = []
        length = 1
        for number, line in enumerate(text[:MOST_TEXT].splitlines(), 1):
            for word in _WORD.findall(_COMMENT.sub("", _ENTITY.sub(" ", line).lower())):
                places.append(length)
                lines.append(number)
                words.append(word)
                length += len(word) + 1
        self._places, self._lines = places, lines
        self.text = f" {' '.join(words)} "

    def line_at(self, place: int) -> int:
        """Return the line of the word at or before an offset in the text."""
        found = bisect_right(self._places, place) - 1
        return self._lines[max(found, 0)] if self._lines else 1

    def line_of(self, phrase: str) -> int:
        """Return the line on which ``phrase`` begins, 0 if it is not found."""
        place = self.text.find(f" {phrase} ")
        return self.line_at(place + 1) if place >= 0 else 0

    def count(self) -> int:
        """Return the number of words."""
        return len(self._places)


_TOKEN = re.compile(r"[()]|[^\s()]+")
# Errors of license-expression for incomplete expressions, beside its own classes.
_FAULTS = (*(AssertionError, AttributeError, LookupError, TypeError, ValueError, RecursionError),)
_OPERATORS = ("AND", "OR", "WITH")


@cache
def _licensing() -> Any:
    """Return the list of SPDX licences, None if the library is not installed."""
    try:
        from license_expression import get_spdx_licensing
    except ImportError:
        return None
    return get_spdx_licensing()


def spelled_expression(text: str) -> str | None:
    """Return an expression in the spelling of SPDX, None if ``text`` is not an expression."""
    if not text or len(text) > 500:
        return None
    licensing = _licensing()
    if licensing is None:
        return _spelled_by_list(text)
    try:
        parsed = licensing.parse(text, validate=True)
        return str(parsed) if parsed is not None else None
    except _FAULTS:
        return None
    except Exception as error:  # the library's own errors have no common base
        if type(error).__module__.startswith(("license_expression", "boolean")):
            return None
        raise


def _spelled_by_list(text: str) -> str | None:
    """Parse a plain expression of common licences: names and operators, without brackets."""
    words = text.split()
    names, operators = words[::2], [word.upper() for word in words[1::2]]
    spelled = [KNOWN.get(name.lower()) for name in names]
    if len(words) % 2 == 0 or None in spelled or not set(operators) <= {"AND", "OR"}:
        return None
    joint = [word for pair in zip(operators, spelled[1:], strict=True) for word in pair]
    return " ".join(word for word in (spelled[0], *joint) if word)


def licenses_in(expression: str) -> tuple[str, ...]:
    """Return the licences of an expression, each once, with its exception."""
    found: dict[str, None] = {}
    words = [word for word in _TOKEN.findall(expression) if word not in "()"]
    place = 0
    while place < len(words):
        name = words[place]
        if words[place + 1 : place + 2] == ["WITH"] and words[place + 2 :]:
            name = f"{name} WITH {words[place + 2]}"
            place += 2
        place += 1
        if name not in _OPERATORS:
            found[name] = None
    return tuple(found)


def joined(licenses: tuple[str, ...], operator: str = "AND") -> str:
    """Join expressions by an operator; put those with the other operator in brackets."""
    unique = tuple(dict.fromkeys(licenses))
    if len(unique) == 1:
        return unique[0]
    other = " OR " if operator == "AND" else " AND "
    return f" {operator} ".join(f"({each})" if other in each else each for each in unique)
