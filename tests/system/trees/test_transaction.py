"""A transaction on a tree is done or undone, whatever happens, and touches nothing of others."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.trees import transaction
from distrorocks.system.trees.journal import JournalError, journal_path, mark_of
from distrorocks.system.trees.recovery import recover
from distrorocks.system.trees.transaction import TreeChanged, transact
from distrorocks.system.trees.tree_place import TreePlace, tree_place
from distrorocks.system.trees.writer import HalfDoneError
from distrorocks.trees.change import MoveFile, PlaceFile, RemoveDirectory, RemoveFile, TreeChange
from distrorocks.trees.layout import tree_layout
from tests.small_process import in_small_process

CALLS = (
    *("create", "rename", "link", "remove_file", "remove_directory", "make_directory", "sync"),
    "symlink",
)
State = dict[str, tuple[int, bytes]]


def state(root: Path) -> State:
    """Return mode and content of everything below a root."""
    found = {}
    for path in sorted(root.rglob("*")):
        mode = path.lstat().st_mode
        held = os.fsencode(os.readlink(path)) if path.is_symlink() else b""
        held = path.read_bytes() if stat.S_ISREG(mode) else held
        found[str(path.relative_to(root))] = (mode, held)
    return found


class Tree:
    """A tree with some files, and changes of each kind."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.place: TreePlace = tree_place(tree_layout(str(root), "5.4"))
        self.lua = f"{root}/share/lua/5.4"
        self.rocks = f"{root}/lib/luarocks/rocks-5.4"
        self.rock = f"{self.rocks}/a/1.0-1"

    def fill(self) -> None:
        """Put the files there that the changes are about."""
        files = {
            f"{self.lua}/foo.lua": b"the old owner",
            f"{self.lua}/gone/x.lua": b"goes",
            f"{self.lua}/stranger.lua": b"nobody's",
            f"{self.lua}/kept.lua": b"kept",
            f"{self.rocks}/manifest": b"old manifest",
        }
        for name, content in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @property
    def changes(self) -> list[TreeChange]:
        """A displaced file, a replaced one, one moved aside, a removal, new ones, the manifest."""
        return [
            MoveFile(f"{self.lua}/foo.lua", f"{self.lua}/b_1_0_1-foo.lua", "displaced"),
            MoveFile(f"{self.lua}/stranger.lua", f"{self.lua}/stranger.lua~", "in the way"),
            PlaceFile(f"{self.lua}/foo.lua", b"the new owner", 0o644, "new"),
            PlaceFile(f"{self.lua}/stranger.lua", b"new", 0o600, "new"),
            PlaceFile(f"{self.root}/bin/tool", b"#!/bin/sh\n", 0o755, "new"),
            PlaceFile(f"{self.rock}/doc/x", b"x", 0o644, "new"),
            PlaceFile(f"{self.rock}/rock_manifest", b"rock_manifest = {}", 0o644, "new"),
            RemoveFile(f"{self.lua}/gone/x.lua", "removed"),
            RemoveDirectory(f"{self.lua}/gone", "may be empty"),
            PlaceFile(f"{self.rocks}/manifest", b"new manifest", 0o644, "rocks changed"),
        ]

    def run(self, changes: Sequence[TreeChange] = ()) -> list[str]:
        """Apply changes; the directory of the new rock appears whole."""
        return transact(
            self.place,
            changes or self.changes,
            observed={},
            directory_mode=0o755,
            whole=[self.rock],
        )


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A filled tree."""
    made = Tree(tmp_path / "tree")
    made.fill()
    return made


def after(tmp_path: Path) -> State:
    """Return the state of a tree on which all changes were made."""
    made = Tree(tmp_path / "after")
    made.fill()
    assert made.run() == []
    return state(made.root)


def test_all_changes_are_made(tree: Tree) -> None:
    """Files are placed with their modes, moved and removed; empty directories and journal go."""
    assert tree.run() == []
    found = {path: held for path, (mode, held) in state(tree.root).items() if stat.S_ISREG(mode)}
    assert found == {
        "bin/tool": b"#!/bin/sh\n",
        "lib/luarocks/rocks-5.4/a/1.0-1/doc/x": b"x",
        "lib/luarocks/rocks-5.4/a/1.0-1/rock_manifest": b"rock_manifest = {}",
        "lib/luarocks/rocks-5.4/manifest": b"new manifest",
        "share/lua/5.4/b_1_0_1-foo.lua": b"the old owner",
        "share/lua/5.4/foo.lua": b"the new owner",
        "share/lua/5.4/kept.lua": b"kept",
        "share/lua/5.4/stranger.lua": b"new",
        "share/lua/5.4/stranger.lua~": b"nobody's",
    }
    assert stat.S_IMODE((tree.root / "bin/tool").stat().st_mode) == 0o755
    assert stat.S_IMODE(Path(f"{tree.lua}/stranger.lua").stat().st_mode) == 0o600
    assert not Path(f"{tree.lua}/gone").exists()


def test_files_that_cannot_be_linked_are_copied(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without hard links the result is the same."""
    wanted = after(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Beneath, "link", refuse)
    assert tree.run() == []
    assert state(tree.root) == wanted


