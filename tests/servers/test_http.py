"""A file of a server comes whole and in bounds, or an error says what the server did."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import ssl
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.servers.http import NOT_MODIFIED, Answer, Web
from distrorocks.servers.time_limit import ServerError
from tests.loopback import Loopback, answer, hasty_web, raw, running

LIMIT = 100_000
HASTE = 0.6


@pytest.fixture
def server() -> Iterator[Loopback]:
    """Run a server."""
    with running() as found:
        yield found


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of this machine stand between."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def fetched(server: Loopback, path: str, *, seconds: float = 10) -> bytes:
    """Return what is fetched from a path."""
    content = hasty_web(seconds=seconds).fetch(server.url + path, limit=LIMIT).content
    assert content is not None
    return content


def refused(server: Loopback, path: str, *, seconds: float = 10) -> ServerError:
    """Return the error of a path, which names the server and the file, and comes in time."""
    began = time.monotonic()
    with pytest.raises(ServerError) as caught:
        hasty_web(seconds=seconds).fetch(server.url + path, limit=LIMIT)
    assert f"{server.url}{path}" in caught.value.brief
    assert time.monotonic() - began < seconds + 20
    return caught.value


def test_a_file_comes_with_what_tells_its_next_version(server: Loopback) -> None:
    """ETag and Last-Modified are kept; asked with them, an unchanged file has no content."""
    server.serve("/a", b"text", ETag='"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
    web = Web()
    first = web.fetch(f"{server.url}/a", limit=LIMIT)
    assert first == Answer(b"text", '"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    server.replies["/a"] = answer(NOT_MODIFIED)
    again = web.fetch(f"{server.url}/a", limit=LIMIT, etag=first.etag, modified=first.modified)
    assert again.content is None
    assert server.asked[1][1]["if-none-match"] == '"1"'


def test_files_come_over_one_connection(server: Loopback) -> None:
    """It is kept for the next, a missing file aside."""
    server.serve("/a", b"text")
    web = Web()
    for _ in range(4):
        web.fetch(f"{server.url}/a", limit=LIMIT)
    assert server.connections == 1


def test_gzip_is_opened(server: Loopback) -> None:
    """What a server packs for the way is unpacked, within the limit of the file itself."""
    server.serve("/a", gzip.compress(b"x" * 5000), Content_Encoding="gzip")
    assert fetched(server, "/a") == b"x" * 5000


def test_redirects_are_followed(server: Loopback) -> None:
    """A file may have moved, some times."""
    server.replies["/a"] = answer(302, headers={"Location": "/b"})
    server.replies["/b"] = answer(301, headers={"Location": f"{server.url}/c"})
    server.serve("/c", b"here")
    assert fetched(server, "/a") == b"here"


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_file_is_told_apart(server: Loopback, status: int) -> None:
    """That a server has no such file is no fault of the server."""
    server.replies["/a"] = answer(status)
    assert refused(server, "/a").is_missing


def test_other_statuses_are_faults(server: Loopback) -> None:
    """A status that nobody asked for is told; 304 too where no copy was held against it."""
    for status in (403, 500, 503, 206, NOT_MODIFIED):
        server.replies["/a"] = answer(status)
        error = refused(server, "/a")
        assert str(status) in error.brief
        assert not error.is_missing


def test_redirects_in_a_circle_end(server: Loopback) -> None:
    """Six requests are enough to see it."""
    server.replies["/a"] = answer(302, headers={"Location": "/b"})
    server.replies["/b"] = answer(302, headers={"Location": "/a"})
    assert "redirected more than 5 times" in refused(server, "/a").brief
    assert len(server.asked) == 6


@pytest.mark.parametrize("there", ["file:///etc/passwd", "ftp://x/", "javascript:1", "http://a b/"])
def test_redirects_stay_in_the_web(server: Loopback, there: str) -> None:
    """No redirect makes a file of this machine one of the server's."""
    server.replies["/a"] = answer(302, headers={"Location": there})
    refused(server, "/a")


def test_a_password_is_sent_to_its_own_server_and_never_told(server: Loopback) -> None:
    """It goes along to no other host, and no message shows it."""
    with running() as other:
        server.replies["/a"] = answer(302, headers={"Location": f"{other.url}/b"})
        url = server.url.replace("://", "://me:secret@")
        with pytest.raises(ServerError) as caught:
            Web().fetch(f"{url}/a", limit=LIMIT)
        assert server.asked[0][1]["authorization"].startswith("Basic ")
        assert "authorization" not in other.asked[0][1]
    assert "secret" not in str(caught.value)


