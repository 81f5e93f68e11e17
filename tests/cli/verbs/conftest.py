"""What the verbs are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.builders import debian


@pytest.fixture
def root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return a Debian root whose packages are rocks."""
    debian(tmp_path)
    assert main(["refresh", "--root", str(tmp_path)]) == 0
    capsys.readouterr()
    return str(tmp_path)
