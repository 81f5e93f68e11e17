"""Find the copyright holders and the authors in the sources; join the years of each holder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_SPAN = r"(?:19|20)[0-9]{2}(?:\s*-\s*(?:19|20)[0-9]{2})?"
_YEAR_LINE = re.compile(rf"(?P<years>{_SPAN}(?:\s*,\s*{_SPAN})*),?\s+(?P<name>\S.*)")


_WORD = re.compile(r"\w+")
_MAIL = re.compile(r"\s*[<(]+[^<>()\s]+@[^<>()\s]+[>)]+")


def joined_years(lines: Iterable[str]) -> tuple[str, ...]:
    """Return lines such as ``2011-2013 Some Body``, each holder once with all years.

    A holder is the same with and without a mail address, which is kept. A line without years at its
    start, or with a reversed span, stays as it is.
    """
    years_of: dict[str, set[int]] = {}
    name_of: dict[str, str] = {}
    for line in lines:
        said = _YEAR_LINE.fullmatch(line)
        years = _years(said["years"]) if said else set()
        name = said["name"] if said and years else line
        plain = _plain(name)
        if plain not in name_of or (_MAIL.search(name) and not _MAIL.search(name_of[plain])):
            name_of[plain] = name
        years_of.setdefault(plain, set()).update(years)
    return tuple(f"{_written(years)} {name_of[it]}".lstrip() for it, years in years_of.items())


def plain_names(lines: Iterable[str]) -> frozenset[str]:
    """Return the names in copyright lines, by which holders are the same, in lower case."""
    said = ((line, _YEAR_LINE.fullmatch(line)) for line in lines)
    names = (_plain(found["name"] if found else line) for line, found in said)
    return frozenset(name.casefold().rstrip(".") for name in names)


def is_among(name: str, others: Iterable[str]) -> bool:
    """Return whether a plain name is one of others, or has all words of one, or one all of its."""
    words = {*_WORD.findall(name)}
    several = ({*_WORD.findall(other)} for other in others)
    return any(words <= other or other <= words for other in several)


def _plain(name: str) -> str:
    """Return a name without a mail address and the article, by which holders are the same."""
    return _MAIL.sub("", name).removeprefix("The ").strip(" ,") or name


def _years(text: str) -> set[int]:
    """Return all years of a list of years and spans; none if a span is reversed."""
    found: set[int] = set()
    for span in re.findall(_SPAN, text):
        first, last = int(span[:4]), int(span[-4:])
        if last < first:
            return set()
        found |= set(range(first, last + 1))
    return found


def _written(years: set[int]) -> str:
    """Return years as text, with consecutive ones as a span."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


