"""Files below one directory, opened one directory at a time, so that no link escapes it.

A user who can rename directories of a tree can replace a directory by a link at any moment. A path
is therefore never passed to the kernel as a whole: each directory is opened relative to its parent,
without following links, and the last name is used relative to its directory's file descriptor
(openat(2); the same guarantee as openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, which
Python reaches only through ctypes, 10 ms more at each start).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from distrorocks.system.files.atomic_file import WriteError, make_directory, sweep, temporary_name
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.processes.closing import Closing

_STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_HANDLES = 200
MOST_STEPS = 1000
"""How many nested directories a path may name."""


class BlockedError(WriteError):
    """A component of a path is a link, is not a directory, or must not exist."""


class Beneath(Closing):
    """The files below ``root``; paths are absolute in it, without ``.``, ``..`` or trailing slash.

    Directory descriptors are kept open for later calls. Use it in a ``with`` block. The methods
    raise ``OSError`` as the functions of ``os`` do, and ``BlockedError`` where a component is a
    link; no method follows a link anywhere below ``root``.
    """

    __slots__ = ("_handles", "root")

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/") or "/"
        self._handles = {"": os.open(self.root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)}

    def close(self) -> None:
        """Close all descriptors."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def shown(self, path: str) -> str:
        """Return a path as seen from outside the root, for messages."""
        return path if self.root == "/" else self.root + path

    def directory(self, path: str) -> int:
        """Return the descriptor of a directory, for use as ``dir_fd`` until the next call."""
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
                raise BlockedError(f"{self.shown(path)} is not a plain path")
        return self._enter(self._handles[known], missing)

    def _enter(self, handle: int, missing: list[str]) -> int:
        """Open nested directories, listed deepest first; keep the deepest one open.

        The others are kept open while there is room: a process may have 1,024 open files.
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
        """Open a directory relative to the descriptor of its parent."""
        name = path.rpartition("/")[2]
        try:
            return os.open(name, _STEP, dir_fd=parent)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise self._blocked(path, parent, name) from None
            error.filename = self.shown(path)  # users cannot tell which directory a name is in
            raise

    def status(self, path: str) -> os.stat_result | None:
        """Return the ``lstat`` result of a path, or None if it does not exist."""
        try:
            parent, name = self._place(path)
            return os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            error.filename = self.shown(path)
            raise

    @contextlib.contextmanager
    def opened(self, directory: str) -> Iterator[int]:
        """Open a directory for the block, with a descriptor that can list and change it."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            opened = os.open(".", flags, dir_fd=self.directory(directory))
        except OSError as error:
            error.filename = self.shown(directory)
            raise
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
        """Open a path for reading in the block, whatever its type (see ``os.fstat``)."""
        parent, name = self._place(path)
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
        opened = os.open(name, flags, dir_fd=parent)
        try:
            yield opened
        finally:
            os.close(opened)

    def target(self, path: str) -> str:
        """Return the target of a link."""
        parent, name = self._place(path)
        return os.readlink(name, dir_fd=parent)

    def create(
        self, path: str, content: bytes, mode: int, *, like: os.stat_result | None = None
    ) -> None:
        """Create a file with exactly this mode; on failure remove it again.

        ``like`` is the status of a file whose owner, group and mode are used instead.
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
        """Write a regular file atomically; see ``create`` for the arguments.

        Temporary files that killed runs left beside it are removed.
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
        """Remove the temporary files that killed runs left in a directory."""
        with contextlib.suppress(FileNotFoundError), self.opened(directory) as opened:
            sweep(opened)

    def sync(self, path: str) -> None:
        """Sync a regular file to disk."""
        parent, name = self._place(path)
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

    def sync_directory(self, directory: str) -> None:
        """Sync a directory's entries to disk, if the file system supports it."""
        with self.opened(directory) as opened, contextlib.suppress(OSError):
            os.fsync(opened)

    def make_directory(self, path: str, mode: int = 0o755) -> None:
        """Create a directory with exactly this mode; the umask, which all threads have, stays."""
        parent, name = self._place(path)
        make_directory(parent, name, mode)

    def make_directories(self, path: str, mode: int = 0o755) -> list[str]:
        """Create a directory and its missing parents; return those created, topmost first."""
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
        """Create a hard link; follow no link in either name."""
        (source, old_name), (place, new_name) = self._place(old), self._place(new, is_second=True)
        os.link(old_name, new_name, src_dir_fd=source, dst_dir_fd=place, follow_symlinks=False)

    def symlink(self, target: str, path: str) -> None:
        """Create a symbolic link to ``target``."""
        parent, name = self._place(path)
        os.symlink(target, name, dir_fd=parent)

    def rename(self, old: str, new: str) -> None:
        """Rename a file, replacing any file that has the new name."""
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
        self.forget(path)

    def forget(self, path: str) -> None:
        """Close what is kept open of a directory that is about to be renamed, or is gone."""
        for kept in [each for each in self._handles if f"{each}/".startswith(f"{path}/")]:
            os.close(self._handles.pop(kept))

    def _place(self, path: str, *, is_second: bool = False) -> tuple[int, str]:
        """Return the descriptor of a path's directory, and its last name.

        The descriptor for the first path of a call stays open while the second is looked up.
        """
        above, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            raise BlockedError(f"{self.shown(path)} is not a plain path")
        if len(self._handles) > _MOST_HANDLES and not is_second:
            self._close_all()
        return self.directory(above), name

    def _has_directory(self, path: str) -> bool:
        """Return whether a directory exists; raise ``BlockedError`` if it is anything else."""
        try:
            self.directory(path)
        except FileNotFoundError:
            return False
        return True

    def _close_all(self) -> None:
        """Close every descriptor but the root's."""
        for path in [each for each in self._handles if each]:
            os.close(self._handles.pop(path))

    def _too_deep(self, path: str) -> BlockedError:
        """Return the error for a path with too many components."""
        return BlockedError(
            f"{self.shown(path[:120])}... has more than {MOST_STEPS} nested directories",
            hint="no rock has so many: find out what created them, and remove them with rm -r",
        )

    def _blocked(self, path: str, parent: int, name: str) -> BlockedError:
        """Return the error for a component that is not a directory."""
        with contextlib.suppress(OSError):
            mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                return BlockedError(
                    f"{self.shown(path)} cannot be entered: it is a link, and nothing is changed "
                    "behind it",
                    hint="make it a directory, or move it away",
                )
        return BlockedError(
            f"{self.shown(path)} cannot be entered: it is not a directory",
            hint="make it a directory, or move it away",
        )
