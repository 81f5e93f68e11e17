"""A need knows what it is about."""

from __future__ import annotations

import pytest

from tests.resolve.world import root_need


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("Foo >= 1", "foo"),
        ("jane/foo", "foo"),
        ("apart foo 1.0", "foo@1.0"),
        ("apart foo", "foo@"),
        ("apart jane/foo >= 1, < 2", "jane/foo@>= 1, < 2"),
    ],
)
def test_a_slot_is_the_name_or_what_is_apart(text: str, slot: str) -> None:
    """All needs of a rock share a slot, but for those of the start that are apart."""
    assert root_need(text).slot == slot
