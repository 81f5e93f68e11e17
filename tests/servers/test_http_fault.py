"""Each failure of a request is told in words, with what to do."""

from __future__ import annotations

import socket
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected

import pytest

from distrorocks.servers.http_fault import cause_of, fetch_error, is_broken, status_error, told
from distrorocks.servers.retry import LONGEST_WAIT

URL = "http://me:secret@rocks.example/a"
RESET = ConnectionResetError(104, "Connection reset by peer")


def test_a_missing_file_is_no_fault_of_the_server() -> None:
    """It does not pass, and the server is asked for others."""
    for status in (404, 410):
        error = status_error(status, {}, URL)
        assert error.brief == f"http://rocks.example/a is not there (HTTP status {status})"
        assert (error.is_missing, error.may_pass, error.is_down) == (True, False, False)
        assert "address" in error.hint


@pytest.mark.parametrize(
    ("status", "may_pass", "is_down", "hint"),
    [
        (401, False, False, "NAME:PASSWORD@HOST"),
        (403, False, False, "name and password"),
        (407, False, False, "http_proxy"),
        (400, False, False, "operator"),
        (206, False, False, "operator"),
        (599, False, False, "operator"),
        (429, True, True, "later"),
        (500, True, False, "later"),
        (501, False, False, "operator"),
        (502, True, True, "later"),
        (503, True, True, "later"),
        (504, True, True, "later"),
    ],
)
def test_a_status_has_what_to_do(status: int, may_pass: bool, is_down: bool, hint: str) -> None:
    """Some pass, and some of these mean the whole server."""
    error = status_error(status, {}, URL)
    assert error.brief.startswith(f"cannot fetch http://rocks.example/a: HTTP status {status}")
    assert (error.may_pass, error.is_down, error.is_missing) == (may_pass, is_down, False)
    assert hint in error.hint


def test_a_status_has_its_usual_name() -> None:
    """What the server itself calls it is not shown; an unknown one has no name."""
    assert status_error(503, {}, URL).brief.endswith("HTTP status 503 (Service Unavailable)")
    assert status_error(599, {}, URL).brief.endswith("HTTP status 599")


def test_a_long_wait_is_told() -> None:
    """A short one is kept for the next try."""
    short = status_error(503, {"Retry-After": str(LONGEST_WAIT)}, URL)
    assert (short.retry_after, "later" in short.hint) == (LONGEST_WAIT, True)
    assert "in 3600 seconds" in status_error(429, {"Retry-After": "3600"}, URL).hint


@pytest.mark.parametrize(
    ("cause", "text", "is_passing"),
    [
        (RESET, "Connection reset by peer", True),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused", True),
        (RemoteDisconnected("x"), "the connection was closed without an answer", True),
        (IncompleteRead(b""), "it ended too early", True),
        (BadStatusLine("x"), "the answer is not HTTP", False),
        (
            socket.gaierror(-2, "Name or service not known"),
            "its host has no known address (Name or service not known)",
            False,
        ),
        (OSError("Tunnel connection failed: 403"), "Tunnel connection failed: 403", False),
        (ValueError("<object at 0x1>: no way"), "no way", False),
        (ValueError("Pool(host='x'): no way\x1b"), r"no way\x1b", False),
        (ValueError(), "ValueError", False),
    ],
    ids=str,
)
def test_causes_have_words(cause: Exception, text: str, *, is_passing: bool) -> None:
    """Without objects of ours, and nothing that steers a terminal."""
    assert told(cause) == text
    assert is_broken(cause) == is_passing


class _Proxied(Exception):  # noqa: N818 - as of urllib3
    def __init__(self, below: Exception) -> None:
        super().__init__("a proxy", below)
        self.original_error = below


def raised(error: Exception, below: Exception) -> Exception:
    """Return an error that was raised because of another."""
    error.__cause__ = below
    return error


def test_the_cause_is_what_lies_below() -> None:
    """In the arguments, as a proxy's error, or as what was handled; else it is the error itself."""
    assert cause_of(ValueError("x", RESET)) is RESET
    assert cause_of(raised(ValueError("x"), RESET)) is RESET
    assert cause_of(_Proxied(raised(ValueError("x"), RESET))) is RESET
    plain = ValueError("x")
    assert cause_of(plain) is plain
    assert cause_of(raised(plain, TimeoutError("timed out"))) is plain


def test_an_error_names_the_file_and_what_to_do() -> None:
    """Without the password; without a hint of its own, somebody is there to be asked."""
    error = fetch_error(URL, "why", is_down=True)
    assert error.brief == "cannot fetch http://rocks.example/a: why"
    assert "operator" in error.hint
    assert error.is_down
    assert fetch_error(URL, "why", hint="do").hint == "do"
