"""What each tree should hold follows from what was observed, without any look at the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import md5

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.names import RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.publish.decide import Decision, PlannedTree, decide
from distrorocks.publish.observe import Observed, ObservedRock, ObservedTree
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.trees.reader import Unread
from distrorocks.trees.change import Content, Keep, RemoveDirectory, WriteFile
from distrorocks.trees.layout import Rock, distro_layout
from distrorocks.trees.ledger import Ledger
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_metadata import Description, RockFacts

TREE = distro_layout("5.4")
A, B, C = ("a", "1.0-1"), ("b", "1.0-1"), ("c", "1.0-1")
FACTS = RockFacts((), "MIT", None)
SHIPPED = "its package ships its metadata"
OTHERS = "it was not written by distrorocks"


def provided(rock: Rock, *relations: str, shipped: Mapping[str, str] | None = None) -> ProvidedRock:
    """Return a rock of the package ``lua-NAME``."""
    name, version = rock
    return ProvidedRock(
        Package("deb", f"lua-{name}", "1.0-2", "all", relations=relations),
        "5.4",
        ("5.4",),
        RockName(name, "high", "map", "", True),
        RockVersion(version, ""),
        {},
        {},
        {},
        (),
        shipped=shipped or {},
    )


def described(rock: ProvidedRock, mode: str, facts: RockFacts, needs: Sequence[str]) -> Description:
    """Return a description that shows what it was made of."""
    name, version = rock.rock
    if name == "broken":
        raise DistrorocksError("it cannot be written")
    rockspec = f"{mode} {facts.license} {'; '.join(needs)}".encode()
    content = {f"{name}-{version}.rockspec": rockspec, "rock_manifest": b"manifest", "other": b""}
    if rock.shipped:
        del content[f"{name}-{version}.rockspec"]
    files = {name: Content.of(text) for name, text in content.items()}
    return Description(files, entry_of(InstalledRock(name, version)))


def observed(
    *rocks: ProvidedRock,
    installed: Sequence[Rock] = (),
    theirs: Sequence[Rock] = (),
    packed: Sequence[PackedRock] = (),
    files: Sequence[str] = (),
    present: Mapping[str, bytes] | None = None,
    owned: Sequence[str] = (),
    facts: RockFacts = FACTS,
    directories: Sequence[str] = (),
) -> Observed:
    """Return a root with one tree; ``theirs`` are the installed rocks that its manifest tells of.

    ``files`` are those that the ledger lists.
    """
    tree = ObservedTree(
        TREE,
        tuple(ObservedRock(rock, facts) for rock in rocks),
        tuple(installed),
        tuple(packed),
        (Unread("", "", "no rock"),),
        {rock: entry_of(InstalledRock(*rock)) for rock in theirs},
        tuple(Unread(*rock, "torn") for rock in installed),
        dict.fromkeys(installed, "jane"),
    )
    digests = {path: md5(text).hexdigest() for path, text in (present or {}).items()}
    ledger = Ledger({path: digests.get(path, "") for path in files})
    return Observed((tree,), rocks, ledger, digests, frozenset(directories), frozenset(owned), ())


def decided(found: Observed, mode: str = "complete") -> tuple[Decision, PlannedTree]:
    """Return the decision about a root, and the plan of its one tree."""
    decision = decide(found, mode, described)
    (tree,) = decision.trees
    return decision, tree


def written(decision: Decision) -> list[str]:
    """Return the paths that are written, in order."""
    return [each.path for each in decision.publication.changes if isinstance(each, WriteFile)]


def test_each_rock_has_two_files_with_its_reason_and_the_manifest_comes_last() -> None:
    """A rock's dependencies are those of its package, or those of a rockspec that it ships."""
    found = observed(provided(A), provided(B, "lua-a (>= 1.0)"))
    decision, tree = decided(found, "minimal")
    paths = [path for rock in (A, B) for path in (TREE.rockspec(*rock), TREE.rock_manifest(*rock))]
    assert written(decision) == [*paths, TREE.manifest]
    assert tree.files[TREE.rockspec(*A)].make() == b"minimal MIT lua >= 5.4, < 5.5"
    assert tree.files[TREE.rockspec(*B)].make() == b"minimal MIT lua >= 5.4, < 5.5; a >= 1.0"
    assert tree.reasons == {
        **dict.fromkeys(paths[:2], "lua-a 1.0-2 is a 1.0-1"),
        **dict.fromkeys(paths[2:], "lua-b 1.0-2 is b 1.0-1"),
        TREE.manifest: "the tree has 2 rocks",
    }
    assert [each.rock for each in tree.published] == [A, B]
    shipped = observed(provided(A, "lua-b"), facts=RockFacts((), "ISC", ("lua", "x >= 2")))
    assert decided(shipped)[1].files[TREE.rockspec(*A)].make() == b"complete ISC lua; x >= 2"


