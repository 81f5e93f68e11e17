"""What the site is made of: a Markdown page by its path, for all pages."""

from __future__ import annotations

import re
from pathlib import Path

from distrorocks.cli.manual import manual
from distrorocks.cli.verbs import SUMMARIES
from docs.website.command_page import command_page
from docs.website.sections import COMMANDS, SECTIONS, SHORT_TITLES

CHECKOUT = Path(__file__).parent.parent.parent
START = Path(__file__).parent / "start.md"

_NAMED_BY_FILE = re.compile(r"\[(?:docs/)?[\w-]+\.md\](\((?:docs/)?[\w-]+\.md(?:#[\w-]+)?\))")


def pages() -> dict[str, str]:
    """Return the text of each page by its path without its suffix."""
    return {**written_pages(), **command_pages(), "index": _start_page()}


def written_pages() -> dict[str, str]:
    """Return the pages that people write: those of the checkout's top folder and of ``docs/``."""
    paths = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")])
    names = (str(path.relative_to(CHECKOUT).with_suffix("")) for path in paths)
    return {name: titled(path.read_text()) for name, path in zip(names, paths, strict=True)}


def titled(text: str) -> str:
    """Return a text whose links that show a file's name show the title of its page instead.

    A forge has files, and a site has pages; MyST fills an empty link with the title.
    """
    return _NAMED_BY_FILE.sub(r"[]\1", text)


def command_pages() -> dict[str, str]:
    """Return the reference pages of the program and of its verbs, from the manual."""
    found = {f"commands/{each.verb or 'index'}": command_page(each) for each in manual()}
    found[COMMANDS] += _tree([(verb, verb) for verb in SUMMARIES], ":hidden:")
    return found


def _start_page() -> str:
    """Return the start page, which ends with all sections."""
    parts = [START.read_text()]
    for each in SECTIONS:
        entries = [(SHORT_TITLES.get(page, ""), page) for page in each.pages]
        parts.append(f"\n## {each.title}\n\n{each.purpose}\n")
        parts.append(_tree(entries, f":caption: {each.title}"))
    return "".join(parts)


def _tree(entries: list[tuple[str, str]], option: str) -> str:
    """Return the directive that makes pages part of the navigation, by title and path."""
    lines = [f"{title} <{page}>" if title else page for title, page in entries]
    return "\n".join(["\n```{toctree}", option, ":maxdepth: 1", "", *lines, "```", ""])
