"""Files that a run was told to read: as root through no link of another user.

What cannot be read as what it should be is quoted in the error. Where another user can put a link
to a file that only root can read, that error would show it. So the way is gone handle by handle,
each link on it is asked whose it is, and nothing can be swapped for a link in between.
"""

from __future__ import annotations

import errno
import os
import stat

from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import UntrustedError, Walk


class _LinkWalk(Walk):
    """A way on which only links count: who made one decides where it leads."""

    def refuse(self, status: os.stat_result, place: str, shown: str) -> None:
        """Raise ``UntrustedError`` for a link that neither root nor this user has made."""
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

    In another root ``path`` is absolute, and links lead where they would for programs there;
    without ``follow`` the file itself must be none. Raises ``FileReadError``, and for root
    ``UntrustedError`` where another user's link is on the way.
    """
    shown = path if root == "/" else f"{root.rstrip('/')}{path}"
    if os.geteuid() != 0:
        return _read_as_user(path, limit, root, follow=follow)
    try:
        with _LinkWalk(root) as walk:
            name, _ = walk.find(os.path.join(os.getcwd(), path), may_be_link=follow)
            return read_bounded(name, limit, directory=walk.here, shown=shown)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        brief = f"cannot read {shown}: {error.strerror}"
        raise FileReadError(brief, is_missing=is_missing) from None
    except ValueError:
        raise FileReadError(f"cannot read {shown!r}: the name holds a NUL byte") from None


def plain_path(view: RootView, path: str) -> str | None:
    """Return a path of a root without links, None where nothing is there.

    Raises ``UntrustedError`` as ``read_named`` does.
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
    """Return what a user can read who is not root: with those rights no link shows more."""
    if root == "/":
        return read_bounded(path, limit, follow=follow)
    view = RootView(root)
    found = view.find(path) if follow else view.entry(path)
    if found is None:
        brief = f"cannot read {root.rstrip('/')}{path}: it is not there"
        raise FileReadError(brief, is_missing=True)
    return read_bounded(view.host_path(found.path), limit, follow=False)
