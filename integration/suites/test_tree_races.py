"""Root works on another user's tree, a thousand times, while that user leads it astray."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.system.trees.racing import SWAPPED, Race, race_of_changes, race_of_deployments

ROUNDS = 1000


@pytest.mark.parametrize("swapped", SWAPPED)
@pytest.mark.parametrize("race", [race_of_deployments, race_of_changes])
def test_a_thousand_rounds_stay_in_the_tree(race: Callable[[str, int], Race], swapped: str) -> None:
    """Nothing outside of the tree has another content, mode, owner, time or inode afterwards."""
    found = race(swapped, ROUNDS)
    assert found.swaps
    assert found.after == found.before
