"""The system's log gets one printable line, and cannot make us fail."""

from __future__ import annotations

import syslog

import pytest

from distrorocks.publish.hook import record


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Return what syslog(3) is given: priority and message."""
    lines: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda *words: lines.append(words))
    return lines


def test_a_line_is_a_warning_of_ours(logged: list[tuple[int, str]]) -> None:
    """Text of any language goes as it is."""
    record("nicht möglich: /usr")
    assert logged == [(syslog.LOG_WARNING, "nicht möglich: /usr")]


def test_nothing_can_forge_a_second_line(logged: list[tuple[int, str]]) -> None:
    """Line ends, NUL, terminal codes and bytes that are no UTF-8 are escapes."""
    record("a\nb\0c\x1b[1m\udcff")
    assert logged == [(syslog.LOG_WARNING, "a\\nb\\x00c\\x1b[1m\\udcff")]


def test_a_log_that_fails_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a log the work goes on."""
    told: list[str] = []

    def fail(priority: int, line: str) -> None:
        told.append(f"{priority} {line}")
        raise OSError("no log")

    monkeypatch.setattr(syslog, "syslog", fail)
    record("x")
    assert told == ["4 x"]
