"""Downloads from rocks servers over HTTP, with limits on time, size and redirects.

Certificates are always verified, whatever LuaRocks' ``check_certificates`` is; ``SSL_CERT_FILE``
names your own authorities. Proxies come from ``http_proxy``, ``https_proxy`` and ``no_proxy``. A
server may be hostile or broken: a response has a size limit before and after decompression, and a
time limit (``time_limit.py``). Nothing is retried: the caller decides about a server that fails.
"""

from __future__ import annotations

import base64
import re
import threading
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes
from urllib.request import getproxies_environment, proxy_bypass

import urllib3

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain
from distrorocks.servers.time_limit import SECONDS, Clock, ServerError, in_time
from distrorocks.servers.web_address import AddressError, WebAddress, without_secrets


def proxy_for(address: WebAddress) -> WebAddress | None:
    """Return the proxy for an address, or None; raise if the proxy setting is invalid."""
    known = getproxies_environment()
    if proxy_bypass(address.origin):
        return None
    proxy = known.get(address.scheme) or known.get("all") or ""
    if not proxy:
        return None
    try:
        return WebAddress.parse(proxy if "://" in proxy else f"http://{proxy}")
    except AddressError as error:
        raise DistrorocksError(
            f"the proxy of the environment is not used: {error.brief}",
            hint=f"set {address.scheme}_proxy to an http:// URL, or no_proxy to the server's name",
        ) from None


MOST_REDIRECTS = 5
_PART = 1 << 16
_MOVED = frozenset((301, 302, 303, 307, 308))
_OBJECT = re.compile(r"^(?:<[^>]*>|\w+\([^)]*\)): ")
_GONE = frozenset((404, 410))
NOT_MODIFIED = 304


class Answer(NamedTuple):
    """A response: ``content`` is None if the cached copy is still current (304)."""

    content: bytes | None
    etag: str = ""
    modified: str = ""


class Web:
    """The HTTP client; connections are reused."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pools: dict[WebAddress | None, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def fetch(self, url: str, *, limit: int, etag: str = "", modified: str = "") -> Answer:
        """Return the file at ``url`` of at most ``limit`` bytes; raise ``ServerError``.

        ``etag`` and ``modified`` are those of a cached copy.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        asked = {name: value for name, value in headers.items() if value}
        clock = Clock(self._seconds, limit)
        return in_time(_Request(self, url, limit, clock, asked), clock, lambda: _late(url, clock))

    def pool(self, address: WebAddress) -> urllib3.PoolManager:
        """Return the connection pool for an address, through its proxy if it has one."""
        proxy = proxy_for(address)
        with self._lock:
            found = self._pools.get(proxy)
            if found is None:
                found = self._pools[proxy] = self._made(proxy)
            return found

    def _made(self, proxy: WebAddress | None) -> urllib3.PoolManager:
        options: dict[str, Any] = {
            "timeout": urllib3.Timeout(connect=self._seconds, read=self._seconds),
            "cert_reqs": "CERT_REQUIRED",
            "maxsize": 8,
        }
        if not proxy:
            return urllib3.PoolManager(**options)
        headers = _secret("Proxy-Authorization", proxy)
        return urllib3.ProxyManager(str(proxy), proxy_headers=headers, **options)


def _secret(header: str, address: WebAddress) -> dict[str, str]:
    """Return the authorization header for the secret in an address."""
    if address.secret is None:
        return {}
    name, _, password = address.secret.partition(":")
    secret = unquote_to_bytes(f"{name}:{password}")
    return {header: f"Basic {base64.b64encode(secret).decode()}"}


class _Request:
    """One request, including redirects, to the last byte."""

    def __init__(
        self, web: Web, url: str, limit: int, clock: Clock, asked: Mapping[str, str]
    ) -> None:
        self._web = web
        self._url = url
        self._limit = limit
        self._clock = clock
        self._asked = asked

    def __call__(self) -> Answer:
        try:
            address = WebAddress.parse(self._url)
        except AddressError as error:
            raise self._error(error.brief) from None
        for _ in range(MOST_REDIRECTS + 1):
            response = self._response(address)
            try:
                location = response.headers.get("Location")
                if response.status not in _MOVED or not location:
                    self._clock.begin_body()
                    return self._answer(response)
                address = address.moved(location)
            except AddressError as error:
                raise self._error(error.brief) from None
            except urllib3.exceptions.HTTPError as error:
                raise self._failed(error) from None
            finally:
                response.close()
        raise self._error(f"it is redirected more than {MOST_REDIRECTS} times")

    def _response(self, address: WebAddress) -> urllib3.BaseHTTPResponse:
        headers = {"User-Agent": f"distrorocks/{__version__}", "Accept-Encoding": "gzip"}
        headers.update(self._asked)
        headers.update(_secret("Authorization", address))
        try:
            return self._web.pool(address).request(
                "GET",
                str(address),
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
        except DistrorocksError as error:
            raise self._error(error.brief, hint=error.hint, is_down=True) from None
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise self._failed(error) from None

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
            raise self._error(f"its content is encoded as {plain(coding)}, which was not requested")
        packer = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        parts, received, size = [], 0, 0
        read = getattr(response, "read1", response.read)  # urllib3 1.26 has no read1
        while part := read(_PART):
            received += len(part)
            if self._clock.is_late(received):
                raise self._error("it arrives too slowly", is_down=True)
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
        response.release_conn()  # for the next file
        return b"".join(parts)

    def _failed(self, error: Exception) -> ServerError:
        """Return the error for a failed request."""
        reason = str(getattr(error, "reason", None) or error)
        reason = _OBJECT.sub("", reason) or type(error).__name__
        hint = "check the network, the proxy and the server's name"
        if "certificate" in reason.lower():
            hint = "SSL_CERT_FILE names the trusted authorities; certificates are always verified"
        return self._error(plain(reason), hint=hint, is_down=True)

    def _error(self, why: str, *, hint: str = "", is_down: bool = False) -> ServerError:
        return ServerError(
            f"cannot fetch {plain(without_secrets(self._url))}: {why}", hint=hint, is_down=is_down
        )


def _late(url: str, clock: Clock) -> ServerError:
    return ServerError(
        f"cannot fetch {plain(without_secrets(url))}: it took more than {clock.spent:g} seconds",
        hint="try again, or name another server with --server",
        is_down=True,
    )
