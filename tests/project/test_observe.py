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