def counted(monkeypatch: pytest.MonkeyPatch, at: Callable[[int], None]) -> None:
    """Call ``at`` with the number of each call that changes the file system, before it."""
    number = 0

    def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **named: Any) -> Any:
            nonlocal number
            number += 1
            at(number)
            return original(*words, **named)

        return call

    for name in CALLS:
        monkeypatch.setattr(Beneath, name, wrapped(getattr(Beneath, name)))


def killed(deed: Callable[[], object], number: int) -> bool:
    """Run a deed in a child that dies at a call; return whether it died."""
    child = os.fork()
    if not child:
        try:
            with pytest.MonkeyPatch.context() as patch:
                counted(patch, lambda now: os._exit(9) if now == number else None)
                deed()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_kill_at_any_call_leaves_the_old_or_the_new_tree(tmp_path: Path) -> None:
    """``recover`` undoes or completes, and can itself be killed at any call before."""
    in_small_process(kill_at_any_call, tmp_path)


def kill_at_any_call(folder: Path) -> None:
    """Kill a run at each of its calls, and what recovers from it at each of its own."""
    wanted = after(folder)
    outcomes = set()
    number = 0
    is_killed = True
    while is_killed:
        number += 1
        tree = Tree(folder / f"tree{number}")
        tree.fill()
        before = state(tree.root)
        is_killed = killed(tree.run, number)
        second = 0
        while is_killed and killed(lambda tree=tree: recover(tree.place), second := second + 1):  # type: ignore[misc]
            pass
        recover(tree.place)
        assert state(tree.root) in (before, wanted), number
        outcomes.add(state(tree.root) == wanted)
        assert recover(tree.place) is None
    assert outcomes == {False, True}
    assert number > 30


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_call_that_fails_undoes_all_or_nothing_is_lost(tmp_path: Path, error: int) -> None:
    """After an error the tree is as before, or done; no temporary file and no journal stays."""
    wanted = after(tmp_path)
    number = 0
    has_failed = True
    while has_failed:
        number += 1
        tree = Tree(tmp_path / f"tree{number}")
        tree.fill()
        before = state(tree.root)
        has_failed = False

        def fail(now: int, number: int = number) -> None:
            nonlocal has_failed
            if now == number:
                has_failed = True
                raise OSError(error, os.strerror(error))

        with pytest.MonkeyPatch.context() as patch:
            counted(patch, fail)
            with suppress(WriteError, HalfDoneError):
                tree.run()
        recover(tree.place)
        assert state(tree.root) in (before, wanted), number


def test_a_tree_without_anything_gets_its_directories_and_loses_them_again(tmp_path: Path) -> None:
    """A failure removes the directories that were made for a new tree."""
    root = tmp_path / "new"
    tree = Tree(root)
    root.mkdir()
    last = PlaceFile(f"{tree.rocks}/manifest", b"m", 0o644, "why")
    Path(f"{root}/share").write_text("a file where a directory is needed")
    with pytest.raises(BlockedError):
        tree.run([PlaceFile(f"{tree.lua}/x.lua", b"x", 0o644, "why"), last])
    assert list(state(root)) == ["share"]
    os.unlink(root / "share")
    tree.run([PlaceFile(f"{tree.lua}/x.lua", b"x", 0o644, "why"), last])
    assert Path(f"{tree.lua}/x.lua").read_bytes() == b"x"


def test_a_path_that_changed_since_it_was_observed_stops_all(tree: Tree) -> None:
    """Nothing is changed where another program was faster, and the caller plans again."""
    before = state(tree.root)
    manifest = f"{tree.rocks}/manifest"
    for observed in (
        {manifest: None},
        {manifest: (1, 2, 3)},
        {f"{tree.root}/bin/tool": mark_of(os.stat(manifest))},
    ):
        with pytest.raises(TreeChanged, match="another program has changed"):
            transact(tree.place, tree.changes, observed=observed, directory_mode=0o755)
        assert state(tree.root) == before


