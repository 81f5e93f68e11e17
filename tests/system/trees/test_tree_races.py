"""Who can rename directories of a tree while root works on it leads nothing out of the tree."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from distrorocks.cli.main import main
from tests.system.trees.planting import (
    MALLORY,
    by_root,
    made,
    outside,
    plant_journal,
    swapping,
    watched,
)
from tests.system.trees.racing import SWAPPED, Race, race_of_changes, race_of_deployments, scratch

pytestmark = by_root


@pytest.mark.parametrize("swapped", SWAPPED)
@pytest.mark.parametrize("race", [race_of_deployments, race_of_changes])
def test_what_is_done_stays_in_the_tree(race: Callable[[str, int], Race], swapped: str) -> None:
    """A directory that becomes a link at any moment leads nowhere: no path outside is touched."""
    found = race(swapped, 50)
    assert found.swaps
    assert found.after == found.before


def test_a_tree_whose_path_is_swapped_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Between check and use nothing can be put in the place of what root has agreed to change."""
    with scratch() as above:
        mine = above / "mine"
        mine.mkdir()
        os.chown(mine, MALLORY, MALLORY)
        made(mine / "tree")
        os.chown(mine / "tree", MALLORY, MALLORY)
        place = above / "root"
        layout = made(place)
        plant_journal(layout, outside(above))
        before = watched(place)
        words = ["install", "--recover", f"--tree={mine}/tree", "--lua-version=5.4"]
        with swapping(MALLORY, mine / "tree", place) as swaps:
            for _ in range(10):
                assert main(words) == 3
                assert "root changes no tree that others can write" in capsys.readouterr().err
            assert swaps()
        assert watched(place) == before
