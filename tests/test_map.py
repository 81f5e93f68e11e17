"""ARCHITECTURE.md is a map of what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "distrorocks"
_ROW = re.compile(r"\| `(?P<room>\w+)` \| (?P<words>.*)\|")
ROOMS = {
    found["room"]: set(re.findall(r"`([a-z0-9_*]+)`", found["words"]))
    for line in (TOP / "ARCHITECTURE.md").read_text().splitlines()
    if (found := _ROW.fullmatch(line)) and (PACKAGE / found["room"]).is_dir()
}


def is_named(stem: str, words: set[str]) -> bool:
    """Return whether a file is named, whole, by a pattern, or by what its name ends with."""
    patterns = [word.replace("*", ".*") for word in words if not word.startswith("_")]
    ends = tuple(word for word in words if word.startswith("_"))
    return stem.endswith(ends) or any(re.fullmatch(pattern, stem) for pattern in patterns)


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"data"}))
def test_every_file_of_a_room_is_on_the_map(room: str) -> None:
    """A room's row names each of its files; nothing is found by chance."""
    stems = {path.stem for path in (PACKAGE / room).rglob("*.py")} - {"__init__"}
    missing = {stem for stem in stems if not is_named(stem, ROOMS[room])}
    assert not missing, f"name {sorted(missing)} in the row of {room} in ARCHITECTURE.md"


def test_every_room_is_on_the_map() -> None:
    """Each folder of the package has its row, but for the roof, which has one file a verb."""
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders - set(ROOMS) <= {"cli", "shipped"}
