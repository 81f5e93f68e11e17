"""The files of local and remote rocks servers, each read at most once per run.

A remote file comes from the cache while its copy is fresh, else it is validated with the server; if
the server cannot be reached, a stale copy is used with a warning. A server that could not be
reached is not tried again in the run. A rock that a server does not give comes from the next of its
mirrors.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from contextlib import suppress

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain
from distrorocks.servers.address import Address
from distrorocks.servers.download_cache import Copy, DownloadCache
from distrorocks.servers.time_limit import SECONDS, ServerError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.servers.http import Web

MANIFEST_LIMIT = 16 * 1024 * 1024
ROCK_LIMIT = 256 * 1024 * 1024
_MOST_KEPT = 1024 * 1024
_MOST_TOLD = 5
_WORKERS = 8


class Policy(NamedTuple):
    """How long copies are fresh, in seconds: ``cache_timeout`` and ``cache_fail_timeout``.

    ``is_offline`` queries no server at all. ``trusts_rocks`` uses copies of rocks and rockspecs
    without validation, since they never change (``aggressive_cache``). ``answer_seconds`` is the
    time limit for the headers of a response (``connection_timeout``).
    """

    timeout: float = 60
    fail_timeout: float = 86400
    is_offline: bool = False
    trusts_rocks: bool = False
    answer_seconds: float = SECONDS


class Wanted(NamedTuple):
    """A file of a server; without a name, the file that is at the address itself.

    ``may_be_missing``: there are alternatives, so its absence is cached.
    """

    server: Address
    name: str
    limit: int = ROCKSPEC_LIMIT
    is_rock: bool = True
    may_be_missing: bool = False

    @property
    def shown(self) -> str:
        """The URL or path for messages."""
        return f"{self.server}/{self.name}" if self.name else str(self.server)


class _Reading:
    """The state of one file: being read, read, or failed."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.content = b""
        self.error: DistrorocksError | None = None


