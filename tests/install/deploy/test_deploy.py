"""Rocks come to a real tree, and go, all or none."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.install.deploy.built_rock import BuiltRock
from distrorocks.install.deploy.deploy import (
    Deployed,
    deploy,
    recover,
    rocks_of,
)
from distrorocks.install.deploy.observe import Install
from distrorocks.install.deploy.wrapper import WrapperSettings
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.lock import LockError, TreeLock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.system.trees.transaction import TreeChanged
from distrorocks.system.trees.tree_rights import ForeignTreeError
from distrorocks.trees.layout import Layout, Rock, tree_layout
from tests.install.deploy.model import built

FILES = ("lua/m.lua", "bin/tool", "doc/x")


class Place:
    """A tree on disk."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.root = Path(layout.root)
        self.told: list[str] = []

    def change(
        self,
        installs: Sequence[Install] = (),
        removals: Sequence[Rock] = (),
        *,
        writes_manifest: bool = True,
    ) -> Deployed:
        """Deploy."""
        return deploy(
            self.layout,
            installs,
            removals,
            WrapperSettings("/usr/bin/lua5.4", trees=(self.layout,)),
            before=rocks_of(self.layout),
            progress=self.told.append,
            writes_manifest=writes_manifest,
        )

    def install(self, *rocks: BuiltRock) -> Deployed:
        """Install rocks beside what is there."""
        return self.change([Install(rock) for rock in rocks])

    @property
    def files(self) -> dict[str, bytes]:
        """Every file below the root, with its content."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    @property
    def indexed(self) -> set[str]:
        """The rocks in the manifest."""
        index = read_index(RootView("/"), self.layout).contents
        return {f"{rock.name} {rock.version}" for rock in index.every_rock}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A tree that is not there yet."""
    return Place(tree_layout(str(tmp_path / "tree"), "5.4"))


def test_a_tree_comes_and_goes(place: Place) -> None:
    """A first rock makes the directories; a purge leaves nothing but an empty manifest."""
    done = place.install(built("a", "1.0-1", FILES), built("b", "1.0-1", FILES))
    assert done.unfinished == ()
    assert place.indexed == {"a 1.0-1", "b 1.0-1"}
    assert place.files["share/lua/5.4/b_1_0_1-m.lua"] == b"b 1.0-1 lua/m.lua"
    assert not (place.root / "lockfile.lfs").is_symlink()
    place.change(removals=sorted(rocks_of(place.layout)))
    assert list(place.files) == ["lib/luarocks/rocks-5.4/manifest"]
    assert not (place.root / "share").exists()
    assert place.indexed == set()


def test_a_purge_takes_what_is_no_rock_with_it(place: Place) -> None:
    """LuaRocks takes any entry that is called like a version for one."""
    place.install(built("a", "1.0-1", FILES))
    Path(place.layout.rocks_dir, "b").mkdir()
    Path(place.layout.rocks_dir, "b/2.0-1").write_text("a file")
    place.change(removals=sorted(rocks_of(place.layout)))
    assert list(place.files) == ["lib/luarocks/rocks-5.4/manifest"]


def test_a_trees_own_directories_are_used(tmp_path: Path) -> None:
    """``lua_dir``, ``lib_dir`` and ``rocks_dir`` of its entry, and links that root or we made."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/link").symlink_to(tmp_path / "elsewhere")
    layout = tree_layout(
        str(tmp_path / "tree"),
        "5.4",
        lua_dir=str(tmp_path / "tree/link/lua"),
        lib_dir=str(tmp_path / "c/lib64"),
        rocks_dir=str(tmp_path / "tree/rocks"),
    )
    place = Place(layout)
    place.install(built("a", "1.0-1", (*FILES, "lib/c.so")))
    assert (tmp_path / "elsewhere/lua/m.lua").exists()
    assert (tmp_path / "c/lib64/c.so").exists()
    assert place.indexed == {"a 1.0-1"}
    place.change(removals=[("a", "1.0-1")])
    assert not (tmp_path / "elsewhere/lua/m.lua").exists()


def test_what_two_rocks_have_is_told_before_the_tree_changes(place: Place) -> None:
    """But for what the user has been told already; what stays of a rock is told, too."""
    place.install(built("b", "1.0-1", FILES))
    place.change([Install(built("a", "1.0-1", FILES), (), frozenset({("module", "m")}))])
    assert place.told == [
        "warning: a 1.0-1 brings the command tool, also in b 1.0-1: what a 1.0-1 has is found"
    ]


def test_a_tree_with_other_rocks_than_planned_for_is_planned_again(place: Place) -> None:
    """Nothing is changed."""
    before = rocks_of(place.layout)
    place.install(built("b", "1.0-1", FILES))
    files = place.files
    with pytest.raises(TreeChanged, match="has changed since the plan was made"):
        deploy(
            place.layout,
            [Install(built("a", "1.0-1", FILES))],
            [],
            WrapperSettings("/usr/bin/lua5.4"),
            before=before,
            progress=print,
        )
    assert place.files == files


def test_a_held_lock_is_waited_for(place: Place) -> None:
    """LuaRocks' own lock; and then an error that changes nothing."""
    place.install(built("b", "1.0-1", FILES))
    with TreeLock(place.layout.lock), pytest.raises(LockError):
        deploy(
            place.layout,
            [],
            [("b", "1.0-1")],
            WrapperSettings(""),
            before=rocks_of(place.layout),
            progress=print,
            lock_seconds=0,
        )
    assert place.indexed == {"b 1.0-1"}


