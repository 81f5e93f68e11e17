"""What the tree of one Lua version should hold: its rocks' files, and its manifest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import md5
from typing import Any, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import to_bytes, to_text
from distrorocks.publish.metadata import installed_rock, rock_files, rock_needs
from distrorocks.rocks.manifest_entry import Entry, entry_of
from distrorocks.system.files.cache import Cache
from distrorocks.trees.layout import Layout, Rock
from distrorocks.trees.ledger import Ledger
from distrorocks.world.provided import ProvidedRock

ByPackage = Mapping[tuple[str, str], Iterable[ProvidedRock]]


class Facts(NamedTuple):
    """What the machine adds to the packages' own words, when asked.

    ``needs`` are the dependencies of a rock whose package ships its rockspec.
    """

    mode: str
    digest: Callable[[str], str]
    license: Callable[[ProvidedRock], str]
    needs: Callable[[ProvidedRock], list[str]]


class PlannedRock(NamedTuple):
    """A rock with its metadata, path to content, and with what the tree's manifest says of it."""

    provided: ProvidedRock
    files: Mapping[str, bytes]
    entry: Entry

    @property
    def reason(self) -> str:
        """Why its files are there."""
        package = self.provided.package
        return f"{package.name} {package.version} is {' '.join(self.provided.rock)}"


class TreePlan(NamedTuple):
    """The rocks of one tree; ``refused`` could not be described, each with what was wrong."""

    planned: tuple[PlannedRock, ...]
    refused: tuple[tuple[ProvidedRock, str], ...]


def by_package(rocks: Iterable[ProvidedRock]) -> dict[tuple[str, str], list[ProvidedRock]]:
    """Return the published rocks by Lua version and package name, provided names included."""
    found: dict[tuple[str, str], list[ProvidedRock]] = {}
    for rock in rocks:
        if not rock.why_not:
            for name in {rock.package.name, *rock.package.provides}:
                found.setdefault((rock.lua_version, name), []).append(rock)
    return found


def tree_plan(
    rocks: Iterable[ProvidedRock],
    layout: Layout,
    facts: Facts,
    published: ByPackage,
    cache: Cache | None = None,
) -> TreePlan:
    """Return the metadata of the published rocks that belong to one tree."""
    cache = cache or Cache()
    planned, refused = [], []
    for rock in rocks:
        if rock.why_not or rock.lua_version != layout.lua_version:
            continue
        try:
            paths, entry = _described(rock, layout, facts, published, cache)
        except DistrorocksError as error:
            refused.append((rock, error.brief))
            continue
        planned.append(PlannedRock(rock, paths, Entry.from_plain(entry)))
    return TreePlan(tuple(planned), tuple(refused))


def _described(
    rock: ProvidedRock, layout: Layout, facts: Facts, published: ByPackage, cache: Cache
) -> tuple[dict[str, bytes], tuple[Any, ...]]:
    """Return a rock's files, path to content, and what the manifest says of it.

    They stand on the package and its files, on what it needs, and on what the machine adds.
    """
    needs = facts.needs(rock) if rock.shipped else rock_needs(rock, published)
    license_name = facts.license(rock)
    recorded = rock.package.recorded
    files = {
        path for paths in (rock.lua, rock.lib, rock.bin, rock.shipped) for path in paths.values()
    }
    digests = [(path, facts.digest(path)) for path in sorted(files - recorded.keys())]

    def describe() -> tuple[dict[str, str], tuple[Any, ...]]:
        known = {**recorded, **dict(digests)}
        content = rock_files(
            rock, facts.mode, digest=known.__getitem__, license_name=license_name, needs=needs
        )
        entry = entry_of(installed_rock(rock, facts.mode, needs))
        return {name: to_text(text) for name, text in content.items()}, tuple(entry)

    basis = (rock.package.plain, rock.plain, tuple(layout), needs, license_name, digests)
    content, entry = cache.of(("rock", rock.lua_version, *rock.rock), basis, describe)
    paths = (layout.rockspec(*rock.rock), layout.rock_manifest(*rock.rock))
    named = {path: content.get(path.rpartition("/")[2]) for path in paths}
    return {path: to_bytes(text) for path, text in named.items() if text is not None}, entry


def foreign_rocks(
    installed: Iterable[Rock],
    plan: TreePlan,
    layout: Layout,
    *,
    ledger: Ledger,
    present: Mapping[str, str],
    owned: Collection[str],
) -> set[Rock]:
    """Return the rocks in a tree that somebody else put there.

    Those are the rocks whose rock_manifest the ledger does not know, or a package owns by now;
    but not one that is to the letter what would be written: it is ours, and a ledger was lost. Nor
    one that its package left to us.
    """
    planned = {each.provided.rock: each for each in plan.planned}
    foreign = set()
    for rock in installed:
        path = layout.rock_manifest(*rock)
        if path in ledger.files and path not in owned:
            continue
        mine = planned.get(rock)
        if mine and mine.provided.shipped:
            continue
        if not mine or path in owned or not _is_there(mine.files, present):
            foreign.add(rock)
    return foreign


def _is_there(files: Mapping[str, bytes], present: Mapping[str, str]) -> bool:
    """Return whether all files are present with their content."""
    return all(present.get(path) == md5(text).hexdigest() for path, text in files.items())
