"""What the sources in a directory say of their rock."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.project.observe import observe


def test_a_directory_that_is_not_there_is_explained(tmp_path: Path) -> None:
    """``write-rockspec foo 1.0`` names the directory 1.0, as in LuaRocks."""
    with pytest.raises(DistrorocksError, match="is not there") as caught:
        observe(str(tmp_path / "1.0"))
    assert "NAME VERSION LOCATION" in caught.value.hint


def test_an_archive_is_named_by_its_address(tmp_path: Path) -> None:
    """It is no directory, and nobody should make it one."""
    (tmp_path / "a-1.0.tar.gz").touch()
    with pytest.raises(DistrorocksError, match="it is not a directory") as caught:
        observe(str(tmp_path / "a-1.0.tar.gz"))
    assert "file:///" in caught.value.hint
