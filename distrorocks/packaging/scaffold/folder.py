"""The directory of a packaging: read its files as values, and change all or none of them."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import from_here
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.processes.interruption import deferred, interruptible
from distrorocks.system.trees.tree_rights import refuse_foreign_directory
from distrorocks.values import NamedTuple


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
    """Return one file, None where there is none."""
    _refuse_outside(path)
    try:
        with NamedFolder(directory) as folder:
            return _read(folder, path)
    except FileReadError as error:
        if error.is_missing:
            return None
        raise


def _read(folder: NamedFolder, path: str) -> PackagingFile | None:
    """Return one file of an open folder, None where there is none."""
    try:
        content, status = folder.read_with_status(f"/{path}", _MOST_BYTES)
    except FileReadError as error:
        if error.is_missing:
            return None
        raise _no_file(folder.shown(f"/{path}"), error.brief) from None
    except BlockedError as error:
        raise _no_file(folder.shown(f"/{path}"), error.brief) from None
    return PackagingFile(content, status.st_mode & 0o777)


def apply_changes(directory: str, changes: Sequence[FileChange]) -> None:
    """Apply the changes in order; on a failure or a signal, undo those already made.

    A file that is not as it was when the change was decided stops all before anything is written.
    What takes the place of a file is forced to disk first; a new file can be rendered again. Raise
    ``ForeignTreeError`` as root if another user can write a directory that is changed.
    """
    for change in changes:
        if read_file(directory, change.path) != change.before:
            raise FolderError(
                f"{directory}/{change.path} was changed in the meantime",
                hint="nothing was written: run the command again",
            )
    if not changes:
        return
    with deferred():
        made = _made_folder(directory)
        try:
            for each in sorted({os.path.dirname(change.path) for change in changes}):
                refuse_foreign_directory(os.path.join(directory, each).rstrip("/"))
            with NamedFolder(directory) as folder:
                _apply(folder, changes)
        except BaseException:
            _remove_folders(made)
            raise


def write_texts(
    directory: str, texts: Mapping[str, str], reason: str, *, is_dry: bool = False
) -> list[str]:
    """Write files whose text is another than what is there; return their paths."""
    wanted = {path: PackagingFile(b"").with_text(text) for path, text in texts.items()}
    changes = changes_to(wanted, read_files(directory, wanted), reason)
    if not is_dry:
        apply_changes(directory, changes)
    return [each.path for each in changes]


def _apply(folder: NamedFolder, changes: Sequence[FileChange]) -> None:
    """Make the changes in an open folder, or undo them."""
    made: list[FileChange] = []
    folders: list[str] = []
    try:
        with interruptible():
            for change in changes:
                folders += _make_folders(folder, change.path)
                made.append(change)
                _put(folder, change.path, change.after, is_forced=change.before is not None)
    except BaseException:
        _undo(folder, made, folders)
        raise


def _undo(folder: NamedFolder, made: Sequence[FileChange], folders: Sequence[str]) -> None:
    """Put back what was changed, last first, and remove the folders that were made."""
    for change in reversed(made):
        with contextlib.suppress(WriteError):
            _put(folder, change.path, change.before, is_forced=True)
    for each in reversed(folders):
        with contextlib.suppress(OSError, WriteError):
            folder.remove_directory(each)


def _put(folder: NamedFolder, path: str, file: PackagingFile | None, *, is_forced: bool) -> None:
    """Write a file, or remove it."""
    place = f"/{path}"
    try:
        if file is not None:
            folder.write(place, file.content, file.mode, is_forced=is_forced)
        elif folder.status(place) is not None:
            folder.remove_file(place)
    except OSError as error:
        verb = "write" if file else "remove"
        raise WriteError(
            f"cannot {verb} {folder.shown(place)}: {error.strerror}",
            hint="what was there before is unchanged; fix this and run the command again",
        ) from error


def _make_folders(folder: NamedFolder, path: str) -> list[str]:
    """Make the folders of a file; return those that were missing."""
    inside = os.path.dirname(path)
    if not inside:
        return []
    try:
        return folder.make_directories(f"/{inside}", _new_mode())
    except OSError as error:
        place = folder.shown(f"/{inside}")
        raise WriteError(f"cannot make {place}: {error.strerror}") from None


def _made_folder(directory: str) -> list[str]:
    """Make the packaging's folder and those above it; return those that were not there.

    In a directory like /tmp, where all may make files, nobody can replace what root has made.
    """
    above, missing = from_here(directory).rstrip("/") or "/", ""
    while not os.path.lexists(above):
        above, _, name = above.rpartition("/")
        above, missing = above or "/", f"/{name}{missing}"
    if not missing:
        return []
    if not _is_shared(above):
        refuse_foreign_directory(directory)
    try:
        with NamedFolder(above) as folder:
            made = folder.make_directories(missing, _new_mode())
            return [folder.shown(each) for each in made]
    except OSError as error:
        raise WriteError(f"cannot make {directory}: {error.strerror}") from None


def _is_shared(directory: str) -> bool:
    """Return whether all may make files in a directory of root's, and remove only their own."""
    status = os.lstat(directory)
    return (
        status.st_uid == 0 and stat.S_ISDIR(status.st_mode) and bool(status.st_mode & stat.S_ISVTX)
    )


def _new_mode() -> int:
    """Return the mode that the umask leaves a new directory."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o777 & ~umask


def _remove_folders(folders: Sequence[str]) -> None:
    """Remove directories while they are empty."""
    for each in reversed(folders):
        with (
            contextlib.suppress(OSError, DistrorocksError),
            NamedFolder(os.path.dirname(each)) as up,
        ):
            up.remove_directory(f"/{os.path.basename(each)}")


def _refuse_outside(path: str) -> None:
    """Refuse a path that leads out of the packaging's folder."""
    if not is_inside(path):
        raise _no_file(path, "it would not stand in the packaging's folder")


def _no_file(place: str, reason: str) -> FolderError:
    return FolderError(
        f"{place} cannot be part of a packaging", detail=reason, hint="nothing was written"
    )
