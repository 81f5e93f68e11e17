"""Other programs run in a clean place, and are ended when they do not end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from distrorocks.system.processes.command import CommandError, find_program, run


def test_output_and_status_come_back() -> None:
    """A failing status is an answer, not an error."""
    output = run(["sh", "-c", "printf out; printf err >&2; exit 3"])
    assert output == (3, b"out", b"err")


def test_the_environment_is_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's passes; what is asked for is added."""
    monkeypatch.setenv("LUA_PATH", "evil")
    text = run(["env"], environment={"MINE": "1"}).stdout.decode()
    assert "LUA_PATH" not in text
    assert "MINE=1" in text
    assert "LC_ALL=C.UTF-8" in text


def test_input_is_empty_and_the_place_is_the_top() -> None:
    """A program that reads does not wait."""
    assert run(["sh", "-c", "cat; pwd"]).stdout == b"/\n"


def test_a_missing_program_is_told() -> None:
    """By name, with what to do."""
    assert find_program("no-such-program") is None
    with pytest.raises(CommandError, match="no-such-program is not installed"):
        run(["no-such-program"])


def test_a_file_that_is_no_program_is_told(tmp_path: Path) -> None:
    """The system's own words are the detail."""
    (tmp_path / "x").write_text("x")
    with pytest.raises(CommandError, match="cannot be started"):
        run([str(tmp_path / "x")])


def test_a_program_that_does_not_end_is_ended_with_its_children() -> None:
    """The time limit holds though a child keeps the output open."""
    start = time.monotonic()
    with pytest.raises(CommandError, match=r"took more than 0\.2 seconds"):
        run(["sh", "-c", "sleep 60 & sleep 60"], timeout=0.2)
    assert time.monotonic() - start < 50


def test_too_much_output_is_an_error() -> None:
    """A limit on bytes protects the memory."""
    with pytest.raises(CommandError, match="wrote more than 100 bytes"):
        run(["sh", "-c", "yes | head -c 1000"], most_output=100)
