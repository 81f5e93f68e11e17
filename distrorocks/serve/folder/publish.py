"""Publish a server's folder: write its manifests in all forms, its page, and the sums of all files.

What a run reads is kept for the next one (``kept``), which then reads only the files that have
changed, and writes nothing if none has. That case is frequent, so what the others need is imported
where they need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.serve.folder.kept import Kept, Outcome, basis_of, read_kept, write_kept
from distrorocks.serve.folder.observe import ENDINGS, list_folder
from distrorocks.serve.folder.page_address import PAGE_LIMIT, address_of
from distrorocks.serve.folder.served import PAGE, Unlisted
from distrorocks.serve.folder.write import signatures, write_outputs
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.directory_lock import locked
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.trees.tree_rights import refuse_foreign_directory

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
    entries = [each for each in list_folder(folder) if each.name not in without]
    basis = basis_of(address, entries)
    kept = read_kept(folder.root)
    if _is_current(folder, kept, basis):
        return Published(folder.root, [], list(kept.outcome.unlisted), kept.outcome.rocks)
    entries.sort()
    from distrorocks.serve.folder.decide import decide, unchanged_cards
    from distrorocks.serve.folder.read import read_entries

    known = kept.readings(entries)
    read = read_entries(folder, entries, known.readings)
    changed = known.changed | {each.name for each in entries if each.name not in known.readings}
    is_same_address = url in (None, address_of(folder))
    cards = unchanged_cards(_own_page(folder, kept), changed) if is_same_address else {}
    decided = decide(read, address, cards)
    del cards
    written = write_outputs(folder, decided.texts)
    outcome = Outcome(
        basis if decided.is_final else b"",
        signatures(folder, list(decided.texts)),
        tuple(decided.unlisted),
        decided.rocks,
    )
    write_kept(folder.root, outcome, entries, read)
    paths = [f"{folder.root}/{name}" for name in written]
    return Published(folder.root, paths, decided.unlisted, decided.rocks)


def _own_page(folder: NamedFolder, kept: Kept) -> str:
    """Return the page that the last run wrote, "" if it has changed since."""
    own = kept.outcome.outputs.get(PAGE)
    if not own or signatures(folder, [PAGE])[PAGE] != own:
        return ""
    with suppress(FileReadError):
        return folder.read(f"/{PAGE}", PAGE_LIMIT).decode("utf-8", "replace")
    return ""


def _is_current(folder: NamedFolder, kept: Kept, basis: bytes) -> bool:
    """Return whether nothing has changed since the last run, neither rocks nor what it wrote."""
    outputs: Mapping[str, object] = kept.outcome.outputs
    if not basis or kept.outcome.basis != basis or not all(outputs.values()):
        return False
    return outputs == signatures(folder, list(outputs))


def server_directories(directory: str) -> list[str]:
    """Return a server's directory, or those for single Lua versions in it, as ``pack`` makes them.

    The latter are named like the Lua versions, and count only if the directory has no rock itself.
    """
    try:
        with NamedFolder(directory) as folder:
            names = folder.names("")
    except (OSError, DistrorocksError):
        return [directory]
    if any(name.endswith(ENDINGS) for name in names):
        return [directory]
    below = [f"{directory.rstrip('/')}/{name}" for name in names if name in LUA_VERSIONS]
    return below or [directory]


def _no_access(directory: str, error: FileReadError) -> DistrorocksError:
    """Return the error for a folder that cannot be entered; the words are LuaRocks'."""
    return DistrorocksError(
        f"Cannot access repository at {directory}",
        detail="" if error.is_missing else error.brief,
        hint="pass a rocks_dir such as /usr/local/lib/luarocks/rocks-5.4, or a server's directory",
    )