def test_a_rock_that_cannot_be_described_is_refused_and_the_others_are_published() -> None:
    """Whether it was observed, or the description fails; each with the reason."""
    broken, whole = provided(("broken", "1-1")), provided(A)
    _, tree = decided(observed(broken, whole))
    assert tree.refused == ((broken, "it cannot be written"),)
    assert tree.published == (whole,)
    _, tree = decided(observed(whole, broken, facts=RockFacts((), "", None, "no name")))
    assert tree.refused == ((whole, "no name"), (broken, "no name"))
    assert (tree.published, tree.files, tree.kept) == ((), {}, ())


def test_rocks_of_others_are_kept_listed_and_reported() -> None:
    """Each with whose it is: of a package that ships its metadata, or of somebody else."""
    owned = [TREE.rock_manifest(*C)]
    found = observed(provided(A), installed=[C, B], theirs=[B, C], owned=owned)
    decision, tree = decided(found)
    assert tree.kept == (Keep(TREE.rock_dir(*B), OTHERS), Keep(TREE.rock_dir(*C), SHIPPED))
    assert tree.unread == (
        Unread("", "", "no rock"),
        Unread(*C, "torn"),
        Unread(*B, "torn"),
    )
    assert tree.reasons[TREE.manifest] == "the tree has 3 rocks"
    assert [name in tree.files[TREE.manifest].make() for name in (b"b = {", b"c = {")] == [
        True,
        True,
    ]
    assert written(decision)[-1] == TREE.manifest
    unlisted = decided(observed(provided(A), installed=[B]))[1]
    assert unlisted.reasons[TREE.manifest] == "the tree has 1 rocks"


def test_rocks_after_one_of_ours_are_told_apart_too() -> None:
    """What the ledger lists is ours, wherever it stands among the installed rocks."""
    files = [TREE.rock_manifest(*A)]
    _, tree = decided(observed(provided(A), installed=[A, B], theirs=[B], files=files))
    assert tree.kept == (Keep(TREE.rock_dir(*B), OTHERS),)
    assert [each.rock for each in tree.published] == [A]
    assert [each.name for each in tree.unread] == ["", "b"]
    shipped = provided(A, shipped={"a-1.0-1.rockspec": "/usr/x"})
    _, tree = decided(observed(shipped, installed=[A, B]))
    assert tree.kept == (Keep(TREE.rock_dir(*B), OTHERS),)


def test_a_rock_that_a_package_came_to_own_is_no_longer_ours() -> None:
    """Its files stay, and leave the ledger."""
    path = TREE.rock_manifest(*A)
    present = {path: b"of the package"}
    found = observed(provided(A), installed=[A], files=[path], present=present, owned=[path])
    decision, tree = decided(found)
    assert tree.kept == (Keep(TREE.rock_dir(*A), SHIPPED),)
    assert tree.published == ()
    assert path not in decision.publication.ledger.files


