"""Links between the Markdown pages lead somewhere, as a forge shows them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PAGES = sorted(
    str(path.relative_to(TOP))
    for pattern in ("*.md", "docs/*.md", "hooks/**/*.md", "packaging-templates/*.md")
    for path in TOP.glob(pattern)
)

_FENCED = re.compile(r"^(```+).*?^\1`*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}.*\n|\n)+")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def prose(text: str) -> str:
    """Return a page without its blocks of code."""
    return _INDENTED.sub("\n", _FENCED.sub("", text))


def links(text: str) -> list[str]:
    """Return where the links of a page lead that stay in the checkout."""
    found = _LINK.findall(_CODE.sub("", prose(text)))
    return [each for each in found if not re.match(r"[a-z]+:", each)]


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and MyST make them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.findall(prose(text)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def dead_links(page: str, text: str) -> list[str]:
    """Return the links of a page that lead to no file, or to no heading of one."""
    dead = []
    for link in links(text):
        path, _, anchor = link.partition("#")
        target = (TOP / page).parent / path if path else TOP / page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            dead.append(link)
    return dead


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page: str) -> None:
    """Each leads to a file of the checkout, and to a heading if it names one."""
    assert dead_links(page, (TOP / page).read_text()) == []


def test_dead_links_are_found() -> None:
    """Missing files and missing headings, but nothing in code and nothing of the web."""
    text = (
        "# Top\n\n[a](trees.md) [b](no.md) [c](trees.md#nothing) [d](#top) [e](#bottom)\n"
        "[f](https://example.org/x) `[g](no-code.md)`\n\n    [h](no-block.md)\n\n"
        "```\n[i](no-fence.md)\n```\n[j](../README.md)\n"
    )
    assert dead_links("docs/trees.md", text) == ["no.md", "trees.md#nothing", "#top", "#bottom"]


def test_anchors_are_those_of_a_forge() -> None:
    """Lower case, without signs, and numbered if a heading comes again."""
    text = "# `init [NAME]`\n## Publish on luarocks.org\n## A, b\n## A, b\n\n    # no heading\n"
    assert anchors(text) == {"init-name", "publish-on-luarocksorg", "a-b", "a-b-1"}
