"""The cache of downloads, in a directory that nobody else can write.

A copy is one file: a line of JSON (URL, ETag, Last-Modified, SHA-256), then the content. Its
modification time is the time of the last validation with the server. A cache that others can write
or replace is not used; a damaged copy is ignored.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import stat
import threading
import time
from hashlib import sha256

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import remove_files, write_atomically
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import open_regular, read_bounded
from distrorocks.system.files.own_cache import own_cache_directory
from distrorocks.system.files.trust import UntrustedError, outsider, trusted_path
from distrorocks.values import NamedTuple

_LONGEST_HEAD = 16 * 1024
_LARGEST = 1 << 30
_MOST_LISTED = 10_000
"""Copies that are looked through to say what there is of a server."""


class Copy(NamedTuple):
    """A cached response.

    ``content`` is None if the server had no such file. ``age`` is in seconds since the last
    validation; it is infinite if that time is in the future.
    """

    content: bytes | None
    etag: str
    modified: str
    age: float


class DownloadCache:
    """The copies in one directory; without a directory nothing is cached.

    ``warning`` says why a given directory is not used.
    """

    def __init__(self, directory: str = "") -> None:
        self.warning = ""
        self._directory = directory
        self._is_checked = False
        self._lock = threading.Lock()

    def find(self, url: str, limit: int) -> Copy | None:
        """Return the copy of ``url``, or None if there is no valid one."""
        if not self._is_usable():
            return None
        path = self._path(url)
        try:
            status = os.lstat(path)
            if outsider(status, path) or not stat.S_ISREG(status.st_mode):
                return None
            head, _, content = read_bounded(path, limit + _LONGEST_HEAD).partition(b"\n")
            if len(head) >= _LONGEST_HEAD:
                return None
            known = json.loads(head)
            if known["url"] != url or known["sha256"] != sha256(content).hexdigest():
                return None
            age = time.time() - status.st_mtime
            return Copy(
                content if known["there"] is True else None,
                str(known["etag"]),
                str(known["modified"]),
                age if age >= 0 else float("inf"),
            )
        except (OSError, DistrorocksError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def kept_below(self, place: str) -> tuple[str, ...]:
        """Return the names of the files of a server at ``place`` that have a copy, in order."""
        if not self._is_usable():
            return ()
        names = set()
        with contextlib.suppress(OSError), os.scandir(self._directory) as entries:
            for entry in itertools.islice(entries, _MOST_LISTED):
                url = self._url_of(entry.path)
                if url.startswith(f"{place}/"):
                    names.add(url[len(place) + 1 :])
        return tuple(sorted(names))

    def _url_of(self, path: str) -> str:
        """Return the address of the copy in a file, "" if it is none or says that there is none."""
        try:
            if outsider(os.lstat(path), path):
                return ""
            with open_regular(path, _LARGEST, follow=False) as file:
                known = json.loads(file.readline(_LONGEST_HEAD))
            return str(known["url"]) if known["there"] is True else ""
        except (OSError, DistrorocksError, ValueError, KeyError, TypeError, RecursionError):
            return ""

    def keep(self, url: str, content: bytes | None, *, etag: str = "", modified: str = "") -> None:
        """Store a response, with None for "no such file"; failure is ignored."""
        if not self._is_usable(is_made=True):
            return
        body = content or b""
        head = {
            "url": url,
            "there": content is not None,
            "etag": etag,
            "modified": modified,
            "sha256": sha256(body).hexdigest(),
        }
        line = json.dumps(head).encode() + b"\n"
        if len(line) > _LONGEST_HEAD:
            return
        with contextlib.suppress(DistrorocksError):
            write_atomically(self._path(url), line + body, mode=0o600, is_forced=False)

    def confirm(self, url: str) -> None:
        """Record that the copy was just validated."""
        if self._is_usable():
            with contextlib.suppress(OSError):
                os.utime(self._path(url), follow_symlinks=False)

    def drop(self, url: str) -> None:
        """Remove a copy that turned out to be unusable."""
        if self._is_usable():
            with contextlib.suppress(DistrorocksError):
                remove_files([self._path(url)])

    def _path(self, url: str) -> str:
        return f"{self._directory}/{sha256(url.encode('utf-8', 'surrogateescape')).hexdigest()}"

    def _is_usable(self, *, is_made: bool = False) -> bool:
        """Return whether the directory exists and nobody else can write it.

        With ``is_made`` create it if necessary.
        """
        with self._lock:
            if self._directory and not self._is_checked:
                if not (is_made or os.path.isdir(self._directory)):
                    return False
                self._directory = self._checked(self._directory)
                self._is_checked = True
            return bool(self._directory)

    def _checked(self, directory: str) -> str:
        """Return the directory, created if necessary, or "" with a warning."""
        try:
            place = trusted_path("/", directory)
            above = place.rpartition("/")[0]
            with Beneath("/") as below:
                below.make_directories(above or "/")
                below.make_directories(place, 0o700)
        except UntrustedError as error:
            told = f"others can write {error.place} ({error.who})"
            self.warning = f"the cache {directory} is not used: {told}"
        except DistrorocksError as error:
            self.warning = f"no cache in {directory}: {error.brief}"
        except OSError as error:
            self.warning = f"no cache in {directory}: {error.strerror}"
        else:
            return place
        return ""


def cache_directory(configured: str = "") -> str:
    """Return the directory of the cache.

    It is below LuaRocks' ``local_cache`` if that is set, else for root in /var/cache, else in the
    user's cache directory. The files are not in LuaRocks' own format.
    """
    if configured.startswith("/"):
        return f"{configured.rstrip('/')}/distrorocks"
    return own_cache_directory("servers")