@pytest.mark.parametrize(
    ("rockspec", "manifest", "is_ours"),
    [
        (b"complete MIT lua >= 5.4, < 5.5", b"manifest", True),
        (b"complete MIT lua >= 5.4, < 5.5", b"other", False),
        (b"other", b"manifest", False),
        (None, b"manifest", False),
    ],
)
def test_a_rock_is_ours_without_the_ledger_only_if_all_its_files_are_to_the_letter(
    rockspec: bytes | None, manifest: bytes, is_ours: bool
) -> None:
    """The ledger may be lost; what differs in one file, or lacks one, was put there by others."""
    present = {TREE.rock_manifest(*A): manifest}
    if rockspec is not None:
        present[TREE.rockspec(*A)] = rockspec
    decision, tree = decided(observed(provided(A), installed=[A], present=present))
    assert [each.rock for each in tree.published] == ([A] if is_ours else [])
    assert tree.kept == (() if is_ours else (Keep(TREE.rock_dir(*A), OTHERS),))
    assert TREE.rock_manifest(*A) not in written(decision)


@pytest.mark.parametrize(
    ("owned", "files", "theirs", "packed", "is_indexed"),
    [
        ([], [], [A, B], [], False),
        ([TREE.rock_manifest(*A)], [], [A, B], [], True),
        ([TREE.rock_manifest(*B)], [], [A, B], [], True),
        ([TREE.rock_manifest(*A)], [], [], [], False),
        ([], [TREE.manifest], [A, B], [], True),
        ([], [TREE.manifest], [], [], False),
        ([], [TREE.manifest], [], [PackedRock("x", "1-1", "src")], True),
        ([], [], [], [PackedRock("x", "1-1", "src")], False),
    ],
)
def test_a_tree_without_rocks_of_ours_is_indexed_only_where_nobody_else_does(
    owned: list[str],
    files: list[str],
    theirs: list[Rock],
    packed: list[PackedRock],
    is_indexed: bool,
) -> None:
    """Where packages ship rocks, or where we made the index before; and never an empty one."""
    found = observed(installed=[A, B], theirs=theirs, packed=packed, owned=owned, files=files)
    _, tree = decided(found)
    assert list(tree.files) == ([TREE.manifest] if is_indexed else [])


def test_an_index_has_packed_rocks_and_the_namespaces_of_others() -> None:
    """Not those of our own rocks, which packages give no namespace."""
    packed = [PackedRock("x", "1-1", "src")]
    found = observed(provided(A), installed=[A, B], theirs=[B], packed=packed, files=[])
    path = TREE.rock_manifest(*A)
    _, tree = decided(found._replace(ledger=Ledger({path: ""})))
    assert b'arch = "src"' in tree.files[TREE.manifest].make()
    assert tree.reasons[TREE.manifest] == "the tree has 2 rocks"


def test_what_no_package_provides_any_more_is_removed_below_the_trees_alone() -> None:
    """Files of the ledger elsewhere are those of trees that this run does not look at."""
    other = distro_layout("5.1").rock_manifest(*B)
    mine = TREE.rock_manifest(*C)
    found = observed(provided(A), files=[other, mine], present={other: b"x", mine: b"y"})
    decision, _ = decided(found)
    removed = [
        each.path for each in decision.publication.changes if not isinstance(each, WriteFile)
    ]
    assert removed == [mine]
    assert other in decision.publication.ledger.files
    assert mine not in decision.publication.ledger.files


def test_the_directory_of_a_rock_that_its_package_ships_is_ours_to_remove_later() -> None:
    """Our rock_manifest outlives the package in it; directories that others made stay theirs."""
    rocks = [TREE.rock_dir(*A), TREE.rock_dir(*B)]
    names = [path.rpartition("/")[0] for path in rocks]
    directories = [TREE.rocks_dir, *rocks, *names]
    shipped = provided(A, shipped={"a-1.0-1.rockspec": "/usr/x"})
    decision, _ = decided(observed(shipped, provided(B), directories=directories))
    made = decision.publication.ledger.directories
    assert {rocks[0], names[0]} <= made
    assert not {TREE.rocks_dir, rocks[1], names[1]} & made
    assert not any(isinstance(each, RemoveDirectory) for each in decision.publication.changes)
