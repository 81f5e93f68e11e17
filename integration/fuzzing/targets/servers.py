"""Rocks servers: what they answer over HTTP, their manifests, addresses, copies of their files."""

from __future__ import annotations

import gzip
import os
import socket
import threading
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import to_text
from distrorocks.servers.address import Address
from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import Policy, ServerFiles
from distrorocks.servers.http import Web
from distrorocks.servers.manifest_reader import read_server_manifest
from integration.fuzzing.archives import archive, zip_of
from integration.fuzzing.shapes import json_document
from integration.fuzzing.target import Check, Target, plain, with_file
from integration.fuzzing.targets.rocks import MANIFEST, MANIFEST_JSON

_NEXT = b"\n----\n"
_LIMIT = 1 << 16
_URL = "http://rocks.example/manifest"
_ANSWERS_TOLD = """
HTTP/1.1 200 OK
Content-Length: 5
ETag: "x"
Last-Modified: now

hello
====
HTTP/1.1 200 OK
Transfer-Encoding: chunked

5
hello
3;x=y
abc
0
A: b

====
HTTP/1.1 302 Found
Location: /other
Content-Length: 0

----
HTTP/1.0 200 OK

body
====
HTTP/1.1 301 Moved
Location: http://b.example:80/x?y#z

----
HTTP/1.1 404 No

====
HTTP/1.1 307 T
Location: https://u:p@b.example/x

----
HTTP/1.1 200 Connected

====
HTTP/1.1 100 Continue

HTTP/1.1 200 OK
Connection: close

x
====
HTTP/1.1 200 OK
Content-Encoding: gzip

"""
"""Sequences of answers with ``====`` between; each answer of one is for the next connection."""
_LOCATIONS = (
    *rb"""http://[::1/ //[ http://u:p@[::1/x file:///etc/passwd http:// // ? http://a:99999/
    http://a:x/ http://[::1%25eth0]/ http://1.2.3.4.5/ http://%/ \\a\b ftp://a/ https: http://.../
    http://a..b/ http://-/ http://xn--/ https://[v1.x]/""".split(),
    *(b"http://a b/", b"http://a/\r\nX: y", "http://é.example/".encode(), b"http://" + b"a" * 70),
)


def _answers() -> list[bytes]:
    sequences = _ANSWERS_TOLD.replace("\n", "\r\n").encode().lstrip().split(b"====\r\n")
    sequences[-1] += gzip.compress(b"hello", mtime=0)
    return [each.replace(b"----\r\n", _NEXT) for each in sequences]


class _Server:
    """Answers each connection with the next part of an input, then hangs up."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with connection:
                try:
                    connection.settimeout(2)
                    asked = b""
                    while b"\r\n\r\n" not in asked and (part := connection.recv(1 << 16)):
                        asked += part
                    if self.parts:
                        connection.sendall(self.parts.pop(0))
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


def _http(_: Path) -> Check:
    """Fetch through a proxy, which is our server: a redirect leads to nobody else."""
    server = _Server()
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ[name] = f"http://127.0.0.1:{server.port}"
    os.environ.pop("no_proxy", None)

    def run(data: bytes) -> None:
        server.parts = data.split(_NEXT)
        answer = Web(seconds=20, pause=lambda _: None).fetch(_URL, limit=_LIMIT, etag="a")
        assert len(answer.content or b"") <= _LIMIT, "more than the limit"

    return run


def _manifest(root: Path) -> object:
    files = ServerFiles(DownloadCache(), Policy())
    return read_server_manifest(files, Address.parse(str(root / "server")), "5.4")


def _address(data: bytes) -> None:
    address = Address.parse(to_text(data))
    shown = str(address)
    assert "\n" not in shown or address.is_local, "an address with lines"
    str((address.origin, address.file("a b"), address.of_namespace("user"), address.below("x")))
    if not address.is_local and "@" not in address.place:
        assert Address.parse(shown) == address, "the address reads as another one"


def _copy(root: Path) -> Check:
    cache = DownloadCache(str(root / "cache"))
    cache.keep(_URL, b"content", etag="x", modified="y")
    (path,) = (root / "cache").iterdir()

    def run(data: bytes) -> None:
        path.write_bytes(data)
        cache.find(_URL, _LIMIT)

    return run


def _copies() -> list[bytes]:
    from hashlib import sha256

    body = b"content"
    head = f'{{"url": "{_URL}", "there": true, "etag": "x", "modified": "y", "sha256": "%s"}}\n'
    return [(head % sha256(body).hexdigest()).encode() + body]


def _refused(check: Check) -> Check:
    def run(data: bytes) -> None:
        try:
            check(data)
        except DistrorocksError as error:
            if not error.brief.isprintable():
                raise AssertionError("a message could upset a terminal") from error
            raise

    return run


SERVER_TARGETS = (
    Target("http", lambda root: _refused(_http(root)), _answers, words=_LOCATIONS),
    Target(
        "server-json",
        with_file("server/manifest-5.4.json", _manifest),
        lambda: (MANIFEST_JSON,),
        (json_document,) * 2,
    ),
    Target(
        "server-zip",
        with_file("server/manifest-5.4.zip", _manifest),
        lambda: (zip_of({"manifest-5.4": MANIFEST}),),
        (archive,),
    ),
    Target(
        "address",
        plain(_refused(_address)),
        lambda: (
            *(b"https://luarocks.org/", b"http://u:p@a.example:80/x/?q#f", b"file:///srv/rocks"),
            *(b"rocks/here", b"http://[::1]:8080/", b"HTTP://A.Example"),
        ),
        words=_LOCATIONS,
        most_bytes=4096,
    ),
    Target("server-copy", _copy, _copies, (json_document,)),
)
