"""ARCHITECTURE.md is a map of what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "distrorocks"
TEXT = (TOP / "ARCHITECTURE.md").read_text()
PLACES = sorted({place for place in re.findall(r"`([\w/.*-]+)`", TEXT) if "/" in place})
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
MOST_WORDS = 1600


@pytest.mark.parametrize("place", PLACES)
def test_every_place_on_the_map_is_there(place: str) -> None:
    """A path that the map names exists, from the checkout or from the package."""
    pattern = place.replace("NAME", "*").replace("DISTRIBUTION", "*").rstrip("/")
    assert any(next(base.glob(pattern), None) for base in (TOP, PACKAGE, PACKAGE / "packaging"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_in_the_picture(room: str) -> None:
    """Each folder of the package stands in the picture with a line of its own."""
    picture = TEXT.split("```")[1]
    assert re.search(rf"(^ ?| {{2,}}){room}\b", picture, re.MULTILINE) or room == "shipped"


def test_the_map_is_read_in_ten_minutes() -> None:
    """It stays at about two pages."""
    assert len(TEXT.split()) <= MOST_WORDS
