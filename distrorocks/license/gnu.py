"""GNU's licences: their whole texts, and the sentences that grant one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from distrorocks.license.words import Words

_TEXT = re.compile(
    r" gnu (?P<kind>general|lesser general|library general|affero general) public license"
    r" version (?P<version>[123](?:\.1)?)"
    r" (?:29 june 2007|19 november 2007|june 1991|february 19\d\d)"
)
_NAMED = re.compile(
    r" (?:gnu (?:(?P<kind>affero|lesser|library) )?general public licen[sc]e"
    r"|(?:gnu )?(?P<short>[al]?gpl)) ?(?=v?\+?[^ ]* )"
)
_GLUED = re.compile(
    r" (?:gnu )?(?P<short>[al]?gpl)[ -]?v?(?P<version>[123](?:\.[01])?)(?P<plus>\+)? "
)
_VERSION = re.compile(r" (?:version |v ?)(?P<version>[123](?:\.[01])?)(?P<plus>\+)?(?= )")
_LATER = re.compile(r" (?:any later version|or later|or newer|or greater|or above)\b")
_EXCEPTION = "permission to link this program with the openssl project"
_OPENSSL = " WITH x11vnc-openssl-exception"
_KINDS = {"affero": "AGPL", "lesser": "LGPL", "library": "LGPL", "general": "GPL"}
_REACH = 330


class Grant(NamedTuple):
    """One of GNU's licences at a place in the words; ``is_text``: the licence itself, no grant."""

    license: str
    place: int
    is_text: bool


def grants(words: Words) -> Iterator[Grant]:
    """Yield what a text grants, then what licence of GNU's it is.

    A licence's own text says how others may grant it: what stands after its beginning does not
    count. Where no "or later" is said, only that version is granted.
    """
    whole = _TEXT.search(words.text)
    before = words.text[: whole.start() + 1] if whole else words.text
    exception = _OPENSSL if _EXCEPTION in before else ""
    for named in (*_GLUED.finditer(before), *_NAMED.finditer(before)):
        if grant := _granted(named, before):
            yield grant._replace(license=grant.license + exception)
    if whole:
        name = f"{_KINDS[whole['kind'].split()[0]]}-{_dotted(whole['version'])}-only"
        yield Grant(name, whole.start() + 1, is_text=True)


def _granted(named: re.Match[str], text: str) -> Grant | None:
    """Return what a sentence grants that names a licence, None if it tells no version."""
    short = named.groupdict().get("short")
    kind = short.upper() if short else _KINDS[named.groupdict().get("kind") or "general"]
    near = text[named.end() - 1 : named.end() + _REACH]
    version = named.groupdict().get("version")
    plus = named.groupdict().get("plus")
    if not version:
        said = _VERSION.search(near)
        if not said:
            return None
        version, plus = said["version"], said["plus"]
        near = near[said.end() :]
    later = plus or _LATER.search(near[:60])
    name = f"{kind}-{_dotted(version)}-{'or-later' if later else 'only'}"
    return Grant(name, named.start() + 1, is_text=False)


def _dotted(version: str) -> str:
    return version if "." in version else f"{version}.0"