class ServerFiles:
    """Reads the files of all servers; thread-safe."""

    def __init__(self, cache: DownloadCache, policy: Policy, web: Web | None = None) -> None:
        self._cache = cache
        self._policy = policy
        self._web = web
        self._lock = threading.Lock()
        self._readings: dict[str, _Reading] = {}
        self._down: dict[str, ServerError] = {}
        self._mirrors: dict[Address, tuple[Address, ...]] = {}
        self._queue: queue.SimpleQueue[Wanted] | None = None
        self._warnings: dict[str, None] = {}

    @property
    def is_offline(self) -> bool:
        """Whether nothing is fetched over a network."""
        return self._policy.is_offline

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings so far."""
        with self._lock:
            told = (self._cache.warning, *self._warnings)
            return tuple(text for text in told if text)

    def warn(self, text: str) -> None:
        """Record a warning."""
        with self._lock:
            self._warnings[text] = None

    def add_mirrors(self, server: Address, mirrors: tuple[Address, ...]) -> None:
        """Take the rocks of a server from the first of its ``mirrors`` if it does not give them."""
        with self._lock:
            self._mirrors[server] = mirrors

    def content(self, wanted: Wanted) -> bytes:
        """Return a file's bytes; raise ``ServerError``."""
        try:
            return self._content(wanted)
        except ServerError as error:
            with self._lock:
                mirrors = self._mirrors.get(wanted.server, ()) if wanted.is_rock else ()
            for mirror in mirrors:
                with suppress(ServerError):
                    content = self._content(wanted._replace(server=mirror))
                    self.warn(f"{error.brief}; it is taken from the mirror {mirror}")
                    return content
            raise

    def _content(self, wanted: Wanted) -> bytes:
        """Return a file's bytes as its server, or a copy, gives them; raise ``ServerError``."""
        key = wanted.server.file(wanted.name)
        with self._lock:
            reading = self._readings.get(key)
            is_mine = reading is None
            if reading is None:
                reading = self._readings[key] = _Reading()
        if is_mine:
            try:
                reading.content = self._read(wanted, key)
            except DistrorocksError as error:
                reading.error = error
            except BaseException:
                reading.error = ServerError(f"cannot fetch {wanted.server}: it was interrupted")
                raise
            finally:
                reading.done.set()
                if len(reading.content) > _MOST_KEPT:
                    self._forget(key)
        reading.done.wait()
        if reading.error:
            raise reading.error
        return reading.content

    def prefetch(self, wanted: Iterable[Wanted]) -> None:
        """Read files in other threads; errors are raised when a file is requested."""
        far = [each for each in wanted if not each.server.is_local]
        if not far or self._policy.is_offline:
            return
        if self._queue is None:
            self._queue = queue.SimpleQueue()
            for _ in range(_WORKERS):
                threading.Thread(target=self._work, args=(self._queue,), daemon=True).start()
        for each in far:
            self._queue.put(each)

    def discard(self, wanted: Wanted) -> None:
        """Drop the copy of a file that turned out to be unusable, so that it is fetched again."""
        self._cache.drop(wanted.server.file(wanted.name))

    def _work(self, waiting: queue.SimpleQueue[Wanted]) -> None:
        while True:
            try:
                self.content(waiting.get())
            except DistrorocksError:
                continue

    def _forget(self, key: str) -> None:
        with self._lock:
            self._readings.pop(key, None)

    def _read(self, wanted: Wanted, url: str) -> bytes:
        if wanted.server.is_local:
            return _near(wanted, url)
        copy = self._cache.find(url, wanted.limit)
        if copy and (self._policy.is_offline or self._is_young(wanted, copy)):
            return _there(copy, wanted)
        if self._policy.is_offline:
            raise self._kept_none(wanted)
        return self._fetched(wanted, url, copy)

    def _kept_none(self, wanted: Wanted) -> ServerError:
        """Return the error for a file of which there is no copy while nothing is fetched."""
        server, detail = str(wanted.server), ""
        if not wanted.may_be_missing and wanted.name:
            kept = self._cache.kept_below(wanted.server.place)
            more = f" and {len(kept) - _MOST_TOLD} others" if len(kept) > _MOST_TOLD else ""
            names = ", ".join(map(plain, kept[:_MOST_TOLD])) or "nothing"
            detail = f"the cache has {names}{more} of {server}"
        return ServerError(
            f"{wanted.shown} is not in the cache, and --offline fetches nothing",
            detail=detail,
            hint="run it once without --offline, or name a server that is a directory",
            is_missing=wanted.may_be_missing,
        )

    def _is_young(self, wanted: Wanted, copy: Copy) -> bool:
        if copy.content is None:
            return wanted.may_be_missing and copy.age < self._policy.fail_timeout
        if wanted.is_rock and self._policy.trusts_rocks:
            return True
        return copy.age < self._policy.timeout

    def _fetched(self, wanted: Wanted, url: str, copy: Copy | None) -> bytes:
        held = copy if copy and copy.content is not None else None
        fault = self._down.get(wanted.server.origin)
        try:
            if fault:
                raise ServerError(fault.brief, hint=fault.hint, is_down=True)
            answer = self._way().fetch(
                url,
                limit=wanted.limit,
                etag=held.etag if held else "",
                modified=held.modified if held else "",
            )
        except ServerError as error:
            return self._otherwise(wanted, url, held, error)
        if answer.content is None:
            if held is None or held.content is None:
                raise ServerError(f"{wanted.shown}: the server returned no content")
            self._cache.confirm(url)
            return held.content
        self._cache.keep(url, answer.content, etag=answer.etag, modified=answer.modified)
        return answer.content

    def _way(self) -> Web:
        """Return the HTTP client, imported when first used."""
        try:
            from distrorocks.servers.http import Web
        except ImportError:
            raise ServerError(
                "cannot fetch from servers: the package python3-urllib3 is not installed",
                hint="install python3-urllib3, or name a server that is a directory",
                is_down=True,
            ) from None
        with self._lock:
            if self._web is None:
                self._web = Web(seconds=self._policy.answer_seconds)
            return self._web

    def _otherwise(self, wanted: Wanted, url: str, held: Copy | None, error: ServerError) -> bytes:
        """Return the stale copy of a file that could not be fetched, or raise the error."""
        if error.is_missing:
            if wanted.may_be_missing:
                self._cache.keep(url, None)
            else:
                self._cache.drop(url)
            raise error
        if error.is_down:
            with self._lock:
                self._down.setdefault(wanted.server.origin, error)
        if held is None or held.content is None:
            raise error
        self.warn(f"{error.brief}; the copy {_since(held.age)} is used")
        return held.content


def _near(wanted: Wanted, path: str) -> bytes:
    try:
        return read_named(path, wanted.limit)
    except FileReadError as error:
        raise ServerError(error.brief, hint=error.hint, is_missing=error.is_missing) from None
    except UntrustedError as error:
        raise ServerError(error.brief, hint=error.hint) from None


def _there(copy: Copy, wanted: Wanted) -> bytes:
    if copy.content is None:
        raise ServerError(f"{wanted.shown} was not there", is_missing=True)
    return copy.content


def _since(age: float) -> str:
    if age == float("inf"):
        return "of unknown age"
    hours = int(age // 3600)
    return f"of {hours} hours ago" if hours else "of less than an hour ago"
