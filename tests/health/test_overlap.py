"""Of two that have one module or command, the one that is not used is told, with the fix."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from distrorocks.health.coherence import DUPLICATE, SHADOWED
from distrorocks.health.overlap import Holder, overlaps
from distrorocks.health.unread import UnreadTree
from distrorocks.rocks.version import Version
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import tree_layout
from distrorocks.world.load_order import Load

A, B = "/a/m.lua", "/b/m.lua"


def rock(name: str, version: str = "1.0-1", tree: str = "/a") -> DeployedRock:
    """Return a rock of a tree."""
    return DeployedRock(name, Version.parse(version), tree_layout(tree, "5.4"), None)


def loading(**paths: str) -> Callable[[str], Sequence[Load]]:
    """Return what each way loads, whatever the module."""
    return lambda _: [Load(way, path) for way, path in paths.items()]


def told(holders: Sequence[Holder], **paths: str) -> list[tuple[str, str, str]]:
    """Return kind, rock and summary of each finding."""
    found = overlaps(holders, loading(**paths))
    return [(it.kind, it.rock.name, it.summary) for it in found]


def test_the_rock_that_is_not_loaded_is_hidden() -> None:
    """Whichever tree comes first; the reason names the ways in which that is so."""
    holders = [Holder(rock("x"), "", {"m": A}), Holder(rock("y", tree="/b"), "", {"m": B})]
    assert told(holders, lua=B) == [(SHADOWED, "x", "its module m is hidden by y 1.0-1 in /b")]
    both = list(overlaps(holders, loading(lua=A, loader=B)))
    assert [(it.rock.name, it.reason) for it in both] == [
        ("x", "loaded by loader"),
        ("y", "loaded by lua"),
    ]


def test_versions_of_one_rock_in_two_trees_are_told_as_one_rock() -> None:
    """The hidden version is shadowed, an equal one a duplicate."""
    old, new = rock("x", "1.0-1"), rock("x", "2.0-1", "/b")
    holders = [Holder(old, "", {"m": A}), Holder(new, "", {"m": B})]
    assert told(holders, lua=B) == [(SHADOWED, "x", "is hidden by x 2.0-1 in /b")]
    holders = [Holder(old, "", {"m": A}), Holder(rock("x", tree="/b"), "", {"m": B})]
    assert told(holders, lua=A) == [(DUPLICATE, "x", "is also x 1.0-1 in /a")]
    (found,) = overlaps(holders, loading(lua=A))
    assert found.hint.endswith(": distrorocks remove x 1.0-1 --tree=/a --lua-version=5.4")


def test_of_two_copies_the_one_that_no_package_owns_is_to_be_removed() -> None:
    """The command names its tree, whichever is loaded."""
    package = Holder(rock("x", tree="/usr"), "lua-x", {"m": A})
    holders = [package, Holder(rock("x", tree="/b"), "", {"m": B})]
    (found,) = overlaps(holders, loading(lua=A))
    assert found.hint.endswith(": distrorocks remove x 1.0-1 --tree=/b --lua-version=5.4")


def test_versions_of_one_rock_in_one_tree_are_luarocks_matter() -> None:
    """Nothing is told of them."""
    holders = [Holder(rock("x"), "", {"m": A}), Holder(rock("x", "2.0-1"), "", {"m": B})]
    assert told(holders, lua=B) == []


def test_a_package_beside_a_rock_is_named_whichever_is_loaded() -> None:
    """The command removes the rock, since packages are not LuaRocks' to remove."""
    holders = [Holder(rock("x"), "", {"m": A}), Holder(None, "lua-m", {"m": B})]
    (hides,) = overlaps(holders, loading(lua=A))
    assert hides.summary == "its module m hides that of the package lua-m"
    (hidden,) = overlaps(holders, loading(lua=B))
    assert hidden.summary == "its module m is hidden by the package lua-m"
    remove = "distrorocks remove x 1.0-1 --tree=/a --lua-version=5.4"
    assert hides.hint.endswith(remove)
    assert hidden.hint.endswith(remove)


def test_a_file_of_nobody_that_hides_a_module_is_told() -> None:
    """As one that was copied there by hand."""
    holders = [Holder(rock("x"), "", {"m.init": A})]
    (found,) = overlaps(holders, loading(lua="/c/m.lua"))
    assert found.summary == "its module m.init is hidden by a file of no rock and no package"
    assert found.hint == "`distrorocks which m` names the file; remove it"


def test_a_file_of_a_tree_with_unknown_rocks_is_not_to_be_removed() -> None:
    """It may be a rock's: the hint is what makes the rocks of that tree known."""
    tree = UnreadTree(tree_layout("/c", "5.4"), "whose manifest is broken", "mend it")
    holders = [Holder(rock("x"), "", {"m": A})]
    (found,) = overlaps(holders, loading(lua="/c/share/lua/5.4/m.lua"), [tree])
    assert found.summary == (
        "its module m is hidden by a file of the tree /c, whose manifest is broken"
    )
    assert found.hint == "mend it"
    (found,) = overlaps(holders, loading(lua="/c/m.lua"), [tree])
    assert found.summary.endswith("a file of no rock and no package")


def test_a_way_that_loads_nothing_hides_nothing() -> None:
    """Plain Lua does not know the user's tree."""
    assert told([Holder(rock("x"), "", {"m": A})], lua="", loader=A) == []


def test_a_command_of_two_is_told() -> None:
    """Of two rocks, and of a rock and a package."""
    one, two = {"run": "/a/bin/run"}, {"run": "/b/bin/run"}
    first, second = Holder(rock("x"), commands=one), Holder(rock("y", tree="/b"), commands=two)
    assert told([first, second]) == [(DUPLICATE, "y", "its command run is also of x 1.0-1 in /a")]
    package = Holder(None, "run", commands={"run": "/usr/bin/run"})
    assert told([first, package]) == [
        (DUPLICATE, "x", "its command run is also of the package run")
    ]


def test_packages_among_themselves_are_not_told_here() -> None:
    """`verify` reports them."""
    holders = [Holder(None, "p", {"m": A}), Holder(None, "q", {"m": B})]
    assert told(holders, lua=A) == []
