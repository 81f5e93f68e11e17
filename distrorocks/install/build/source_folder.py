"""A folder that others filled: links inside it are followed, links out of it are refused.

Builds run in it, so names, links and special files are untrusted. A path is resolved here, one
component after the other; what is opened is then a path without links, by the handles of its
directories (``Beneath``), so a link that is planted meanwhile is refused.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator

from distrorocks.install.build.request import BuildError
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.archive_member import MOST_UNPACKED
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.processes.closing import Closing
from distrorocks.values import NamedTuple

MOST_LINKS = 40
"""How many links one path may lead over: as many as Linux follows."""

MOST_ENTRIES = 100_000
"""How many names one walk through a folder may list."""

DEEPEST = 64
"""How many directories may be nested in a folder that is copied, as in archives."""


class Entry(NamedTuple):
    """A file or directory found by a walk.

    ``path`` is relative to the walk's start, ``place`` is where it really is in the folder.
    """

    path: str
    place: str
    is_directory: bool
    is_executable: bool


class SourceFolder(Closing):
    """The files below ``root``, named relative to ``start``, a directory in it.

    The methods raise ``BuildError`` for what leads out of the root and for what cannot be read.
    Use it in a ``with`` block.
    """

    def __init__(self, root: str, start: str = "") -> None:
        try:
            self._below = Beneath(root)
        except OSError as error:
            raise BuildError(f"cannot enter {root}: {error.strerror}") from error
        self._start = tuple(part for part in start.split("/") if part)

    def close(self) -> None:
        """Close all descriptors."""
        self._below.close()

    def find(self, path: str) -> Entry | None:
        """Return the file or directory at ``path``, None if there is nothing.

        Raise ``BuildError`` too if it is neither.
        """
        try:
            place = self._resolved(path)
            mode = None if place is None else self._mode(place)
        except WriteError:
            return None  # below a file
        except OSError as error:
            raise BuildError(f"cannot read {quoted(path)}: {error.strerror}") from error
        if place is None or mode is None:
            return None
        if mode & (stat.S_ISUID | stat.S_ISGID) and stat.S_ISREG(mode):
            raise _refused(path, "has set-id bits")
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            raise _refused(path, "is a device, a FIFO or a socket")
        return Entry(path, place, stat.S_ISDIR(mode), bool(mode & 0o111))

    def read(self, entry: Entry, limit: int = MOST_UNPACKED) -> bytes:
        """Return the content of a file of at most ``limit`` bytes."""
        try:
            return self._below.read(entry.place, limit)
        except OSError as error:
            raise BuildError(f"cannot read {quoted(entry.path)}: {error.strerror}") from error
        except (FileReadError, WriteError) as error:
            raise BuildError(error.brief, hint=error.hint) from error

    def names(self, entry: Entry) -> list[str]:
        """Return the sorted names in a directory."""
        try:
            return self._below.names(entry.place or "/")
        except OSError as error:
            raise BuildError(f"cannot list {quoted(entry.path)}: {error.strerror}") from error
        except WriteError as error:
            raise BuildError(error.brief, hint=error.hint) from error

    def write(self, path: str, content: bytes) -> None:
        """Write a file below the start, over one that is there; make no directory."""
        try:
            self._below.write("/" + "/".join((*self._start, path)), content)
        except OSError as error:
            raise BuildError(f"cannot write {quoted(path)}: {error.strerror}") from error
        except WriteError as error:
            raise BuildError(error.brief, hint=error.hint) from error

    def walk(self, directory: Entry, *, skips: bool = False) -> Iterator[Entry]:
        """Yield all that is below a directory, each directory before its content, sorted by name.

        A dangling link is left out. Raise ``BuildError`` for what ``find`` refuses, for a link to a
        directory that it is in, and beyond ``DEEPEST``; with ``skips`` these are left out too.
        Beyond ``MOST_ENTRIES`` it is always an error.
        """
        found = self._walk(directory._replace(path=""), directory.path, (), skips=skips)
        for count, entry in enumerate(found, start=1):
            if count > MOST_ENTRIES:
                raise _refused(directory.path or ".", f"has more than {MOST_ENTRIES} files")
            yield entry

    def _walk(
        self, directory: Entry, top: str, above: tuple[str, ...], *, skips: bool
    ) -> Iterator[Entry]:
        """Yield what is below a directory; ``above`` are the places of those that it is in."""
        inside = (*above, directory.place)
        for name in self.names(directory):
            path = f"{directory.path}/{name}" if directory.path else name
            try:
                found = self.find(f"{top}/{path}" if top else path)
                if found and found.is_directory:
                    _check_nesting(found, inside)
            except BuildError:
                if skips:
                    continue
                raise
            if found is None:
                continue
            entry = found._replace(path=path)
            yield entry
            if entry.is_directory:
                yield from self._walk(entry, top, inside, skips=skips)

    def _mode(self, place: str) -> int | None:
        """Return the mode of a resolved path, None if it does not exist."""
        if not place:
            return stat.S_IFDIR  # the root
        status = self._below.status(place)
        return status.st_mode if status else None

    def _resolved(self, path: str) -> str | None:
        """Return a path in the root without links, "" for the root; None if it does not exist."""
        done = list(self._start)
        left = _parts(path)
        links = 0
        while left:
            part = left.pop()
            if part == "..":
                if not done:
                    raise _refused(path, "leads out of the sources")
                done.pop()
                continue
            place = "/" + "/".join((*done, part))
            status = self._below.status(place)
            if status is None:
                return None
            if not stat.S_ISLNK(status.st_mode):
                done.append(part)
                continue
            target = self._below.target(place)
            links += 1
            if target.startswith(f"{self._below.root}/") and links <= MOST_LINKS:
                done, target = [], target[len(self._below.root) + 1 :]
            elif target.startswith("/") or links > MOST_LINKS:
                raise _refused(path, f"leads over a link to {quoted(target)}")
            left += _parts(target)
        return "/" + "/".join(done) if done else ""


def _check_nesting(directory: Entry, above: tuple[str, ...]) -> None:
    """Raise if a directory is one of those that it is in, or nested too deeply."""
    if directory.place in above:
        raise _refused(directory.path, "is a link to a directory that it is in")
    if len(above) > DEEPEST:
        raise _refused(directory.path, f"is in more than {DEEPEST} nested directories")


def _parts(path: str) -> list[str]:
    """Return the components of a path, last first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _refused(path: str, why: str) -> BuildError:
    return BuildError(
        f"{quoted(path)} is not put into the rock: it {why}",
        hint="a rock has only files and directories of its own; correct the rock's build",
    )
