"""The directory of a packaging: read its files as values, and change all or none of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import WriteError, remove_files, write_atomically
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.processes.interruption import deferred, interruptible


class PackagingFile(NamedTuple):
    """One file of a packaging: its bytes and its permissions."""

    content: bytes
    mode: int = 0o644

    @property
    def text(self) -> str:
        """The content as text; invalid UTF-8 is kept by surrogates."""
        return self.content.decode("utf-8", "surrogateescape")

    def with_text(self, text: str) -> PackagingFile:
        """Return the file with another content."""
        return self._replace(content=text.encode("utf-8", "surrogateescape"))


Files: TypeAlias = "Mapping[str, PackagingFile]"


class FileChange(NamedTuple):
    """A change of one path from ``before`` to ``after``; None is no file."""

    path: str
    before: PackagingFile | None
    after: PackagingFile | None
    reason: str


def changes_to(wanted: Files, there: Files, reason: str) -> list[FileChange]:
    """Return the changes from the files ``there`` to those ``wanted``; keep all others."""
    return [
        FileChange(path, there.get(path), file, reason)
        for path, file in wanted.items()
        if there.get(path) != file
    ]


def is_inside(path: str) -> bool:
    """Return whether a path stays below the directory of the packaging."""
    parts = path.split("/")
    return bool(path) and not {"", ".", ".."} & set(parts) and path.isprintable()


_MOST_BYTES = 8 << 20


class FolderError(DistrorocksError):
    """The directory of a packaging cannot be used; nothing in it was changed."""


def read_files(directory: str, paths: Iterable[str]) -> dict[str, PackagingFile]:
    """Return the files of ``paths`` that exist; refuse links, directories and large files."""
    found = {}
    for path in sorted(paths):
        file = read_file(directory, path)
        if file is not None:
            found[path] = file
    return found


def read_file(directory: str, path: str) -> PackagingFile | None:
    """Return one file, None if it does not exist."""
    place = _place(directory, path)
    try:
        with open_regular(place, _MOST_BYTES, follow=False) as file:
            return PackagingFile(file.read(), os.fstat(file.fileno()).st_mode & 0o777)
    except FileReadError as error:
        if error.is_missing:
            return None
        raise _no_file(place, error.brief) from None
    except OSError as error:
        raise FolderError(f"{place} cannot be read", detail=error.strerror or "") from None


def apply_changes(directory: str, changes: Sequence[FileChange]) -> None:
    """Apply the changes in order; on a failure or a signal, undo those already made.

    Refuse all changes if a file differs from the ``before`` of its change. Replaced files are
    synced to disk first; a new file can be rendered again.
    """
    for change in changes:
        if read_file(directory, change.path) != change.before:
            raise FolderError(
                f"{_place(directory, change.path)} was changed in the meantime",
                hint="nothing was written: run the command again",
            )
    made: list[FileChange] = []
    folders: list[str] = []
    with deferred():
        try:
            with interruptible():
                for change in changes:
                    folders += _make_folder(directory, change.path)
                    made.append(change)
                    _put(directory, change.path, change.after, is_forced=change.before is not None)
        except BaseException:
            _undo(directory, made, folders)
            raise


def _undo(directory: str, made: Sequence[FileChange], folders: Sequence[str]) -> None:
    """Undo the changes, last first, and remove the directories that were created."""
    for change in reversed(made):
        with contextlib.suppress(WriteError):
            _put(directory, change.path, change.before, is_forced=True)
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _put(directory: str, path: str, file: PackagingFile | None, *, is_forced: bool) -> None:
    place = _place(directory, path)
    if file is None:
        remove_files([place])
    else:
        write_atomically(place, file.content, mode=file.mode, is_forced=is_forced)


def _make_folder(directory: str, path: str) -> list[str]:
    """Create the parent directories of a file; return those that did not exist."""
    made = []
    folder = directory
    for part in ["", *path.split("/")[:-1]]:
        folder = os.path.join(folder, part) if part else folder
        try:
            os.makedirs(folder) if folder == directory else os.mkdir(folder)
            made.append(folder)
        except FileExistsError:
            continue
        except OSError as error:
            raise WriteError(f"cannot make {folder}: {error.strerror}") from None
    return made


def _place(directory: str, path: str) -> str:
    """Return the full path of a file; refuse one with a link among its directories."""
    if not is_inside(path):
        raise _no_file(path, "it is outside of the directory of the packaging")
    folder = directory
    for part in path.split("/")[:-1]:
        folder = f"{folder}/{part}"
        if os.path.islink(folder):
            raise _no_file(folder, "it is a link")
        if os.path.exists(folder) and not os.path.isdir(folder):
            raise _no_file(folder, "it is not a directory")
    return f"{directory}/{path}"


def _no_file(place: str, reason: str) -> FolderError:
    return FolderError(
        f"{place} cannot be part of a packaging", detail=reason, hint="nothing was written"
    )
