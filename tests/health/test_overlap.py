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
    assert told(holders, lua=B) == [(SHADOWED, "x", "has its module m hidden by y 1.0-1 in /b")]
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
    assert hides.summary == "hides module m of the package lua-m"
    (hidden,) = overlaps(holders, loading(lua=B))
    assert hidden.summary == "has its module m hidden by the package lua-m"
    remove = "distrorocks remove x 1.0-1 --tree=/a --lua-version=5.4"
    assert hides.hint.endswith(remove)
    assert hidden.hint.endswith(remove)


def test_a_package_does_not_hide_modules_of_its_own() -> None:
    """As lua-sec, whose rock has ssl.lua beside the library ssl.so: it is all one package."""
    holders = [
        Holder(rock("x", tree="/usr"), "lua-m", {"m": A}, {"run": "/usr/bin/run"}),
        Holder(None, "lua-m", {"m": B}, {"run": "/usr/bin/run"}),
    ]
    assert told(holders, lua=A) == told(holders, lua=B) == []


def test_a_file_of_nobody_that_hides_a_module_is_told() -> None:
    """As one that was copied there by hand."""
    holders = [Holder(rock("x"), "", {"m.init": A})]
    (found,) = overlaps(holders, loading(lua="/c/m.lua"))
    assert found.summary == "has its module m.init hidden by a file of no rock and no package"
    assert found.hint == "`distrorocks which m` names the file; remove it"


