"""The source of a new version is guessed from the old one's."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable
from distrorocks.project.new_version import Update, updated_source

OLD: LuaTable = {"url": "https://h/foo-1.2.zip", "tag": "v1.2", "dir": "foo-1.2", "md5": "x"}


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (Update(), {"url": "https://h/foo-1.3.zip", "tag": "v1.3", "dir": "foo-1.3"}),
        (Update(tag="r3"), {"url": "https://h/foo-1.3.zip", "tag": "r3", "dir": "foo-1.3"}),
        (Update(url="u"), {"url": "u", "tag": "v1.3", "dir": "foo-1.2"}),
    ],
)
def test_the_version_is_replaced(update: Update, expected: dict[str, str]) -> None:
    """Where it stands in a text; what is given goes before, and the sum waits for the sources."""
    wanted: LuaTable = dict(OLD)
    wanted.update(expected)
    assert updated_source(OLD, update, "1.2", "1.3") == wanted


def test_nothing_to_replace() -> None:
    """A dot of a version stands for itself, and what is no text is left alone."""
    source: LuaTable = {"url": "https://h/foo-1x2.zip", "dir": 1}
    assert updated_source(source, Update(), "1.2", "1.3") == source
