"""Publish a server's folder: write its manifests in all forms, its page, and the sums of all files.

What a run reads is kept for the next one (``kept``), which then reads only the files that have
changed, and writes nothing if none has. That case is frequent, so what the others need is imported
where they need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress

from distrorocks.errors import DistrorocksError
from distrorocks.progress import Work
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.serve.folder.kept import (
    Kept,
    Known,
    Outcome,
    basis_of,
    read_kept,
    reading_of,
    write_kept,
)
from distrorocks.serve.folder.observe import FolderEntry, has_rocks, list_folder
from distrorocks.serve.folder.page_address import address_of
from distrorocks.serve.folder.served import Reading, Unlisted
from distrorocks.serve.folder.write import signatures, write_outputs
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.directory_lock import locked
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.trees.tree_rights import refuse_foreign_directory
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.serve.folder.decide import Decided

MOST_SPLICED = 100
"""Changed files from which on all texts are made anew."""

OUTPUT_LIMIT = 256 * 1024 * 1024
"""Bytes of a file that an earlier run wrote."""

LOCK_SECONDS = 30.0
"""How long to wait for another process that publishes the same folder."""


class Published(NamedTuple):
    """The paths of the files written, what is not listed, and how many versions of rocks are."""

    directory: str
    written: list[str]
    unlisted: list[Unlisted]
    rocks: int


def publish(directory: str, *, url: str | None = None) -> Published:
    """Write what a server's folder, an absolute path, publishes about its rock files.

    ``url`` is the address of the server for its page; None keeps that of the page that is there.
    Raise ``DistrorocksError`` if the folder cannot be read or written, or if others could write it.
    """
    with opened(directory) as folder:
        return publish_opened(folder, url)


@contextmanager
def opened(directory: str) -> Iterator[NamedFolder]:
    """Open a folder and hold its lock in the block; raise as ``publish`` does."""
    refuse_foreign_directory(directory)
    try:
        folder = NamedFolder(directory)
    except FileReadError as error:
        raise _no_access(directory, error) from None
    with folder, locked(folder, LOCK_SECONDS):
        yield folder


def publish_opened(
    folder: NamedFolder, url: str | None = None, *, without: Set[str] = frozenset()
) -> Published:
    """Publish a folder whose lock is held, as ``publish``, as if some files were not there."""
    address = address_of(folder) if url is None else url
    entries = list_folder(folder)
    if without:
        entries = [each for each in entries if each.name not in without]
    basis = basis_of(address, entries)
    kept = read_kept(folder.root)
    if _is_current(folder, kept, basis):
        return Published(folder.root, [], list(kept.outcome.unlisted), kept.outcome.rocks)
    entries.sort()
    known = kept.readings(entries)
    changed = known.changed | {each.name for each in entries if each.name not in known.plain}
    is_same = _has_outputs(folder, kept) and kept.outcome.address == address
    made = None
    if is_same and len(changed) <= MOST_SPLICED:
        with suppress(FileReadError, ValueError, KeyError):  # another form: all is made anew
            made = _spliced(folder, entries, kept.outcome, known, changed)
    read, decided = made or _anew(folder, entries, known, address)
    written = write_outputs(folder, decided.texts)
    outcome = Outcome(
        basis if decided.is_final else b"",
        {**(kept.outcome.outputs if is_same else {}), **signatures(folder, list(decided.texts))},
        tuple(decided.unlisted),
        decided.rocks,
        address,
    )
    write_kept(folder.root, outcome, entries, read, known.plain)
    paths = [f"{folder.root}/{name}" for name in written]
    return Published(folder.root, paths, decided.unlisted, decided.rocks)


def _anew(
    folder: NamedFolder, entries: Sequence[FolderEntry], known: Known, address: str
) -> tuple[Mapping[str, Reading], Decided]:
    """Read what is not known, and decide all that the folder publishes."""
    from distrorocks.serve.folder.decide import decide
    from distrorocks.serve.folder.read import read_entries

    readings = known.readings
    new = read_entries(folder, [each for each in entries if each.name not in readings])
    read = {each.name: new.get(each.name) or readings[each.name] for each in entries}
    with Work("making the manifests"):
        return read, decide(read, address)


def _spliced(
    folder: NamedFolder,
    entries: Sequence[FolderEntry],
    last: Outcome,
    known: Known,
    changed: Set[str],
) -> tuple[Mapping[str, Reading], Decided]:
    """Read what has changed, and decide what to publish of its rocks within what there is."""
    from distrorocks.serve.folder.read import read_entries
    from distrorocks.serve.folder.rock_names import rock_of
    from distrorocks.serve.folder.splice import Changes, splice

    new = read_entries(folder, [each for each in entries if each.name in changed])
    names = {rock.name for each in changed if (rock := rock_of(each))}
    begins = tuple(f"{each}-" for each in names)
    there = {
        name: new.get(name) or reading_of(known.plain[name])
        for name, _, _ in entries
        if name.startswith(begins) or name in new
    }
    changes = Changes(changed, frozenset(names), there, new)
    texts = {name: folder.read(f"/{name}", OUTPUT_LIMIT) for name in last.outputs}
    return new, splice(texts, changes, last)


def _has_outputs(folder: NamedFolder, kept: Kept) -> bool:
    """Return whether all that the last run wrote is there as it was."""
    outputs: Mapping[str, object] = kept.outcome.outputs
    return bool(outputs) and all(outputs.values()) and outputs == signatures(folder, list(outputs))


def _is_current(folder: NamedFolder, kept: Kept, basis: bytes) -> bool:
    """Return whether nothing has changed since the last run, neither rocks nor what it wrote."""
    return bool(basis) and kept.outcome.basis == basis and _has_outputs(folder, kept)


def server_directories(directory: str) -> list[str]:
    """Return a server's directory, or those for single Lua versions in it, as ``pack`` makes them.

    The latter are named like the Lua versions. Beside rocks of the directory itself only those
    count that have rocks.
    """
    is_server = has_rocks(directory)
    if is_server is None:
        return [directory]
    paths = [f"{directory.rstrip('/')}/{name}" for name in LUA_VERSIONS]
    below = {path: has_rocks(path) for path in paths}
    if is_server:
        return [directory, *(each for each, is_one in below.items() if is_one)]
    return [each for each, is_one in below.items() if is_one is not None] or [directory]


def _no_access(directory: str, error: FileReadError) -> DistrorocksError:
    """Return the error for a folder that cannot be entered; the words are LuaRocks'."""
    return DistrorocksError(
        f"Cannot access repository at {directory}",
        detail="" if error.is_missing else error.brief,
        hint="pass a rocks_dir such as /usr/local/lib/luarocks/rocks-5.4, or a server's directory",
    )
