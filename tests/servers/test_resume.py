"""Failures that may pass are tried again, and a download that broke off goes on where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler

import pytest

from distrorocks.servers.http import Web
from distrorocks.servers.retry import FIRST_WAIT, LONGEST_WAIT, MOST_TRIES
from distrorocks.servers.time_limit import ServerError
from tests.loopback import Loopback, Reply, answer, in_turn, raw, reset, running

LIMIT = 100_000
BODY = bytes(range(256)) * 100
HALF = len(BODY) // 2
ETAG = {"ETag": '"1"'}
WAITS = [FIRST_WAIT * 2**number for number in range(MOST_TRIES - 1)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        yield found


class Client:
    """The client of one test; ``waits`` is how long it would have waited."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.waits: list[float] = []
        self.web = Web(seconds=20, pause=self.waits.append)

    def fetched(self, *replies: Reply) -> bytes:
        """Return the file that comes after some replies."""
        self.server.replies["/a"] = in_turn(*replies)
        content = self.web.fetch(f"{self.server.url}/a", limit=LIMIT).content
        assert content is not None
        return content

    def refused(self, *replies: Reply) -> ServerError:
        """Return the error after some replies."""
        with pytest.raises(ServerError) as caught:
            self.fetched(*replies)
        assert f"{self.server.url}/a" in caught.value.brief
        assert caught.value.hint
        return caught.value

    def ranges(self) -> list[str]:
        """Return the ranges that were requested, "" for a whole file."""
        return [headers.get("range", "") for _, headers in self.server.asked]


@pytest.fixture
def client(server: Loopback) -> Client:
    """Return a client that does not really wait."""
    return Client(server)


def head(length: int, headers: Mapping[str, str] = ETAG, status: str = "200 OK") -> bytes:
    """Return the headers of an answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def broken(headers: Mapping[str, str] = ETAG) -> Reply:
    """Return a reply whose connection ends after half of the file."""
    return raw(head(len(BODY), headers) + BODY[:HALF])


def rest(body: bytes = BODY, etag: str = '"1"') -> Reply:
    """Return the reply of a server that knows ranges."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if not wanted or request.headers.get("If-Range") != etag:
            answer(200, body, {"ETag": etag})(request)
            return
        first = int(wanted[1])
        told = f"bytes {first}-{len(body) - 1}/{len(body)}"
        answer(206, body[first:], {"ETag": etag, "Content-Range": told})(request)

    return reply


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_status_that_passes_is_tried_again(client: Client, status: int) -> None:
    """Until the file comes."""
    assert client.fetched(answer(status), answer(status), answer(200, b"x")) == b"x"
    assert client.waits == WAITS[:2]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_a_status_that_stays_is_not(client: Client, status: int) -> None:
    """One request is enough to know."""
    client.refused(answer(status))
    assert client.waits == []
    assert len(client.server.asked) == 1


def test_the_tries_are_few(client: Client) -> None:
    """Then the error says how many there were."""
    error = client.refused(answer(503))
    assert error.brief.endswith(f"HTTP status 503 (Service Unavailable) ({MOST_TRIES} tries)")
    assert client.waits == WAITS
    assert len(client.server.asked) == MOST_TRIES
    assert error.is_down


def test_the_server_says_when(client: Client) -> None:
    """Up to a bound, past which the error says it."""
    after = answer(429, headers={"Retry-After": "7"})
    assert client.fetched(after, answer(200, b"x")) == b"x"
    assert client.waits == [7]
    error = client.refused(answer(503, headers={"Retry-After": str(LONGEST_WAIT + 1)}))
    assert client.waits == [7]
    assert f"in {LONGEST_WAIT + 1} seconds" in error.hint


def test_no_try_begins_when_the_time_is_over(server: Loopback) -> None:
    """The whole time of a request is that of all its tries."""
    times = [0.0]

    def passes(seconds: float) -> None:
        times[0] += seconds

    web = Web(seconds=10, pause=passes, now=lambda: times[0])
    server.replies["/a"] = answer(503, headers={"Retry-After": "8"})
    with pytest.raises(ServerError):
        web.fetch(f"{server.url}/a", limit=LIMIT)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "first",
    [
        reset(),
        reset(b"HTTP/1.1 200 OK\r\nConten"),
        raw(b"HTTP/1.1 200 OK\r\nETag: "),
        raw(b""),
        reset(head(10, {}) + b"abc"),
        raw(head(10, {}) + b"abc"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00"),
    ],
    ids=range(9),
)
def test_a_connection_that_breaks_is_tried_again(client: Client, first: Reply) -> None:
    """In the headers or in the body; nothing of the first try is left."""
    assert client.fetched(first, answer(200, b"0123456789")) == b"0123456789"
    assert client.waits == WAITS[:1]
    error = client.refused(first)
    assert f"({MOST_TRIES} tries)" in error.brief


def test_what_is_no_http_is_not_tried_again(client: Client) -> None:
    """Another program is behind that port."""
    assert "is not HTTP" in client.refused(raw(b"\x00\xff what?\r\n\r\n")).brief
    assert client.waits == []


