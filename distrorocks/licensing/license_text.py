"""Take the text of a licence out of a file: a page, or a comment of code that states it.

Debian asks for the very words of a licence, which differ between authors: whose name may not be
used, who is not liable. A text of ours stands in only where the sources have none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import dedent

from distrorocks.licensing.detection import findings
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.finding import (
    NOTICE,
    OTHER,
    OWN_LICENSE,
    OWN_README,
    SOURCE,
    TEXT,
    Finding,
    is_license_file,
    role,
)
from distrorocks.patterns import regex

_UNSHOWN = regex(r"(?is)<!--.*?-->|<(head|script|style|ul|ol|nav)\b.*?</\1\s*>")
_BLOCK = regex(
    r"(?i)</?(?:address|article|blockquote|body|center|div|dl|dt|dd|h[1-6]|hr|html|p|pre|section|t[dr]"
    r"|table)\b[^<>]*>"
)
_LINE_END = regex(r"(?i)<br\b[^<>]*>")
_MARK = regex(r"</?[A-Za-z!][^<>]*>")
_FIRST = regex(r"(?i)(?:copyright|\(c\)|©|permission|redistribution)\b|©")
_LAST = regex(r"(?i)\b(?:warrant|liab)")


def legal_text(path: str, text: str) -> str:
    """Return the text of a licence file; of an HTML page the licence alone, without any marks.

    It begins with the paragraph of the copyright or the permission and ends with the last one of
    warranty or liability.
    """
    if not re.search(r"(?i)\.x?html?\Z", path):
        return text
    blocks = []
    for block in _BLOCK.split(_UNSHOWN.sub("", text)):
        lines = _MARK.sub("", _LINE_END.sub("\n", block)).splitlines()
        plain = "\n".join(" ".join(html.unescape(line).split()) for line in lines).strip()
        if plain:
            blocks.append(plain)
    first = next((at for at, block in enumerate(blocks) if _FIRST.match(block)), 0)
    last = max((at for at, block in enumerate(blocks) if _LAST.search(block)), default=-1)
    return "\n\n".join(blocks[first : last + 1] if last >= first else blocks[first:])


_ORDER = {OWN_LICENSE: 0, OWN_README: 1, SOURCE: 2, OTHER: 3}


def license_texts(found: Iterable[Finding], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each licence of which the sources have it, by its name.

    Licence files come first, then the README, the modules, and what is beside them; files that
    only name the licence come last.
    """
    taken: dict[str, str] = {}
    for one in sorted(found, key=_weight):
        if one.license in taken:
            continue
        text = texts[one.path]
        is_whole = is_license_file(one.path)
        if words := legal_text(one.path, text) if is_whole else quoted_text(one, text):
            taken[one.license] = words
    return dict(sorted(taken.items()))


def _weight(one: Finding) -> tuple[bool, bool, int, str]:
    return one.kind == NOTICE, not is_license_file(one.path), _ORDER[role(one.path)], one.path


# Where a comment begins, or a string that holds a licence, and where each ends.
_OPENED = regex(r"/\*|<!--|\"\"\"|(?:--)?\[(?P<level>=*)\[")
_CLOSED = {"/*": "*/", "<!--": "-->", '"""': '"""'}
_SIGN = regex(r"\s*(?:(?P<sign>--|//|#|;|%)(?P=sign)*-?|dnl\b)")
_STARS = regex(r"\s*\*+")
_FRAME = regex(r"\s+(?:\*+|--+|#+|//+|\|)\s*\Z")
_BOXED = regex(r"\s*(?P<sign>[*#|])(?P=sign)*(?P<text>.*?)\s*(?P=sign)+\s*\Z")
_BORDER = regex(r"[\s*=~_#+/|-]*")
_HEADING = regex(r"#{1,6}\s")
_MOST_LINES = 120  # of the text of a licence
_MOST_MORE = 2  # paragraphs after that on the warranty
_MOST_ABOVE = 3  # paragraphs between the copyright and the words that a licence is known by


