"""The trees that count are LuaRocks' sets, and a target that nobody lists is the first tree."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.value import LuaValue
from distrorocks.trees.deps_mode import DepsMode, DepsModeError, configured_mode, consulted
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import Tree

ROOTS = ("/home/ann/.luarocks", "/usr", "/usr/local", "/opt/a", "/opt/b")


def tree(root: str, *, is_listed: bool = True) -> Tree:
    """Return a tree of Lua 5.4."""
    return Tree(tree_layout(root, "5.4"), is_listed=is_listed)


TREES = st.lists(st.sampled_from(ROOTS), unique=True, max_size=4).map(
    lambda roots: [tree(root) for root in roots]
)


@given(TREES, st.sampled_from(ROOTS))
def test_one_and_none_know_the_target_alone(trees: list[Tree], root: str) -> None:
    """Whatever is listed, no other tree is looked at."""
    for mode in (DepsMode.ONE, DepsMode.NONE):
        assert consulted(mode, trees, tree(root)) == (tree(root),)


@given(TREES, st.sampled_from(ROOTS))
def test_all_knows_every_listed_tree_and_the_target(trees: list[Tree], root: str) -> None:
    """In the order of the configuration; an unlisted target comes before them."""
    found = consulted(DepsMode.ALL, trees, tree(root))
    assert [each for each in found if each in trees] == trees
    assert set(found) == {*trees, tree(root)}
    assert tree(root) in trees or found[0] == tree(root)


@given(TREES, st.sampled_from(ROOTS))
def test_order_begins_at_the_target(trees: list[Tree], root: str) -> None:
    """The target, and what is listed after it; after an unlisted one all comes."""
    found = consulted(DepsMode.ORDER, trees, tree(root))
    assert found[0] == tree(root)
    after = trees[trees.index(tree(root)) :] if tree(root) in trees else [tree(root), *trees]
    assert list(found) == after


@given(TREES, st.sampled_from(ROOTS), st.sampled_from(DepsMode))
def test_the_modes_grow(trees: list[Tree], root: str, mode: DepsMode) -> None:
    """What ``one`` sees ``order`` sees, and what ``order`` sees ``all`` sees."""
    one, order, every = (
        set(consulted(each, trees, tree(root)))
        for each in (DepsMode.ONE, DepsMode.ORDER, DepsMode.ALL)
    )
    assert one <= order <= every
    assert set(consulted(mode, trees, tree(root))) <= every


@given(TREES, st.sampled_from(ROOTS))
def test_a_tree_that_is_not_listed_gives_nothing(trees: list[Tree], root: str) -> None:
    """The distribution's tree stands in the stack unlisted: LuaRocks does not look there."""
    hidden = tree("/hidden", is_listed=False)
    for mode in DepsMode:
        assert consulted(mode, [*trees, hidden], tree(root)) == consulted(mode, trees, tree(root))
    assert hidden in consulted(DepsMode.ORDER, [*trees, hidden], hidden)


def test_the_documented_set_up() -> None:
    """User, distribution, system, installing to system: only ``all`` sees the distribution."""
    trees = [tree(root) for root in ("/home/ann/.luarocks", "/usr", "/usr/local")]
    seen = {mode: consulted(mode, trees, trees[2]) for mode in DepsMode}
    assert [mode for mode, found in seen.items() if trees[1] in found] == [DepsMode.ALL]
    assert consulted(DepsMode.ORDER, trees, trees[0]) == tuple(trees)


def test_modes_are_read_by_their_names() -> None:
    """The configuration's holds, ``one`` without; what is no mode is refused with the four."""
    assert configured_mode({}) is DepsMode.ONE
    assert configured_mode({"deps_mode": "order"}) is DepsMode.ORDER
    with pytest.raises(DepsModeError, match="deps_mode: 'most' is not") as raised:
        configured_mode({"deps_mode": "most"})
    assert raised.value.hint == "use one of one, all, order, none"
    assert [mode for mode in DepsMode if not mode.resolves] == [DepsMode.NONE]


@pytest.mark.parametrize("value", ["any", 5, True, "", {}])
def test_a_configured_value_that_is_no_mode_is_refused(value: LuaValue) -> None:
    """The error names the key; nothing at all is the default."""
    with pytest.raises(DepsModeError, match=r"^deps_mode: '.*' is not a dependency mode"):
        configured_mode({"deps_mode": value})
    assert configured_mode({}) is DepsMode.ONE
    assert configured_mode({"deps_mode": "all"}) is DepsMode.ALL