def test_a_server_that_restarts_is_tried_again(client: Client) -> None:
    """One that has answered in this run and refuses now; not one that never has."""
    with running() as other:
        other.serve("/a", b"x", Connection="close")
        client.web.fetch(f"{other.url}/a", limit=LIMIT)
    with pytest.raises(ServerError, match=r"refused.* tries"):
        client.web.fetch(f"{other.url}/a", limit=LIMIT)
    assert client.waits == WAITS
    with pytest.raises(ServerError, match="refused"):
        client.web.fetch("http://127.0.0.1:1/a", limit=LIMIT)
    assert client.waits == WAITS


def test_a_download_goes_on_where_it_broke_off(client: Client) -> None:
    """Each byte is fetched once."""
    assert client.fetched(broken(), rest()) == BODY
    assert client.ranges() == ["", f"bytes={HALF}-"]
    assert client.server.asked[1][1]["if-range"] == '"1"'


def test_it_goes_on_more_than_once(client: Client) -> None:
    """A rest may break off, too."""
    told = {**ETAG, "Content-Range": f"bytes {HALF}-{len(BODY) - 1}/{len(BODY)}"}
    more = raw(head(len(BODY) - HALF, told, "206 Partial Content") + BODY[HALF : HALF + 100])
    assert client.fetched(broken(), more, rest()) == BODY
    assert client.ranges() == ["", f"bytes={HALF}-", f"bytes={HALF + 100}-"]


def test_a_server_without_ranges_begins_again(client: Client) -> None:
    """What had arrived is not put before it."""
    assert client.fetched(broken(), answer(200, BODY, ETAG)) == BODY


def test_a_file_that_has_changed_begins_again(client: Client) -> None:
    """Another ETag is another file: the server sends all of it."""
    assert client.fetched(broken(), rest(b"new", '"2"')) == b"new"


@pytest.mark.parametrize(
    "headers",
    [{}, {"ETag": 'W/"1"'}, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}],
    ids=["nothing", "a weak ETag", "a time of change without the time of the answer"],
)
def test_without_a_proof_it_begins_again(client: Client, headers: dict[str, str]) -> None:
    """No rest is requested that may be another file's."""
    assert client.fetched(broken(headers), rest()) == BODY
    assert client.ranges() == ["", ""]


def test_a_time_of_change_proves_enough(client: Client) -> None:
    """If the file had not been changed just before."""
    dates = {
        "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT",
        "Date": "Tue, 02 Jan 2024 00:00:00 GMT",
    }
    assert client.fetched(broken(dates), rest(etag=dates["Last-Modified"])) == BODY
    assert client.ranges() == ["", f"bytes={HALF}-"]


@pytest.mark.parametrize(
    ("told", "etag"),
    [
        ("", '"1"'),
        (f"bytes 0-{len(BODY) - 1}/{len(BODY)}", '"1"'),
        (f"bytes {HALF + 1}-{len(BODY) - 1}/{len(BODY)}", '"1"'),
        (f"bytes {HALF}-{len(BODY)}/{len(BODY) + 1}", '"1"'),
        (f"bytes {HALF}-{len(BODY) - 1}/{len(BODY)}", '"2"'),
    ],
)
def test_a_wrong_rest_is_never_used(client: Client, told: str, etag: str) -> None:
    """The next try fetches the whole file."""
    headers = {"ETag": etag, "Content-Range": told} if told else {"ETag": etag}
    assert client.fetched(broken(), answer(206, BODY[HALF:], headers), rest()) == BODY
    assert client.ranges() == ["", f"bytes={HALF}-", ""]


def test_a_rest_that_is_not_satisfiable_begins_again(client: Client) -> None:
    """The file is shorter now, whatever its ETag says."""
    assert client.fetched(broken(), answer(416), rest()) == BODY
    assert client.ranges() == ["", f"bytes={HALF}-", ""]


def test_a_packed_rest_is_refused(client: Client) -> None:
    """Its bytes would not be those of the file."""
    headers = {"Content-Range": f"bytes {HALF}-{len(BODY) - 1}/{len(BODY)}"}
    packed = answer(206, BODY[HALF:], {**headers, "Content-Encoding": "gzip"})
    assert "encoded as gzip" in client.refused(broken(), packed).brief


def test_both_parts_together_have_the_limit(client: Client) -> None:
    """A server cannot send more by breaking off."""
    sizes = []

    def more(request: BaseHTTPRequestHandler) -> None:
        first = int(request.headers["Range"][len("bytes=") : -1])
        sizes.append(first)
        told = {"Content-Range": f"bytes {first}-{LIMIT}/{LIMIT + 1}"}
        answer(206, b"x" * (LIMIT + 1 - first), told)(request)

    long = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n'
    error = client.refused(raw(long + b"x" * 70_000), more)
    assert f"{LIMIT + 1} bytes, more than {LIMIT}" in error.brief
    assert len(sizes) == 1