def quoted_text(one: Finding, text: str) -> str:
    """Return the text of the licence that a file has in a comment, a string or its prose.

    It is "" where the file only names the licence, or where what is found is not its text. What
    puts a file into the public domain is the paragraph that does so.
    """
    lines = text.splitlines()
    if one.kind != TEXT and one.license != PUBLIC_DOMAIN:
        return ""
    comment, at = _comment_at(lines, one.line - 1)
    if not comment and role(one.path) == OWN_README:
        comment, at = _unboxed(lines, one.line - 1), one.line - 1
    parts, asked = _paragraphs(comment, at)
    if not parts or one.kind != TEXT:
        return dedent("\n".join(parts[asked])) if parts else ""
    first, last = _around(parts, asked)
    parts[first] = _from_copyright(parts[first]) or parts[first]
    for end in range(last + 1, min(last + 1 + _MOST_MORE, len(parts)) + 1):
        words = "\n\n".join(dedent("\n".join(each)) for each in parts[first:end])
        if any(it.license == one.license and it.kind == TEXT for it in findings("LICENSE", words)):
            return words
    return ""


def _unboxed(lines: list[str], at: int) -> list[str]:
    """Return lines without the signs at both ends of each, if the line ``at`` is inside of such."""
    around = lines[max(at - 1, 0) : at + 2]
    if not all(map(_BOXED.match, around)):
        return lines
    return [found["text"] if (found := _BOXED.match(line)) else line for line in lines]


def _from_copyright(lines: list[str]) -> list[str]:
    """Return a paragraph without what stands before the copyright, or the first permission."""
    begun = (at for at, line in enumerate(lines) if _FIRST.match(line.strip()))
    return lines[next(begun, len(lines)) :]


def _around(parts: Sequence[list[str]], asked: int) -> tuple[int, int]:
    """Return the paragraph of the copyright above, and the last one of warranty or liability."""
    above = range(max(asked - _MOST_ABOVE, 0), asked)
    first = next((at for at in above if _from_copyright(parts[at])), asked)
    last = asked
    for at in range(asked, len(parts)):
        if _HEADING.match(parts[at][0].lstrip()):
            break
        last = at if any(map(_LAST.search, parts[at])) else last
    return first, last


def _paragraphs(lines: Sequence[str], at: int) -> tuple[list[list[str]], int]:
    """Return the paragraphs of lines, and the number of that with the line ``at``."""
    found: list[list[str]] = []
    asked, is_inside = 0, False
    for place, line in enumerate(lines[: at + _MOST_LINES]):
        is_text = not _BORDER.fullmatch(line)
        if is_text and is_inside:
            found[-1].append(line.rstrip())
        elif is_text:
            found.append([line.rstrip()])
        is_inside = is_text
        if place == at:
            asked = max(len(found) - 1, 0)
    return found, asked


def _comment_at(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    """Return the lines of the comment or string around a line, without signs, and its place."""
    sign = _SIGN.match(lines[at])
    if sign and not _OPENED.match(lines[at].lstrip()):
        first = last = at
        while (place := _next(lines, first, -1, sign["sign"])) is not None:
            first = place
        while (place := _next(lines, last, 1, sign["sign"])) is not None:
            last = place
        return [_FRAME.sub("", _SIGN.sub("", it, 1)) for it in lines[first : last + 1]], at - first
    for first in range(at, max(at - _MOST_LINES, -1), -1):
        if opened := next(reversed([*_OPENED.finditer(lines[first])]), None):
            inside = _block(lines, first, opened)
            return (inside, at - first) if len(inside) > at - first else ([], 0)
    return [], 0


def _next(lines: Sequence[str], at: int, step: int, sign: str) -> int | None:
    """Return the next line of a comment of lines with a sign; one line between may be empty."""
    for place in (at + step, at + 2 * step):
        if not 0 <= place < len(lines):
            return None
        found = _SIGN.match(lines[place])
        if found and found["sign"] == sign and not _OPENED.match(lines[place].lstrip()):
            return place
        if lines[place].strip():
            return None
    return None


def _block(lines: Sequence[str], first: int, opened: re.Match[str]) -> list[str]:
    """Return the lines between the beginning of a comment or string and its end."""
    closed = _CLOSED.get(opened[0], f"]{opened['level']}]")
    inside = []
    for line in (lines[first][opened.end() :], *lines[first + 1 :]):
        before, end, _ = line.partition(closed)
        inside.append(before)
        if end:
            break
    if all(_STARS.match(each) for each in inside[1:] if each.strip()):
        inside = [_STARS.sub("", each, 1) for each in inside]
    return [_FRAME.sub("", each) for each in inside]
