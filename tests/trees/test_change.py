"""Actions on files are distinct kinds, each with a verb."""

from __future__ import annotations

import pytest

from distrorocks.trees.change import Change, Keep, RemoveDirectory, RemoveFile, WriteFile, verb

CHANGES: list[tuple[Change, str]] = [
    (WriteFile("/a", b"x", "reason"), "write"),
    (RemoveFile("/a", "reason"), "remove"),
    (RemoveDirectory("/a", "reason"), "remove"),
    (Keep("/a", "reason"), "keep"),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_each_action_has_a_verb(change: Change, expected: str) -> None:
    """As reports name it; removing a directory is removing too."""
    assert verb(change) == expected


def test_actions_of_different_kinds_are_never_equal() -> None:
    """Although their fields are."""
    for one, _ in CHANGES:
        assert [other for other, _ in CHANGES if other == one] == [one]
        assert one != tuple(one)
