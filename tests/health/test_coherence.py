"""The reasons for what does not fit together, and the rocks that a check is limited to."""

from __future__ import annotations

from distrorocks.health.coherence import (
    Elsewhere,
    cycles,
    cyclic,
    reached,
    satisfied_by_name,
    unknown,
    unmet,
)
from distrorocks.health.unread import UnreadTree
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.trees.deployed_rock import DeployedRock, Match, match
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import Tree


def rock(name: str, version: str = "1.0-1", tree: str = "/t") -> DeployedRock:
    """Return a rock of a tree."""
    return DeployedRock(name, Version.parse(version), tree_layout(tree, "5.4"), None)


def found(need: str, *rocks: DeployedRock) -> Match:
    """Return what satisfies a dependency among some rocks."""
    return match(Dependency.parse(need), {}, rocks)


A, B, C = rock("a"), rock("b"), rock("c")


def test_a_cycle_is_one_group_and_a_rock_that_needs_itself_too() -> None:
    """Rocks that only lead to a cycle are not in it."""
    edges = {A: [B], B: [A], C: [C, A]}
    assert sorted(cycles(edges)) == [(A, B), (C,)]
    assert cyclic((A, B), "all").reason == "a 1.0-1, b 1.0-1 depend on each other"
    assert cyclic((C,), "all").reason == "it depends on itself"


def test_a_check_of_named_rocks_reaches_what_they_need() -> None:
    """In all steps, and nothing else."""
    assert reached(["a"], {A: [B], B: [C], C: []}) == {A, B, C}
    assert reached(["b"], {A: [B], B: [], C: [A]}) == {B}


def test_an_unsatisfied_dependency_lists_few_of_many_versions() -> None:
    """The others are counted."""
    many = [rock("b", f"1.{number}-1") for number in range(10)]
    finding = unmet(A, found("b > 2", *many), found("b > 2", *many), "all")
    assert finding.reason.endswith("and 2 more")
    assert finding.hint == "distrorocks install 'b > 2' --tree=/t --lua-version=5.4"


def test_up_to_eight_versions_are_listed_with_their_trees() -> None:
    """From the ninth on they are counted."""
    many = [rock("b", f"1.{number}-1") for number in range(9)]
    eight = found("b > 2", *many[:8])
    listed = ", ".join(f"1.{number}-1 in /t" for number in range(7, -1, -1))
    reason = unmet(A, eight, eight, "all").reason
    assert sorted(reason.removeprefix("installed: only ").split(", ")) == sorted(listed.split(", "))
    nine = found("b > 2", *many)
    reason = unmet(A, nine, nine, "all").reason
    assert reason.startswith("installed: only 1.")
    assert reason.endswith(" in /t and 1 more")
    assert reason.count(" in /t") == 8


def test_the_reason_says_where_the_rock_is_instead() -> None:
    """In no tree, in one that LuaRocks does not list, or where the mode does not look."""
    need, nowhere = "b > 1", found("b > 1")
    there = found(need, rock("b", "2.0-1", "/other"))
    install = "distrorocks install 'b > 1' --tree=/t --lua-version=5.4"
    finding = unmet(A, nowhere, nowhere, "one")
    assert finding[:1] + finding[2:] == (
        *("unsatisfied", "needs b > 1", "no tree has it", install, "one"),
    )
    finding = unmet(A, nowhere, there, "one")
    assert finding.reason == "b 2.0-1 is in /other, where deps_mode one does not look"
    assert finding.hint == f"use deps_mode all, or {install}"
    hidden = Tree(tree_layout("/other", "5.4"), is_listed=False)
    finding = unmet(A, nowhere, there, "all", Elsewhere(hidden, "list it"))
    assert finding.reason == "b 2.0-1 is in /other, which rocks_trees does not list"
    assert finding.hint == "list it"
    old = found(need, rock("b", "1.0-1", "/other"))
    assert unmet(A, nowhere, old, "one").reason == "installed: only 1.0-1 in /other"


def test_what_no_readable_tree_has_may_be_in_one_that_cannot_be_read() -> None:
    """So that tree is to be mended first, rather than the rock installed a second time."""
    tree = UnreadTree(tree_layout("/usr", "5.4"), "whose manifest is broken", "mend it")
    finding = unmet(A, found("b > 1"), found("b > 1"), "all", Elsewhere(unread=(tree,)))
    assert finding.hint == "mend it"
    assert finding.reason == (
        "no tree that can be read has it, and LuaRocks cannot read the tree /usr, "
        "whose manifest is broken"
    )


def test_nothing_is_to_be_installed_into_the_tree_of_packages() -> None:
    """`install` refuses that; without a tree the rock goes where rocks usually go."""
    finding = unmet(rock("a", tree="/usr"), found("b"), found("b"), "all")
    assert finding.hint == "distrorocks install b --lua-version=5.4"


def test_unknown_and_by_name_have_their_words() -> None:
    """What is not known of a rock, and what only its name satisfies."""
    assert unknown(A, "it is torn") == (
        *("unknown", A, "has unknown dependencies", "it is torn"),
        *(f"restore {A.rockspec} or the tree's manifest", ""),
    )
    finding = satisfied_by_name(A, Dependency.parse("jane/b"), "all")
    assert (finding.kind, finding.summary, finding.mode) == ("by-name", "needs jane/b", "all")
    assert finding.reason.endswith("LuaRocks compares names only")
    finding = cyclic((A, B), "one")
    assert (finding.kind, finding.rock, finding.mode) == ("cyclic", A, "one")


def test_a_rock_alone_is_a_cycle_only_if_it_needs_itself() -> None:
    """Cycles are sorted inside, by name and version."""
    new = rock("a", "2.0-1")
    assert list(cycles({A: [B], B: [], C: []})) == []
    assert list(cycles({new: [A], A: [new]})) == [(A, new)]
