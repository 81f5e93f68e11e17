"""The content of a tree's rocks_dir: installed rocks and rock files.

Each rock is read on its own: a broken one is reported and skipped, and does not affect others.
Links are followed inside the root only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import NotLiteral, parse
from distrorocks.patterns import regex
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.manifest_entry import Entry, InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.cache import Cache, signature
from distrorocks.system.files.named_file import plain_path
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT, ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.parallel import in_parts
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

_ROCK_FILE = regex(r"(?P<name>.*)-(?P<version>[^-]+-[0-9]+)\.(?:(?P<arch>.+)\.rock|rockspec)")
_INSTALLED = regex(r".*-[0-9]+", re.DOTALL)
_NAMESPACE_LIMIT = 1024


class Place(NamedTuple):
    """The metadata directory of an installed rock; ``directory`` is a path of this process."""

    name: str
    version: str
    directory: str

    def inside(self, root: str) -> str:
        """Return the directory as a path of ``root``."""
        return self.directory if root == "/" else self.directory.removeprefix(root.rstrip("/"))


class Unread(NamedTuple):
    """Something in a tree that was skipped or read only in part, and why."""

    name: str
    version: str
    why: str


class Contents(NamedTuple):
    """The entries of a rocks_dir, before any rock is read."""

    places: list[Place]
    packed: list[PackedRock]
    unread: list[Unread]


class Read(NamedTuple):
    """The rocks of a tree as manifest entries, and what could not be read."""

    entries: list[Entry]
    unread: list[Unread]


def rock_file(name: str) -> PackedRock | None:
    """Parse the name of a rock file by LuaRocks' rule, or return None."""
    found = _ROCK_FILE.fullmatch(name)
    if not found:
        return None
    return PackedRock(found["name"], found["version"], found["arch"] or "rockspec")


def read_contents(view: RootView, rocks_dir: str) -> Contents:
    """Return the content of ``rocks_dir``, sorted by name; empty if it does not exist.

    As in LuaRocks, each entry of a rock's directory that ends in ``-`` and digits is a version.
    """
    contents = Contents([], [], [])
    plain = plain_path(view, rocks_dir)
    if not plain:
        return contents
    with os.scandir(view.host_path(plain)) as entries:
        names = sorted((entry.name, entry.path, entry.is_symlink()) for entry in entries)
    for name, path, is_link in names:
        packed = rock_file(name)
        if packed:
            contents.packed.append(packed)
            continue
        try:
            directory = _followed(view, f"{plain}/{name}") if is_link else path
        except DistrorocksError as error:
            contents.unread.append(Unread(name, "", error.brief))
            continue
        try:
            _add_versions(contents, view, name, directory)
        except NotADirectoryError:
            continue
        except OSError as error:
            contents.unread.append(Unread(name, "", f"cannot list it: {error.strerror}"))
    return contents


def _add_versions(contents: Contents, view: RootView, name: str, directory: str) -> None:
    """Add the versions in a rock's directory, with links resolved."""
    with os.scandir(directory) as entries:
        versions = sorted((entry.name, entry.path, entry.is_symlink()) for entry in entries)
    for version, path, is_link in versions:
        if _INSTALLED.fullmatch(version):
            try:
                inside = path.removeprefix(view.root.rstrip("/"))
                place = _followed(view, inside) if is_link else path
            except DistrorocksError as error:
                contents.unread.append(Unread(name, version, error.brief))
                continue
            contents.places.append(Place(name, version, place))


def _followed(view: RootView, path: str) -> str:
    """Return the target of a link as a path of this process; raise if it leaves the root."""
    plain = plain_path(view, path)
    if plain is None:
        raise DistrorocksError("it is a dangling link")
    return view.host_path(plain)


