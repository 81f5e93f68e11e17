"""What each tree of a root should hold, and the changes that make it so: pure decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.publish.publication import Publication, publication
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import Entry
from distrorocks.trees.change import Change, Content, Keep
from distrorocks.trees.layout import Layout, Rock
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_metadata import Description, RockFacts, by_package, describe, rock_needs

if TYPE_CHECKING:
    from distrorocks.publish.observe import Observed, ObservedTree
    from distrorocks.system.trees.reader import Unread

Describe = Callable[[ProvidedRock, str, RockFacts, Sequence[str]], Description]
ByPackage = Mapping[tuple[str, str], Sequence[ProvidedRock]]


class PlannedRock(NamedTuple):
    """A rock with its metadata, path to content, and with what the tree's manifest says of it."""

    provided: ProvidedRock
    files: Mapping[str, Content]
    entry: Entry

    @property
    def reason(self) -> str:
        """Why its files are there."""
        package = self.provided.package
        return f"{package.name} {package.version} is {' '.join(self.provided.rock)}"


class PlannedTree(NamedTuple):
    """What one tree should hold, path to content, and why; ``kept`` is left as it is.

    ``published`` are the rocks of packages in it; ``refused`` could not be described, each with
    the reason; ``unread`` are rocks of others that could not be read.
    """

    layout: Layout
    files: Mapping[str, Content]
    reasons: Mapping[str, str]
    published: tuple[ProvidedRock, ...]
    refused: tuple[tuple[ProvidedRock, str], ...]
    kept: tuple[Change, ...]
    unread: tuple[Unread, ...]


class Decision(NamedTuple):
    """The trees as they should be, and the changes that make them so."""

    trees: tuple[PlannedTree, ...]
    publication: Publication


def decide(found: Observed, mode: str, describe_rock: Describe = describe) -> Decision:
    """Return what a refresh does about ``found``.

    ``describe_rock`` answers as ``describe`` does; a caller may have kept its answers.
    """
    published = by_package(found.rocks)
    trees = tuple(
        _planned_tree(found, tree, mode, published, describe_rock) for tree in found.trees
    )
    desired = {path: content for tree in trees for path, content in tree.files.items()}
    ledger = found.ledger
    starts = tuple(f"{tree.layout.rocks_dir}/" for tree in trees)
    decided = publication(
        desired,
        {path: reason for tree in trees for path, reason in tree.reasons.items()},
        present=found.present,
        ledger=ledger,
        kept_files={path for path in ledger.files if not path.startswith(starts)},
        owned=found.owned,
        indexes={tree.layout.manifest for tree in trees},
        existing_directories=found.directories - _completed(trees),
    )
    return Decision(trees, decided)


def _planned_tree(
    found: Observed, tree: ObservedTree, mode: str, published: ByPackage, describe_rock: Describe
) -> PlannedTree:
    """Return one tree as it should be, with its manifest."""
    planned, refused = _planned_rocks(tree, mode, published, describe_rock)
    foreign = foreign_rocks(found, tree, planned)
    mine = [each for each in planned if each.provided.rock not in foreign]
    read = foreign & tree.entries.keys()
    theirs = [tree.entries[rock] for rock in tree.installed if rock in read]
    files = {path: content for each in mine for path, content in each.files.items()}
    reasons = {path: each.reason for each in mine for path in each.files}
    if mine or _is_ours(found, tree, foreign, theirs):
        entries = [*(each.entry for each in mine), *theirs]
        text = tree_manifest(
            entries,
            provided=rocks_provided(tree.layout.lua_version),
            packed=tree.packed,
            namespaces={rock: it for rock, it in tree.namespaces.items() if rock in foreign},
        )
        files[tree.layout.manifest] = Content.of(text)
        reasons[tree.layout.manifest] = f"the tree has {len(entries)} rocks"
    return PlannedTree(
        tree.layout,
        files,
        reasons,
        tuple(each.provided for each in mine),
        refused,
        tuple(_kept(found, tree.layout, foreign)),
        (*tree.unreadable, *(it for it in tree.unread if (it.name, it.version) in foreign)),
    )


def _planned_rocks(
    tree: ObservedTree, mode: str, published: ByPackage, describe_rock: Describe
) -> tuple[list[PlannedRock], tuple[tuple[ProvidedRock, str], ...]]:
    """Return the packages' rocks with their metadata, and those that cannot be described."""
    planned, refused = [], []
    for rock, facts in tree.rocks:
        if facts.fault:
            refused.append((rock, facts.fault))
            continue
        needs = rock_needs(rock, published) if facts.needs is None else facts.needs
        try:
            described, entry = describe_rock(rock, mode, facts, needs)
        except DistrorocksError as error:
            refused.append((rock, error.brief))
            continue
        paths = (tree.layout.rockspec(*rock.rock), tree.layout.rock_manifest(*rock.rock))
        named = {path: described.get(path.rpartition("/")[2]) for path in paths}
        files = {path: content for path, content in named.items() if content is not None}
        planned.append(PlannedRock(rock, files, entry))
    return planned, tuple(refused)


def foreign_rocks(found: Observed, tree: ObservedTree, planned: Iterable[PlannedRock]) -> set[Rock]:
    """Return the rocks in a tree that somebody else put there.

    Those are the rocks whose rock_manifest the ledger does not list, or that a package owns by now;
    but not one whose files are to the letter what would be written (the ledger was lost), nor one
    that its package left to us.
    """
    by_rock = {each.provided.rock: each for each in planned}
    foreign = set()
    for rock in tree.installed:
        path = tree.layout.rock_manifest(*rock)
        if path in found.ledger.files and path not in found.owned:
            continue
        mine = by_rock.get(rock)
        if mine and mine.provided.shipped:
            continue
        if not mine or path in found.owned or not _is_there(mine.files, found.present):
            foreign.add(rock)
    return foreign


def _is_there(files: Mapping[str, Content], present: Mapping[str, str]) -> bool:
    """Return whether all files are present with their content."""
    return all(present.get(path) == content.md5 for path, content in files.items())


def _is_ours(
    found: Observed, tree: ObservedTree, foreign: set[Rock], entries: Sequence[Entry]
) -> bool:
    """Return whether the index of a tree without rocks of ours is ours to make.

    It is where we made it before, and where packages ship rocks that nobody indexes; a tree in
    which somebody else alone has put rocks has an index of its own.
    """
    is_shipped = any(tree.layout.rock_manifest(*rock) in found.owned for rock in foreign)
    is_known = tree.layout.manifest in found.ledger.files
    return (is_known or is_shipped) and bool(entries or tree.packed)


def _kept(found: Observed, layout: Layout, foreign: set[Rock]) -> Iterable[Change]:
    """Yield that the rocks of others stay as they are, and whose they are."""
    for rock in sorted(foreign):
        is_owned = layout.rock_manifest(*rock) in found.owned
        why = "its package ships its metadata" if is_owned else "it was not written by distrorocks"
        yield Keep(layout.rock_dir(*rock), why)


def _completed(trees: Iterable[PlannedTree]) -> set[str]:
    """Return the directories of packages that our rock_manifests outlive: ours to remove then."""
    directories = {
        tree.layout.rock_dir(*rock.rock)
        for tree in trees
        for rock in tree.published
        if rock.shipped
    }
    return directories | {path.rpartition("/")[0] for path in directories}
