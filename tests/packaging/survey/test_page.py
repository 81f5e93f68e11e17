"""The page of a survey is sound HTML, whatever names others chose, and needs nothing else."""

from __future__ import annotations

import re

import html5lib
import pytest

from distrorocks.packaging.survey.decide import Having, Survey, decide
from distrorocks.packaging.survey.page import page
from distrorocks.rocks.dependency import Dependency

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='x'>",
    "$(sections)$(about)",
    "a\x00\x1b\udcffb\ud800",
    "&lt;&#60;]]>-->",
    "x" * 5000,
)


def surveyed(name: str = "lua-a") -> Survey:
    """Return a survey with a rock in each state; ``name`` is whatever others chose."""
    sure = Having(name, name, "1.0-1", ("5.4",), name, is_sure=True)
    havings = {"a": sure, "b": sure._replace(version="0.1-1"), "c": sure._replace(is_sure=False)}
    needs = {"a": (Dependency.parse("d"),), "d": (Dependency.parse("e"),)}
    index = dict.fromkeys((*"abcd", name.lower()), ("1.0-1",))
    return decide(index, havings, needs)


def test_the_page_is_sound_and_runs_nothing() -> None:
    """It has plots and a table, and no script, no style and no picture from elsewhere."""
    text = page(surveyed(), "1 & 2 < 3").decode()
    html5lib.HTMLParser(strict=True).parse(text)
    assert "1 &amp; 2 &lt; 3" in text
    assert text.count("<svg ") == 2
    assert not re.search(r"<script|<link|<img|<iframe|\bon[a-z]+=|url\(|https?:|src=|href=", text)
    for title in ("Rocks of the index", "Most wanted", "What to package, in order", "All rocks"):
        assert f"<h2>{title}</h2>" in text
    assert "<h2>Needed, and not in the index</h2>\n<p>e (1)</p>" in text


def test_bars_are_as_long_as_what_they_count() -> None:
    """The longest has all of the room; none is longer."""
    text = page(surveyed(), "x").decode()
    widths = re.findall(r'<rect class="\w+" x="220" y="\d+" width="(.*?)"', text)
    assert widths[:4] == ["285.0", "285.0", "285.0", "570.0"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    """They make no element, no attribute and no part of the template."""
    text = page(surveyed(name), name).decode()
    document = html5lib.HTMLParser(strict=True).parse(text)
    tags = {each.tag.rpartition("}")[2] for each in document.iter() if isinstance(each.tag, str)}
    assert not tags & {"script", "img"}
    assert text.count("<h2>All rocks</h2>") == 1
    assert text.count("<h1>") == 1
