"""The files of a server's folder: which there are, and what each one is.

A file is read only if its signature differs from that of the last run. Several processes read a
long list. What is no valid rock, or is named so that no client could ask for it, is not listed, and
the reason is given.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.folder.served import Facts, facts_of
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rock_check import FetchedRock, UncheckedRockError, check_rock_file
from distrorocks.servers.server_manifest import ROCKSPEC, is_part
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.cache import TICK, Signature, signature_of
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, chunk_of
from distrorocks.system.lua.jail import Jail, JailUnavailable
from distrorocks.system.processes.parallel import in_parts
from distrorocks.system.trees.reader import rock_file

MOST_FILES = 200_000
"""Rock files and rockspecs in one folder."""

_ENDINGS = (".rock", ".rockspec")
_NO_ROCK = "not listed: its name is not NAME-VERSION-REVISION.rockspec or .ARCH.rock"
_NO_NAME = "not listed: its name has signs that no client of a server may ask for"


class FolderEntry(NamedTuple):
    """A file that is named like a rock, as the directory shows it.

    ``signature`` is () if the file has changed so recently that a later change may not show.
    """

    name: str
    signature: Signature
    is_link: bool


class Reading(NamedTuple):
    """What a file is: SHA-256, size and facts; or why it is not listed, or not understood.

    ``digest`` is "" if it is not listed.
    """

    digest: str
    size: int
    facts: Facts
    why: str
    is_final: bool = True
    """Whether the same file gives the same result again."""


_NOTHING = Facts(())
_Plain: TypeAlias = tuple[str, int, tuple[object, ...], str, bool]


def list_folder(folder: NamedFolder) -> list[FolderEntry]:
    """Return the entries named like rocks, sorted; raise ``DistrorocksError`` for too many."""
    newest = time.time_ns() - TICK
    entries = []
    with folder.opened("") as handle, os.scandir(handle) as listed:
        for each in listed:
            if not each.name.endswith(_ENDINGS):
                continue
            try:
                found = _entry(each, newest)
            except OSError:  # gone meanwhile, or a link that leads nowhere
                continue
            if found:
                entries.append(found)
            if len(entries) > MOST_FILES:
                raise DistrorocksError(
                    f"{folder.root} has more than {MOST_FILES} rock files",
                    hint="divide it into several servers; rocks_servers may list them all",
                )
    return sorted(entries)


def _entry(listed: os.DirEntry[str], newest: int) -> FolderEntry | None:
    """Return an entry if it is a regular file or a link to one."""
    status = listed.stat(follow_symlinks=False)
    signature = signature_of(status)
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    is_link = stat.S_ISLNK(status.st_mode)
    if is_link:
        status = listed.stat()
        signature += signature_of(status)
        changed = max(changed, status.st_mtime_ns, status.st_ctime_ns)
    if not stat.S_ISREG(status.st_mode):
        return None
    return FolderEntry(listed.name, signature if changed < newest else (), is_link)


def read_entries(
    folder: NamedFolder, entries: Sequence[FolderEntry], known: Mapping[str, Reading]
) -> dict[str, Reading]:
    """Return what each entry is; those that are ``known`` by name are not read."""
    unknown = [each for each in entries if each.name not in known]
    read = in_parts(partial(_read_part, folder), unknown)
    new = {
        each.name: Reading(digest, size, Facts(*facts), why, is_final)  # type: ignore[arg-type]
        for each, (digest, size, facts, why, is_final) in zip(unknown, read, strict=True)
    }
    return {each.name: new.get(each.name) or known[each.name] for each in entries}


def _read_part(folder: NamedFolder, entries: Sequence[FolderEntry]) -> list[_Plain]:
    """Read some entries, in this process; results are of types that ``marshal`` supports."""
    with Jail() as jail, folder.opened("") as handle:
        results: list[_Plain] = []
        for entry in entries:
            read = _read(folder, handle, entry, jail)
            results.append((read.digest, read.size, tuple(read.facts), read.why, read.is_final))
    return results


def _read(folder: NamedFolder, handle: int, entry: FolderEntry, jail: Jail) -> Reading:
    """Return what one entry is."""
    rock = rock_file(entry.name)
    if not rock:
        return Reading("", 0, _NOTHING, _NO_ROCK)
    if not all(map(is_part, rock)):
        return Reading("", 0, _NOTHING, _NO_NAME)
    limit = ROCKSPEC_LIMIT if rock.arch == ROCKSPEC else ROCK_LIMIT
    shown = f"{folder.root}/{entry.name}"
    try:
        if entry.is_link:
            content = read_named(shown, limit)
        else:
            content = read_bounded(entry.name, limit, directory=handle, shown=shown)
    except DistrorocksError as error:
        return Reading("", 0, _NOTHING, f"not listed: {error.brief}", is_final=False)
    facts, why, is_final = Facts(), "", True
    try:
        facts = facts_of(_rockspec(rock, content, folder.root, jail))
    except JailUnavailable as error:
        why, is_final = error.brief, False
    except DistrorocksError as error:
        is_final = not isinstance(error, UncheckedRockError)
        return Reading("", 0, _NOTHING, f"not listed: {_without_place(error)}", is_final)
    return Reading(sha256(content).hexdigest(), len(content), facts, why, is_final)


def _rockspec(rock: PackedRock, content: bytes, place: str, jail: Jail) -> Rockspec:
    """Return the rockspec that a file is or has in it; raise if LuaRocks could not use the file.

    A loose rockspec is loaded as LuaRocks loads it to make a manifest; a rock is checked whole.
    """
    if rock.arch != ROCKSPEC:
        return check_rock_file(FetchedRock(*rock, content, place), jail)
    name = f"{rock.name}-{rock.version}.rockspec"
    chunk = chunk_of(content, name, jail=jail)
    return Rockspec.from_chunk(chunk, file_name=name, quick=True)


def _without_place(error: DistrorocksError) -> str:
    """Return the reason alone: the report names the file."""
    return error.brief.partition(" is refused: ")[2] or error.brief
