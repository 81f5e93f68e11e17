"""``luarocks.lock`` on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.pins_file import read_lock_file, write_lock_file
from distrorocks.rocks.version import Version

# What LuaRocks 3.8 wrote for the same pins.
WRITTEN = 'return {\n   dependencies = {\n      a = "1.0-1",\n      ["b-c"] = "2"\n   },\n}\n'


def test_it_is_written_with_luarocks_bytes_and_read_back(tmp_path: Path) -> None:
    """Sorted, whatever the order of the pins."""
    path = tmp_path / "luarocks.lock"
    pins = {"b-c": Version.parse("2"), "a": Version.parse("1.0-1")}
    write_lock_file(str(path), pins)
    assert path.read_text() == WRITTEN
    found = read_lock_file(str(path))
    assert found is not None
    assert found.dependencies == pins


def test_none_is_none_and_a_wrong_one_is_told_with_its_path(tmp_path: Path) -> None:
    """What cannot be read pins nothing in silence."""
    path = tmp_path / "luarocks.lock"
    assert read_lock_file(str(path)) is None
    for text in ("return 1", "x = {}", "return {", "return { dependencies = { a = 1 } }"):
        path.write_text(text)
        with pytest.raises(DistrorocksError, match=str(path)):
            read_lock_file(str(path))
    path.unlink()
    path.mkdir()
    with pytest.raises(DistrorocksError, match=str(path)):
        read_lock_file(str(path))
