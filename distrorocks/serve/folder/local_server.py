"""A static HTTP server on the loopback interface, to try a server's folder with real clients.

It is not for production: it has no TLS, no limits of clients and no logs. It serves regular files
below the folder and nothing else: no links, no hidden files, no directory listings.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from stat import S_ISDIR
from urllib.parse import quote, unquote

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.served import MANIFEST, PAGE, SUMS
from distrorocks.system.files.named_folder import NamedFolder

LOOPBACK = "127.0.0.1"

SECONDS = 30
"""How long a client may keep a connection without a request."""

MOST_BYTES = 1 << 30
"""Bytes of a file that is served."""

_LONGEST_PATH = 4096
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".zip": "application/zip",
    ".rock": "application/zip",
    ".rockspec": "text/plain; charset=utf-8",
    ".asc": "application/pgp-signature",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

Log = Callable[[str], None]


def path_of(target: str) -> str:
    """Return the path in the folder that a request's target means, "" for nothing that is served.

    A path that ends with a slash is a directory's. Names that begin with a dot are never served.
    """
    path = unquote(target.partition("?")[0].partition("#")[0], errors="surrogateescape")
    names = [name for name in path.split("/") if name]
    is_plain = not any(name.startswith(".") or "\0" in name for name in names)
    if len(path) > _LONGEST_PATH or not path.startswith("/") or not is_plain:
        return ""
    inside = "".join(f"/{name}" for name in names)
    return f"{inside}/" if path.endswith("/") else inside


def media_type(name: str) -> str:
    """Return the media type of a file."""
    if name.startswith((MANIFEST, SUMS)) and "." not in name.removeprefix(f"{MANIFEST}-5."):
        return "text/plain; charset=utf-8"
    ending = name[name.rfind(".") :] if "." in name else ""
    return _TYPES.get(ending, "application/octet-stream")


class LocalServer(ThreadingHTTPServer):
    """A server for one folder; ``log`` gets a line for each request."""

    daemon_threads = True

    def __init__(self, folder: str, port: int, log: Log) -> None:
        """Bind to a port of the loopback interface, 0 for any; raise ``DistrorocksError``."""
        NamedFolder(folder).close()
        self.folder = folder
        self.log = log
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            raise DistrorocksError(
                f"cannot use port {port}: {error.strerror}",
                hint="pass another one with --port, or --port 0 for any that is free",
            ) from None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that go away."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "distrorocks"
    sys_version = ""
    timeout = SECONDS
    server: LocalServer

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(is_body=True)

    def do_HEAD(self) -> None:
        """Send what a GET would, without the file."""
        self._answer(is_body=False)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        """Log one line."""
        self.server.log(format % arguments)

    def _answer(self, *, is_body: bool) -> None:
        with NamedFolder(self.server.folder) as folder:
            path = self._file(folder, path_of(self.path))
            if path is None:
                return
            try:
                content, status = folder.read_with_status(path, MOST_BYTES)
            except DistrorocksError:
                self._refuse()
                return
        if self._is_known(int(status.st_mtime)):
            self._head(HTTPStatus.NOT_MODIFIED, {})
            return
        headers = {
            "Content-Type": media_type(path.rpartition("/")[2]),
            "Content-Length": str(len(content)),
            "Last-Modified": formatdate(status.st_mtime, usegmt=True),
        }
        self._head(HTTPStatus.OK, headers)
        if is_body:
            self.wfile.write(content)

    def _file(self, folder: NamedFolder, path: str) -> str | None:
        """Return the path of the file to send, or answer otherwise and return None."""
        if path and not path.endswith("/"):
            status = folder.status_inside(path)
            if status is not None and S_ISDIR(status.st_mode):
                self._head(
                    HTTPStatus.MOVED_PERMANENTLY,
                    {"Location": quote(f"{path}/", errors="surrogateescape")},
                )
                return None
        path += PAGE if path.endswith("/") else ""
        if not path or folder.regular(path) is None:
            self._refuse()
            return None
        return path

    def _is_known(self, modified: int) -> bool:
        """Return whether the client has the file as it is."""
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
            return modified <= since.timestamp()
        except (TypeError, ValueError, OverflowError):
            return False

    def _refuse(self) -> None:
        self._head(HTTPStatus.NOT_FOUND, {})

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": _POLICY}
        for name, value in {"Content-Length": "0", **safe, **headers}.items():
            if not (status == HTTPStatus.NOT_MODIFIED and name == "Content-Length"):
                self.send_header(name, value)
        self.end_headers()