def test_a_file_of_a_tree_with_unknown_rocks_is_not_to_be_removed() -> None:
    """It may be a rock's: the hint is what makes the rocks of that tree known."""
    tree = UnreadTree(tree_layout("/c", "5.4"), "whose manifest is broken", "mend it")
    holders = [Holder(rock("x"), "", {"m": A})]
    (found,) = overlaps(holders, loading(lua="/c/share/lua/5.4/m.lua"), [tree])
    assert found.summary == (
        "has its module m hidden by a file of the tree /c, whose manifest is broken"
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
    assert told([first, second]) == [(DUPLICATE, "y", "shares command run with x 1.0-1 in /a")]
    package = Holder(None, "run", commands={"run": "/usr/bin/run"})
    assert told([first, package]) == [(DUPLICATE, "x", "shares command run with the package run")]


def test_packages_among_themselves_are_not_told_here() -> None:
    """`verify` reports them."""
    holders = [Holder(None, "p", {"m": A}), Holder(None, "q", {"m": B})]
    assert told(holders, lua=A) == []


def test_modules_of_one_pair_are_one_finding() -> None:
    """Three are named, in their order, and each way is told once, as it first comes."""
    names = ("d", "a", "c", "b")
    holders = [
        Holder(rock("x"), "", {name: f"/a/{name}.lua" for name in names}),
        Holder(rock("y", tree="/b"), "", {name: f"/b/{name}.lua" for name in names}),
    ]

    def loads(module: str) -> Sequence[Load]:
        mine, theirs = f"/a/{module}.lua", f"/b/{module}.lua"
        return [Load("lua", mine if module == "a" else theirs), Load("loader", theirs)]

    found = [each for each in overlaps(holders, loads) if each.rock.name == "x"]
    assert [(each.summary, each.reason) for each in found] == [
        ("has its modules a, b, c and 1 more hidden by y 1.0-1 in /b", "loaded by loader, lua")
    ]
    assert found[0].hint == (
        "if you need the other: distrorocks remove y 1.0-1 --tree=/b --lua-version=5.4"
    )


def test_several_modules_are_told_in_the_plural() -> None:
    """Those that hide a package's, and those that are hidden by nobody's files."""
    mine = {"a": "/a/a.lua", "b": "/a/b.lua"}
    package = Holder(None, "p", {"a": "/p/a.lua", "b": "/p/b.lua"})

    def loads(module: str) -> Sequence[Load]:
        return [Load("lua", f"/a/{module}.lua")]

    (found,) = overlaps([Holder(rock("x"), "", mine), package], loads)
    assert found.summary == "hides modules a, b of the package p"
    assert found.reason == "loaded by lua"
    hidden = {"z.init": "/b/z.lua", "y.init": "/b/y.lua"}
    (found,) = overlaps([Holder(rock("x"), "", hidden)], lambda module: [Load("l", f"/c/{module}")])
    assert found.summary.startswith("has its modules y.init, z.init hidden by a file of no rock")
    assert found.hint.startswith("`distrorocks which y` names")


def test_a_module_that_is_a_folder_is_loaded_by_the_name_of_the_folder() -> None:
    """That is how programs ask for it."""
    asked: list[str] = []

    def loads(module: str) -> Sequence[Load]:
        asked.append(module)
        return []

    assert list(overlaps([Holder(rock("x"), "", {"a.init": A, "init.b": B})], loads)) == []
    assert asked == ["a", "init.b"]


def test_a_file_of_two_is_that_of_the_first() -> None:
    """As of a rock and of the package that has its files."""
    holders = [
        Holder(rock("x"), "", {"m": A}),
        Holder(rock("y", tree="/b"), "", {"m": B}),
        Holder(rock("z", tree="/c"), "", {"m": B}),
    ]
    assert told(holders, lua=B) == [(SHADOWED, "x", "has its module m hidden by y 1.0-1 in /b")]


def test_a_package_that_nobody_knows_the_winner_of_is_left_out() -> None:
    """A file of nobody that hides a package's is not of a rock."""
    assert told([Holder(None, "p", {"m": A})], lua="/c/m.lua") == []


def test_the_hint_removes_what_no_package_owns() -> None:
    """What is loaded before what is not; where both are of packages one of those has to go."""
    loser, winner = rock("x"), rock("y", tree="/b")
    remove = "if you need the other: distrorocks remove {} 1.0-1 --tree=/{} --lua-version=5.4"
    for owners, hint in (
        (("", ""), remove.format("y", "b")),
        (("", "q"), remove.format("x", "a")),
        (("p", ""), remove.format("y", "b")),
        (("p", "q"), "remove one of the packages q and p"),
    ):
        holders = [Holder(loser, owners[0], {"m": A}), Holder(winner, owners[1], {"m": B})]
        (found,) = overlaps(holders, loading(lua=B))
        assert found.hint == hint


def test_each_later_tree_with_a_version_is_told() -> None:
    """Beside the first; another version is none of the same, and one tree has each once."""
    rocks = [
        *(rock("x"), rock("x", "2.0-1"), rock("y", tree="/b")),
        *(rock("x", tree="/b"), rock("x", tree="/c"), rock("x", "2.0-1", "/c")),
    ]
    found = list(overlaps([*map(Holder, rocks), Holder(None, "p")], loading()))
    assert [(it.rock.layout.root, it.summary) for it in found] == [
        ("/b", "is also x 1.0-1 in /a"),
        ("/c", "is also x 1.0-1 in /a"),
        ("/c", "is also x 2.0-1 in /a"),
    ]
    assert {(it.kind, it.reason) for it in found} == {
        (DUPLICATE, "the same version is in another tree")
    }
    remove = "if you need the other: distrorocks remove x {} --tree=/a --lua-version=5.4"
    assert [it.hint for it in found] == [
        remove.format(version) for version in ("1.0-1", "1.0-1", "2.0-1")
    ]


def commands(owner: DeployedRock | None, package: str, *names: str) -> Holder:
    """Return a holder of commands."""
    return Holder(owner, package, commands={name: f"/{package}/{name}" for name in names})


def test_commands_of_one_pair_are_one_finding() -> None:
    """In their order; the hint removes the first of the two that no package owns."""
    first = commands(rock("x"), "", "b", "a", "c")
    second = commands(rock("y", tree="/b"), "", "a", "b", "d")
    (found,) = overlaps([first, second], loading())
    assert (found.kind, found.rock.name) == (DUPLICATE, "y")
    assert found.summary == "shares commands a, b with x 1.0-1 in /a"
    assert found.reason == "the one in the first directory of PATH runs"
    assert found.hint.endswith("remove x 1.0-1 --tree=/a --lua-version=5.4")


def test_commands_of_one_rock_or_of_packages_are_not_told() -> None:
    """Versions in one tree or in two, a rock and itself, packages among themselves."""
    mine = commands(rock("x"), "", "run")
    others = (
        *(mine, commands(rock("x", "2.0-1"), "", "run"), commands(rock("x", tree="/b"), "", "run")),
        commands(rock("y", tree="/b"), "", "other"),
    )
    for other in others:
        assert [
            each for each in overlaps([mine, other], loading()) if "command" in each.summary
        ] == []
    assert told([commands(None, "p", "run"), commands(None, "q", "run")]) == []


def test_each_later_holder_of_a_command_is_told_beside_the_first() -> None:
    """A package that comes first is the other of every rock."""
    holders = [
        *(commands(None, "p", "run"), commands(rock("x"), "", "run")),
        commands(rock("y", tree="/b"), "", "run"),
    ]
    assert told(holders) == [
        (DUPLICATE, "x", "shares command run with the package p"),
        (DUPLICATE, "y", "shares command run with the package p"),
    ]
