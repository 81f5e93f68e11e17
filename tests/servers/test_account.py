"""Requests with the key of an account: nothing leaks it, and every failure is an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_bytes

import pytest

from distrorocks.servers.account import ANSWER_LIMIT, Account, AccountError, Upload
from tests.loopback import Loopback, answer, raw, running

KEY = "s3cretKey"
STATUS = f"/api/1/{KEY}/status"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A server on this machine, without a proxy before it."""
    monkeypatch.setenv("no_proxy", "*")
    with running() as found:
        yield found


def test_questions_have_parameters_and_files_are_parts(server: Loopback) -> None:
    """As LuaRocks sends them: a query, and multipart/form-data."""
    server.serve(f"/api/1/{KEY}/check_rockspec?package=a+b&version=1", b'{"module": {}}')
    server.serve(f"/api/1/{KEY}/upload", b'{"is_new": true}')
    account = Account(server.url, KEY)
    assert account.get("check_rockspec", {"package": "a b", "version": "1"}) == {"module": {}}
    sent = (
        Upload("rockspec_file", "a-1-1.rockspec", b"\0text\r\n"),
        Upload("rockspec_sig", "s", b"y"),
    )
    assert account.post("upload", sent) == {"is_new": True}
    ((_, kind, body),) = server.posted
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_payload(decode=True) for part in parts] == [b"\0text\r\n", b"y"]
    assert 'name="rockspec_file"; filename="a-1-1.rockspec"' in str(parts[0]["Content-Disposition"])


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"errors": ["Invalid key"]}, 200, "Invalid key"),
        ({"errors": ["no \x1b[2J", "two"]}, 200, r"no \x1b[2J, two"),
        ({"errors": [f"bad {KEY}"]}, 400, "bad KEY"),
        ({}, 500, "HTTP status 500"),
        ([], 200, "no JSON object (HTTP status 200)"),
        ("x" * (ANSWER_LIMIT + 1), 200, f"more than {ANSWER_LIMIT} bytes"),
    ],
)
def test_a_refusal_is_told_without_the_key(
    body: object, status: int, why: str, server: Loopback
) -> None:
    """With what to do, and with nothing that a terminal obeys."""
    server.replies[STATUS] = answer(status, json.dumps(body).encode())
    with pytest.raises(AccountError) as caught:
        Account(server.url, KEY).get("status")
    assert why in caught.value.brief
    assert server.url in caught.value.brief
    assert caught.value.hint
    assert KEY not in f"{caught.value.brief}{caught.value.detail}{caught.value.hint}"


def test_what_breaks_is_not_tried_again(server: Loopback) -> None:
    """A file could be published twice."""
    server.replies[f"/api/1/{KEY}/upload"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
    with pytest.raises(AccountError) as caught:
        Account(server.url, KEY).post("upload", (Upload("rockspec_file", "a", b""),))
    assert KEY not in caught.value.brief
    assert len(server.posted) == 1


def test_no_redirect_is_followed(server: Loopback) -> None:
    """Another server would learn the key."""
    with running() as other:
        reply = answer(302, b"", {"Location": f"{other.url}{STATUS}"})
        server.replies[STATUS] = reply
        with pytest.raises(AccountError, match="302"):
            Account(server.url, KEY).get("status")
        assert other.asked == []


@pytest.mark.parametrize("server", ["http://luarocks.org", "http://127.example.org"])
def test_a_key_is_sent_over_https_only(server: str) -> None:
    """But to this machine."""
    with pytest.raises(AccountError, match="is not https"):
        Account(server, KEY)


@pytest.mark.parametrize("server", ["", "luarocks.org", "ftp://x", "https://[::1/"])
def test_an_address_must_be_one(server: str) -> None:
    """The hint has an example."""
    with pytest.raises(AccountError) as caught:
        Account(server, KEY)
    assert "https://luarocks.org" in caught.value.hint
