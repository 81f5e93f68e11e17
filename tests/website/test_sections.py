"""Every page of the site stands in one of its sections."""

from __future__ import annotations

import re
from collections import Counter

from distrorocks.cli.verbs import SUMMARIES
from docs.website.sections import COMMANDS, SECTIONS, SHORT_TITLES
from docs.website.sources import START, command_pages, pages, titled, written_pages

LISTED = [page for each in SECTIONS for page in each.pages]


def test_each_page_is_in_one_section() -> None:
    """A page of the checkout that no section lists, or two do, would be lost or found twice."""
    assert [page for page, times in Counter(LISTED).items() if times > 1] == []
    assert sorted(LISTED) == sorted([*written_pages(), COMMANDS])


def test_the_sections_are_those_of_diataxis() -> None:
    """In the order in which a newcomer needs them; tutorials are in theirs, and nothing else."""
    titles = [each.title for each in SECTIONS]
    assert titles == ["Tutorials", "How-to guides", "Reference", "Explanation"]
    tutorials = {page for page in written_pages() if "tutorial" in page}
    assert set(SECTIONS[0].pages) == tutorials
    assert len(tutorials) == 3


def test_the_start_page_leads_to_each_tutorial() -> None:
    """And to every page of the sections, each by a title of its own where one is given."""
    (doors,) = re.findall(r'<nav class="doors".*?</nav>', START.read_text(), re.DOTALL)
    assert {f"{page}.md" for page in SECTIONS[0].pages} == set(re.findall(r"\(([^)]+)\)", doors))
    start = pages()["index"]
    for page in LISTED:
        title = SHORT_TITLES.get(page)
        assert (f"{title} <{page}>" if title else page) in start.splitlines()
    assert set(SHORT_TITLES) <= set(LISTED)


def test_the_navigation_has_every_command() -> None:
    """Below the page that lists them."""
    found = command_pages()
    assert set(found) == {COMMANDS, *(f"commands/{verb}" for verb in SUMMARIES)}
    (tree,) = re.findall(r"```{toctree}\n(.*?)```", found[COMMANDS], re.DOTALL)
    assert re.findall(r"^([\w-]+) <([\w-]+)>$", tree, re.MULTILINE) == [
        (it, it) for it in SUMMARIES
    ]


def test_a_link_that_shows_a_file_shows_a_title_on_the_site() -> None:
    """Other links keep their words."""
    assert titled("see [docs/a-b.md](docs/a-b.md#c), [how](how.md)") == (
        "see [](docs/a-b.md#c), [how](how.md)"
    )


def test_every_page_begins_with_its_title_and_a_paragraph() -> None:
    """Who comes from a search learns first what the page is about, before any sample or table."""
    for page, text in pages().items():
        title, blank, first = text.split("\n", 3)[:3]
        assert re.fullmatch(r"# .+", title), page
        assert blank == "", page
        assert re.match(r"[\w`*(]", first), page