_LINE = re.compile(
    r"(?:copyright\s*(?:\(c\)|©|&copy;)?\s*:?\s*)+(?P<years>[12][0-9]{3}[0-9 ,\-–—]*)?"
    r"(?:\s*(?:by|\(c\)|©))?\s*,?\s*(?P<name>[^\n]*)",
    re.IGNORECASE,
)
# A notice after other words, as in "This module is Copyright (c) 2011, Some Body": sign and year
# make it one. And a line of a notice that has the sign alone, as the second of several may have.
_SIGN = r"(?:\(c\)|©|&copy;)"
_LATER = re.compile(rf"copyright\s*{_SIGN}\s*(?=[12][0-9]{{3}})", re.IGNORECASE)
_SIGNED = re.compile(rf"^[^\w(©&<]*(?={_SIGN}\s*[12][0-9]{{3}}[ ,\-–—])", re.IGNORECASE)
# The same with the years after a name: not a point (c) of a text, which goes on in lower case.
_SIGNED_LAST = re.compile(
    rf"^[^\w(©&<]*(?={_SIGN}\s*(?:(?:[A-Z][\w.'-]*|\([a-z]+\)|<[^<>\s]+(?:@| AT )[^<>\s]+>),? )+"
    rf"{_SPAN}\W*\Z)"
)
# How CC0 asks to sign: "Written in 2015 by Some Body".
_WRITTEN_IN = re.compile(
    rf"^[^\w(]*Written in (?P<years>{_SPAN}(?:\s*,\s*{_SPAN})*) by (?P<name>[A-Z][^\n]*)"
)
# A notice that ends within its years or the name of GNU's, which go on in the next line.
_UNFINISHED = re.compile(
    r"copyright\b.*(?:(?:19|20)[0-9]{2}\s*,|[0-9]\W+Free(?: Software)?)\s*\Z", re.IGNORECASE
)
_REST = re.compile(rf"\W*(?=(?:{_SPAN}|(?:Software )?Foundation)\b)")
_STRING = re.compile(rf"[\"']\s*(?={_SIGN}\s*[12][0-9]{{3}}[ ,\-–—])", re.IGNORECASE)
# What interpreters print at their start, which is found in documents and code: not of the rock.
_BANNER = re.compile(r"\bLua(?:JIT)?\s+[0-9][\w.-]*\s*(?:--)?\s*\Z")
# A mail address as pages may write it.
_WRITTEN_MAIL = re.compile(r"(?:&lt;|<)+(?P<mail>[^\s<>&]+@[^\s<>&]+)(?:&gt;?|>)+")
# Where the name ends if a notice stands in a string of code.
_END_OF_STRING = re.compile(r"\\|\"|'\s*(?:[),;\]}]|\.\.|\Z)")
# "Some Body 2003 - 2020 (http://...)": the years after the name.
_YEARS_LAST = re.compile(
    rf"(?P<name>.*[^\W\d_]\W{{0,2}}?),?\s+\(?(?P<years>{_SPAN}(?:\s*,\s*{_SPAN})*)\)?"
    r"(?:\s*\((?:https?://|www\.)[^()\s]*\))?"
)
# The head of the GPL: the copyright of that text, not of the rock.
_OF_THE_TEXT = re.compile(
    r"^.{0,40}copyright.{0,40}free software foundation.*\n"
    r"(?:.*\n){0,3}?.{0,40}everyone is permitted to",
    re.IGNORECASE | re.MULTILINE,
)
_LINKED = re.compile(r"\[(?P<name>[^][]+)\]\((?:mailto:|https?://)[^()\s]*\)")  # as in Markdown
_OF_LUA = re.compile(r"\bSee Copyright Notice in lua\.h\b")
_DASHES = str.maketrans("–—", "--")
_SHORT_SPAN = re.compile(
    r"\b(?P<century>19|20)(?P<first>[0-9]{2})\s*-\s*(?P<last>[0-9]{2})(?![0-9])"
)
_TAIL = re.compile(
    r"\s*(?:all rights reserved.*|(?:,? and(?: is)?|[.,]) (?:released|licensed) (?:under|into)\b.*"
    r"|;\s+(?:updated?|modified|modifications?|adapted|changes)\b.*"
    r"|,? and is (?:released|licensed)\b.*|\(see [^)]*\)|\band|\balso"
    r"|[.;,]|\*/|-->|\]\]|</\w+>|-+|\*+|(?<=\s)[#|]+|(?:\\[nrt])+[\"')]*|\\+)\s*\Z",
    re.IGNORECASE,
)
# The licence after the name, as in "2013 Some Body, MIT License", and an address left empty.
_LICENSED = re.compile(
    r"[\s,;.(-]+(?:(?:under|is|and|the)\s+)*"
    r"(?:MIT(?:/X11)?|X11|Expat|ISC|zlib|(?:new\s+)?BSD|[AL]?GPL|Apache|MPL)"
    r"(?:[ -]?v?[0-9][0-9.]*)?(?:[ -](?:clause|style))*\s+licen[sc]ed?\b[\s).,]*\Z",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\s*(?:<\s*>|\(\s*\))")
_NO_NAME = re.compile(
    r"(?i)^[=({_,\]\-]|^(?:copyright|notice|holders?|owner|and|the|is|in|license|law|or|by|to|of|for|"
    r"under|\W|disclaimer|above|<|\[|\$|protection|statement|patent|interest|terms|permission|"
    r"ownership|if|on|as)\b|^$|[{}]|\bmust\b|\byear\b"
)
# A name without year begins with a capital; a sentence about copyright continues in lower case.
_NAME = re.compile(r"^[\"'(]?[^\W\d_a-z]|@|[0-9]{4}|\bauthors\b")
_MOST = 20


def holders(text: str) -> tuple[str, ...]:
    """Return the copyright lines of a text, such as ``2019-2021 Some Body``, each once."""
    found: dict[str, None] = {}
    for line in _finished(_plain_signs(_OF_THE_TEXT.sub("", text)).splitlines()):
        if len(line) <= 300 and (holder := _holder(line)):
            found[holder] = None
    if _OF_LUA.search(text):
        found["Lua.org, PUC-Rio"] = None
    return tuple(found)[:_MOST]


def _plain_signs(text: str) -> str:
    """Return a text with troff's signs for © and dashes as signs, each notice on its line."""
    if "\\(co" not in text:
        return text
    text = text.replace("\\(co", "©").replace("\\(en", "-")
    return re.sub(r",? and ©", "\nCopyright ©", text)


def _finished(lines: list[str]) -> Iterator[str]:
    """Yield lines; a notice that goes on in the next line is one with that."""
    begun = ""
    for line in lines:
        rest = _REST.match(line) if begun else None
        if begun and not rest:
            yield begun
        whole = f"{begun.rstrip()} {line[rest.end() :]}" if rest else line
        begun = whole if len(whole) <= 300 and _UNFINISHED.search(whole) else ""
        if not begun:
            yield whole
    yield begun


def _holder(line: str) -> str:
    """Return the holder that a line names, "" if it is no copyright line."""
    if written_in := _WRITTEN_IN.match(line):
        line = f"Copyright {written_in['years']} {written_in['name']}"
    in_code = _STRING.search(line)
    signed = in_code or _SIGNED.match(line) or _SIGNED_LAST.match(line)
    said = _LINE.search(f"Copyright {line[signed.end() :]}" if signed else line)
    if not said:
        return ""
    before = "" if signed else line[: said.start()]
    written = _END_OF_STRING.split(said["name"])[0] if in_code else said["name"]
    if re.search(r"[A-Za-z]", before.replace("REM", "")):
        later = _LATER.search(line)
        said = _LINE.match(line, later.start()) if later else None
        if not said or _BANNER.search(line[: said.start()]):
            return ""
        written = _END_OF_STRING.split(said["name"])[0]
    name = _LINKED.sub(r"\g<name>", " ".join(written.split()))
    name = _WRITTEN_MAIL.sub(r"<\g<mail>>", name)
    name = name.strip(" '\"").lstrip(" ,;:-")
    name = _EMPTY.sub("", name)
    while (shorter := _LICENSED.sub("", _TAIL.sub("", name))) != name:
        name = shorter
    years = " ".join((said["years"] or "").translate(_DASHES).split()).strip(" ,-")
    if not years and (last := _YEARS_LAST.fullmatch(name.translate(_DASHES))):
        name, years = last["name"].rstrip(" ,("), re.sub(r"\s*-\s*", "-", last["years"])
    years = _SHORT_SPAN.sub(_whole_span, years)
    if _is_name(name, bool(years)) and (years or _NAME.search(name)):
        return f"{years} {name}".strip()
    return ""


def _whole_span(found: re.Match[str]) -> str:
    """Return ``2007-2010`` for ``2007-10``; a span that goes backwards stays as it is."""
    century, first, last = found.group("century", "first", "last")
    return f"{century}{first}-{century}{last}" if first < last else found[0]


_AUTHOR = re.compile(
    r"^\W*(?:@author\b\s*:?|authors?\s*:|(?:\w+\.)?_?authors?\s*=\s*(?=[\"']))\s*(?P<names>\S.*)",
    re.IGNORECASE,
)
# A line of the comment at the top of a file that is nothing but a name with an address.
_SIGNED_FILE = re.compile(
    r"\s*(?:--+|/?\*+|//+|#+|;+)\s*(?P<names>[^<>]+ <[^<>\s]+@[^<>\s]+>)[\s.*/]*"
)
_TOP_LINES = 8
_AUTHOR_NAME = re.compile(r"[^\W\d_a-z][\w.'-]*(?: [\w.'-]+){1,4}(?: <[^<>\s]+@[^<>\s]+>)?")


def authors(text: str) -> tuple[str, ...]:
    """Return the authors that a text names, each once.

    It does so as ``Author: Some Body`` or ``_AUTHOR = "Some Body"``, or by a line of a name and an
    address in the comment at its top.
    """
    found: dict[str, None] = {}
    for number, line in enumerate(text.splitlines()):
        said = _AUTHOR.match(line) if len(line) <= 300 else None
        if not said and number < _TOP_LINES and len(line) <= 300:
            said = _SIGNED_FILE.fullmatch(line)
        if not said:
            continue
        for part in re.split(r",|\band\b|&", said["names"]):
            name = re.sub(r"\((\S+@\S+)\)", r"<\1>", " ".join(part.split()))
            name = re.sub(r"(?:\s*[-*/.\]]+)+\Z", "", name)
            name = name.rstrip(";, ").strip("\"'") if "=" in said[0] else name
            if _AUTHOR_NAME.fullmatch(name) and _is_name(name, has_years=False):
                found[name] = None
    return tuple(found)[:_MOST]


def _is_name(text: str, has_years: bool) -> bool:
    """Return whether the text after "copyright" is a name; it may begin with The after years."""
    is_word = _NO_NAME.search(text) and not (has_years and text.startswith("The "))
    return not is_word and text.isprintable() and re.search(r"[^\W\d_]{2}", text) is not None


def together(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the copyright lines of several files, each holder once with all years.

    Keep their order, but put lines without a year last: lintian checks the year of the first.
    """
    joined = joined_years(dict.fromkeys(lines))
    return tuple(sorted(joined, key=lambda line: not line[:4].isdigit()))[:_MOST]
