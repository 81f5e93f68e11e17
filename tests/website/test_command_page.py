"""The site has a reference page for each verb, and all that its parser declares is on it."""

from __future__ import annotations

import re

import pytest

from distrorocks.cli.declared import declared
from distrorocks.cli.manual import (
    DOCUMENT,
    LITERAL,
    PAGE,
    REPLACED,
    ManualPage,
    Section,
    Span,
    manual,
)
from distrorocks.cli.verbs import SUMMARIES
from docs.website.command_page import command_page
from docs.website.sources import CHECKOUT, command_pages

PAGES = command_pages()


def section(page: str, title: str) -> str:
    """Return one section of a page."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def unmarked(text: str) -> str:
    """Return a text without emphasis, code and escapes."""
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)[`*]", "", text))


@pytest.mark.parametrize("verb", SUMMARIES)
def test_a_page_has_exactly_the_arguments_of_the_parser(verb: str) -> None:
    """In its order, each with its value and its explanation."""
    rows = re.findall(
        r"^(.+)\n: (.*)$", section(PAGES[f"commands/{verb}"], "Options"), re.MULTILINE
    )
    terms = [unmarked(term) for term, _ in rows]
    assert terms == [
        " ".join(filter(None, (", ".join(each.options), each.value))) for each in declared(verb)
    ]
    abouts = [" ".join(unmarked(about).split()) for _, about in rows]
    assert abouts == [" ".join(each.about.replace("`", "").split()) for each in declared(verb)]


def test_a_page_of_a_verb_has_what_its_manual_page_has() -> None:
    """The same sections; the description is the introduction, under the title."""
    for each in manual():
        page = PAGES[f"commands/{each.verb or 'index'}"]
        titles = [it.title.capitalize() for it in each.sections if it.title != "DESCRIPTION"]
        assert re.findall(r"^## (.+)$", page, re.MULTILINE) == titles


@pytest.mark.parametrize("name", PAGES)
def test_a_link_leads_to_a_page(name: str) -> None:
    """Of a verb, or of the documentation."""
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
        path = (CHECKOUT / name).parent / target
        is_command = f"commands/{target.removesuffix('.md')}" in PAGES
        assert is_command or path.resolve().is_file(), target


def test_nothing_of_a_text_is_markup() -> None:
    """Each piece is shown as what it is, and signs of Markdown as themselves."""
    line = (
        Span("a *b* [c](d) <e> 1. "),
        Span("--x_y", LITERAL),
        Span("FILE_*", REPLACED),
        Span("docs/names.md", DOCUMENT),
        Span("distrorocks-check-require", PAGE),
        Span("distrorocks", PAGE),
        Span("luarocks", PAGE),
    )
    page = ManualPage("scan", "", (Section("DESCRIPTION", (line,)),))
    assert command_page(page) == (
        "# distrorocks scan\n\n"
        r"a \*b\* \[c\]\(d\) \<e\> 1\. `--x_y`*FILE\_\**[](../docs/names.md)"
        "[`distrorocks check-require`](check-require.md)[`distrorocks`](index.md)`luarocks`\n"
    )
