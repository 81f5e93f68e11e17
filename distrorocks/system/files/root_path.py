"""Paths inside another root: links are resolved as programs in that root would."""

from __future__ import annotations

import os
import stat

from distrorocks.values import NamedTuple

_MOST_LINKS = 40  # as Linux: path_resolution(7)


class Found(NamedTuple):
    """An existing file in a root: its path there without links, and its ``lstat`` result."""

    path: str
    status: os.stat_result

    @property
    def is_file(self) -> bool:
        """Return whether it is a regular file."""
        return stat.S_ISREG(self.status.st_mode)


class RootView:
    """The file system below ``root``, cached as it was at first access.

    Nothing outside ``root`` is ever reached: absolute link targets start at ``root`` and ``..``
    stops there. The cache makes thousands of lookups cheap; use one view per job.
    """

    __slots__ = ("_directories", "root")

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/") or "/"
        self._directories: dict[str, str | None] = {"/": "/"}

    def host_path(self, path: str) -> str:
        """Return the path, as seen by this process, of a link-free absolute path in the root."""
        return path if self.root == "/" else self.root + path

    def find(self, path: str) -> Found | None:
        """Return what ``path`` leads to, or None if it is missing, a loop, or unreadable."""
        try:
            return self._follow(path, _MOST_LINKS)
        except RecursionError:  # more components than the kernel accepts
            return None

    def entry(self, path: str) -> Found | None:
        """Return what is at ``path``, without following a final link, or None if nothing is.

        Links among its parent directories are followed.
        """
        above, _, name = path.rpartition("/")
        try:
            directory = self._directory(above or "/", _MOST_LINKS)
        except RecursionError:
            return None
        return None if directory is None else self._found(f"{directory.rstrip('/')}/{name}")

    def _follow(self, path: str, links: int) -> Found | None:
        """Return what ``path`` leads to through at most ``links`` links."""
        parent, _, name = path.rstrip("/").rpartition("/")
        if name in (".", ".."):
            return self._found(self._directory(path, links))
        directory = self._directory(parent or "/", links)
        if directory is None:
            return None
        if not name:
            return self._found("/")
        here = f"{directory.rstrip('/')}/{name}"
        found = self._found(here)
        if found is None or not stat.S_ISLNK(found.status.st_mode):
            return found
        if links == 0:
            return None
        try:
            target = os.readlink(self.host_path(here))
        except OSError:
            return None
        return self._follow(os.path.join(directory, target), links - 1)

    def _found(self, path: str | None) -> Found | None:
        """Return ``path`` with its status, or None if it does not exist."""
        if path is None:
            return None
        try:
            return Found(path, os.lstat(self.host_path(path)))
        except (OSError, ValueError):
            return None

    def _directory(self, path: str, links: int) -> str | None:
        """Return a directory's path without links, or None if there is no such directory."""
        path = path.rstrip("/") or "/"
        if path in self._directories:
            return self._directories[path]
        parent, _, name = path.rpartition("/")
        above = self._directory(parent or "/", links)
        result: str | None = None
        if above is not None:
            if name in ("", "."):
                result = above
            elif name == "..":
                result = above.rpartition("/")[0] or "/"
            else:
                found = self._follow(f"{above.rstrip('/')}/{name}", links)
                if found and stat.S_ISDIR(found.status.st_mode):
                    result = found.path
        if links == _MOST_LINKS or result is not None:
            self._directories[path] = result
        return result


def closed_way(view: RootView, path: str) -> str:
    """Return the first directory on the way to a path that this process may not enter, or ""."""
    steps = path.strip("/").split("/")[:-1]
    for end in range(1, len(steps) + 1):
        directory = "/" + "/".join(steps[:end])
        found = view.find(directory)
        if found is None:
            return ""
        if not os.access(view.host_path(found.path), os.X_OK, effective_ids=True):
            return directory
    return ""


def is_closed(view: RootView, directory: str) -> bool:
    """Return whether this process may not look into a directory; False if there is none."""
    if closed_way(view, directory):
        return True
    found = view.find(directory)
    wanted = os.R_OK | os.X_OK
    return found is not None and not os.access(
        view.host_path(found.path), wanted, effective_ids=True
    )


def is_readable(view: RootView, path: str) -> bool:
    """Return whether a path leads to something that this process may open for reading."""
    found = view.find(path)
    return found is not None and os.access(view.host_path(found.path), os.R_OK, effective_ids=True)


def is_writable(view: RootView, path: str) -> bool:
    """Return whether this process may write a file, or create it if it does not exist."""
    found = view.find(path) or view.find(path.rpartition("/")[0] or "/")
    return found is not None and os.access(view.host_path(found.path), os.W_OK)