def test_a_path_that_changes_in_the_last_moment_is_not_replaced(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that another program writes after all is staged stays as it wrote it."""
    original = Beneath.write

    def write(below: Beneath, path: str, content: bytes, *rest: Any, **named: Any) -> None:
        original(below, path, content, *rest, **named)
        if b'"is_ready":true' in content:
            Path(f"{tree.rocks}/manifest").write_bytes(b"of LuaRocks")

    before = state(tree.root)
    monkeypatch.setattr(Beneath, "write", write)
    with pytest.raises(TreeChanged):
        tree.run()
    now = state(tree.root)
    name = "lib/luarocks/rocks-5.4/manifest"
    assert now.pop(name)[1] == b"of LuaRocks"
    before.pop(name)
    assert now == before


def test_a_new_rock_has_its_list_whenever_it_can_be_seen(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where LuaRocks looks for versions (names that end in - and digits), none is half there."""
    seen: list[Path] = []

    def look(_: int) -> None:
        versions = [it for it in Path(tree.rocks).glob("a/*") if re.search("-[0-9]+$", it.name)]
        seen.extend(it / "rock_manifest" for it in versions)
        assert all(it.is_file() for it in seen)

    counted(monkeypatch, look)
    assert tree.run() == []
    assert seen


@pytest.mark.parametrize("name", ["", "doc", "doc/x"])
def test_a_rock_that_another_program_installs_meanwhile_stays(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its directory is not replaced, even by a whole one; all is undone and planned again."""
    original = Beneath.write

    def write(below: Beneath, path: str, content: bytes, *rest: Any, **named: Any) -> None:
        original(below, path, content, *rest, **named)
        if b'"is_ready":true' in content:
            Path(tree.rock, name).parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("x"):
                Path(tree.rock, name).write_bytes(b"of LuaRocks")
            else:
                Path(tree.rock, name).mkdir()

    before = state(tree.root)
    monkeypatch.setattr(Beneath, "write", write)
    with pytest.raises(TreeChanged, match=r"1\.0-1 meanwhile"):
        tree.run()
    now = state(tree.root)
    others = {path: held for path, held in now.items() if "/rocks-5.4/a" in path}
    assert (f"lib/luarocks/rocks-5.4/a/1.0-1/{name}" in others) is name.endswith("x")
    assert {path: held for path, held in now.items() if path not in others} == before


def kill_after_placing(tree: Tree, count: int) -> None:
    """Kill a run after it has placed so many files, or directories as a whole."""
    child = os.fork()
    if not child:
        placed = 0

        def dying(original: Callable[..., None]) -> Callable[..., None]:
            def place(*words: Any) -> None:
                nonlocal placed
                if placed == count:
                    os._exit(9)
                placed += 1
                original(*words)

            return place

        try:
            run = transaction._Transaction
            for name in ("_place", "_place_whole"):
                pytest.MonkeyPatch().setattr(run, name, dying(getattr(run, name)))
            tree.run()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_what_a_journal_needs_is_never_swept(tree: Tree) -> None:
    """Other runs remove temporary files of dead processes: not those of a transaction."""
    before = state(tree.root)
    for count in range(8):
        kill_after_placing(tree, count)
        with Beneath("/") as below:
            for directory in {path.parent for path in tree.root.rglob("*")}:
                below.sweep(str(directory))
        recovery = recover(tree.place)
        assert recovery is not None
        assert not recovery.is_completed
        assert state(tree.root) == before


def test_a_staged_manifest_that_somebody_removed_commits_nothing(tree: Tree) -> None:
    """The manifest is the former one, so the transaction is undone."""
    before = state(tree.root)
    kill_after_placing(tree, 5)
    for path in Path(tree.rocks).glob(".distrorocks-*"):
        path.unlink()
    recovery = recover(tree.place)
    assert recovery is not None
    assert not recovery.is_completed
    assert state(tree.root) == before


def test_an_undo_leaves_what_others_did_since(tree: Tree) -> None:
    """A file that another program put in the place of ours stays; the former one is told."""
    kill_after_placing(tree, 7)
    Path(f"{tree.lua}/foo.lua").write_bytes(b"LuaRocks was here")
    Path(f"{tree.root}/bin/tool").write_bytes(b"and here")
    Path(f"{tree.lua}/kept.lua").write_bytes(b"changed")
    recovery = recover(tree.place)
    assert recovery is not None
    assert not recovery.is_completed
    assert len(recovery.notes) == 2
    assert Path(f"{tree.lua}/foo.lua").read_bytes() == b"LuaRocks was here"
    assert Path(f"{tree.lua}/foo.lua~").read_bytes() == b"the old owner"
    assert Path(f"{tree.root}/bin/tool").read_bytes() == b"and here"
    assert Path(f"{tree.lua}/kept.lua").read_bytes() == b"changed"
    assert Path(f"{tree.lua}/gone/x.lua").read_bytes() == b"goes"
    assert Path(f"{tree.rocks}/manifest").read_bytes() == b"old manifest"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("steps", 0, 0), "/etc/passwd"),
        (("steps", 0, 0), "/TREE/share/lua/5.4/../../../../etc/passwd"),
        (("steps", 0, 2), "/TREE/share/lua/5.4/kept.lua"),
        (("steps", 0, 2), "/tmp/.distrorocks-1-1-1-x"),
        (("steps", 5, 1), "/tmp/.distrorocks-1-1-1-x"),
        (("steps", 5, 1), "/TREE/lib/luarocks/rocks-5.4/a/.distrorocks-new-x/doc/x"),
        (("whole", 0, 0), "/etc"),
        (("whole", 0, 0), "/TREE/lib/luarocks/rocks-5.4/b/.distrorocks-x"),
        (("whole", 0, 1), "/etc"),
        (("whole", 0), "/etc"),
        (("made", 0), "/etc"),
        (("emptied", 0), "/home"),
        (("steps",), []),
        (("format",), 2),
    ],
)
def test_a_journal_leads_nowhere_else(tree: Tree, path: Sequence[Any], value: Any) -> None:
    """A journal that names a path outside of its tree, or no temporary file, is refused."""
    kill_after_placing(tree, 6)
    before = state(tree.root)
    place = Path(journal_path(tree.place))
    document = json.loads(place.read_text())
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if isinstance(value, str):
        value = value.replace("/TREE", str(tree.root))
    inner[path[-1]] = value
    place.write_text(json.dumps(document))
    before = state(tree.root)
    with pytest.raises(JournalError, match="is not a journal of this tree"):
        recover(tree.place)
    assert state(tree.root) == before


@pytest.mark.parametrize(("call", "is_completed"), [(30, False), (40, True)])
def test_a_journal_of_an_earlier_release_is_understood(
    tree: Tree, tmp_path: Path, call: int, is_completed: bool
) -> None:
    """It has no directories that appear whole: each file was staged beside its place."""
    wanted = after(tmp_path) if is_completed else state(tree.root)
    child = os.fork()
    if not child:
        with pytest.MonkeyPatch.context() as patch:
            counted(patch, lambda number: os._exit(9) if number == call else None)
            transact(tree.place, tree.changes, observed={}, directory_mode=0o755)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    path = Path(journal_path(tree.place))
    document = json.loads(path.read_text())
    assert document["is_ready"]
    assert document.pop("whole") == []
    path.write_text(json.dumps(document))
    recovery = recover(tree.place)
    assert recovery is not None
    assert recovery.is_completed is is_completed
    assert state(tree.root) == wanted


def test_a_journal_that_others_can_write_is_not_believed(tree: Tree) -> None:
    """Whoever can write the journal could make us remove files."""
    kill_after_placing(tree, 3)
    os.chmod(journal_path(tree.place), 0o666)  # noqa: S103 - what is refused
    with pytest.raises(UntrustedError):
        recover(tree.place)


@pytest.mark.parametrize("depth", [50, 100_000])
def test_a_journal_that_is_no_document_is_refused(tree: Tree, depth: int) -> None:
    """Nested or torn JSON is an error that names the file."""
    Path(journal_path(tree.place)).write_text("[" * depth)
    with pytest.raises(JournalError):
        recover(tree.place)


def test_no_path_is_determined_twice(tree: Tree) -> None:
    """Two results for one path, or no last file that commits, are mistakes of the caller."""
    last = tree.changes[-1]
    with pytest.raises(ValueError, match="two changes determine"):
        tree.run([last, last])
    with pytest.raises(ValueError, match="the last change"):
        tree.run(tree.changes[:-1])


def test_nothing_is_placed_behind_a_link(tree: Tree, tmp_path: Path) -> None:
    """A link in place of a directory of the tree stops all, and its target stays empty."""
    outside = tmp_path / "outside"
    outside.mkdir()
    os.symlink(outside, f"{tree.lua}/sub")
    before = state(tree.root)
    with pytest.raises(BlockedError, match="it is a link"):
        tree.run([PlaceFile(f"{tree.lua}/sub/x.lua", b"", 0o644, "why"), tree.changes[-1]])
    assert state(tree.root) == before
    assert not list(outside.iterdir())


def test_a_journal_of_a_tree_beside_is_left_for_its_own_recovery(tmp_path: Path) -> None:
    """Two trees can have their rocks in one directory; the hint says how the other is recovered,
    since whoever moved the journal away would lose what the killed run has kept."""
    tree = Tree(tmp_path / "tree")
    tree.fill()
    before = state(tree.root)
    kill_after_placing(tree, 6)
    beside = tree_layout(
        str(tree.root),
        "5.4",
        rocks_dir=f"{tree.root}/lib/luarocks/other",
        lua_dir=f"{tree.root}/share/other",
    )
    assert journal_path(tree_place(beside)) == journal_path(tree.place)
    with pytest.raises(JournalError, match="is not a journal of this tree") as caught:
        recover(tree_place(beside))
    assert "`distrorocks install --recover` with the --tree of that one" in caught.value.hint
    assert recover(tree.place) is not None
    assert state(tree.root) == before
