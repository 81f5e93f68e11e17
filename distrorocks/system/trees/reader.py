"""What lies in a tree's rocks_dir: installed rocks and rock files.

Each rock is read on its own: one that is broken is told and left out, and hides no other. Links
are followed inside the root only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import NotLiteral, parse
from distrorocks.memory import Memory
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.manifest_entry import Entry, InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.file_signature import Signature, signature
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT, ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.parallel import in_parts

_ROCK_FILE = re.compile(r"(?P<name>.*)-(?P<version>[^-]+-[0-9]+)\.(?:(?P<arch>.+)\.rock|rockspec)")
_INSTALLED = re.compile(r".*-[0-9]+", re.DOTALL)
_NAMESPACE_LIMIT = 1024
_NOWHERE = "it is a link that leads nowhere in the root"


class Place(NamedTuple):
    """Where one installed rock's metadata lies; ``directory`` is a path of this process."""

    name: str
    version: str
    directory: str


class Unread(NamedTuple):
    """Something in a tree that was left out, or read only in part, and why."""

    name: str
    version: str
    why: str


class Contents(NamedTuple):
    """What a rocks_dir holds, before any rock is read."""

    places: list[Place]
    packed: list[PackedRock]
    unread: list[Unread]


class Read(NamedTuple):
    """The rocks of a tree as its manifest tells them, and what could not be read."""

    entries: list[Entry]
    unread: list[Unread]


def rock_file(name: str) -> PackedRock | None:
    """Return the rock file that a name is by LuaRocks' rule, or None."""
    found = _ROCK_FILE.fullmatch(name)
    if not found:
        return None
    return PackedRock(found["name"], found["version"], found["arch"] or "rockspec")


def read_contents(view: RootView, rocks_dir: str) -> Contents:
    """Return what lies in ``rocks_dir``, sorted by name; nothing where there is no such directory.

    As for LuaRocks, each entry of a rock's directory that ends in ``-`` and digits is a version.
    """
    contents = Contents([], [], [])
    found = view.find(rocks_dir)
    if not found:
        return contents
    with os.scandir(view.host_path(found.path)) as entries:
        names = sorted((entry.name, entry.path, entry.is_symlink()) for entry in entries)
    for name, path, is_link in names:
        packed = rock_file(name)
        if packed:
            contents.packed.append(packed)
            continue
        directory = _followed(view, f"{found.path}/{name}") if is_link else path
        if directory is None:
            contents.unread.append(Unread(name, "", _NOWHERE))
            continue
        try:
            _add_versions(contents, view, name, directory)
        except NotADirectoryError:
            continue
        except OSError as error:
            contents.unread.append(Unread(name, "", f"cannot list it: {error.strerror}"))
    return contents


def _add_versions(contents: Contents, view: RootView, name: str, directory: str) -> None:
    """Add what a rock's directory holds, a link with the place it leads to."""
    with os.scandir(directory) as entries:
        versions = sorted((entry.name, entry.path, entry.is_symlink()) for entry in entries)
    for version, path, is_link in versions:
        if _INSTALLED.fullmatch(version):
            place = (
                _followed(view, f"{path.removeprefix(view.root.rstrip('/'))}") if is_link else path
            )
            if place:
                contents.places.append(Place(name, version, place))
            else:
                contents.unread.append(Unread(name, version, _NOWHERE))


def _followed(view: RootView, path: str) -> str | None:
    """Return where a link leads, as a path of this process."""
    found = view.find(path)
    return view.host_path(found.path) if found else None


