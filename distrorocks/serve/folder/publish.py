"""Publish a server's folder: write its manifests in all forms, its page, and the sums of all files.

What a run reads and decides is kept for the next one (``kept``), which then reads the files that
have changed only, and writes nothing if none has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.kept import (
    Kept,
    Outcome,
    basis_of,
    read_kept,
    write_kept,
)
from distrorocks.serve.folder.manifests import PAGE, SUMS, manifests, sums
from distrorocks.serve.folder.observe import FolderEntry, Reading, list_folder, read_entries
from distrorocks.serve.folder.page_address import address_of
from distrorocks.serve.folder.served import ServedFile
from distrorocks.serve.folder.write import signatures, write_outputs
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.directory_lock import locked
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.trees.reader import Unread, rock_file
from distrorocks.system.trees.tree_rights import refuse_foreign_directory

LOCK_SECONDS = 30.0
"""How long to wait for another process that publishes the same folder."""

NO_PAGE = Unread(PAGE, "", "not written: it needs the Python library jinja2")


class Published(NamedTuple):
    """The names of the files written, what is not listed or not understood, and how many rocks.

    A rock counts once for each of its versions.
    """

    written: list[str]
    unread: list[Unread]
    rocks: int


def publish(directory: str, *, url: str | None = None) -> Published:
    """Write what a server's folder, an absolute path, publishes about its rock files.

    ``url`` is the address of the server for its page; None keeps that of the page that is there.
    Raise ``DistrorocksError`` if the folder cannot be read or written, or if others could write it.
    """
    refuse_foreign_directory(directory)
    try:
        folder = NamedFolder(directory)
    except FileReadError as error:
        raise no_access(directory, error) from None
    with folder, locked(folder, LOCK_SECONDS):
        return publish_opened(folder, url)


def publish_opened(folder: NamedFolder, url: str | None) -> Published:
    """Publish a folder whose lock is held, as ``publish``."""
    address = address_of(folder) if url is None else url
    entries = list_folder(folder)
    basis = basis_of(address, entries)
    kept = read_kept(folder.root)
    if _is_current(folder, kept, basis):
        return Published([], list(kept.outcome.unread), kept.outcome.rocks)
    read = read_entries(folder, entries, kept.readings(entries))
    files, unread = _decided(entries, read)
    texts, has_page = _texts(files, address)
    if not has_page:
        unread.append(NO_PAGE)
    written = write_outputs(folder, texts)
    rocks = len({file.rock[:2] for file in files})
    is_final = has_page and all(each.is_final for each in read.values())
    outcome = Outcome(
        basis if is_final else "", signatures(folder, list(texts)), tuple(unread), rocks
    )
    if not _is_same(kept, outcome):
        write_kept(folder.root, outcome, entries, read)
    return Published([f"{folder.root}/{name}" for name in written], unread, rocks)


def _is_current(folder: NamedFolder, kept: Kept, basis: str) -> bool:
    """Return whether nothing has changed since the last run, neither rocks nor what it wrote."""
    outcome = kept.outcome
    if not basis or outcome.basis != basis:
        return False
    return all(outcome.outputs.values()) and outcome.outputs == signatures(
        folder, list(outcome.outputs)
    )


def _is_same(kept: Kept, outcome: Outcome) -> bool:
    return bool(outcome.basis) and kept.outcome == outcome


def _decided(
    entries: Sequence[FolderEntry], read: Mapping[str, Reading]
) -> tuple[list[ServedFile], list[Unread]]:
    """Return the files to list, sorted by rock, and what to report of others."""
    files, unread = [], []
    for entry in entries:
        reading, rock = read[entry.name], rock_file(entry.name)
        if reading.why:
            unread.append(Unread(entry.name, "", reading.why))
        if rock and reading.digest:
            files.append(ServedFile(rock, entry.name, reading.size, reading.digest, reading.facts))
    return sorted(files), unread


def _texts(files: list[ServedFile], address: str) -> tuple[dict[str, bytes], bool]:
    """Return the content of each file to write, in order, and whether the page is among them."""
    texts: dict[str, bytes] = {}
    try:
        from distrorocks.serve.folder.page import page  # the one part that needs a library

        texts[PAGE] = page(files, address)
    except ModuleNotFoundError as error:
        if error.name != "jinja2":
            raise
    of_manifests = dict(manifests(files))
    digests = [(file.file_name, file.digest) for file in files]
    digests += [
        (name, sha256(text).hexdigest()) for name, text in {**texts, **of_manifests}.items()
    ]
    texts[SUMS] = sums(digests)
    return {**texts, **of_manifests}, PAGE in texts


def no_access(directory: str, error: FileReadError) -> DistrorocksError:
    """Return the error for a folder that cannot be entered; the words are LuaRocks'."""
    return DistrorocksError(
        f"Cannot access repository at {directory}",
        detail="" if error.is_missing else error.brief,
        hint="pass a rocks_dir such as /usr/local/lib/luarocks/rocks-5.4, or a server's directory",
    )