def read_entries(
    places: Sequence[Place], *, jail: Jail, cache: Cache | None = None, root: str = "/"
) -> Read:
    """Return the manifest entries of these rocks; several processes read a long list.

    A rock without a valid rock_manifest is skipped; one without a valid rockspec has no
    dependencies. Both are listed in ``unread``. A rock whose entry in ``cache`` is not stale is not
    read again; one of those is: what its rockspec lacked may be there now, such as a Lua to run it.
    """
    table = (cache or Cache()).table("entries")
    signatures = {place: _signatures(place) for place in places}
    strange = [place for place in places if not table.knows("\0".join(place), signatures[place])]
    read = dict(zip(strange, in_parts(partial(_read_part, root), strange), strict=True))

    def tell(place: Place) -> tuple[tuple[Any, ...] | None, str]:
        told = read[place]
        if told is None:
            with Beneath(root) as below:
                entry, why = _read_rock(below, place, jail)
            told = (entry and tuple(entry), why)
        return told

    entries: list[Entry] = []
    unread: list[Unread] = []
    for place in places:
        entry, why = table.of(
            "\0".join(place), signatures[place], partial(tell, place), lasts=_is_whole
        )
        if entry:
            entries.append(Entry.from_plain(entry))
        if why:
            unread.append(Unread(place.name, place.version, why))
    return Read(entries, unread)


def _is_whole(told: Sequence[Any]) -> bool:
    """Return whether all of a rock could be read."""
    return not told[1]


def _signatures(place: Place) -> list[list[int]]:
    """Return the signatures of the files that ``read_rock`` reads."""
    name, version, directory = place
    paths = [f"{directory}/{each}" for each in ("rock_manifest", f"{name}-{version}.rockspec")]
    return [list(signature(path)) for path in (directory, *paths)]


def _read_part(
    root: str, places: Sequence[Place]
) -> list[tuple[tuple[Any, ...] | None, str] | None]:
    """Return each rock's entry, or None for one whose rockspec has to be run."""
    results: list[tuple[tuple[Any, ...] | None, str] | None] = []
    with Beneath(root) as below:
        for place in places:
            try:
                entry, why = _read_rock(below, place, None)
                results.append((entry and tuple(entry), why))
            except NotLiteral:
                results.append(None)
    return results


def _read_rock(below: Beneath, place: Place, jail: Jail | None) -> tuple[Entry | None, str]:
    """Return the manifest entry of one rock, and what is wrong with it, or "".

    A rockspec that has to be run is run in the ``jail``; without one, raise ``NotLiteral``.
    """
    try:
        text = _text(below, place, "rock_manifest", ROCK_MANIFEST_LIMIT)
        files = RockManifest.parse(text)
    except DistrorocksError as error:
        return None, _told(error)
    rockspec, why = _rockspec(below, place, jail)
    dependencies = rockspec.dependencies if rockspec else None
    rock = InstalledRock(place.name, place.version, files.modules(), files.commands(), dependencies)
    return entry_of(rock), why


def _text(below: Beneath, place: Place, name: str, limit: int) -> bytes:
    """Return the content of a rock's file, following no link."""
    try:
        return below.read(f"{place.inside(below.root)}/{name}", limit)
    except OSError as error:
        raise FileReadError(
            f"cannot open {place.directory}: {error.strerror}",
            is_missing=isinstance(error, FileNotFoundError),
        ) from None


def _rockspec(below: Beneath, place: Place, jail: Jail | None) -> tuple[Rockspec | None, str]:
    """Return the rockspec of an installed rock, or why there is none."""
    file_name = f"{place.name}-{place.version}.rockspec"
    try:
        text = _text(below, place, file_name, ROCKSPEC_LIMIT)
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


def dependencies_of(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the dependencies of rocks as their rockspecs write them."""
    return (need for entry in entries for need in entry.needs or ())


def read_namespaces(
    places: Sequence[Place], dependencies: Iterable[str], *, root: str = "/"
) -> dict[tuple[str, str], str]:
    """Return the namespaces of the rocks that a dependency names with one."""
    needs = (need for need in dependencies if "/" in need)
    names = {need.partition("/")[2].partition(" ")[0] for need in needs}
    namespaces = {}
    with Beneath(root) as below:
        for place in places:
            if place.name not in names:
                continue
            try:
                text = _text(below, place, "rock_namespace", _NAMESPACE_LIMIT)
            except DistrorocksError:
                continue
            namespaces[place[:2]] = text.decode("utf-8", "surrogateescape")
    return namespaces
