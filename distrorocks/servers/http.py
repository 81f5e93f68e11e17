"""Downloads from rocks servers over HTTP, with limits on time, size, redirects and tries.

Certificates are always verified, whatever LuaRocks' ``check_certificates`` is; ``SSL_CERT_FILE``
names your own authorities. Proxies come from ``http_proxy``, ``https_proxy`` and ``no_proxy``. A
server may be hostile or broken: a response has a size limit before and after decompression, and a
time limit (``time_limit.py``). Failures that may pass are tried again, and a download that broke
off goes on where it was (``retry.py``).
"""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic, sleep
from typing import Any
from urllib.parse import unquote_to_bytes
from urllib.request import getproxies_environment, proxy_bypass

import urllib3

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.progress import BYTES, Work
from distrorocks.rocks.quotation import plain
from distrorocks.servers.http_fault import (
    AUTHORITIES,
    LATER,
    NETWORK,
    cause_of,
    fetch_error,
    is_broken,
    status_error,
    told,
)
from distrorocks.servers.retry import Begun, Tries
from distrorocks.servers.time_limit import SECONDS, Clock, ServerError, in_time
from distrorocks.servers.web_address import AddressError, WebAddress
from distrorocks.values import NamedTuple


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
NOT_MODIFIED = 304
_PARTIAL = 206
_NO_RANGE = 416


class Answer(NamedTuple):
    """A response: ``content`` is None if the cached copy is still current (304)."""

    content: bytes | None
    etag: str = ""
    modified: str = ""


class Web:
    """The HTTP client; connections are reused.

    ``pause`` waits some seconds between two tries, ``now`` is the clock of all limits.
    """

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        pause: Callable[[float], object] = sleep,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._seconds = seconds
        self._pause = pause
        self._now = now
        self._pools: dict[WebAddress | None, urllib3.PoolManager] = {}
        self._lock = threading.Lock()
        self.answered: set[str] = set()
        """The origins that have answered in this run."""

    def fetch(self, url: str, *, limit: int, etag: str = "", modified: str = "") -> Answer:
        """Return the file at ``url`` of at most ``limit`` bytes; raise ``ServerError``.

        ``etag`` and ``modified`` are those of a cached copy.
        """
        with Work(f"fetching {_named(url)}", unit=BYTES) as work:
            return self._fetched(url, limit, etag, modified, work)

    def _fetched(self, url: str, limit: int, etag: str, modified: str, work: Work) -> Answer:
        """Fetch a file in as many tries as it may have."""
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        asked = {name: value for name, value in headers.items() if value}
        begun = Begun(work)
        tries = Tries(Clock(self._seconds, limit).whole, now=self._now)
        while True:
            clock = Clock(self._seconds, limit, now=self._now)
            request = _Request(self, url, limit, clock, begun.asked() or asked, begun)
            try:
                return in_time(request, clock, partial(_late, url, clock))
            except ServerError as error:
                wait = tries.wait_after(error)
                if wait is None:
                    raise tries.counted(error) from None
                work.at("waiting to try again")
                self._pause(wait)
                work.at("")

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


def _named(url: str) -> str:
    """Return the name of the file at ``url`` for messages."""
    path = url.partition("?")[0].rstrip("/")
    return plain(path.rpartition("/")[2].rpartition("@")[2])


def _secret(header: str, address: WebAddress) -> dict[str, str]:
    """Return the authorization header for the secret in an address."""
    if address.secret is None:
        return {}
    name, _, password = address.secret.partition(":")
    secret = unquote_to_bytes(f"{name}:{password}")
    return {header: f"Basic {base64.b64encode(secret).decode()}"}


