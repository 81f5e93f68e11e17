"""Files below one directory, reached handle by handle, so that no link leads anywhere else.

Whoever can rename directories of a tree can put a link where a directory was a moment ago. A path
is therefore never given to the kernel as a whole: each of its directories is opened from the one
above it, without following a link, and the last name is used relative to the handle of its
directory (openat(2); the same promise as openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS,
which Python reaches only through ctypes, 10 ms more at each start).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from distrorocks.system.files.atomic_file import WriteError, sweep, temporary_name
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.processes.closing import Closing

_STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_HANDLES = 200
MOST_STEPS = 1000
"""How many directories within each other a path may name."""


class BlockedError(WriteError):
    """Something on the way to a path is a link, or no directory, or must not be there."""


class Beneath(Closing):
    """The files below ``root``; paths are absolute in it, without ``.``, ``..`` or a final slash.

    Handles of directories are kept for the next call. Use it in a ``with`` block. The methods
    raise ``OSError`` as the functions of ``os`` do, and ``BlockedError`` where a link is on the
    way; no method follows a link anywhere below ``root``.
    """

    __slots__ = ("_handles", "root")

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/") or "/"
        self._handles = {"": os.open(self.root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)}

    def close(self) -> None:
        """Close all handles."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def shown(self, path: str) -> str:
        """Return a path as a person outside the root would write it."""
        return path if self.root == "/" else self.root + path

    def directory(self, path: str) -> int:
        """Return the handle of a directory, for use with ``dir_fd`` until the next call."""
        path = "" if path == "/" else path
        kept = self._handles.get(path)
        if kept is not None:
            return kept
        if path.count("/") > MOST_STEPS:
            raise self._too_deep(path)
        missing = []
        known = path
        while known not in self._handles:
            missing.append(known)
            known, _, name = known.rpartition("/")
            if name in ("", ".", ".."):
                raise BlockedError(f"{self.shown(path)} is no plain path")
        return self._enter(self._handles[known], missing)

    def _enter(self, handle: int, missing: list[str]) -> int:
        """Open directories, each in the one before it, the last one named first; keep that one.

        Those on the way are kept while there is room: a process may have 1,024 open files.
        """
        is_kept = True
        for path in reversed(missing):
            try:
                opened = self._step(path, handle)
            finally:
                if not is_kept:
                    os.close(handle)
            handle, is_kept = opened, len(self._handles) < _MOST_HANDLES or path == missing[0]
            if is_kept:
                self._handles[path] = handle
        return handle

    def _step(self, path: str, parent: int) -> int:
        """Return a new handle of a directory, whose parent's is ``parent``."""
        name = path.rpartition("/")[2]
        try:
            return os.open(name, _STEP, dir_fd=parent)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise self._blocked(path, parent, name) from None
            raise

    def status(self, path: str) -> os.stat_result | None:
        """Return what ``lstat`` says of a path, None where nothing is there."""
        try:
            parent, name = self._place(path)
            return os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def opened(self, directory: str) -> Iterator[int]:
        """Give a handle that can list a directory and change what it is, for the block."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        opened = os.open(".", flags, dir_fd=self.directory(directory))
        try:
            yield opened
        finally:
            os.close(opened)

    def names(self, directory: str) -> list[str]:
        """Return the sorted names in a directory."""
        with self.opened(directory) as opened:
            return sorted(os.listdir(opened))

    def read(self, path: str, limit: int) -> bytes:
        """Return a regular file's bytes; raise ``FileReadError`` as ``read_bounded`` does."""
        parent, name = self._place(path)
        return read_bounded(name, limit, directory=parent)

    @contextlib.contextmanager
    def file(self, path: str) -> Iterator[int]:
        """Give a handle that reads a path for the block; what it is of, ``os.fstat`` tells."""
        parent, name = self._place(path)
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
        opened = os.open(name, flags, dir_fd=parent)
        try:
            yield opened
        finally:
            os.close(opened)

    def target(self, path: str) -> str:
        """Return what a link says."""
        parent, name = self._place(path)
        return os.readlink(name, dir_fd=parent)

    def create(
        self, path: str, content: bytes, mode: int, *, like: os.stat_result | None = None
    ) -> None:
        """Make a new file of exactly this mode; on failure none is left.

        ``like`` is what ``stat`` says of a file whose owner, group and mode it takes instead.
        """
        parent, name = self._place(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        opened = os.open(name, flags, 0o600, dir_fd=parent)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(opened, left) :]
            if like:
                os.fchown(opened, like.st_uid, like.st_gid)
            os.fchmod(opened, stat.S_IMODE(like.st_mode) & 0o777 if like else mode)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=parent)
            raise
        finally:
            os.close(opened)

    def write(
        self,
        path: str,
        content: bytes,
        mode: int = 0o644,
        *,
        like: os.stat_result | None = None,
        is_forced: bool = False,
    ) -> None:
        """Make a path a regular file with this content, whole at any moment; see ``create``.

        What killed runs were writing beside it when they died is removed.
        """
        directory, _, name = path.rpartition("/")
        self.sweep(directory)
        beside = f"{directory}/{temporary_name(name)}"
        self.create(beside, content, mode, like=like)
        try:
            if is_forced:
                self.sync(beside)
            self.rename(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                self.remove_file(beside)
            raise
        if is_forced:
            self.sync_directory(directory)

    def sweep(self, directory: str) -> None:
        """Remove what killed runs were writing in a directory when they died."""
        with contextlib.suppress(FileNotFoundError), self.opened(directory) as opened:
            sweep(opened)

    def sync(self, path: str) -> None:
        """Force a regular file's bytes to disk."""
        parent, name = self._place(path)
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

    def sync_directory(self, directory: str) -> None:
        """Force a directory's names to disk, where the file system can."""
        with self.opened(directory) as opened, contextlib.suppress(OSError):
            os.fsync(opened)

    def make_directory(self, path: str, mode: int = 0o755) -> None:
        """Make a directory of exactly this mode, whatever the umask."""
        parent, name = self._place(path)
        umask = os.umask(0)  # a chmod afterwards could meet something else of that name
        try:
            os.mkdir(name, mode, dir_fd=parent)
        finally:
            os.umask(umask)

    def make_directories(self, path: str, mode: int = 0o755) -> list[str]:
        """Make what is missing of a directory; return what was made, topmost first."""
        made: list[str] = []
        above = ""
        try:
            for step in path.strip("/").split("/"):
                above += f"/{step}"
                if above not in self._handles and not self._has_directory(above):
                    self.make_directory(above, mode)
                    made.append(above)
        except BaseException:
            for each in reversed(made):
                with contextlib.suppress(OSError):
                    self.remove_directory(each)
            raise
        return made

    def link(self, old: str, new: str) -> None:
        """Give a file another name; neither name follows a link."""
        (source, old_name), (place, new_name) = self._place(old), self._place(new, is_second=True)
        os.link(old_name, new_name, src_dir_fd=source, dst_dir_fd=place, follow_symlinks=False)

    def symlink(self, target: str, path: str) -> None:
        """Make a link that says ``target``."""
        parent, name = self._place(path)
        os.symlink(target, name, dir_fd=parent)

    def rename(self, old: str, new: str) -> None:
        """Move a file over whatever file has the new name."""
        (source, old_name), (place, new_name) = self._place(old), self._place(new, is_second=True)
        os.rename(old_name, new_name, src_dir_fd=source, dst_dir_fd=place)

    def remove_file(self, path: str) -> None:
        """Remove a file or a link."""
        parent, name = self._place(path)
        os.unlink(name, dir_fd=parent)

    def remove_directory(self, path: str) -> None:
        """Remove an empty directory."""
        parent, name = self._place(path)
        os.rmdir(name, dir_fd=parent)
        for kept in [each for each in self._handles if f"{each}/".startswith(f"{path}/")]:
            os.close(self._handles.pop(kept))

    def _place(self, path: str, *, is_second: bool = False) -> tuple[int, str]:
        """Return the handle of the directory of a path, and its last name.

        The handle of the first path of a call stays open while that of the second is looked for.
        """
        above, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            raise BlockedError(f"{self.shown(path)} is no plain path")
        if len(self._handles) > _MOST_HANDLES and not is_second:
            self._close_all()
        return self.directory(above), name

    def _has_directory(self, path: str) -> bool:
        """Return whether a directory is there; raise ``BlockedError`` for anything else there."""
        try:
            self.directory(path)
        except FileNotFoundError:
            return False
        return True

    def _close_all(self) -> None:
        """Close every handle but the root's."""
        for path in [each for each in self._handles if each]:
            os.close(self._handles.pop(path))

    def _too_deep(self, path: str) -> BlockedError:
        """Return the error for a path of more steps than are taken."""
        return BlockedError(
            f"{self.shown(path[:120])}... has more than {MOST_STEPS} directories within each other",
            hint="no rock has so many: look at what made them, and remove them with rm -r",
        )

    def _blocked(self, path: str, parent: int, name: str) -> BlockedError:
        """Return the error for a step that is no directory."""
        with contextlib.suppress(OSError):
            mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                return BlockedError(
                    f"{self.shown(path)} cannot be entered: it is a link, and nothing is changed "
                    "behind it",
                    hint="make it a directory, or move it away",
                )
        return BlockedError(
            f"{self.shown(path)} cannot be entered: it is no directory",
            hint="make it a directory, or move it away",
        )
