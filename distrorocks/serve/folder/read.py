"""What the files of a server's folder are: each is read and checked, in several processes if many.

What is no valid rock, or is named so that no client could ask for it, is not listed, and the reason
is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any, TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.progress import Work
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.folder.facts import facts_of, plain_facts, with_needs
from distrorocks.serve.folder.observe import FolderEntry
from distrorocks.serve.folder.rock_names import may_be_asked_for, rock_of, usual_rockspec
from distrorocks.serve.folder.served import Facts, Reading
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.system.files.bounded_file import read_listed
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, chunk_of
from distrorocks.system.lua.jail import Jail, JailUnavailable
from distrorocks.system.processes.parallel import in_parts

_NO_ROCK = "not listed: its name is not NAME-VERSION-REVISION.rockspec or .ARCH.rock"
_NO_NAME = "not listed: its name has signs that no client of a server may ask for"
_NOTHING = Facts(())
_MANY = 50
"""Files from which on the reader of usual rockspecs is worth its start."""

_Plain: TypeAlias = tuple[Any, ...]


def read_entries(folder: NamedFolder, entries: Sequence[FolderEntry]) -> dict[str, Reading]:
    """Return what each entry is, by name."""
    with Work("reading", total=len(entries), unit="files") as reading:
        read = in_parts(partial(_read_part, folder, reading), entries)
    return {
        each.name: Reading(digest, size, Facts(*facts), why, is_final)
        for each, (digest, size, facts, why, is_final) in zip(entries, read, strict=True)
    }


def _read_part(folder: NamedFolder, reading: Work, entries: Sequence[FolderEntry]) -> list[_Plain]:
    """Read some entries, in this process; results are of types that ``marshal`` supports."""
    is_many = len(entries) >= _MANY
    with Jail() as jail, folder.opened("") as handle:
        results: list[_Plain] = []
        for entry in entries:
            read = is_many and _read_usual(folder, handle, entry)
            read = read or _read(folder, handle, entry, jail)
            results.append((read.digest, read.size, tuple(read.facts), read.why, read.is_final))
            reading.advance()
    return results


def _read_usual(folder: NamedFolder, handle: int, entry: FolderEntry) -> Reading | None:
    """Return what one entry is if it is a rockspec of the usual form, None for any other."""
    name = entry.name
    if entry.is_link or not usual_rockspec(name):
        return None
    shown = f"{folder.root}/{name}"
    try:
        content = read_listed(name, ROCKSPEC_LIMIT, directory=handle, shown=shown)
    except DistrorocksError:
        return None
    facts = plain_facts(content, name)
    return Reading(sha256(content).hexdigest(), len(content), facts, "") if facts else None


def _read(folder: NamedFolder, handle: int, entry: FolderEntry, jail: Jail) -> Reading:
    """Return what one entry is."""
    rock = rock_of(entry.name)
    if not rock:
        return Reading("", 0, _NOTHING, _NO_ROCK)
    if not may_be_asked_for(rock):
        return Reading("", 0, _NOTHING, _NO_NAME)
    limit = ROCKSPEC_LIMIT if rock.arch == ROCKSPEC else _rock_limit()
    shown = f"{folder.root}/{entry.name}"
    try:
        if entry.is_link:
            content = read_named(shown, limit)
        else:
            content = read_listed(entry.name, limit, directory=handle, shown=shown)
    except DistrorocksError as error:
        return Reading("", 0, _NOTHING, f"not listed: {error.brief}", is_final=False)
    why, is_final = "", True
    try:
        facts = facts_of(_rockspec(rock, content, folder.root, jail))
        if rock.arch not in (ROCKSPEC, SOURCE, ALL):
            facts = _of_binaries(facts, entry.name, content)
    except JailUnavailable as error:
        facts, why, is_final = Facts(), error.brief, False
    except DistrorocksError as error:
        is_final = rock.arch == ROCKSPEC or not _is_unchecked(error)
        return Reading("", 0, _NOTHING, f"not listed: {_without_place(error)}", is_final)
    return Reading(sha256(content).hexdigest(), len(content), facts, why, is_final)


# What packed rocks need is imported for the first of them: most folders have rockspecs alone.


def _rock_limit() -> int:
    from distrorocks.servers.files import ROCK_LIMIT

    return ROCK_LIMIT


def _is_unchecked(error: DistrorocksError) -> bool:
    """Return whether a rock was refused only because it could not be checked here."""
    from distrorocks.servers.rock_check import UncheckedRockError

    return isinstance(error, UncheckedRockError)


def _of_binaries(facts: Facts, name: str, content: bytes) -> Facts:
    """Return facts with the needs of compiled files, without them if they cannot be read here."""
    from distrorocks.binaries.lua_abi import fitting
    from distrorocks.world.rock_binaries import lua_symbols, rock_needs

    with suppress(DistrorocksError):  # no pyelftools, or a file that `audit` reports
        needs = rock_needs(name, content)
        return with_needs(facts, needs, fitting(needs.files.values(), lua_symbols()))
    return facts


def _rockspec(rock: PackedRock, content: bytes, place: str, jail: Jail) -> Rockspec:
    """Return the rockspec that a file is or has in it; raise if LuaRocks could not use the file.

    A loose rockspec is loaded as LuaRocks loads it to make a manifest; a rock is checked whole.
    """
    if rock.arch != ROCKSPEC:
        from distrorocks.servers.rock_check import FetchedRock, check_rock_file

        return check_rock_file(FetchedRock(*rock, content, place), jail).rockspec
    name = f"{rock.name}-{rock.version}.rockspec"
    chunk = chunk_of(content, name, jail=jail)
    return Rockspec.from_chunk(chunk, file_name=name, quick=True)


def _without_place(error: DistrorocksError) -> str:
    """Return the reason alone, in one line: the report names the file."""
    brief = error.brief.partition(" is refused: ")[2] or error.brief
    first = error.detail.split("\n", 1)[0].strip()
    return f"{brief}: {first}" if first else brief