class _Request:
    """One try of a request, including redirects, to the last byte.

    ``begun`` is what earlier tries have fetched, and takes what this one fetches.
    """

    def __init__(
        self,
        web: Web,
        url: str,
        limit: int,
        clock: Clock,
        asked: Mapping[str, str],
        begun: Begun,
    ) -> None:
        self._web = web
        self._url = url
        self._limit = limit
        self._clock = clock
        self._asked = asked
        self._begun = begun

    def __call__(self) -> Answer:
        try:
            address = WebAddress.parse(self._url)
        except AddressError as error:
            raise self._error(error.brief, hint="correct the address") from None
        for _ in range(MOST_REDIRECTS + 1):
            response = self._response(address)
            try:
                location = response.headers.get("Location")
                if response.status not in _MOVED or not location:
                    self._clock.begin_body()
                    return self._answer(response, address)
                address = address.moved(location)
            except AddressError as error:
                raise self._error(error.brief) from None
            except urllib3.exceptions.HTTPError as error:
                raise self._failed(error, address) from None
            finally:
                response.close()
        raise self._error(f"it is redirected more than {MOST_REDIRECTS} times")

    def _response(self, address: WebAddress) -> urllib3.BaseHTTPResponse:
        headers = {"User-Agent": f"distrorocks/{__version__}", "Accept-Encoding": "gzip"}
        headers.update(self._asked)
        headers.update(_secret("Authorization", address))
        try:
            response = self._web.pool(address).request(
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
            raise self._failed(error, address) from None
        self._web.answered.add(address.origin)
        return response

    def _answer(self, response: urllib3.BaseHTTPResponse, address: WebAddress) -> Answer:
        begun, headers, status = self._begun, response.headers, response.status
        if status == NOT_MODIFIED and self._asked.keys() & {"If-None-Match", "If-Modified-Since"}:
            return Answer(None)
        if "Range" in self._asked and status in (_PARTIAL, _NO_RANGE):
            why = "the server has no rest of it"
            if status == _PARTIAL:
                why = begun.why_not(headers, address.origin)
            if why:
                begun.clear()
                raise self._error(why, may_pass=True)
        elif status != 200:
            raise status_error(status, headers, self._url)
        else:
            begun.begin(headers, address.origin)
        length = headers.get("Content-Length", "")
        if length.isdecimal() and len(length) < 20 and begun.size + int(length) > self._limit:
            raise self._error(f"it has {begun.size + int(length)} bytes, more than {self._limit}")
        content = self._body(response)
        return Answer(content, headers.get("ETag", ""), headers.get("Last-Modified", ""))

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        begun = self._begun
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "", "gzip", "x-gzip") or (begun.size and "gzip" in coding):
            raise self._error(f"its content is encoded as {plain(coding)}, which was not requested")
        packer = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        received = 0
        read = getattr(response, "read1", response.read)  # urllib3 1.26 has no read1
        while part := read(_PART):
            received += len(part)
            if self._clock.is_late(received):
                raise self._error("it arrives too slowly", hint=LATER, is_down=True)
            try:
                room = self._limit + 1 - begun.size
                opened = packer.decompress(part, room) if packer else part
            except zlib.error as error:
                raise self._error(f"its gzip is damaged ({error})") from None
            begun.add(opened)
            if begun.size > self._limit or (packer and packer.unconsumed_tail):
                raise self._error(f"it has more than {self._limit} bytes")
        if packer and not packer.eof:
            raise self._error("its gzip ends too early", hint=LATER, may_pass=True)
        if not packer and not begun.is_whole:
            raise self._error("it ended too early", hint=LATER, may_pass=True)
        response.release_conn()  # for the next file
        return b"".join(begun.parts)

    def _failed(self, error: Exception, address: WebAddress) -> ServerError:
        """Return the error for a request that brought no answer, or a body that broke off."""
        proxy, below = proxy_for(address), cause_of(error)
        why = told(below)
        if isinstance(error, urllib3.exceptions.ProxyError) and proxy:
            hint = f"check {address.scheme}_proxy, or set no_proxy to the server's name"
            return self._error(f"the proxy {proxy}: {why}", hint=hint, is_down=True)
        if "certificate" in why.lower() or "hostname" in why:
            return self._error(why, hint=AUTHORITIES, is_down=True)
        may_pass = isinstance(error, urllib3.exceptions.ProtocolError) and is_broken(below)
        if isinstance(error, urllib3.exceptions.NewConnectionError):
            may_pass = address.origin in self._web.answered and isinstance(below, ConnectionError)
        return self._error(why, hint=NETWORK, is_down=True, may_pass=may_pass)

    def _error(self, why: str, *, hint: str = "", **traits: bool) -> ServerError:
        return fetch_error(self._url, why, hint=hint, **traits)


def _late(url: str, clock: Clock) -> ServerError:
    why = f"it took more than {clock.spent:g} seconds"
    return fetch_error(url, why, hint=LATER, is_down=True)
