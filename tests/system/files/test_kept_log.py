"""The output of a failed build outlives its private directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.system.files import kept_log as module
from distrorocks.system.files.kept_log import kept_log


def test_all_logs_are_kept_in_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order; an older file of that name is replaced, and a link is not followed."""
    logs, place = tmp_path / "logs", tmp_path / "place"
    logs.mkdir()
    place.mkdir()
    (logs / "0002.log").write_text("second\n")
    (logs / "0001.log").write_text("first\n")
    (logs / "folder").mkdir()
    (tmp_path / "victim").write_text("precious")
    (place / "foo-1.0-1.log").symlink_to(tmp_path / "victim")
    monkeypatch.setattr(module, "_log_directory", lambda: str(place))
    path = kept_log("foo-1.0-1.log", str(logs))
    assert path == f"{place}/foo-1.0-1.log"
    assert Path(path).read_text() == "first\nsecond\n"
    assert (tmp_path / "victim").read_text() == "precious"


@pytest.mark.skipif(os.geteuid() != 0, reason="a user's logs are below the home directory")
def test_root_keeps_logs_where_nobody_else_writes() -> None:
    """The directory is made where it is missing."""
    assert module._log_directory() == "/var/log/distrorocks"
