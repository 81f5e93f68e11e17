"""Add files to a server's folder and remove them, so that its manifests are true at every moment.

A file is added before a manifest lists it, and removed after none lists it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from distrorocks.errors import DistrorocksError, NegativeError, UsageError
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.serve.folder.observe import list_folder
from distrorocks.serve.folder.publish import Published, opened, publish_opened
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.server_manifest import ROCKSPEC, is_part
from distrorocks.servers.signature import ENDING, LIMIT as SIGNATURE_LIMIT, sign, verify
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file
from distrorocks.values import NamedTuple

BESIDE = (ENDING, ".audit.json")
"""What follows the name of a rock in the names of files that belong to it."""


class NewFile(NamedTuple):
    """A rock file or rockspec that has been checked, to be added under its name."""

    name: str
    content: bytes


class Changed(NamedTuple):
    """The names of the files added or removed, what was published, and which files are others."""

    names: list[str]
    published: Published
    replaced: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """A warning for each file of the server that was another one before."""
        top = plain(self.published.directory)
        return tuple(f"{top}/{each} was another file, and is replaced" for each in self.replaced)


def read_new_files(paths: Sequence[str], jail: Jail) -> list[NewFile]:
    """Return the files to add; raise ``DistrorocksError`` unless each is a valid rock."""
    return [_read(path, jail) for path in paths]


def _read(path: str, jail: Jail) -> NewFile:
    name = path.rpartition("/")[2]
    rock = rock_file(name)
    if not rock or not all(map(is_part, rock)):
        raise UsageError(
            f"{plain(path)} is not named like a rock",
            hint="name a file NAME-VERSION-REVISION.rockspec or .ARCH.rock",
        )
    content = read_named(path, ROCKSPEC_LIMIT if rock.arch == ROCKSPEC else ROCK_LIMIT)
    check_rock_file(FetchedRock(*rock, content, path), jail)
    return NewFile(name, content)


def signatures_of(
    files: Sequence[NewFile], paths: Sequence[str], *, is_made: bool
) -> list[NewFile]:
    """Return the signatures of files to add: new ones, or those that stand beside their ``paths``.

    A signature that is there and is not good is an error: others could not install the file.
    """
    found = []
    for file, path in zip(files, paths, strict=True):
        name = f"{file.name}{ENDING}"
        if is_made:
            found.append(NewFile(name, sign(file.content, path)))
            continue
        try:
            content = read_named(f"{path}{ENDING}", SIGNATURE_LIMIT)
        except FileReadError as error:
            if error.is_missing:
                continue
            raise
        verify(file.content, content, path)
        found.append(NewFile(name, content))
    return found


def add_to_folder(directory: str, files: Sequence[NewFile]) -> Changed:
    """Add files to a folder and publish it; a file that is there with that name is replaced.

    Raise ``DistrorocksError`` if that is not possible; then no manifest has changed.
    """
    with opened(directory) as folder:
        there = {each.name for each in files if folder.regular(f"/{each.name}") is not None}
        added = [file.name for file in files if _put(folder, file)]
        replaced = tuple(name for name in added if name in there)
        return Changed(added, publish_opened(folder), replaced)


def _put(folder: NamedFolder, file: NewFile) -> bool:
    """Write a file unless it is there already; return whether it was written."""
    path = f"/{file.name}"
    if folder.regular(path) is not None:
        with suppress(FileReadError):
            if folder.read(path, len(file.content)) == file.content:
                return False
    try:
        folder.write(path, file.content, is_forced=True)
    except OSError as error:
        raise WriteError(f"cannot write {folder.shown(path)}: {error.strerror}") from None
    return True


def remove_from_folder(directory: str, operands: Sequence[str]) -> Changed:
    """Publish a folder without some files, and remove them and what belongs to them.

    ``operands`` are a rock's name and version, or names of files. Raise ``NegativeError`` if one of
    them is not there.
    """
    with opened(directory) as folder:
        doomed = doomed_files(folder, operands)
        published = publish_opened(folder, without=frozenset(doomed))
        for name in beside(folder, doomed):
            try:
                folder.remove_file(f"/{name}")
            except OSError as error:
                raise WriteError(
                    f"cannot remove {folder.shown(f'/{name}')}: {error.strerror}",
                    hint="no manifest lists it any more; remove it by hand, or it is listed again",
                ) from None
        return Changed(doomed, published)


def doomed_files(folder: NamedFolder, operands: Sequence[str]) -> list[str]:
    """Return the names of the files that operands mean."""
    there = sorted(entry.name for entry in list_folder(folder))
    files = [each.rpartition("/")[2] for each in operands]
    if any(map(rock_file, files)):
        missing = sorted(set(files) - set(there))
        if missing:
            raise _none(folder, missing[0])
        return list(dict.fromkeys(files))
    if len(operands) != len(("NAME", "VERSION")):
        wrong = f"{quoted(' '.join(operands))} is neither a name with a version nor a file"
        raise UsageError(
            wrong if operands else "no rock given",
            hint="pass NAME VERSION, or the names of rock files and rockspecs",
        )
    name, version = operands
    doomed = []
    for each in there:
        rock = rock_file(each)
        if rock and rock[:2] == (name.lower(), version):
            doomed.append(each)
    if not doomed:
        raise _none(folder, f"{name} {version}")
    return doomed


def beside(folder: NamedFolder, names: Sequence[str]) -> list[str]:
    """Return files and what belongs to them, as far as it is there."""
    ends = ("", *BESIDE)
    return [
        f"{name}{end}"
        for name in names
        for end in ends
        if not end or folder.regular(f"/{name}{end}") is not None
    ]


def _none(folder: NamedFolder, what: str) -> DistrorocksError:
    return NegativeError(
        f"{folder.root} has no {quoted(what)}",
        hint="its index.html and manifest list what it has; a version has its revision, as 1.0-1",
    )
