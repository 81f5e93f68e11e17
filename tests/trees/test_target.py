"""The tree that is installed into is found as LuaRocks finds it, and never by an assertion."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.trees.deps_mode import DepsMode, consulted
from distrorocks.trees.layout import distro_layout
from distrorocks.trees.stack import stack
from distrorocks.trees.target import Scope, Target, TargetError, User, Wish, target

DISTRO = distro_layout("5.4", library_dir="lib/x")
ANN = User("/home/ann/")
ROOT = User("/root", is_superuser=True)
PAGE: list[LuaValue] = [
    {"name": "user", "root": "/home/ann/.luarocks"},
    {"name": "distro-modules", "root": "/usr"},
    {"name": "system", "root": "/usr/local", "bin_dir": "/own/bin"},
]
PLAIN: list[LuaValue] = ["/home/ann/.luarocks", "/usr/local"]


def chosen(entries: list[LuaValue], wish: Wish, user: User = ANN, **settings: LuaValue) -> Target:
    """Return the target under a configuration with these trees."""
    config: LuaTable = {"rocks_trees": table_of(entries)}
    config.update(settings)
    return target(stack(config, DISTRO, home=user.home), config, wish, user)


def root(entries: list[LuaValue], wish: Wish, user: User = ANN, **settings: LuaValue) -> str:
    """Return the root of the target."""
    return chosen(entries, wish, user, **settings).tree.layout.root


def test_the_last_listed_tree_is_it_without_a_wish() -> None:
    """Not the distribution's, which stands after the listed ones where nobody lists it."""
    assert root(PAGE, Wish()) == "/usr/local"
    assert root(PLAIN, Wish()) == "/usr/local"
    assert root([*PLAIN, "/usr"], Wish()) == "/usr"


@pytest.mark.parametrize("word", ["system", "/usr/local", "//usr/local/.", "usr/local"])
def test_a_tree_is_named_by_name_or_path_and_keeps_its_directories(word: str) -> None:
    """LuaRocks forgets the directories of an entry that is named by its path."""
    found = chosen(PAGE, Wish(tree=word, directory="/"))
    assert found.tree.layout.bin_dir == "/own/bin"
    assert found.trees[2] is found.tree


def test_a_tree_that_nobody_lists_comes_first() -> None:
    """Its directories move as the configuration moves all."""
    found = chosen(PAGE, Wish(tree="/opt/x"), lib_modules_path="lib64/lua/5.4")
    assert found.trees[0] is found.tree
    assert not found.tree.is_listed
    assert found.tree.layout.lib_dir == "/opt/x/lib64/lua/5.4"
    assert len(found.trees) == len(PAGE) + 1


def test_the_unlisted_tree_of_the_distribution_keeps_its_lib_dir() -> None:
    """It is moved to the front, not doubled."""
    found = chosen(PLAIN, Wish(tree="/usr"))
    assert found.tree.layout.lib_dir == DISTRO.lib_dir
    assert [each.layout.root for each in found.trees] == [
        "/usr",
        "/home/ann/.luarocks",
        "/usr/local",
    ]


def test_a_word_that_is_no_name_is_a_path_only_where_paths_begin() -> None:
    """In another root than the running one a relative path means nothing."""
    assert root(PAGE, Wish(tree="x", directory="/srv")) == "/srv/x"
    with pytest.raises(TargetError, match="no tree is called x") as raised:
        root(PAGE, Wish(tree="x"))
    assert raised.value.hint.startswith("the names are user, distro-modules, system")


def test_local_is_the_tree_named_user_else_that_at_home() -> None:
    """Newer LuaRocks stop with an assertion where no tree is named so (Debian's own file)."""
    moved: list[LuaValue] = [{"name": "user", "root": "/data/ann"}, "/usr/local"]
    local = Wish(scope=Scope.LOCAL)
    assert root(moved, local) == "/data/ann"
    assert root(PLAIN, local) == "/home/ann/.luarocks"
    found = chosen(["/usr/local"], local)
    assert (found.tree.layout.root, found.tree.is_listed) == ("/home/ann/.luarocks", False)
    assert root(PLAIN, Wish(), local_by_default=True) == "/home/ann/.luarocks"


def test_local_is_refused_for_the_superuser() -> None:
    """As LuaRocks does; the hint names the tree, and local_by_default is no such word."""
    with pytest.raises(TargetError, match="you are the superuser") as raised:
        root(PAGE, Wish(scope=Scope.LOCAL), ROOT)
    assert raised.value.hint == "name the tree: --tree=/root/.luarocks"
    assert root(PAGE, Wish(), ROOT, local_by_default=True) == "/home/ann/.luarocks"