def read_entries(places: Sequence[Place], *, jail: Jail, memory: Memory | None = None) -> Read:
    """Return the manifest's entries of these rocks; a long list is read by several processes.

    A rock without a sound rock_manifest is left out; one without a sound rockspec has no
    dependencies. Both are told in ``unread``. A rock whose files are as ``memory`` knows them is
    not read again.
    """
    memory = memory or Memory()
    signatures = {place: _signatures(place) for place in places}
    strange = [place for place in places if not memory.knows(tuple(place), signatures[place])]
    read = dict(zip(strange, in_parts(_read_part, strange), strict=True))

    def tell(place: Place) -> tuple[tuple[Any, ...] | None, str]:
        entry, why = read[place] or read_rock(place, jail=jail)
        return entry and tuple(entry), why

    entries: list[Entry] = []
    unread: list[Unread] = []
    for place in places:
        entry, why = memory.of(tuple(place), signatures[place], partial(tell, place))
        if entry:
            entries.append(Entry.from_plain(entry))
        if why:
            unread.append(Unread(place.name, place.version, why))
    return Read(entries, unread)


def _signatures(place: Place) -> tuple[Signature, ...]:
    """Return what tells one state of the files that ``read_rock`` reads from another."""
    name, version, directory = place
    names = ("rock_manifest", f"{name}-{version}.rockspec")
    return (signature(directory), *(signature(f"{directory}/{each}") for each in names))


def _read_part(places: Sequence[Place]) -> list[tuple[tuple[Any, ...] | None, str] | None]:
    """Return what each rock is, or None for one whose rockspec computes."""
    results: list[tuple[tuple[Any, ...] | None, str] | None] = []
    for place in places:
        try:
            entry, why = read_rock(place)
            results.append((entry and tuple(entry), why))
        except NotLiteral:
            results.append(None)
    return results


def read_rock(place: Place, *, jail: Jail | None = None) -> tuple[Entry | None, str]:
    """Return the manifest's entry of one rock, and what was wrong with it, ``""`` if nothing.

    A rockspec that computes is run by the ``jail``; without one, ``NotLiteral`` is raised.
    """
    name, version, directory = place
    try:
        opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        return None, f"cannot open {directory}: {error.strerror}"
    try:
        text = read_bounded("rock_manifest", ROCK_MANIFEST_LIMIT, directory=opened)
        files = RockManifest.parse(text)
    except DistrorocksError as error:
        os.close(opened)
        return None, _told(error)
    try:
        rockspec, why = _rockspec(name, version, opened, jail)
    finally:
        os.close(opened)
    dependencies = rockspec.dependencies if rockspec else None
    rock = InstalledRock(name, version, files.modules(), files.commands(), dependencies)
    return entry_of(rock), why


def _rockspec(
    name: str, version: str, directory: int, jail: Jail | None
) -> tuple[Rockspec | None, str]:
    """Return a rock's copy of its rockspec, or why there is none."""
    file_name = f"{name}-{version}.rockspec"
    try:
        text = read_bounded(file_name, ROCKSPEC_LIMIT, directory=directory)
        try:
            chunk = parse(text)
        except NotLiteral:
            if not jail:
                raise
            chunk = jail.evaluate(text, name=file_name)
        return Rockspec.from_chunk(chunk, file_name=file_name), ""
    except NotLiteral:
        raise
    except DistrorocksError as error:
        return None, _told(error)


def _told(error: DistrorocksError) -> str:
    """Return an error without its hint, on one line."""
    return "; ".join(filter(None, (error.brief, *error.detail.splitlines())))


def read_namespaces(
    places: Sequence[Place], entries: Iterable[Entry]
) -> dict[tuple[str, str], str]:
    """Return the namespaces of the rocks that some dependency of ``entries`` asks for with one."""
    needs = (need for entry in entries for need in entry.needs or () if "/" in need)
    names = {need.partition("/")[2].partition(" ")[0] for need in needs}
    namespaces = {}
    for name, version, directory in places:
        if name in names:
            try:
                text = read_bounded(f"{directory}/rock_namespace", _NAMESPACE_LIMIT, follow=False)
            except DistrorocksError:
                continue
            namespaces[name, version] = text.decode("utf-8", "surrogateescape")
    return namespaces
