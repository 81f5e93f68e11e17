"""Explanations that a person new to the case understands, word for word."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from distrorocks.resolve.conflict import Conflict
from tests.resolve.world import World

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "cases.toml").read_text())


def world(case: dict[str, Any]) -> World:
    """Return the universe of a case."""
    universe = World()
    for rock in case.get("provided", []):
        universe.provided(rock)
    for rock, *needs in case.get("server", []):
        universe.server(rock, *needs)
    for rock, *needs in case.get("installed", []):
        universe.installed(rock, *needs)
    for rock, *needs in case.get("distro", []):
        universe.distro(rock, *needs)
    for rock, why in case.get("unreadable", {}).items():
        universe.unreadable(rock, why)
    universe.down = case.get("down", {})
    return universe


def explanation(case: dict[str, Any]) -> str:
    """Return what the resolver says of a case."""
    with pytest.raises(Conflict) as raised:
        world(case).solve(*case["asked"], pins=case.get("pins"))
    return f"{raised.value}\n"


@pytest.mark.parametrize("name", CASES)
def test_a_conflict_is_told_as_its_golden_text_says(name: str) -> None:
    """The proof is told in numbered steps, with constraints and their places, and ways out."""
    golden = (HERE / "golden" / f"{name}.txt").read_text(encoding="utf-8")
    assert explanation(CASES[name]) == golden


@pytest.mark.parametrize("name", CASES)
def test_a_conflict_is_told_the_same_whatever_the_order_of_the_candidates(name: str) -> None:
    """What an index lists first changes no word."""
    case = CASES[name]
    lists = ("server", "installed", "distro")
    turned = {key: value[::-1] if key in lists else value for key, value in case.items()}
    assert explanation(turned) == explanation(case)


def test_every_golden_text_has_its_case() -> None:
    """No golden text is left of a case that is gone."""
    assert {path.stem for path in (HERE / "golden").iterdir()} == set(CASES)
