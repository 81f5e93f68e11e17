"""The server for trying a folder: it gives regular files below the folder and nothing else."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.local_server import LOOPBACK, LocalServer, media_type, path_of
from distrorocks.serve.folder.publish import publish
from tests.serve.folder.folders import rockspec


class Running:
    """A running server for a folder, and what it logged."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[str] = []
        self.server = LocalServer(str(folder), 0, self.lines.append)
        self.port = self.server.server_address[1]

    def ask(self, target: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        """Return the answer for a target, which is sent as it is."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, target, skip_host=True)
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a published folder, with what must not be served in it and beside it."""
    directory = tmp_path / "server"
    directory.mkdir()
    rockspec(directory, "foo")
    publish(str(directory))
    (tmp_path / "secret").write_text("secret")
    (directory / "link").symlink_to(tmp_path / "secret")
    (directory / "up").symlink_to(tmp_path)
    (directory / ".hidden").write_text("secret")
    (directory / ".git").mkdir()
    (directory / ".git/config").write_text("secret")
    (directory / "5.4").mkdir()
    (directory / "5.4/index.html").write_text("inner")
    (directory / "empty").mkdir()
    os.mkfifo(directory / "fifo")
    return directory


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    """Run a server for the test."""
    found = Running(folder)
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.mark.parametrize(
    ("target", "name", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/manifest", "manifest", "text/plain; charset=utf-8"),
        ("/manifest-5.4", "manifest-5.4", "text/plain; charset=utf-8"),
        ("/manifest-5.4.json?x=1", "manifest-5.4.json", "application/json"),
        ("/manifest-5.4.zip", "manifest-5.4.zip", "application/zip"),
        ("/foo-1.0-1.rockspec", "foo-1.0-1.rockspec", "text/plain; charset=utf-8"),
        ("//foo-1.0-1%2Erockspec", "foo-1.0-1.rockspec", "text/plain; charset=utf-8"),
        ("/SHA256SUMS", "SHA256SUMS", "text/plain; charset=utf-8"),
        ("/5.4/", "5.4/index.html", "text/html; charset=utf-8"),
    ],
)
def test_files_are_served(
    running: Running, folder: Path, target: str, name: str, kind: str
) -> None:
    """With their type, length and time; HEAD is the same without the file."""
    content = (folder / name).read_bytes()
    for method, expected in (("GET", content), ("HEAD", b"")):
        response, body = running.ask(target, method)
        assert (response.status, body) == (200, expected)
        assert response.headers["Content-Type"] == kind
        assert int(response.headers["Content-Length"]) == len(content)
    response, body = running.ask(target, If_Modified_Since=response.headers["Last-Modified"])
    assert (response.status, body) == (304, b"")


HOSTILE = (
    *("/../secret", "/..%2fsecret", "/%2e%2e/secret", "/5.4/../../secret", "/./../secret"),
    *("/link", "/up/secret", "/up/", "/.hidden", "/.git/config", "/%2egit/config", "/fifo"),
    *("/empty/", "/none", "/foo%00", "/foo-1.0-1.rockspec/", "/foo-1.0-1.rockspec/x"),
    *("/%ff%fe", "/..", "/...", "/\\..\\secret", "/" + "a" * 5000, "/%0d%0aX:%20y", "/C:/x"),
    *("foo-1.0-1.rockspec", "http://x/../secret", "*", "?", "/%2F%2Fetc%2Fpasswd"),
)


@pytest.mark.parametrize("target", HOSTILE)
def test_nothing_else_is_served(running: Running, target: str) -> None:
    """No link, no hidden or special file, no listing, nothing outside the folder."""
    response, body = running.ask(target)
    assert response.status in (400, 404)
    assert b"secret" not in body


def test_a_folder_is_named_with_a_slash(running: Running, folder: Path) -> None:
    """The redirect stays on this server, and adds no header."""
    response, _ = running.ask("/5.4")
    assert (response.status, response.headers["Location"]) == (301, "/5.4/")
    (folder / "a\r\nX: y").mkdir()
    response, _ = running.ask("/a%0d%0aX:%20y")
    assert "X" not in response.headers
    response, _ = running.ask("//5.4")
    assert response.headers["Location"] == "/5.4/"


def test_only_reading_is_possible(running: Running) -> None:
    """Other methods are not known."""
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert running.ask("/manifest", method)[0].status == 501


def test_broken_requests_do_not_end_it(running: Running) -> None:
    """Nor do clients that go away."""
    for text in (b"\0\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b""):
        with socket.create_connection((LOOPBACK, running.port), timeout=20) as client:
            client.sendall(text)
    assert running.ask("/manifest")[0].status == 200


def test_each_request_is_logged(running: Running) -> None:
    """With its answer."""
    running.ask("/none")
    assert running.lines[-1].startswith('"GET /none HTTP/1.1" 404')


def test_it_is_reached_from_this_machine_only(running: Running) -> None:
    """It binds to the loopback interface."""
    assert running.server.url == f"http://127.0.0.1:{running.port}"


def test_a_port_in_use_is_an_error(running: Running, folder: Path) -> None:
    """The hint names the option."""
    with pytest.raises(DistrorocksError, match="cannot use port") as caught:
        LocalServer(str(folder), running.port, lambda _: None)
    assert "--port" in caught.value.hint


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """Before a port is taken."""
    with pytest.raises(DistrorocksError, match="not there"):
        LocalServer(str(tmp_path / "none"), 0, lambda _: None)


@pytest.mark.parametrize(
    ("target", "path"),
    [("/", "/"), ("/a//b/", "/a/b/"), ("/a?b#c", "/a"), ("//[", "/["), ("a", ""), ("/a/.b", "")],
)
def test_what_a_target_means(target: str, path: str) -> None:
    """Empty names do not count, and hidden ones mean nothing."""
    assert path_of(target) == path


def test_the_type_of_unknown_files_is_bytes() -> None:
    """A browser offers to save them."""
    assert media_type("x.tar.gz") == media_type("x") == "application/octet-stream"
    assert media_type("manifest") == "text/plain; charset=utf-8"
