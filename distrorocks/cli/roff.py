"""The manual as manual pages, man(7)."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from distrorocks import __version__
from distrorocks.cli.manual import (
    LITERAL,
    PAGE,
    RELEASED,
    REPLACED,
    Line,
    ManualPage,
    Section,
    Span,
    manual,
)

_WIDTH = 78
_SIGNS = {"-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
_MARKS = {LITERAL: r"\fB{}\fR", REPLACED: r"\fI{}\fR", PAGE: r"\fB{}\fR(1)"}


def pages() -> dict[str, str]:
    """Return all manual pages of section 1, by their file names."""
    return {f"{page.name}.1": _page(page) for page in manual()}


def _page(page: ManualPage) -> str:
    """Return a whole page, which is the same on whatever day it is made."""
    release = f'{RELEASED} "distrorocks {__version__}" "User Commands"'
    head = f".TH {text(page.name.upper())} 1 {release}"
    name = _filled(rf"{text(page.name)} \- {text(page.summary)}")
    body = (line for section in page.sections for line in _section(section))
    # Ragged right without hyphenation: options stay whole, and no line is stretched around them.
    return "\n".join([head, ".ad l", ".nh", ".SH NAME", name, *body, ""])


def _section(section: Section) -> Iterator[str]:
    """Yield the lines of a section."""
    yield f".SH {section.title}"
    for number, paragraph in enumerate(section.paragraphs):
        if number:
            yield ".PP"
        yield _filled(_line(paragraph))
    for term, about in section.rows:
        yield from (".TP", _line(term), _filled(_line(about)))


def _line(line: Line) -> str:
    """Return a line with its fonts."""
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    """Return a piece in its font; the spaces around it count, and groff counts none twice."""
    start = " " if span.text[:1].isspace() else ""
    end = " " if span.text[-1:].isspace() else ""
    inner = _MARKS.get(span.kind, "{}").format(text(span.text))
    return f"{start}{inner}{end}" if span.text.strip() else " "


def _filled(roff: str) -> str:
    """Return roff text in lines of a length that tools like; none begins as a request does."""
    lines = wrap(roff, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(rf"\&{line}" if line.startswith(".") else line for line in lines)


def text(plain: str) -> str:
    """Return one line of text with nothing in it that roff would take for its own.

    A hyphen is written as ``\\-``, so that what is copied from a page can be typed.
    """
    line = " ".join(plain.split()).replace("\\", r"\e")
    for sign, roff in _SIGNS.items():
        line = line.replace(sign, roff)
    return line
