"""The directory of a snapshot: copies of files, hard links to large ones, and the record.

It belongs to this user, has mode 0700, and is accessed by its descriptor only. Files that others
put there, or that came with a copied tree, are recognized by owner, mode and link count, and are
left alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from hashlib import sha256

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import read_opened
from distrorocks.system.processes import session
from distrorocks.system.processes.closing import Closing
from distrorocks.system.trees.snapshot_record import Entry, SnapshotError
from distrorocks.system.trees.snapshot_text import LIMIT

_RECORD = "record.json"
_SESSION = "session.json"
_OTHERS = 0o077
_BLOCK = 1 << 20
_MANY = 64
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ATTRIBUTES = ("user.", "system.posix_acl_access", "security.selinux")
"""Extended attributes that are copied: none that gives a file more rights."""


class MisfitError(SnapshotError):
    """An existing snapshot is not trusted: it and the tree are left alone."""

    def __init__(self, directory: str, why: str, hint: str = "") -> None:
        super().__init__(
            f"{directory} is not a snapshot that this run may use: {why}",
            detail="it was left alone, and nothing was restored or removed",
            hint=hint or f"check the tree and, if it is as it should be, remove {directory}",
        )


class KeptFiles(Closing):
    """The open directory of a snapshot; use it in a ``with`` block."""

    def __init__(self, below: Beneath, path: str) -> None:
        """Open the directory ``path``; raise ``FileNotFoundError`` or ``MisfitError``."""
        self.path = path
        above, _, self._name = path.rpartition("/")
        status = below.status(path)
        if status is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        self._check(status)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        self.handle = os.open(self._name, flags, dir_fd=below.directory(above))
        try:
            self.status = os.fstat(self.handle)
            self._check(self.status)
        except BaseException:
            os.close(self.handle)
            raise

    def close(self) -> None:
        """Close the directory."""
        os.close(self.handle)

    def record(self) -> bytes | None:
        """Return the text of the record, or None; raise ``MisfitError`` if it is not trusted."""
        return self._text(_RECORD, LIMIT)

    def session(self) -> bytes | None:
        """Return the text of the session that was started last, as ``record`` does."""
        return self._text(_SESSION, session.LIMIT)

    def write_session(self, text: bytes) -> None:
        """Record the session that is started."""
        self._write_whole(_SESSION, text)

    def _text(self, name: str, limit: int) -> bytes | None:
        """Return the text of a file that controls the undo, or None if it does not exist."""
        try:
            file = os.open(name, _READ, dir_fd=self.handle)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MisfitError(self.path, f"its {name} is not a file ({error.strerror})") from None
        try:
            why = _strangeness(os.fstat(file))
            if why:
                raise MisfitError(self.path, f"its {name} {why}")
            return read_opened(file, f"{self.path}/{name}", limit)
        except MisfitError:
            raise
        except DistrorocksError as error:
            raise MisfitError(self.path, error.brief) from None
        finally:
            os.close(file)

    def write_record(self, text: bytes) -> None:
        """Write the record once everything else is on disk: this completes the snapshot.

        Many files are synced with one call, since each alone would take milliseconds.
        """
        names = os.listdir(self.handle)
        if len(names) > _MANY:
            os.sync()
        else:
            for name in names:
                self._force(name)
        self._write_whole(_RECORD, text)

    def _write_whole(self, name: str, text: bytes) -> None:
        """Write a file of the directory atomically, and sync it."""
        beside = f"{name}.new"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=self.handle)
        file = os.open(beside, _NEW, 0o600, dir_fd=self.handle)
        try:
            _write(file, text)
            os.fsync(file)
        finally:
            os.close(file)
        os.rename(beside, name, src_dir_fd=self.handle, dst_dir_fd=self.handle)
        with contextlib.suppress(OSError):
            os.fsync(self.handle)

    def copy(self, file: int, name: str) -> str:
        """Copy an open file up to its present size; return the digest."""
        digest = sha256()
        left = os.fstat(file).st_size
        copy = os.open(name, _NEW, 0o600, dir_fd=self.handle)
        try:
            while block := os.read(file, min(_BLOCK, left)):
                left -= len(block)
                digest.update(block)
                _write(copy, block)
            _copy_attributes(file, copy)
        finally:
            os.close(copy)
        return digest.hexdigest()

    def link(self, directory: int, old: str, name: str) -> os.stat_result | None:
        """Keep a file by a hard link; return its status, or None if it cannot be linked."""
        try:
            os.link(old, name, src_dir_fd=directory, dst_dir_fd=self.handle, follow_symlinks=False)
        except OSError:  # another file system, or another owner
            return None
        return os.stat(name, dir_fd=self.handle, follow_symlinks=False)

    def ready(self, name: str, entry: Entry, *, is_owner_given: bool) -> None:
        """Set the mode, owner and time of a kept file; raise if it is not the file that was
        kept."""
        file = os.open(name, _READ, dir_fd=self.handle)
        try:
            _check_same(file, entry)
            _dress(file, entry, is_owner_given=is_owner_given)
        finally:
            os.close(file)

    def place(self, name: str, directory: int, new: str, entry: Entry) -> None:
        """Link a kept file that is ready into another directory, under an unused name."""
        try:
            os.link(name, new, src_dir_fd=self.handle, dst_dir_fd=directory, follow_symlinks=False)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                raise
            self._place_copy(name, directory, new, entry)

    def discard(self, below: Beneath) -> None:
        """Remove the snapshot, its record first: without a record nothing is restored."""
        with contextlib.suppress(OSError):  # it may not exist yet
            os.unlink(_RECORD, dir_fd=self.handle)
        for _ in range(2):  # the first failure may be transient
            with contextlib.suppress(OSError):
                for name in os.listdir(self.handle):
                    with contextlib.suppress(OSError):
                        os.unlink(name, dir_fd=self.handle)
            with contextlib.suppress(OSError, DistrorocksError):
                now = below.status(self.path)
                if now and (now.st_dev, now.st_ino) == (self.status.st_dev, self.status.st_ino):
                    below.remove_directory(self.path)

    def _place_copy(self, name: str, directory: int, new: str, entry: Entry) -> None:
        """Copy a kept file to another file system."""
        file = os.open(name, _READ, dir_fd=self.handle)
        try:
            status = os.fstat(file)
            copy = os.open(new, _NEW, 0o600, dir_fd=directory)
            try:
                while block := os.read(file, _BLOCK):
                    _write(copy, block)
                _copy_attributes(file, copy)
                _dress(copy, entry, is_owner_given=status.st_uid == entry.owner)
                os.fsync(copy)
            finally:
                os.close(copy)
        finally:
            os.close(file)

    def _force(self, name: str) -> None:
        """Sync a kept file; a link to an old file needs no sync."""
        try:
            file = os.open(name, _READ, dir_fd=self.handle)
        except OSError:
            return
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def _check(self, status: os.stat_result) -> None:
        """Raise unless a directory is this user's and closed to others."""
        if not stat.S_ISDIR(status.st_mode):
            raise MisfitError(self.path, "it is not a directory")
        if status.st_uid != os.geteuid():
            raise MisfitError(
                self.path,
                f"user id {status.st_uid} owns it, and this runs as {os.geteuid()}",
                "run it as the user who made it; if none of yours did, check the tree and"
                f" remove {self.path}",
            )
        if status.st_mode & _OTHERS:
            raise MisfitError(self.path, f"others may enter it: mode {status.st_mode & 0o7777:o}")


