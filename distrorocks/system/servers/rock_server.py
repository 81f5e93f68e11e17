"""One file of a rocks server over HTTP: with limits on time, size, redirects and trust.

Certificates are always verified, whatever LuaRocks' ``check_certificates`` says: ``SSL_CERT_FILE``
names authorities of your own. Proxies are those of the environment. A server may be hostile or
broken: an answer has a limit of bytes before and after decompression, and a time in which all of
it must have come, dribbled headers included.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import urllib3

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain
from distrorocks.servers.address import without_secrets
from distrorocks.system.servers.error import ServerError
from distrorocks.system.servers.proxy import proxy_for

Result = TypeVar("Result")

MOST_REDIRECTS = 5
SECONDS = 60.0
CONNECT_SECONDS = 30.0
_PART = 1 << 16
_MOVED = frozenset((301, 302, 303, 307, 308))
_OBJECT = re.compile(r"^(?:<[^>]*>|\w+\([^)]*\)): ")
_GONE = frozenset((404, 410))
NOT_MODIFIED = 304


class Answer(NamedTuple):
    """What a server sent: ``content`` is None where the copy that was asked about is current."""

    content: bytes | None
    etag: str = ""
    modified: str = ""


class Web:
    """The way to servers; connections are kept for the next file."""

    def __init__(self, *, seconds: float = SECONDS, connect_seconds: float = CONNECT_SECONDS):
        self._seconds = seconds
        self._connect_seconds = min(connect_seconds, seconds)
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def fetch(
        self, url: str, *, limit: int, etag: str = "", modified: str = "", patience: float = 1.0
    ) -> Answer:
        """Return the file at ``url`` of at most ``limit`` bytes; raise ``ServerError``.

        ``etag`` and ``modified`` are those of a copy that is at hand. Large files need more
        ``patience``, a factor.
        """
        seconds = self._seconds * patience
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        asked = {name: value for name, value in headers.items() if value}
        deadline = monotonic() + seconds
        work = _Request(self, url, limit, deadline, asked)
        return in_time(work, seconds, lambda: _late(url, seconds))

    def pool(self, url: str) -> urllib3.PoolManager:
        """Return the connections that lead to ``url``, through its proxy where it has one."""
        proxy = proxy_for(url)
        with self._lock:
            found = self._pools.get(proxy)
            if found is None:
                found = self._pools[proxy] = self._made(proxy)
            return found

    def _made(self, proxy: str) -> urllib3.PoolManager:
        options: dict[str, Any] = {
            "timeout": urllib3.Timeout(connect=self._connect_seconds, read=self._connect_seconds),
            "cert_reqs": "CERT_REQUIRED",
            "maxsize": 8,
        }
        if not proxy:
            return urllib3.PoolManager(**options)
        parts = urlsplit(proxy)
        headers = None
        if parts.username is not None:
            secret = f"{parts.username}:{parts.password or ''}"
            headers = urllib3.make_headers(proxy_basic_auth=secret)
        return urllib3.ProxyManager(without_secrets(proxy), proxy_headers=headers, **options)


class _Request:
    """One file asked for, over redirects, to the last byte."""

    def __init__(
        self, web: Web, url: str, limit: int, deadline: float, asked: Mapping[str, str]
    ) -> None:
        self._web = web
        self._url = url
        self._limit = limit
        self._deadline = deadline
        self._asked = asked

    def __call__(self) -> Answer:
        url = self._url
        for _ in range(MOST_REDIRECTS + 1):
            response = self._response(url)
            try:
                if response.status not in _MOVED or not response.headers.get("Location"):
                    return self._answer(response)
                url = self._moved(url, response.headers["Location"])
            except urllib3.exceptions.HTTPError as error:
                raise self._failed(error) from None
            finally:
                response.close()
        raise self._error(f"it is redirected more than {MOST_REDIRECTS} times")

    def _response(self, url: str) -> urllib3.BaseHTTPResponse:
        parts = urlsplit(url)
        headers = {"User-Agent": f"distrorocks/{__version__}", "Accept-Encoding": "gzip"}
        headers.update(self._asked)
        if parts.username is not None:
            secret = f"{parts.username}:{parts.password or ''}"
            headers.update(urllib3.make_headers(basic_auth=secret))
        try:
            return self._web.pool(url).request(
                "GET",
                without_secrets(url),
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise self._failed(error) from None

    def _moved(self, url: str, location: str) -> str:
        """Return where a redirect leads: never out of the web, nor from https to http."""
        there = urljoin(url, location)
        scheme = urlsplit(there).scheme
        if scheme not in ("http", "https") or not there.isprintable() or " " in there:
            raise self._error(f"it is redirected to {plain(without_secrets(there))}, no URL")
        if scheme == "http" and url.startswith("https:"):
            raise self._error(f"it is redirected to http: {plain(without_secrets(there))}")
        return there

    def _answer(self, response: urllib3.BaseHTTPResponse) -> Answer:
        if response.status == NOT_MODIFIED and self._asked:
            return Answer(None)
        if response.status in _GONE:
            told = f"{without_secrets(self._url)} is not there (HTTP status {response.status})"
            raise ServerError(told, is_missing=True)
        if response.status != 200:
            raise self._error(f"HTTP status {response.status}")
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > self._limit:
            raise self._error(f"it has {length} bytes, more than {self._limit}")
        headers = response.headers
        return Answer(
            self._body(response), headers.get("ETag", ""), headers.get("Last-Modified", "")
        )

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "", "gzip", "x-gzip"):
            raise self._error(f"its content is encoded as {plain(coding)}, which nobody asked for")
        packer = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        parts, size = [], 0
        read = getattr(response, "read1", response.read)  # urllib3 1.26 has no read1
        while part := read(_PART):
            if monotonic() > self._deadline:
                raise self._error("it takes too long", is_down=True)
            try:
                opened = packer.decompress(part, self._limit + 1 - size) if packer else part
            except zlib.error as error:
                raise self._error(f"its gzip is damaged ({error})") from None
            size += len(opened)
            if size > self._limit or (packer and packer.unconsumed_tail):
                raise self._error(f"it has more than {self._limit} bytes")
            parts.append(opened)
        if packer and not packer.eof:
            raise self._error("its gzip ends too early")
        response.release_conn()  # the next file comes the same way
        return b"".join(parts)

    def _failed(self, error: Exception) -> ServerError:
        """Return the error for what went wrong on the way."""
        reason = str(getattr(error, "reason", None) or error)
        reason = _OBJECT.sub("", reason) or type(error).__name__
        hint = "see whether the network, the proxy and the server's name are right"
        if "certificate" in reason.lower():
            hint = "SSL_CERT_FILE names the authorities that are trusted; certificates always count"
        return self._error(plain(reason), hint=hint, is_down=True)

    def _error(self, why: str, *, hint: str = "", is_down: bool = False) -> ServerError:
        return ServerError(
            f"cannot fetch {plain(without_secrets(self._url))}: {why}", hint=hint, is_down=is_down
        )


def in_time(
    work: Callable[[], Result], seconds: float, late: Callable[[], DistrorocksError]
) -> Result:
    """Return what ``work`` returns; raise what ``late`` makes where that takes too long.

    Then the thread that works is left behind; it holds no more than its own answer.
    """
    results: list[Result] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    raise faults[0] if faults else late()


def _late(url: str, seconds: float) -> ServerError:
    return ServerError(
        f"cannot fetch {plain(without_secrets(url))}: it took more than {seconds:g} seconds",
        hint="try again, or name another server with --server",
        is_down=True,
    )
