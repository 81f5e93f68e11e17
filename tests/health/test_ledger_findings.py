"""What a refresh would change is told as findings, by what the ledger and the trees say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from distrorocks.health.finding import (
    MISSING,
    MODIFIED,
    ORPHANED,
    REPAIR,
    STALE_MANIFEST,
    STALE_ROCK,
    UNOWNED,
    Finding,
)
from distrorocks.health.ledger_findings import TreesState, ledger_findings
from distrorocks.trees.change import Change, Keep, RemoveDirectory, RemoveFile, WriteFile
from distrorocks.trees.ledger import Ledger

TREE, OTHER = "/usr/lib/luarocks/rocks-5.3", "/usr/lib/luarocks/rocks-5.4"
ROCK = f"{TREE}/a/1-1"
FILE = f"{ROCK}/rock_manifest"
INDEX = f"{TREE}/manifest"


def told(
    *changes: Change,
    ledger: Mapping[str, str],
    present: Mapping[str, str],
    shipped: Collection[str] = (),
    excused: Collection[str] = (),
) -> list[Finding]:
    """Return the findings of changes in two trees."""
    standing = TreesState(Ledger(dict(ledger)), present, shipped, (TREE, OTHER), excused)
    return ledger_findings(changes, standing)


@pytest.mark.parametrize(
    ("ledger", "present", "expected"),
    [
        ({}, {INDEX: "i"}, (STALE_ROCK, ROCK, "why", "no metadata yet")),
        (
            {},
            {INDEX: "i", FILE: "x"},
            (STALE_ROCK, ROCK, "why", "metadata from before the package changed"),
        ),
        (
            {FILE: "x"},
            {FILE: "x"},
            (STALE_ROCK, ROCK, "why", "metadata from before the package changed"),
        ),
        ({FILE: "x"}, {}, (MISSING, FILE, "MD5 x, by the ledger", "no file")),
        ({FILE: "x"}, {FILE: "y"}, (MODIFIED, FILE, "MD5 x, by the ledger", "MD5 y")),
    ],
)
def test_what_would_be_written_is_old_changed_or_gone(
    ledger: Mapping[str, str], present: Mapping[str, str], expected: tuple[str, str, str, str]
) -> None:
    """By the ledger's digest and the one that is there; a repair mends each of these."""
    found = told(WriteFile(FILE, b"", "why"), ledger=ledger, present=present)
    assert found == [Finding(*expected, REPAIR, is_ours=True)]


def test_the_manifest_of_a_tree_is_told_as_an_index() -> None:
    """Whether another one is there or none; a rock's file of that name is the rock's."""
    change = WriteFile(INDEX, b"", "why")
    known = {FILE: "x"}
    (other,) = told(change, ledger=known, present={FILE: "x", INDEX: "y"})
    found = "a different manifest"
    assert other == Finding(STALE_MANIFEST, INDEX, "why", found, REPAIR, is_ours=True)
    (none,) = told(change, ledger=known, present={FILE: "x"})
    assert none == Finding(STALE_MANIFEST, INDEX, "why", "no manifest", REPAIR, is_ours=True)
    inner = WriteFile(f"{ROCK}/manifest", b"", "why")
    assert [it.kind for it in told(inner, ledger=known, present=known)] == [STALE_ROCK]


def test_of_a_tree_without_anything_only_the_manifest_is_told() -> None:
    """Every rock would be news of the same kind; a refresh, not a repair, publishes them."""
    changes = (WriteFile(FILE, b"", "why"), WriteFile(INDEX, b"", "all rocks"))
    found = told(*changes, ledger={}, present={})
    hint = "distrorocks refresh"
    assert found == [
        Finding(STALE_MANIFEST, INDEX, "all rocks", "nothing is published yet", hint, is_ours=True)
    ]
    other = {f"{OTHER}/a/1-1/rock_manifest": "x"}
    assert told(*changes, ledger=other, present=other) == found
    assert [it.kind for it in told(*changes, ledger={}, present={INDEX: "y"})] == [
        STALE_ROCK,
        STALE_MANIFEST,
    ]


def test_a_rock_manifest_is_excused_for_a_file_that_somebody_changed() -> None:
    """That file is told by itself."""
    change = WriteFile(FILE, b"", "why")
    assert told(change, ledger={FILE: "x"}, present={FILE: "x"}, excused={FILE}) == []


def test_a_manifest_is_excused_with_all_that_it_would_be_written_for() -> None:
    """Another rock that would be written keeps it in the report; so does the other tree."""
    changes = [WriteFile(path, b"", "why") for path in (FILE, INDEX)]
    present = {FILE: "x", INDEX: "y"}
    assert told(*changes, ledger=present, present=present, excused={FILE}) == []
    changes.append(WriteFile(f"{TREE}/b/1-1/rock_manifest", b"", "why"))
    found = told(*changes, ledger=present, present=present, excused={FILE})
    assert sorted(it.kind for it in found) == [STALE_MANIFEST, STALE_ROCK]
    alone = WriteFile(INDEX, b"", "why")
    assert [it.kind for it in told(alone, ledger=present, present=present, excused={FILE})] == [
        STALE_MANIFEST
    ]


def test_what_no_package_provides_any_more_is_orphaned() -> None:
    """The rock by its directory, the last manifest by its name; also what is gone already."""
    known = {FILE: "x", INDEX: "y"}
    changes = (RemoveFile(FILE, "gone"), RemoveFile(INDEX, "gone"), RemoveDirectory(ROCK, "empty"))
    nothing = "nothing: no package provides this rock any more"
    empty = "nothing: the tree has no rocks any more"
    there = "still there, but listed in the ledger"
    assert told(*changes, ledger=known, present=known) == [
        Finding(ORPHANED, ROCK, nothing, there, REPAIR, is_ours=True),
        Finding(ORPHANED, INDEX, empty, there, REPAIR, is_ours=True),
    ]
    gone = "no file, but listed in the ledger"
    elsewhere = "/usr/lib/luarocks/rocks-5.1/a/1-1/rock_manifest"
    assert told(ledger={**known, elsewhere: "z"}, present={}) == [
        Finding(ORPHANED, ROCK, nothing, gone, REPAIR, is_ours=True),
        Finding(ORPHANED, INDEX, empty, gone, REPAIR, is_ours=True),
    ]
    assert [it.kind for it in told(WriteFile(FILE, b"", "w"), ledger=known, present={})] == [
        MISSING,
        ORPHANED,
    ]


def test_what_is_nobodys_is_told_and_not_ours() -> None:
    """What a package ships, and the directories above that, are the package's."""
    shipped = [f"{ROCK}/a.rockspec"]
    changes = [Keep(it, "it is there") for it in (f"{ROCK}/a.rockspec", ROCK, f"{TREE}/b")]
    (found,) = told(*changes, ledger={}, present={}, shipped=shipped)
    assert (found.kind, found.place, found.is_ours) == (UNOWNED, f"{TREE}/b", False)
    assert found.expected == "a rock of a package, or one that distrorocks wrote"
    assert found.found == "neither owned by a package nor listed in the ledger"
    assert found.hint.startswith("distrorocks does not touch it; ")


def test_a_file_outside_all_trees_is_told_by_its_own_path() -> None:
    """It is of no rock."""
    path = "/usr/lib/luarocks/rocks-5.1/a/1-1/rock_manifest"
    assert told(WriteFile(path, b"", "why"), ledger={}, present={})[0].place == path
