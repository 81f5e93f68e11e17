"""A page of the manual as Markdown, in the dialect of MyST."""

from __future__ import annotations

import re

from distrorocks.cli.manual import (
    DOCUMENT,
    LITERAL,
    PAGE,
    REPLACED,
    Line,
    ManualPage,
    Section,
    Span,
)
from distrorocks.cli.verbs import SUMMARIES

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+.!|~$^:-])")


def command_page(page: ManualPage) -> str:
    """Return the page as Markdown; it opens with the description, under the title."""
    title = f"distrorocks {page.verb}" if page.verb else "Commands"
    (about,) = (it for it in page.sections if it.title == "DESCRIPTION")
    others = (f"\n## {it.title.capitalize()}\n{_body(it)}" for it in page.sections if it != about)
    return "\n".join([f"# {title}", _body(about), *others])


def _body(section: Section) -> str:
    """Return the paragraphs and the list of a section."""
    paragraphs = [f"\n{_line(it)}\n" for it in section.paragraphs]
    return "".join([*paragraphs, *(_row(term, about) for term, about in section.rows)])


def _row(term: Line, about: Line) -> str:
    """Return an entry of a list of terms."""
    return f"\n{_line(term)}\n: {_line(about)}\n"


def _line(line: Line) -> str:
    """Return a line as Markdown."""
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    """Return a piece as Markdown; a page that the site has becomes a link."""
    if span.kind == LITERAL:
        return f"`{span.text}`"
    if span.kind == REPLACED:
        return f"*{_plain(span.text)}*"
    if span.kind == DOCUMENT:
        return f"[](../{span.text})"
    return _reference(span.text) if span.kind == PAGE else _plain(span.text)


def _reference(name: str) -> str:
    """Return a manual page's name, as a link if it is one of ours."""
    program, _, verb = name.partition("-")
    if program == "distrorocks" and verb in (*SUMMARIES, ""):
        return f"[`{name.replace('-', ' ', 1)}`]({verb or 'index'}.md)"
    return f"`{name}`"


def _plain(text: str) -> str:
    """Return text in which nothing is markup."""
    return _MARKUP.sub(r"\\\1", text)
