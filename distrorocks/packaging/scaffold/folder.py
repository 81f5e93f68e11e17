"""A packaging's folder on disk: read as values, and changed whole or not at all.

The files of a packaging, as values: what stands there, and what is to change.
"""

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
        """The content as text, whatever its bytes are."""
        return self.content.decode("utf-8", "surrogateescape")

    def with_text(self, text: str) -> PackagingFile:
        """Return the file with another content."""
        return self._replace(content=text.encode("utf-8", "surrogateescape"))


Files: TypeAlias = "Mapping[str, PackagingFile]"


class FileChange(NamedTuple):
    """What becomes of one path: from ``before`` to ``after``; None is no file."""

    path: str
    before: PackagingFile | None
    after: PackagingFile | None
    reason: str


def changes_to(wanted: Files, there: Files, reason: str) -> list[FileChange]:
    """Return what makes the files that are there those that are wanted; others stay."""
    return [
        FileChange(path, there.get(path), file, reason)
        for path, file in wanted.items()
        if there.get(path) != file
    ]


def is_inside(path: str) -> bool:
    """Tell whether a path can only be one below the packaging's folder."""
    parts = path.split("/")
    return bool(path) and not {"", ".", ".."} & set(parts) and path.isprintable()


_MOST_BYTES = 8 << 20


class FolderError(DistrorocksError):
    """A packaging's folder is not one that can be worked in; nothing in it was changed."""


def read_files(directory: str, paths: Iterable[str]) -> dict[str, PackagingFile]:
    """Return those files of ``paths`` that are there; refuse links, folders and what is too big."""
    found = {}
    for path in sorted(paths):
        file = read_file(directory, path)
        if file is not None:
            found[path] = file
    return found


def read_file(directory: str, path: str) -> PackagingFile | None:
    """Return one file, None where there is none."""
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
    """Make each change in its order; on a failure, or when asked to end, undo those made.

    A file that is not as it was when the change was decided stops all before anything is written.
    What takes the place of a file is forced to disk first; a new file can be rendered again.
    """
    for change in changes:
        if read_file(directory, change.path) != change.before:
            raise FolderError(
                f"{_place(directory, change.path)} was changed meanwhile",
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
    """Put back what was changed, last first, and remove the folders that were made."""
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
    """Make the folders that a file stands in; return those that were not there."""
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
    """Return a file's place; refuse one that a link on the way would take elsewhere."""
    if not is_inside(path):
        raise _no_file(path, "it would not stand in the packaging's folder")
    folder = directory
    for part in path.split("/")[:-1]:
        folder = f"{folder}/{part}"
        if os.path.islink(folder):
            raise _no_file(folder, "it is a link")
        if os.path.exists(folder) and not os.path.isdir(folder):
            raise _no_file(folder, "it is no directory")
    return f"{directory}/{path}"


def _no_file(place: str, reason: str) -> FolderError:
    return FolderError(
        f"{place} cannot be part of a packaging", detail=reason, hint="nothing was written"
    )
