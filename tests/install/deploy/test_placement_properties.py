"""Who has the plain name does not depend on the order in which rocks come and go."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from hypothesis import given, strategies as st

from distrorocks.install.deploy.built_rock import BuiltRock
from distrorocks.install.deploy.observe import Install
from distrorocks.rocks.rock_manifest import module_name
from distrorocks.rocks.version import Version
from tests.install.deploy.model import LAYOUT, ModelTree, built

NAMES = ("a", "b-c", "b.d", "c")
VERSIONS = ("1.0-1", "1.0-2", "2.0rc1-1", "10.0-1")
FILES = (
    *("lua/m.lua", "lib/m.so", "lua/deep/x.lua", "lib/deep/x.so", "lua/data.txt", "bin/tool"),
    *("lua/m/init.lua", "bin/sub/tool"),
)
ROCKS = st.builds(
    built,
    st.sampled_from(NAMES),
    st.sampled_from(VERSIONS),
    st.sets(st.sampled_from(FILES)).map(sorted),
)


def expected(rocks: Iterable[BuiltRock]) -> dict[str, str]:
    """Return the deployed files by LuaRocks' rule, written down anew."""
    listed = list(rocks)
    found = {}
    directories = {"lua": LAYOUT.lua_dir, "lib": LAYOUT.lib_dir, "bin": LAYOUT.bin_dir}
    for rock in listed:
        for path in rock.files:
            part, _, below = path.partition("/")
            if part not in directories:
                continue
            name = below if part == "bin" else module_name(below)
            rivals = [
                other
                for other in listed
                if name in (other.entry.commands if part == "bin" else other.entry.modules)
            ]
            best = min(rivals, key=lambda other: other.name)
            newest = max(
                (it for it in rivals if it.name == best.name),
                key=lambda other: Version.parse(other.version),
            )
            plain = f"{directories[part]}/{below}"
            prefix = f"{rock.name}_{rock.version}".replace("-", "_").replace(".", "_")
            place = plain if rock is newest else f"{directories[part]}/{prefix}-{below}"
            found[place.removeprefix("/t/")] = rock.files[path].content.decode()
    return dict(sorted(found.items()))


@given(st.lists(ROCKS, max_size=6), st.randoms())
def test_any_order_of_installation_gives_the_same_tree(
    rocks: list[BuiltRock], chance: Random
) -> None:
    """Every rock has each of its files, and the plain names are those of the rule."""
    unique = list({rock.rock: rock for rock in rocks}.values())
    trees = []
    for _ in range(2):
        chance.shuffle(unique)
        tree = ModelTree()
        for rock in unique:
            tree.install(rock)
        trees.append(tree)
    assert trees[0].files == trees[1].files
    assert trees[0].deployed == expected(unique)


@given(st.lists(st.tuples(ROCKS, st.integers(0, 2)), max_size=10))
def test_a_tree_has_no_history(steps: list[tuple[BuiltRock, int]]) -> None:
    """After installs, replacements and removals it is as if only what is left was installed."""
    tree = ModelTree()
    for rock, what in steps:
        others = [it for it in tree.rocks if it[0] == rock.name and it != rock.rock]
        if what == 0 and tree.rocks:
            tree.remove(min(tree.rocks))
        elif what == 1:
            tree.install(rock, *(version for _, version in others))
        else:
            tree.install(rock)
    assert tree.deployed == expected(tree.rocks.values())
    fresh = ModelTree()
    for rock in tree.rocks.values():
        fresh.install(rock)
    if tree.rocks:
        assert tree.files == fresh.files


@given(st.lists(ROCKS, min_size=1, max_size=5))
def test_several_at_once_are_as_one_after_another(rocks: list[BuiltRock]) -> None:
    """One transaction of several rocks has the same result."""
    unique = list({rock.rock: rock for rock in rocks}.values())
    one, other = ModelTree(), ModelTree()
    one.change([Install(rock) for rock in unique])
    for rock in unique:
        other.install(rock)
    assert one.files == other.files


@given(st.lists(ROCKS, max_size=5), st.sets(st.sampled_from(FILES)))
def test_nothing_of_others_is_lost(rocks: list[BuiltRock], strangers: set[str]) -> None:
    """Files of no rock are moved aside with their content, and stay there when all rocks go."""
    tree = ModelTree()
    directories = {"lua": LAYOUT.lua_dir, "lib": LAYOUT.lib_dir, "bin": LAYOUT.bin_dir}
    for path in strangers:
        part, _, below = path.partition("/")
        tree.files[f"{directories[part]}/{below}"] = path.encode()
    before = sorted(tree.files.values())
    told = 0
    for rock in {rock.rock: rock for rock in rocks}.values():
        told += len(tree.install(rock).aside)
    if tree.rocks:
        tree.remove(*tree.rocks)
    tree.files.pop(LAYOUT.manifest, None)
    assert sorted(tree.files.values()) == before
    assert told == sum(path.endswith("~") for path in tree.files)