def test_a_body_without_end_is_cut_off(server: Loopback) -> None:
    """No more is read than the file may have."""
    endless = [b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x" * 10_000] * 1000
    server.replies["/a"] = raw(*endless)
    assert f"more than {LIMIT} bytes" in refused(server, "/a").brief


def test_a_length_past_the_limit_is_refused_at_once(server: Loopback) -> None:
    """Nothing of it is read."""
    server.replies["/a"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    assert "99999999999 bytes" in refused(server, "/a").brief


def test_a_body_shorter_than_its_length_is_an_error(server: Loopback) -> None:
    """Half a manifest is none."""
    server.replies["/a"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
    refused(server, "/a")


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"",
        b"\x00\xff garbage",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + b"x" * 200_000,
    ],
    ids=range(8),
)
def test_garbage_is_an_error(server: Loopback, bytes_sent: bytes) -> None:
    """What is no HTTP becomes one line that says so."""
    server.replies["/a"] = raw(bytes_sent)
    with contextlib.suppress(ServerError):
        assert fetched(server, "/a") == b""


def test_a_gzip_bomb_is_cut_off(server: Loopback) -> None:
    """The limit holds for what comes out of it, however it is packed."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(100)) + packer.flush()
    assert len(bomb) < LIMIT * 2
    server.serve("/a", bomb[:LIMIT], Content_Encoding="gzip")
    assert "more than" in refused(server, "/a").brief


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"x" * 1000, mtime=0)[:-12]], ids=["garbage", "cut"]
)
def test_damaged_gzip_is_an_error(server: Loopback, body: bytes) -> None:
    """Neither garbage nor half of it passes for the file."""
    server.serve("/a", body, Content_Encoding="gzip")
    assert "gzip" in refused(server, "/a").brief


def test_an_encoding_that_nobody_asked_for_is_refused(server: Loopback) -> None:
    """Its bytes would be taken for the file."""
    server.serve("/a", b"x", Content_Encoding="br")
    assert "encoded as br" in refused(server, "/a").brief


def test_a_server_that_dribbles_headers_is_left(server: Loopback) -> None:
    """One header now and then keeps no connection busy for ever."""
    lines = [b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 90
    server.replies["/a"] = raw(*lines, pause=lambda: server.is_over.wait(0.1))
    error = refused(server, "/a", seconds=HASTE)
    assert "took more than" in error.brief
    assert error.is_down


def test_a_server_that_dribbles_its_body_is_left(server: Loopback) -> None:
    """A byte at a time is not enough either."""
    parts = [b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x"] * 90
    server.replies["/a"] = raw(*parts, pause=lambda: server.is_over.wait(0.1))
    assert refused(server, "/a", seconds=HASTE).is_down


def test_a_server_that_says_nothing_is_left(server: Loopback) -> None:
    """Silence is bounded."""
    server.replies["/a"] = raw(b"", pause=lambda: server.is_over.wait(5))
    assert refused(server, "/a", seconds=HASTE).is_down


def test_a_server_that_is_not_there_is_down() -> None:
    """The error names no object of ours, and hints at the network."""
    with running() as gone:
        pass
    error = refused(gone, "/a")
    assert error.is_down
    assert "refused" in error.brief
    assert "0x" not in str(error)
    assert "network" in error.hint


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl to make a key")
def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that nobody trusts proves nothing; ``SSL_CERT_FILE`` names more to trust."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=rocks"]
    name = ("-addext", "subjectAltName=IP:127.0.0.1")
    command = ["openssl", *words, *name, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with running(context) as server:
        server.serve("/a", b"text")
        assert "SSL_CERT_FILE" in refused(server, "/a").hint
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetched(server, "/a") == b"text"
        server.replies["/b"] = answer(302, headers={"Location": "http://127.0.0.1:1/a"})
        assert "redirected to http" in refused(server, "/b").brief


def test_the_proxy_of_the_environment_is_used(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``http_proxy`` leads to servers, ``no_proxy`` around it; its password is not told."""
    monkeypatch.setenv("http_proxy", server.url.replace("://", "://me:secret@"))
    server.serve("http://rocks.example/a", b"through")
    assert Web().fetch("http://rocks.example/a", limit=LIMIT).content == b"through"
    assert server.asked[0][1]["proxy-authorization"].startswith("Basic ")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.serve("/b", b"direct")
    assert fetched(server, "/b") == b"direct"
