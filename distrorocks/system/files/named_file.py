"""Files named on the command line or in a configuration: root follows no link of another user.

A file that cannot be parsed is quoted in the error. If another user could point a link at a file
that only root can read, the error would disclose it. So the path is opened one directory at a time,
the owner of each link is checked, and nothing can be swapped for a link in between.
"""

from __future__ import annotations

import errno
import os
import stat

from distrorocks.errors import call_hint
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import UntrustedError, Walk


class _LinkWalk(Walk):
    """A walk that checks only the owners of links."""

    def refuse(self, status: os.stat_result, place: str, shown: str) -> None:
        """Raise ``UntrustedError`` for a link owned by neither root nor this user."""
        del place  # links have no access control lists
        if stat.S_ISLNK(status.st_mode) and status.st_uid not in (0, os.geteuid()):
            raise UntrustedError(
                f"{shown} is a link of another user (number {status.st_uid}), which root does not "
                "follow",
                hint="name the file that it leads to, or run this with that user's rights",
                place=shown,
                who=f"user {status.st_uid}",
            )


def read_named(path: str, limit: int, *, root: str = "/", follow: bool = True) -> bytes:
    """Return the bytes of a regular file of at most ``limit``.

    In another root ``path`` is absolute, and links are resolved as programs there would; if
    ``follow`` is false, the file itself must not be a link. Raise ``FileReadError``, and for root
    ``UntrustedError`` if a component is another user's link.
    """
    shown = path if root == "/" else f"{root.rstrip('/')}{path}"
    if os.geteuid() != 0:
        return _read_as_user(path, limit, root, follow=follow)
    try:
        with _LinkWalk(root) as walk:
            name, _ = walk.find(from_here(path), may_be_link=follow)
            return read_bounded(name, limit, directory=walk.here, shown=shown)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        brief = f"cannot read {shown}: {error.strerror}"
        raise FileReadError(brief, is_missing=is_missing, hint=call_hint(error)) from None
    except ValueError:
        raise FileReadError(f"cannot read {shown!r}: the name holds a NUL byte") from None


def from_here(path: str) -> str:
    """Return a path from the root on; one that is so already needs no working directory."""
    return path if path.startswith("/") else os.path.join(os.getcwd(), path)


def plain_path(view: RootView, path: str) -> str | None:
    """Return a path of a root with links resolved, or None if it does not exist.

    Raise ``UntrustedError`` as ``read_named`` does.
    """
    if os.geteuid() != 0:
        found = view.find(path)
        return found.path if found else None
    try:
        with _LinkWalk(view.root) as walk:
            name, _ = walk.find(path.rstrip("/") or "/", may_be_link=True)
            return walk.path if name == "." else f"{walk.path.rstrip('/')}/{name}"
    except (OSError, ValueError):
        return None


def _read_as_user(path: str, limit: int, root: str, *, follow: bool) -> bytes:
    """Read a file as a user other than root, whom no link can show more than they may read."""
    if root == "/":
        return read_bounded(path, limit, follow=follow)
    view = RootView(root)
    found = view.find(path) if follow else view.entry(path)
    if found is None:
        brief = f"cannot read {root.rstrip('/')}{path}: it is not there"
        raise FileReadError(brief, is_missing=True)
    return read_bounded(view.host_path(found.path), limit, follow=False)