def test_what_is_moved_aside_is_told(place: Place) -> None:
    """With both names, before it happens."""
    other = place.root / "share/lua/5.4/m.lua"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    place.install(built("a", "1.0-1", FILES))
    assert place.told == [f"{other} belongs to no rock: it is moved to {other}~"]
    assert Path(f"{other}~").read_text() == "mine"


@pytest.mark.parametrize("what", ["directory", "rock_manifest"])
@pytest.mark.parametrize("is_asked", [True, False])
def test_a_rock_without_its_list_leaves_the_manifest(
    place: Place, what: str, is_asked: bool
) -> None:
    """Whether its removal is asked for or another change made; its files are named and stay."""
    place.install(built("a", "1.0-1", FILES), built("b", "1.0-1", ("lua/n.lua",)))
    rock_dir = Path(place.layout.rock_dir("a", "1.0-1"))
    if what == "directory":
        for path in sorted(rock_dir.parent.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    else:
        (rock_dir / "rock_manifest").unlink()
    if is_asked:
        done = place.change(removals=[("a", "1.0-1")])
        assert not rock_dir.exists()
    else:
        done = place.install(built("c", "1.0-1"))
    (left,) = done.decision.leftovers
    assert left.rock == ("a", "1.0-1")
    assert left.files == (f"{place.root}/bin/tool", f"{place.root}/share/lua/5.4/m.lua")
    assert "a 1.0-1 has no rock_manifest" in place.told[0]
    assert place.told[1:3] == [f"  {path}" for path in left.files]
    assert place.told[3:] == ["hint: delete them if nothing else needs them"]
    assert (place.root / "share/lua/5.4/m.lua").exists()
    assert "a 1.0-1" not in place.indexed
    assert "b 1.0-1" in place.indexed


def test_a_file_that_another_rock_has_is_no_leftover(place: Place) -> None:
    """Of a rock without a rock_manifest only the file under its own versioned name stays then."""
    place.install(built("z", "1.0-1", ("lua/m.lua",)), built("b", "1.0-1", ("lua/m.lua",)))
    place.install(built("a", "1.0-1", ("lua/m.lua",)))
    shutil.rmtree(Path(place.layout.rocks_dir, "z"))
    done = place.change(removals=[("z", "1.0-1")])
    (left,) = done.decision.leftovers
    assert left.files == (f"{place.root}/share/lua/5.4/z_1_0_1-m.lua",)


def test_a_rock_whose_list_cannot_be_read_stays_in_the_manifest(place: Place) -> None:
    """It is installed, so nothing else may hide it; `check` and the plan tell of it."""
    place.install(built("a", "1.0-1", FILES))
    Path(place.layout.rock_manifest("a", "1.0-1")).write_text("rock_manifest = {{{")
    place.install(built("b", "1.0-1", ("lua/m.lua",)))
    assert place.indexed == {"a 1.0-1", "b 1.0-1"}
    assert place.files["share/lua/5.4/m.lua"] == b"a 1.0-1 lua/m.lua"
    assert place.files["share/lua/5.4/b_1_0_1-m.lua"] == b"b 1.0-1 lua/m.lua"


def test_the_same_version_is_installed_anew(place: Place) -> None:
    """What only the former one had goes, what both have is replaced, nothing is moved aside."""
    place.install(built("a", "1.0-1", (*FILES, "lua/old.lua")))
    done = place.install(built("a", "1.0-1", (*FILES, "lua/new.lua")))
    assert not done.decision.aside
    assert not (place.root / "share/lua/5.4/old.lua").exists()
    assert (place.root / "share/lua/5.4/new.lua").exists()
    assert place.indexed == {"a 1.0-1"}


def killed(deed: Callable[[], object], after: int) -> None:
    """Kill a deed before it gives a file or directory its place, after so many others."""
    assert dies(deed, after)


def dies(deed: Callable[[], object], after: int) -> bool:
    """Return whether a deed was killed so: it may place fewer."""
    child = os.fork()
    if not child:
        try:
            original = Beneath.rename
            count = 0

            def rename(below: Beneath, old: str, new: str) -> None:
                nonlocal count
                if "/.distrorocks-new-" in old:
                    if count == after:
                        os._exit(9)
                    count += 1
                original(below, old, new)

            pytest.MonkeyPatch().setattr(Beneath, "rename", rename)
            deed()
        finally:
            os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


def test_the_next_run_undoes_what_a_killed_one_began(place: Place) -> None:
    """It says so, and then does its own work; ``recover`` alone gives the old tree."""
    place.install(built("b", "1.0-1", FILES))
    before = place.files
    for after in (0, 1, 5):
        killed(lambda: place.install(built("a", "1.0-1", FILES)), after)
        assert place.files != before
        recovery = recover(place.layout)
        assert recovery is not None
        assert not recovery.is_completed
        assert place.files == before
        assert recover(place.layout) is None
    killed(lambda: place.install(built("a", "1.0-1", FILES)), 5)
    place.told.clear()
    with pytest.raises(TreeChanged):
        place.install(built("c", "1.0-1", FILES))
    assert "it is undone now" in place.told[0]
    assert place.files == before
    place.install(built("c", "1.0-1", FILES))
    assert place.indexed == {"b 1.0-1", "c 1.0-1"}


@pytest.mark.parametrize("versions", [("1.0-1",), ("1.0-1", "2.0-1"), ("2.0-1",), ()])
def test_without_the_manifest_all_is_done_or_undone(
    tmp_path: Path, versions: Sequence[str]
) -> None:
    """A new rock, one of several, one that replaces another, and the same again: as asked, and the
    manifest stays; after a kill before any renaming ``recover`` gives the old tree."""
    again = versions or ("1.0-1",)

    def tree(name: str) -> Place:
        made = Place(tree_layout(str(tmp_path / name), "5.4"))
        made.install(built("b", "1.0-1", FILES))
        if "1.0-1" not in versions:
            made.install(built("a", "1.0-1", (*FILES, "doc/old")))
        return made

    def change(place: Place) -> Callable[[], Deployed]:
        replaced = ("1.0-1",) if again == ("2.0-1",) else ()
        new = [Install(built("a", each, (*FILES, "doc/y")), replaced) for each in again]
        return lambda: place.change(new, writes_manifest=False)

    done = tree("done")
    before, indexed = done.files, done.indexed
    assert change(done)().unfinished == ()
    assert done.indexed == indexed
    lists = [it for it in done.files if it.startswith("lib/luarocks/rocks-5.4/a/")]
    assert {it.split("/")[4] for it in lists} == set(again)
    assert len(lists) == 5 * len(again)
    undone = 0
    while True:
        place = tree(f"killed-{undone}")
        if not dies(change(place), undone):
            break
        recovery = recover(place.layout)
        assert recovery is not None
        assert not recovery.is_completed
        assert place.files == before
        undone += 1
    assert place.files == done.files
    assert undone > 1


def test_a_new_tree_of_a_killed_run_goes_again(place: Place) -> None:
    """``recover`` removes the directories that were made for it, too."""
    killed(lambda: place.install(built("a", "1.0-1", FILES)), 2)
    assert recover(place.layout) is not None
    assert not place.root.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can give files away")
def test_root_changes_no_tree_of_others(place: Place) -> None:
    """Neither for a deployment nor for a recovery."""
    place.root.mkdir()
    os.chown(place.root, 12345, 12345)
    for deed in (lambda: place.install(built("a", "1.0-1")), lambda: recover(place.layout)):
        with pytest.raises(ForeignTreeError):
            deed()
    assert not list(place.root.iterdir())


def test_a_link_to_somewhere_else_is_not_followed(place: Place, tmp_path: Path) -> None:
    """A directory of modules that is a link stops the deployment of a rock that needs it."""
    place.install(built("a", "1.0-1", FILES))
    (tmp_path / "outside").mkdir()
    (place.root / "share/lua/5.4/sub").symlink_to(tmp_path / "outside")
    before = place.files
    with pytest.raises(DistrorocksError, match="it is a link"):
        place.install(built("b", "1.0-1", ("lua/sub/x.lua",)))
    assert place.files == before
    assert not list((tmp_path / "outside").iterdir())


def test_modes_follow_the_umask(place: Place) -> None:
    """0644 and 0755 without what it takes away, also of directories, as LuaRocks has them."""
    before = os.umask(0o027)
    try:
        place.install(built("a", "1.0-1", FILES))
    finally:
        os.umask(before)
    modes = {
        str(path.relative_to(place.root)): stat.S_IMODE(path.stat().st_mode)
        for path in place.root.rglob("*")
    }
    assert modes["share/lua/5.4/m.lua"] == modes["lib/luarocks/rocks-5.4/manifest"] == 0o640
    assert modes["bin/tool"] == modes["bin"] == modes["share/lua/5.4"] == 0o750


def test_no_rock_is_called_like_the_manifest(place: Place) -> None:
    """The error names the rock: what it would say of the file that is there is no advice."""
    for _ in range(2):
        with pytest.raises(DistrorocksError, match="a rock cannot be called manifest") as caught:
            place.install(built("manifest", "1.0-1", FILES))
        assert place.layout.manifest in caught.value.detail
        place.install(built("a", "1.0-1", FILES))
    assert place.indexed == {"a 1.0-1"}
