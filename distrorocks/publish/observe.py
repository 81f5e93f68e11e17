"""Everything that a refresh looks at, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.families.installed import Licenses
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.manifest_entry import Entry
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.digest import Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.present import present_digests, present_directories
from distrorocks.system.trees.reader import (
    Unread,
    dependencies_of,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.trees.layout import Layout, Rock
from distrorocks.trees.ledger import Ledger
from distrorocks.values import NamedTuple
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_metadata import RockFacts, digested_files
from distrorocks.world.survey import Survey, System, survey


class ObservedRock(NamedTuple):
    """A rock that a package provides, and the facts of its description."""

    provided: ProvidedRock
    facts: RockFacts


class ObservedTree(NamedTuple):
    """One tree as it is.

    ``installed`` are all rocks in it. ``entries`` has what the manifest says of those that the
    ledger does not list, ``namespaces`` theirs, ``unread`` what could not be read of them by rock;
    ``unreadable`` are the directories that hold no rock that can be told.
    """

    layout: Layout
    rocks: tuple[ObservedRock, ...]
    installed: tuple[Rock, ...]
    packed: tuple[PackedRock, ...]
    unreadable: tuple[Unread, ...]
    entries: Mapping[Rock, Entry]
    unread: tuple[Unread, ...]
    namespaces: Mapping[Rock, str]


class Observed(NamedTuple):
    """What a refresh decides from.

    ``present`` has the MD5 of every file that it could write or remove, and that is there;
    ``directories`` are those above such files. ``owned`` are the paths of rock metadata that
    packages own.
    """

    trees: tuple[ObservedTree, ...]
    rocks: tuple[ProvidedRock, ...]
    ledger: Ledger
    present: Mapping[str, str]
    directories: frozenset[str]
    owned: frozenset[str]
    warnings: tuple[str, ...]


def observe(system: System, ledger: Ledger, cache: Cache) -> Observed:
    """Look at a root. What is as ``cache`` knows it is not read again.

    Raises ``DistrorocksError`` for package databases that cannot be read.
    """
    found, view = survey(system, cache), RootView(system.root)
    owned = frozenset(found.shipped_metadata)
    licenses = Licenses(system.root, cache)
    rocks = _observed_rocks(found, view, licenses, cache)
    with Jail() as jail:
        trees = tuple(
            _observed_tree(view, layout, rocks[version], ledger, owned, jail=jail, cache=cache)
            for version, layout in found.layouts.items()
        )
    written = {path for tree in trees for path in _possible_files(tree)}
    return Observed(
        trees,
        tuple(found.rocks),
        ledger,
        MappingProxyType(present_digests(view, sorted({*written, *ledger.files}), cache)),
        frozenset(present_directories(view, written)),
        owned,
        (*found.warnings, *licenses.warnings),
    )


def _observed_rocks(
    found: Survey, view: RootView, licenses: Licenses, cache: Cache
) -> dict[str, tuple[ObservedRock, ...]]:
    """Return the rocks to publish with their facts, by Lua version."""
    recorded, digests = found.recorded, Digests(view, cache)

    def facts_of(rock: ProvidedRock) -> RockFacts:
        try:
            needs = tuple(_shipped_needs(view, rock.shipped.values())) if rock.shipped else None
            name = licenses.of(rock.package)
            read = ((path, recorded.get(path) or digests.of(path)) for path in digested_files(rock))
            return RockFacts(tuple(read), name, needs)
        except DistrorocksError as error:
            return RockFacts((), "", None, fault=error.brief)

    return {
        version: tuple(
            ObservedRock(rock, facts_of(rock))
            for rock in found.rocks
            if not rock.why_not and rock.lua_version == layout.lua_version
        )
        for version, layout in found.layouts.items()
    }


def _shipped_needs(view: RootView, shipped: Iterable[str]) -> list[str]:
    """Return the dependencies in the rockspec among a rock's shipped files, as written there.

    Raise ``DistrorocksError`` if it cannot be read, or would have to be run.
    """
    path = next(path for path in shipped if path.endswith(".rockspec"))
    found = view.find(path)
    if not found:
        raise FileReadError(f"cannot read {path}: it is a dangling link", is_missing=True)
    chunk = read_chunk(view.host_path(found.path), jail=None, limit=ROCKSPEC_LIMIT)
    rockspec = Rockspec.from_chunk(chunk, quick=True)
    return [str(dependency) for dependency in rockspec.dependencies]


def _observed_tree(
    view: RootView,
    layout: Layout,
    rocks: tuple[ObservedRock, ...],
    ledger: Ledger,
    owned: frozenset[str],
    *,
    jail: Jail,
    cache: Cache,
) -> ObservedTree:
    """Return one tree. Rocks that only the ledger's files make are not read: they are ours."""
    contents = read_contents(view, layout.rocks_dir)
    others = [
        place
        for place in contents.places
        if not _is_listed(layout, (place.name, place.version), ledger, owned)
    ]
    read = read_entries(others, jail=jail, cache=cache, root=view.root)
    shipped = (need for each in rocks for need in each.facts.needs or ())
    needs = [*dependencies_of(read.entries), *shipped]
    return ObservedTree(
        layout,
        rocks,
        tuple((place.name, place.version) for place in contents.places),
        tuple(contents.packed),
        tuple(contents.unread),
        MappingProxyType({(entry.name, entry.version): entry for entry in read.entries}),
        tuple(read.unread),
        MappingProxyType(read_namespaces(others, needs, root=view.root)),
    )


def _is_listed(layout: Layout, rock: Rock, ledger: Ledger, owned: frozenset[str]) -> bool:
    """Return whether the ledger lists a rock's rock_manifest, and no package owns it by now."""
    path = layout.rock_manifest(*rock)
    return path in ledger.files and path not in owned


def _possible_files(tree: ObservedTree) -> Iterable[str]:
    """Yield every path that a refresh could write in a tree."""
    yield tree.layout.manifest
    for each in tree.rocks:
        yield tree.layout.rockspec(*each.provided.rock)
        yield tree.layout.rock_manifest(*each.provided.rock)
