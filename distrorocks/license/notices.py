"""Sentences that name a licence without giving its words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from distrorocks.license.free_text import spdx_of
from distrorocks.license.names import PUBLIC_DOMAIN
from distrorocks.license.words import Words

_NAME = (
    r"(?:mit x11|mit x|x11 mit|mit expat|mit|expat|isc|zlib|unlicense|wtfpl|dwtfywt public license"
    r"|bsd [23] clause|[23] clause bsd|new bsd|bsd (?:two|three) clause|(?:two|three) clause bsd"
    r"|apache(?: license| software license)? (?:version )?v?2(?:\.0)?|mpl 2(?:\.0)?"
    r"|cc0(?: 1\.0)?|mozilla public license (?:version |v )?2\.0|boost software license(?: 1\.0)?)"
)
_SAYS = (
    r"(?:(?:licen[sc]ed|released|distributed|published|available|provided|made available|is|are)"
    r" (?:\w+ ){0,3}?under (?:\w+ ){0,5}?|licen[sc]e )"
)
_NAMED = re.compile(rf" {_SAYS}(?P<name>{_NAME})(?= )(?! (?:style|like|compatible))")
_TRAILING = re.compile(r" (?P<name>mit(?: x11| x)?|isc|apache 2(?:\.0)?) licen[sc]ed?(?= )")
_SAME = re.compile(
    r" (?:same|under the) (?:\w+ ){0,2}?(?:terms|licen[sc]e|conditions) (?:as|with)"
    r" (?:the )?lua5?(?= )"
    r"| lua 5\.\d license see http"
    r"| use same license with lua(?= )"
)
_PUBLIC = re.compile(
    r" (?:(?:placed|put) in|released (?:in)?to|dedicated to|is(?: in)?|are in|licensed under)"
    r"(?: the)? public domain(?= )| everything is public domain(?= )| license public domain(?= )"
    r"| public domain (?:lua module|code|implementation)(?= )"
)


def notices(words: Words) -> Iterator[tuple[str, int]]:
    """Yield the licences that sentences name, with their places in the words."""
    for pattern in (_NAMED, _TRAILING):
        for said in pattern.finditer(words.text):
            name = said["name"].replace("license ", "")
            if (found := spdx_of(name)) and not _is_anothers(words.text, said.start()):
                yield found, said.start() + 1
    for said in _SAME.finditer(words.text):
        yield "MIT", said.start() + 1
    for said in _PUBLIC.finditer(words.text):
        yield PUBLIC_DOMAIN, said.start() + 1


def _is_anothers(text: str, place: int) -> bool:
    """Return whether a sentence is on what a file was made from: "based on MIT licensed ..."."""
    return (
        re.search(
            r"\b(?:based on|from|excerpt|quoted|uses?)\Z", text[max(place - 20, 0) : place].rstrip()
        )
        is not None
    )