def _strangeness(status: os.stat_result) -> str:
    """Return why this user cannot have written a record, or ""."""
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if status.st_uid != os.geteuid():
        return f"is of user id {status.st_uid}"
    if status.st_mode & _OTHERS:
        return f"is open to others: mode {status.st_mode & 0o7777:o}"
    return "has another hard link" if status.st_nlink != 1 else ""


def _check_same(file: int, entry: Entry) -> None:
    """Raise if a kept file has changed."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise SnapshotError("its kept copy is not a file any more")
    if not entry.said:
        if (status.st_size, status.st_mtime_ns) != (entry.size, entry.modified):
            raise SnapshotError("it was overwritten in place, and is too large to have been copied")
        if status.st_ino != entry.inode:
            raise SnapshotError("its kept copy was replaced")
        return
    digest = sha256()
    while block := os.read(file, _BLOCK):
        digest.update(block)
    if status.st_size != entry.size or digest.hexdigest() != entry.said:
        raise SnapshotError("its kept copy has changed")


def _dress(file: int, entry: Entry, *, is_owner_given: bool) -> None:
    """Set the owner, mode and time of an open file, as far as permitted."""
    give_owner(file, entry, is_owner_given=is_owner_given)
    os.fchmod(file, entry.mode)
    os.utime(file, ns=(entry.modified, entry.modified))


def give_owner(file: int, entry: Entry, *, is_owner_given: bool) -> None:
    """Set the owner and group of an open file; users other than root only the group."""
    status = os.fstat(file)
    if (status.st_uid, status.st_gid) == (entry.owner, entry.group):
        return
    if os.geteuid() != 0:
        with contextlib.suppress(OSError):  # not a group of theirs, or not their file
            os.fchown(file, -1, entry.group)
    elif is_owner_given:
        os.fchown(file, entry.owner, entry.group)


def _copy_attributes(source: int, target: int) -> None:
    with contextlib.suppress(OSError):
        for name in os.listxattr(source):
            if name.startswith(_ATTRIBUTES):
                with contextlib.suppress(OSError):
                    os.setxattr(target, name, os.getxattr(source, name))


def _write(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