def test_global_is_the_tree_named_system_else_usr_local_else_the_last() -> None:
    """It beats local_by_default, and the project."""
    wish = Wish(scope=Scope.GLOBAL, project="/srv/p")
    moved: list[LuaValue] = [{"name": "system", "root": "/opt/sys"}, "/usr/local", "/z"]
    assert root(moved, wish, local_by_default=True) == "/opt/sys"
    assert root(["/usr/local", "/z"], wish) == "/usr/local"
    assert root(["/y", "/z"], wish) == "/z"


def test_a_project_beats_local_by_default() -> None:
    """Its tree comes before all others, as in LuaRocks 3.13."""
    found = chosen(PAGE, Wish(project="/srv/p/"), local_by_default=True)
    assert found.tree.layout.root == "/srv/p/lua_modules"
    assert found.trees[0] is found.tree
    assert root(PAGE, Wish(project="/srv/p", tree="user")) == "/home/ann/.luarocks"
    assert root(PAGE, Wish(project="/srv/p", scope=Scope.LOCAL)) == "/home/ann/.luarocks"


@pytest.mark.parametrize("scope", [Scope.LOCAL, Scope.GLOBAL])
def test_two_wishes_are_refused(scope: Scope) -> None:
    """Nobody knows which of the two is meant."""
    with pytest.raises(TargetError, match="select different trees"):
        root(PAGE, Wish(tree="user", scope=scope))


def test_where_nothing_is_listed_a_tree_must_be_named() -> None:
    """A configuration of which no entry is a tree leaves the distribution's, which is no target."""
    empty: list[LuaValue] = [7]
    for wish in (Wish(), Wish(scope=Scope.GLOBAL)):
        with pytest.raises(TargetError, match="lists no tree"):
            root(empty, wish)
    assert root(empty, Wish(tree="/opt/x")) == "/opt/x"


ROOTS = st.sampled_from(["/usr", "/usr/local", "/home/ann/.luarocks", "/opt/a", "/opt/b"])
NAMES = st.sampled_from(["", "user", "system", "distro"])
ENTRIES = st.lists(
    st.one_of(ROOTS, st.builds(lambda name, at: {"name": name, "root": at}, NAMES, ROOTS)),
    min_size=1,
    max_size=4,
)
WISHES = st.builds(
    Wish,
    tree=st.sampled_from(["", "user", "system", "/usr", "/opt/c", "rel"]),
    scope=st.sampled_from(Scope),
    project=st.sampled_from(["", "/srv/p"]),
    directory=st.sampled_from(["", "/srv"]),
)


@given(ENTRIES, WISHES, st.booleans(), st.booleans())
def test_every_wish_has_one_tree_or_a_told_error(
    entries: list[LuaValue], wish: Wish, is_superuser: bool, by_default: bool
) -> None:
    """The target is among the trees, first if unlisted, and no listed tree is lost or moved."""
    user = User("/home/ann", is_superuser=is_superuser)
    config: LuaTable = {"rocks_trees": table_of(entries), "local_by_default": by_default}
    trees = stack(config, DISTRO, home=user.home)
    try:
        found = target(trees, config, wish, user)
    except TargetError:
        return
    assert found.tree in found.trees
    assert found.tree.is_listed or found.trees[0] == found.tree
    assert [it for it in found.trees if it.is_listed] == [it for it in trees if it.is_listed]
    assert found.reason
    for mode in DepsMode:
        assert found.tree.layout.root in {
            it.layout.root for it in consulted(mode, found.trees, found.tree)
        }


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (Wish(), "it is the last of rocks_trees"),
        (Wish(tree="user"), "--tree gives its name"),
        (Wish(tree="/usr/local"), "--tree gives its root"),
        (Wish(tree="/opt/x"), "--tree gives its root"),
        (Wish(scope=Scope.LOCAL), "--local means the user's tree"),
        (Wish(scope=Scope.GLOBAL), "--global means the system's tree"),
        (Wish(project="/srv/p"), "it is the tree of the project"),
    ],
)
def test_the_reason_says_what_chose_the_tree(wish: Wish, reason: str) -> None:
    """A report prints it as it is."""
    assert chosen(PAGE, wish).reason == reason
    assert chosen(PAGE, Wish(), local_by_default=True).reason == "local_by_default is set"


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        (Wish(tree="/opt/x"), "arg"),
        (Wish(scope=Scope.LOCAL), "user"),
        (Wish(project="/srv/p"), "project"),
    ],
)
def test_a_tree_that_nobody_lists_is_named_as_luarocks_names_it(wish: Wish, name: str) -> None:
    """After what asked for it."""
    assert chosen(["/usr/local"], wish).tree.layout.name == name


def test_the_hint_lists_the_names_of_trees_that_have_one() -> None:
    """That of the distribution is always among them."""
    with pytest.raises(TargetError) as raised:
        chosen(["/a", {"name": "mine", "root": "/b"}], Wish(tree="x"))
    assert raised.value.hint == "the names are mine, distro; a path begins with a slash"
