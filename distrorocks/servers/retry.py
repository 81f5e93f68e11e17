"""Which failed requests are made again, after how long, and where a broken download goes on.

Only failures that may pass are tried again: a connection that was reset, a body that broke off, a
server that is busy or being restarted. All of it holds within one run and in memory: what is left
of a file after the last try is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

from distrorocks.patterns import regex
from distrorocks.progress import Work
from distrorocks.servers.time_limit import ServerError

MOST_TRIES = 4
FIRST_WAIT = 0.5
"""Seconds before the second try; each further wait is twice as long."""

LONGEST_WAIT = 20
"""The most seconds that a server may ask for with ``Retry-After``."""

BUSY = frozenset((429, 502, 503, 504))
"""Statuses by which a server, or what stands before it, says that all of it is in trouble."""

PASSING = BUSY | {500}
"""Statuses that may be others a little later."""

_STRONG = regex(r'"[!#-~]{0,1000}"')
_RANGE = regex(r"bytes +([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_SURE = timedelta(seconds=60)
"""How long before its answer a file was changed if Last-Modified alone tells its versions apart."""


class Tries:
    """The tries for one file; no further one begins after ``seconds``."""

    def __init__(self, seconds: float, *, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._end = now() + seconds
        self.made = 1

    def wait_after(self, error: ServerError) -> float | None:
        """Return the seconds to wait before the next try, None if there is to be none."""
        if not error.may_pass or self.made >= MOST_TRIES:
            return None
        wait = FIRST_WAIT * float(2 ** (self.made - 1))
        if error.retry_after is not None:
            if error.retry_after > LONGEST_WAIT:
                return None
            wait = max(wait, error.retry_after)
        if self._now() + wait > self._end:
            return None
        self.made += 1
        return wait

    def counted(self, error: ServerError) -> ServerError:
        """Return the last error, which says how many tries there were if there were several."""
        if self.made > 1:
            error.brief = f"{error.brief} ({self.made} tries)"
        return error


def seconds_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ``Retry-After`` asks for; None without a valid one."""
    told = headers.get("Retry-After", "").strip()
    if told.isdecimal() and told.isascii():
        return float(told[:10])
    until, sent = _time(told), _time(headers.get("Date", ""))
    return max(0.0, (until - sent).total_seconds()) if until and sent else None


def _time(text: str) -> datetime | None:
    """Return the time that a header tells, None if it is no date with a time zone."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None


class Begun:
    """The part of a file that has arrived before its connection broke.

    It is used only if the server proves by ``If-Range`` that the rest belongs to the same file, and
    only for bytes as they are, not for compressed ones. ``work`` is its download.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.size = 0
        self.clear()

    def clear(self) -> None:
        """Forget all of it."""
        self._work.advance(-self.size)
        self.parts: list[bytes] = []
        self.size = 0
        self._validator = ""
        self._total: int | None = None
        self._origin = ""
        self._marks: dict[str, str] = {}

    def begin(self, headers: Mapping[str, str], origin: str) -> None:
        """Begin a file anew, with the headers of the answer that brings all of it."""
        self.clear()
        self._origin = origin
        length = headers.get("Content-Length", "")
        self._total = int(length) if length.isdecimal() and len(length) < 20 else None
        self._work.total = None if _is_packed(headers) else self._total
        self._marks = _marks(headers)
        self._validator = _validator(headers)

    def add(self, part: bytes) -> None:
        """Take the next bytes."""
        self.parts.append(part)
        self.size += len(part)
        self._work.advance(len(part))

    def asked(self) -> dict[str, str]:
        """Return the headers that ask for the rest, none if it has to begin anew."""
        if not self.size or not self._validator:
            self.clear()
            return {}
        return {
            "Range": f"bytes={self.size}-",
            "If-Range": self._validator,
            "Accept-Encoding": "identity",
        }

    def why_not(self, headers: Mapping[str, str], origin: str) -> str:
        """Return why an answer of status 206 does not bring the rest of this file, "" if it does.

        A header that tells the version may be missing in it, but must not be another.
        """
        told = headers.get("Content-Range", "")
        found = _RANGE.fullmatch(told.strip())
        if not found:
            return "a part of it came without a valid Content-Range"
        first, last = int(found[1]), int(found[2])
        total = None if found[3] == "*" else int(found[3])
        if first != self.size or last < first or (total is not None and last != total - 1):
            return f"another part of it came than was requested ({found[0]})"
        known = self._total if self._total is not None else total
        if total not in (None, known) or (known is not None and last != known - 1):
            return "the file has changed while it was fetched"
        marks = _marks(headers)
        if any(self._marks.get(name, mark) != mark for name, mark in marks.items()):
            return "the file has changed while it was fetched"
        if origin != self._origin:
            return "its rest came from another server"
        self._total = known
        return ""

    @property
    def is_whole(self) -> bool:
        """Whether as many bytes have arrived as the server has announced.

        Without a length, nothing at all is no file: the headers were cut off.
        """
        return self.size > 0 if self._total is None else self.size == self._total


def _is_packed(headers: Mapping[str, str]) -> bool:
    """Return whether a file comes in other bytes than its own."""
    return headers.get("Content-Encoding", "").strip().lower() not in ("identity", "")


def _marks(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that tell versions of a file apart."""
    found = {name: headers.get(name, "") for name in ("ETag", "Last-Modified")}
    return {name: value for name, value in found.items() if value}


def _validator(headers: Mapping[str, str]) -> str:
    """Return what to ask for with ``If-Range``, "" if nothing proves that a file is the same.

    A weak ETag does not; a time of change does if it was long enough before the answer.
    """
    if _is_packed(headers):
        return ""
    etag = headers.get("ETag", "")
    if etag:
        return etag if _STRONG.fullmatch(etag) else ""
    modified = headers.get("Last-Modified", "")
    changed, sent = _time(modified), _time(headers.get("Date", ""))
    return modified if changed and sent and sent - changed >= _SURE else ""
