"""Write rock files to a folder that somebody named."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.progress import Work
from distrorocks.rocks.quotation import plain
from distrorocks.serve.pack.rock import Placed
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.values import NamedTuple


class Written(NamedTuple):
    """The paths of the files, in order, and those that were other files before."""

    paths: tuple[str, ...]
    replaced: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """A warning for each file that was replaced."""
        return tuple(f"{plain(path)} was another file, and is replaced" for path in self.replaced)


def write_rocks(folder: str, files: Sequence[Placed]) -> Written:
    """Write files below ``folder``, an absolute path.

    The folder is created if its parent exists. What is there already with the same content is left
    alone; other files of the names are replaced.
    """
    make_folder(folder)
    paths, replaced = [], []
    writing = Work(f"writing to {folder}", total=len(files), unit="files")
    with NamedFolder(folder) as below, writing:
        for directory in sorted({posixpath.dirname(each.path) for each in files} - {""}):
            below.make_directories(f"/{directory}")
        for path, file in files:
            shown = f"{folder.rstrip('/')}/{path}"
            try:
                if below.status(f"/{path}") is None:
                    below.write(f"/{path}", file.content)
                elif not _has(below, f"/{path}", file.content):
                    below.write(f"/{path}", file.content)
                    replaced.append(shown)
            except OSError as error:
                raise DistrorocksError(f"cannot write {shown}: {error.strerror}") from None
            paths.append(shown)
            writing.advance()
    return Written(tuple(paths), tuple(replaced))


def _has(below: NamedFolder, path: str, content: bytes) -> bool:
    """Return whether a file is there with this content."""
    if below.regular(path) is None:
        return False
    try:
        return below.read(path, len(content)) == content
    except FileReadError:
        return False


def make_folder(folder: str) -> None:
    """Create a folder below an existing one, unless it is there."""
    parent, name = posixpath.split(folder.rstrip("/"))
    try:
        NamedFolder(folder).close()
    except FileReadError as error:
        if not error.is_missing or not name:
            raise
        with NamedFolder(parent or "/") as above:
            try:
                above.make_directory(f"/{name}")
            except OSError as failure:
                raise DistrorocksError(f"cannot create {folder}: {failure.strerror}") from None
