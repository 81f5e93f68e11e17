"""Detect the licences that a file states: SPDX tags, licence texts, grants and notices.

A licence text is recognized by passages that it has, and passages that it must not have. GNU's
licences are recognized by their texts and by sentences that grant one of them. Notices are
sentences that name a licence without its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from distrorocks.licensing.expression import MOST_TEXT, PUBLIC_DOMAIN, Words, spelled_expression
from distrorocks.licensing.finding import (
    GRANT,
    NOTICE,
    SOURCE,
    TAG,
    TEXT,
    Finding,
    is_build_file,
    is_license_file,
    role,
)
from distrorocks.licensing.free_text import spdx_of
from distrorocks.values import NamedTuple


class Template(NamedTuple):
    """A licence with passages that its text has, and passages of similar licences."""

    license: str
    has: tuple[str, ...]
    lacks: tuple[str, ...] = ()


_PERMISSION = "permission is hereby granted free of charge to any person obtaining"
_DEAL = "in the software without restriction"
_MIT_NOTICE = "permission notice shall be included in all"
_NAME = "except as contained in this notice the name"
_GOOD = "shall be used for good not evil"
_BSD = "redistribution and use"
_SOURCE_LIST = "redistributions of source code must retain the above copyright"
_BINARY_LIST = "redistributions in binary form must reproduce the above copyright"
_ENDORSE = "endorse or promote products"
_ADVERTISE = "all advertising materials mentioning features"
_UC = "university of california berkeley and its contributors"
_ISC = "permission to use copy modify and"
_FEE = "purpose with or without fee is hereby granted"
_ISC_NOTICE = "provided that the above copyright notice"

TEMPLATES = (
    Template("X11", (_PERMISSION, _DEAL, _MIT_NOTICE, _NAME), (_SOURCE_LIST,)),
    Template("JSON", (_PERMISSION, _DEAL, _MIT_NOTICE, _GOOD)),
    Template("MIT", (_PERMISSION, _DEAL, _MIT_NOTICE), (_NAME, _GOOD, _SOURCE_LIST)),
    Template("MIT-0", (_PERMISSION, _DEAL), (_MIT_NOTICE, "subject to the following conditions")),
    Template("BSD-4-Clause-UC", (_BSD, _SOURCE_LIST, _BINARY_LIST, _ADVERTISE, _UC)),
    Template("BSD-4-Clause", (_BSD, _SOURCE_LIST, _BINARY_LIST, _ADVERTISE), (_UC,)),
    Template("BSD-3-Clause", (_BSD, _SOURCE_LIST, _BINARY_LIST, _ENDORSE), (_ADVERTISE,)),
    Template("BSD-2-Clause", (_BSD, _SOURCE_LIST, _BINARY_LIST), (_ENDORSE, _ADVERTISE)),
    Template("BSD-1-Clause", (_BSD, _SOURCE_LIST), (_BINARY_LIST, _ENDORSE, _ADVERTISE)),
    Template("ISC", (_ISC, _FEE, _ISC_NOTICE), ("advertising or publicity",)),
    Template("HPND", (_ISC, _FEE, _ISC_NOTICE, "advertising or publicity")),
    Template("0BSD", (_ISC, _FEE), (_ISC_NOTICE,)),
    Template("Zlib", ("be held liable for any damages arising", "altered source versions must be")),
    Template("Unlicense", ("free and unencumbered software released into the public domain",)),
    Template("CC0-1.0", ("cc0 1.0 universal",)),
    Template("CC0-1.0", ("dedicated all copyright and related and neighboring rights",)),
    Template("WTFPL", ("0 you just do what the fuck you want to",)),
    Template("BSL-1.0", ("boost software license version 1.0",)),
    Template("MPL-2.0", ("mozilla public license version 2.0 1 definitions",)),
    Template("MPL-2.0", ("mozilla public license v 2.0", "a copy of the mpl was not distributed")),
    Template("Apache-2.0", ("apache license version 2.0 january 2004",)),
    Template("Apache-2.0", ("under the apache license version 2.0", "in compliance with the")),
    Template("Artistic-2.0", ("the artistic license 2.0",)),
    Template(
        "Artistic-1.0-Perl", ("the artistic license preamble", "semblance of artistic control over")
    ),
    Template("EPL-1.0", ("eclipse public license v 1.0",)),
    Template("EPL-1.0", ("eclipse public license v1.0",)),
    Template("EPL-2.0", ("eclipse public license v 2.0",)),
    Template("CPL-1.0", ("common public license version 1.0 the accompanying program",)),
    Template("LPPL-1.3c", ("lppl version 1.3 c",)),
    Template("OFL-1.1", ("sil open font license version 1.1",)),
    Template(
        "TCL", ("the authors hereby grant permission to use copy modify distribute and license",)
    ),
    Template(
        "FSFAP",
        (
            "copying and distribution of this file with or without modification are permitted in",
            "medium without royalty provided the copyright notice and this notice are preserved",
        ),
    ),
    Template(
        "FSFUL",
        ("software foundation gives unlimited permission to copy distribute and modify it",),
    ),
    Template(
        "FSFULLR",
        (
            "the free software foundation gives unlimited permission to copy and or distribute it",
            "with or without modifications as long as this notice is preserved",
        ),
    ),
    Template("curl", ("curl license http",)),
    Template(
        "dtoa",
        ("without fee is hereby granted provided that this entire notice is included in all",),
    ),
    Template(
        "Brian-Gladman-3-Clause",
        (
            "the free distribution and use of this software in both source and binary form is",
            "holder s name is not used to endorse products built using this software",
        ),
    ),
)


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
# What a file permits beside a GNU licence, with the name of the exception.
_EXCEPTIONS = (
    ("permission to link this program with the openssl project", "x11vnc-openssl-exception"),
    ("a configuration script generated by autoconf", "Autoconf-exception-generic"),
    ("the respective autoconf macro s copyright owner", "Autoconf-exception-macro"),
    ("a program or library that is built using gnu libtool", "Libtool-exception"),
)
# How newer exceptions begin: they name the licence that they add to, and grant none.
_SECTION_7 = re.compile(r"under section 7 of the gnu general public license version 3(?: gplv3)?")
_KINDS = {"affero": "AGPL", "lesser": "LGPL", "library": "LGPL", "general": "GPL"}
_REACH = 330


class Grant(NamedTuple):
    """A GNU licence at an offset in the words; ``is_text``: its text, not a grant."""

    license: str
    place: int
    is_text: bool


def grants(words: Words) -> Iterator[Grant]:
    """Yield the grants in a text, then the GNU licence whose text it is.

    A licence text contains an example of a grant, so grants after its beginning do not count.
    Without "or later", only that version is granted.
    """
    whole = _TEXT.search(words.text)
    before = words.text[: whole.start() + 1] if whole else words.text
    before = _SECTION_7.sub(lambda found: " " * len(found[0]), before)
    exception = next((f" WITH {name}" for said, name in _EXCEPTIONS if said in before), "")
    for named in (*_GLUED.finditer(before), *_NAMED.finditer(before)):
        if grant := _granted(named, before):
            yield grant._replace(license=grant.license + exception)
    if whole:
        name = f"{_KINDS[whole['kind'].split()[0]]}-{_dotted(whole['version'])}-only"
        yield Grant(name, whole.start() + 1, is_text=True)


def _granted(named: re.Match[str], text: str) -> Grant | None:
    """Return the grant of a sentence that names a licence, None if it has no version."""
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


_NOTICE_NAME = (
    r"(?:mit x11|mit x|x11 mit|mit expat|mit|expat|isc|zlib|unlicense|wtfpl|dwtfywt public license"
    r"|bsd [23] clause|[23] clause bsd|new bsd|bsd (?:two|three) clause|(?:two|three) clause bsd"
    r"|apache(?: license| software license)? (?:version )?v?2(?:\.0)?|mpl 2(?:\.0)?"
    r"|cc0(?: 1\.0)?|mozilla public license (?:version |v )?2\.0|boost software license(?: 1\.0)?)"
)
_SAYS = (
    r"(?:(?:licen[sc]ed|released|distributed|published|available|provided|made available|is|are)"
    r" (?:\w+ ){0,3}?under (?:\w+ ){0,5}?|licen[sc]e )"
)
_NAMED_LICENSE = re.compile(rf" {_SAYS}(?P<name>{_NOTICE_NAME})(?= )(?! (?:style|like|compatible))")
_TRAILING = re.compile(r" (?P<name>mit(?: x11| x)?|isc|apache 2(?:\.0)?) licen[sc]ed?(?= )")
_SAME = re.compile(
    r" (?:same|under the) (?:\w+ ){0,2}?(?:terms|licen[sc]e|conditions) (?:as|with)"
    r" (?:the )?lua5?(?= )"
    r"| lua 5\.\d license see http"
    r"| use same license with lua(?= )"
    r"| see copyright notice in lua h(?= )"  # in the sources of Lua itself
)
# Two notices that name "the BSD License" and where its three clauses stand: of the style sheet in
# pages that LDoc makes, and of CMake's modules.
_THREE_CLAUSES = re.compile(
    r" bsd license http developer yahoo com yui license"
    r"| osi approved bsd license the license see accompanying file copyright txt"
)
_PUBLIC = re.compile(
    r" (?:(?:placed|put) in|released (?:in)?to|dedicated to|is(?: in)?|are in|licensed under)"
    r"(?: the)? public domain(?= )| everything is public domain(?= )| license public domain(?= )"
    r"| public domain (?:lua module|code|implementation)(?= )"
    r"| authors? disclaims? (?:all )?copyright to this (?:source code|software|file)(?= )"
)


_OF_ANOTHER = (" based on", " from", " excerpt", " quoted", " use", " uses")


def notices(words: Words) -> Iterator[tuple[str, int]]:
    """Yield the licences that sentences name, with their offsets in the words."""
    for pattern in (_NAMED_LICENSE, _TRAILING):
        for said in pattern.finditer(words.text):
            name = said["name"].replace("license ", "")
            if (found := spdx_of(name)) and not _is_anothers(words.text, said.start()):
                yield found, said.start() + 1
    for said in _THREE_CLAUSES.finditer(words.text):
        yield "BSD-3-Clause", said.start() + 1
    for said in _SAME.finditer(words.text):
        yield "MIT", said.start() + 1
    for said in _PUBLIC.finditer(words.text):
        yield PUBLIC_DOMAIN, said.start() + 1


def _is_anothers(text: str, place: int) -> bool:
    """Return whether a sentence is about another work: "based on MIT licensed ..."."""
    return text.endswith(_OF_ANOTHER, 0, place)


_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([^\s*][^\n*]{0,200})")
_TELLING = re.compile(
    r"licen[sc]|copying|permission|redistribut|public domain|terms|gpl|copyright", re.IGNORECASE
)
_SILENT_WORDS = 12
_HEAD, _TAIL = 200, 120  # lines of a source file that may be of its licence


def findings(path: str, text: str) -> tuple[Finding, ...]:
    """Return the licences that a file states, each once.

    Tags take precedence over all else; notices count only if there is no licence text or grant.
    """
    if not _TELLING.search(text):
        return ()
    if tags := _tags(path, text[:MOST_TEXT]):
        return tags
    is_code = is_build_file(path) or (role(path) == SOURCE and not is_license_file(path))
    words = Words(_ends(text) if is_code else text)
    found: dict[str, Finding] = {}
    for template in TEMPLATES:
        lines = [words.line_of(phrase) for phrase in template.has]
        if template.license in found or not all(lines):
            continue
        if not any(words.line_of(phrase) for phrase in template.lacks):
            found[template.license] = Finding(template.license, path, min(lines), TEXT)
    has_none = not found
    for grant in grants(words):
        kind = TEXT if grant.is_text else GRANT
        if (grant.is_text or has_none) and not _is_said(grant.license, found):
            found[grant.license] = Finding(grant.license, path, words.line_at(grant.place), kind)
    if not found:
        for name, place in notices(words):
            found.setdefault(name, Finding(name, path, words.line_at(place), NOTICE))
    return tuple(found.values())


def _ends(text: str) -> str:
    """Return a source file without its middle, which may contain licences as data."""
    lines = text.splitlines()
    if len(lines) <= _HEAD + _TAIL:
        return text
    gap = [""] * (len(lines) - _HEAD - _TAIL)
    return "\n".join([*lines[:_HEAD], *gap, *lines[-_TAIL:]])


def is_silent(path: str, text: str) -> bool:
    """Return whether a licence file has a text that is not recognized."""
    if not is_license_file(path) or "\0" in text[:MOST_TEXT]:
        return False
    return not findings(path, text) and Words(text).count() > _SILENT_WORDS


def _is_said(name: str, found: dict[str, Finding]) -> bool:
    """Return whether a licence was found in the same version, with or without "or later"."""
    version = re.sub(r"-(?:only|or-later).*", "", name)
    return any(re.sub(r"-(?:only|or-later).*", "", each) == version for each in found)


def _tags(path: str, text: str) -> tuple[Finding, ...]:
    """Return the licences of SPDX-License-Identifier tags."""
    found: dict[str, Finding] = {}
    for tag in _TAG.finditer(text):
        spelled = spelled_expression(re.sub(r"\s*(?:-->|\*/|--\]\].*|\]\]).*", "", tag[1]).strip())
        if spelled:
            line = text.count("\n", 0, tag.start()) + 1
            found.setdefault(spelled, Finding(spelled, path, line, TAG))
    return tuple(found.values())
