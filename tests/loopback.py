"""A rocks server on this machine's loopback, as honest or as hostile as a test wants it."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from distrorocks.servers.http import Web


def hasty_web(**options: Any) -> Web:
    """Return the HTTP client as it is, but that it never waits between two tries."""
    return Web(**{"pause": lambda _: None, **options})


Reply = Callable[[BaseHTTPRequestHandler], None]


class Loopback:
    """A server with a reply for each path.

    ``asked`` has every request's path and headers, their names in lower case; ``connections``
    is how many there were. ``posted`` has the path, the type and the body of what was sent.
    """

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.url = ""
        self.is_over = threading.Event()
        self.connections = 0
        self.posted: list[tuple[str, str, bytes]] = []

    def serve(self, path: str, body: bytes, **headers: str) -> None:
        """Give ``body`` for ``path``."""
        self.replies[path] = answer(200, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def paths(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [path for path, _ in self.asked]


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply that is as it should be, but for what ``headers`` say otherwise."""
    given = {"Content-Length": str(len(body)), **(headers or {})}

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in given.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return reply


def in_turn(*replies: Reply) -> Reply:
    """Return a reply that is another one each time; the last one stays."""
    left = list(replies)

    def reply(request: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(request)

    return reply


def reset(*parts: bytes) -> Reply:
    """Return a reply that writes bytes as they stand, and then resets the connection."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.wfile.write(b"".join(parts))
        request.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.connection.close()

    return reply


def raw(*parts: bytes, pause: Callable[[], object] | None = None) -> Reply:
    """Return a reply that writes bytes as they stand, with a pause after each part."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        for part in parts:
            request.wfile.write(part)
            request.wfile.flush()
            if pause:
                pause()

    return reply


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Run a server for the length of a test, over TLS with a ``context``."""
    server = Loopback()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            server.connections += 1
            super().setup()

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append((self.path, headers))
            reply = server.replies.get(self.path, answer(404))
            try:
                reply(self)
            except OSError:
                self.close_connection = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.posted.append((self.path, self.headers["Content-Type"], body))
            self.do_GET()

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    class Listening(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing: what a test reads on stderr is the client's."""

    listening = Listening(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    scheme = "http"
    if context:
        scheme = "https"
        listening.socket = context.wrap_socket(
            listening.socket, server_side=True, do_handshake_on_connect=False
        )
    server.url = f"{scheme}://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        listening.shutdown()
        listening.server_close()
