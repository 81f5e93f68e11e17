"""A tree is changed whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.install.carry_out import (
    Deploy,
    Interrupted,
    Progress,
    TreeChanged,
    Withdraw,
    carry_out,
    recover,
)
from distrorocks.install.deployed import TreeState, tree_state
from distrorocks.luarocks.install_engine import EngineError, InstallEngine, RockSource
from distrorocks.system.files.lock import LockError
from distrorocks.system.processes.session import MARK, Note, end, new_mark, session_of
from distrorocks.system.trees.snapshot import left_over, take
from distrorocks.trees.layout import Layout, tree_layout
from tests.install.deploying import SmallEngine, content, write_index


def source(rock: str) -> RockSource:
    """Return a rock such as ``foo 1.0-1``, of nowhere."""
    name, version = rock.split()
    return RockSource(name, version, f"/nowhere/{name}", "https://rocks.example")


def changed(
    layout: Layout,
    engine: InstallEngine,
    *actions: Deploy | Withdraw,
    before: TreeState | None = None,
    progress: Progress = lambda _: None,
) -> None:
    """Carry out actions on a tree as it is."""
    before = before or tree_state("/", layout)
    carry_out(actions, layout, engine, before=before, progress=progress, lock_seconds=0.1)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A tree with the rock old in two versions."""
    layout = tree_layout(str(tmp_path / "tree"), "5.4")
    engine = SmallEngine(layout)
    changed(layout, engine, Deploy(source("old 1.0-1")), Deploy(source("old 2.0-1")))
    return layout


def test_actions_are_taken_in_order_and_reported(layout: Layout) -> None:
    """Each has a line with its number; what is replaced goes after the new one is there."""
    engine = SmallEngine(layout)
    told: list[str] = []
    actions = Deploy(source("a 1-1")), Deploy(source("old 3.0-1"), ("1.0-1", "2.0-1"))
    changed(layout, engine, *actions, progress=told.append)
    assert engine.calls == [
        "install a 1-1",
        "install old 3.0-1",
        "remove old 1.0-1",
        "remove old 2.0-1",
    ]
    assert told == [
        "[1/2] installing a 1-1 from https://rocks.example",
        "[2/2] installing old 3.0-1 from https://rocks.example, replacing 1.0-1, 2.0-1",
    ]
    assert tree_state("/", layout).rocks == {("a", "1-1"), ("old", "3.0-1")}
    left = {path.name for path in Path(layout.root).rglob(".*")}
    assert left == set()
    assert not os.path.lexists(layout.lock)


def test_a_failure_in_the_middle_leaves_the_tree_as_it_was(layout: Layout) -> None:
    """To the byte: what was installed before it goes, what was removed comes back."""
    before = content(Path(layout.root))
    engine = SmallEngine(layout, "c")
    actions = [
        Deploy(source("a 1-1")),
        Deploy(source("old 3.0-1"), ("1.0-1", "2.0-1")),
        Deploy(source("c 1-1")),
        Deploy(source("d 1-1")),
    ]
    with pytest.raises(EngineError, match="installing c failed") as caught:
        changed(layout, engine, *actions)
    assert content(Path(layout.root)) == before
    assert caught.value.detail == f"  no compiler\n{layout.root} is restored"
    assert "install d 1-1" not in engine.calls


def test_a_tree_that_was_not_there_is_not_there_again(tmp_path: Path) -> None:
    """A failed first install leaves no directory behind."""
    layout = tree_layout(str(tmp_path / "home/me/.luarocks"), "5.4")
    with pytest.raises(EngineError):
        changed(layout, SmallEngine(layout, "a"), Deploy(source("a 1-1")))
    assert list(tmp_path.iterdir()) == []


class Forgetful(SmallEngine):
    """Reports success, and forgets a file."""

    def install(self, source: RockSource) -> None:
        """Deploy, then lose the module."""
        super().install(source)
        Path(self.layout.lua_dir, f"{source.name}.lua").unlink()


class Full(SmallEngine):
    """Installs on a disk that is full, and does not look."""

    def install(self, source: RockSource) -> None:
        """Deploy, then lose the text of the module."""
        super().install(source)
        Path(self.layout.lua_dir, f"{source.name}.lua").write_text("")


class Careless(SmallEngine):
    """Installs a command, of which the wrapper or the rockspec gets lost."""

    def install(self, source: RockSource) -> None:
        """Deploy with a command and a rockspec."""
        super().install(source)
        rock = Path(self.layout.rock_dir(source.name, source.version))
        (rock / "bin").mkdir()
        (rock / "bin/run").write_text("print()")
        name = f"{source.name}-{source.version}.rockspec"
        listed = {"run": rock / "bin/run", name: rock / name}
        texts = [md5(path.read_bytes()).hexdigest() for path in listed.values() if path.exists()]
        spec = f'["{name}"]="{texts[1]}",' if texts[1:] else ""
        (rock / "rock_manifest").write_text(
            f'rock_manifest={{{spec}bin={{run="{texts[0]}"}},lua={{}}}}'
        )
        command = Path(self.layout.root, "bin/run")
        command.parent.mkdir(exist_ok=True)
        wrapper = f"#!/bin/sh\n\nexec lua '{rock}/bin/run' \"$@\"\n"
        command.write_text(wrapper[:-9] if source.name == "torn" else wrapper)
        if source.name == "cut":
            (rock / name).write_text("")


class Lingering(SmallEngine):
    """Says that it has removed what is there still."""

    def remove(self, name: str, version: str) -> None:
        """Remove, but for an empty directory and the file of a name that was lost."""
        super().remove(name, version)
        Path(self.layout.rock_dir(name, version)).mkdir(parents=True)
        Path(self.layout.lua_dir, "old_1_0_1-old.lua").touch()


class Sparing(SmallEngine):
    """Fails to remove a module of a rock that it removes."""

    def remove(self, name: str, version: str) -> None:
        """Remove all but the module."""
        directory = Path(self.layout.rock_dir(name, version))
        shutil.rmtree(directory)
        if not any(directory.parent.iterdir()):
            directory.parent.rmdir()
        write_index(self.layout)


class Untidy(SmallEngine):
    """Leaves its test files and empty directories."""

    def remove(self, name: str, version: str) -> None:
        """Remove a rock."""
        super().remove(name, version)
        for directory in (self.layout.root, self.layout.lua_dir, self.layout.rocks_dir):
            Path(directory, ".tmpluarockstestwritable").touch()


class Idle(SmallEngine):
    """Does nothing at all."""

    def install(self, source: RockSource) -> None:
        """Report success."""

    def remove(self, name: str, version: str) -> None:
        """Report success."""


@pytest.mark.parametrize(
    ("engine", "action", "told"),
    [
        (Forgetful, Deploy(source("a 1-1")), "the file of a 1-1 for a is missing"),
        (Full, Deploy(source("a 1-1")), "a.lua differs from the rock_manifest of a"),
        (Careless, Deploy(source("torn 1-1")), "bin/run is neither the command of torn nor"),
        (Lingering, Withdraw("old", "1.0-1"), "old/1.0-1 could not be removed"),
        (Lingering, Withdraw("old", "1.0-1"), "old_1_0_1-old.lua could not be removed"),
        (Idle, Deploy(source("a 1-1")), "a 1-1 is missing"),
        (Idle, Withdraw("old", "1.0-1"), "old 1.0-1 is unexpectedly installed"),
    ],
)
def test_the_result_is_compared_with_the_plan(
    layout: Layout, engine: type[SmallEngine], action: Deploy | Withdraw, told: str
) -> None:
    """An engine's success is verified; a tree that differs from the plan is restored."""
    before = content(Path(layout.root))
    with pytest.raises(TreeChanged) as caught:
        changed(layout, engine(layout), action)
    assert told in caught.value.detail
    assert content(Path(layout.root)) == before


def test_the_rockspec_is_the_one_that_was_given(layout: Layout, tmp_path: Path) -> None:
    """One that is cut goes; a whole one stays, with a command and its wrapper."""
    for name in ("whole", "cut"):
        file = tmp_path / f"{name}-1-1.rockspec"
        file.write_text("text")
        action = Deploy(source(f"{name} 1-1")._replace(file=str(file)))
        if name == "cut":
            with pytest.raises(TreeChanged) as caught:
                changed(layout, Careless(layout), action)
            assert "cut-1-1.rockspec is not" in caught.value.detail
        else:
            changed(layout, Careless(layout), action)
    assert tree_state("/", layout).rocks == {
        ("old", "1.0-1"),
        ("old", "2.0-1"),
        ("whole", "1-1"),
    }


def test_no_empty_directory_of_a_build_stays(layout: Layout, tmp_path: Path) -> None:
    """LuaRocks does not look whether it could remove it."""
    file = tmp_path / "a-1-1.rockspec"
    file.write_text("text")

    class Leaving(SmallEngine):
        def install(self, source: RockSource) -> None:
            super().install(source)
            Path(layout.rock_dir("a", "1-1"), "lib").mkdir()

    with pytest.raises(TreeChanged, match="does not match the plan") as caught:
        changed(layout, Leaving(layout), Deploy(source("a 1-1")._replace(file=str(file))))
    assert "a/1-1/lib could not be removed" in caught.value.detail


def test_a_tree_that_changed_since_the_plan_is_not_touched(layout: Layout) -> None:
    """What the plan reckoned with must still be so once the lock is held."""
    engine = SmallEngine(layout)
    with pytest.raises(TreeChanged, match="has changed since"):
        changed(layout, engine, before=TreeState(frozenset(), frozenset()))
    assert engine.calls == []


def test_the_lock_is_held_unless_the_engine_takes_it(layout: Layout) -> None:
    """LuaRocks since 3.9 finds the tree free for itself; an older one is kept safe by ours."""
    for takes_lock in (False, True):
        engine = SmallEngine(layout, takes_lock=takes_lock)
        changed(layout, engine, Deploy(source("a 1-1")))
        assert engine.was_locked == {not takes_lock}
    os.symlink("lock", layout.lock)
    with pytest.raises(LockError):
        changed(layout, SmallEngine(layout), Deploy(source("b 1-1")))


class Killed(SmallEngine):
    """Is ended from outside, and leaves LuaRocks' lock behind."""

    def install(self, source: RockSource) -> None:
        """Deploy, then meet a signal."""
        super().install(source)
        if self.takes_lock:
            os.symlink("lock", self.layout.lock)
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("takes_lock", [False, True])
def test_an_interrupted_run_restores_the_tree(layout: Layout, takes_lock: bool) -> None:
    """SIGTERM is an interruption like Ctrl-C, and no lock of the killed LuaRocks stays."""
    before = content(Path(layout.root))
    with pytest.raises(KeyboardInterrupt, match="is restored"):
        changed(layout, Killed(layout, takes_lock=takes_lock), Deploy(source("a 1-1")))
    assert content(Path(layout.root)) == before


def test_a_killed_run_is_reported_and_can_be_undone_or_kept(layout: Layout) -> None:
    """What it left half done is not built upon before somebody decides."""
    before = content(Path(layout.root))
    for is_undone in (True, False):
        take(layout)
        SmallEngine(layout).install(source("half 1-1"))
        with pytest.raises(Interrupted) as caught:
            changed(layout, SmallEngine(layout), Deploy(source("a 1-1")))
        assert "--recover=undo" in caught.value.hint
        assert recover(layout, is_undone=is_undone)
        assert (content(Path(layout.root)) == before) is is_undone
        assert not recover(layout, is_undone=is_undone)
    assert ("half", "1-1") in tree_state("/", layout).rocks


class Dying(SmallEngine):
    """Deploys, and the whole run is killed."""

    def install(self, source: RockSource) -> None:
        """Deploy, then end the process."""
        super().install(source)
        os._exit(9)


def killed(act: Callable[[], object], *, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something in a process that ends at once where it calls ``at`` of ``os``, or by itself."""
    child = os.fork()
    if not child:
        try:
            if at:
                monkeypatch.setattr(os, at, lambda *_, **__: os._exit(9))
            act()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("at", ["symlink", "fsync", "rename", ""])
def test_a_killed_first_install_leaves_no_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Whenever it is killed, what was not there before is not there when it is undone."""
    layout = tree_layout(str(tmp_path / "tree"), "5.4")

    act = partial(changed, layout, Dying(layout), Deploy(source("a 1-1")))
    killed(act, at=at, monkeypatch=monkeypatch)
    recover(layout, is_undone=True)
    assert list(tmp_path.iterdir()) == []


def test_a_tree_that_is_empty_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its root was there before the killed run, and has a mode of its own."""
    root = tmp_path / "tree"
    root.mkdir(0o700)
    layout = tree_layout(str(root), "5.4")
    act = partial(changed, layout, SmallEngine(layout), Deploy(source("a 1-1")))
    for at in ("symlink", "rename"):
        killed(act, at=at, monkeypatch=monkeypatch)
        recover(layout, is_undone=True)
        assert list(root.iterdir()) == []
        assert root.stat().st_mode & 0o777 == 0o700


class Outliving(SmallEngine):
    """Starts what writes into the tree for ever; the run is killed meanwhile."""

    def watch(self, note: Note) -> None:
        """Have it noted."""
        self.note = note

    def install(self, source: RockSource) -> None:
        """Deploy, start a session, lose its leader, and end the process."""
        super().install(source)
        late = Path(self.layout.lua_dir, "late.lua")
        script = f"while :; do date > {late}; done & while [ ! -e {late} ]; do :; done"
        mark = new_mark()
        leader = subprocess.Popen(["sh", "-c", script], env={MARK: mark}, start_new_session=True)
        self.note(session_of(leader.pid, mark))
        leader.wait()
        os._exit(9)


def test_what_a_killed_run_started_ends_before_the_undo(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would write into the tree that was restored."""
    before = content(Path(layout.root))
    act = partial(changed, layout, Outliving(layout), Deploy(source("a 1-1")))
    killed(act, at="", monkeypatch=monkeypatch)
    snapshot = left_over(layout)
    assert snapshot is not None
    assert snapshot.session is not None
    try:
        assert recover(layout, is_undone=True)
        time.sleep(0.2)
        assert content(Path(layout.root)) == before
    finally:
        end(snapshot.session)


def test_a_failed_restore_is_reported(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says both what failed and what is left, and the snapshot stays."""

    def fail(*_: object) -> None:
        raise DistrorocksError("the disk is gone", hint="look")

    monkeypatch.setattr("distrorocks.install.carry_out.restore", fail)
    with pytest.raises(EngineError, match=r"cannot restore .*: the disk is gone"):
        changed(layout, SmallEngine(layout, "a"), Deploy(source("a 1-1")))
    assert recover(layout, is_undone=False)


def test_what_comes_while_the_root_is_made_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal just after the first directory was made is no reason to forget it."""
    layout = tree_layout(str(tmp_path / "a/tree"), "5.4")
    make = os.mkdir

    def mkdir(*words: object, **more: object) -> None:
        make(*words, **more)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(os, "mkdir", mkdir)
    with pytest.raises(KeyboardInterrupt):
        changed(layout, SmallEngine(layout), Deploy(source("a 1-1")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "broken"])
def test_what_was_kept_and_cannot_be_removed_is_reported(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The next run would stop at it; nothing is called as it was."""
    monkeypatch.setattr("distrorocks.system.trees.kept_files.KeptFiles.discard", lambda *_: None)
    with pytest.raises(
        DistrorocksError, match=r"\.distrorocks-undo-5\.4 could not be rem"
    ) as caught:
        changed(layout, SmallEngine(layout, "broken"), Deploy(source(f"{name} 1-1")))
    assert "--recover=keep" in caught.value.hint
    assert "as it was" not in str(caught.value)
    is_installed = (name, "1-1") in tree_state("/", layout).rocks
    assert is_installed is (name == "a")


BOTH = Withdraw("old", "1.0-1"), Withdraw("old", "2.0-1")


def test_a_removal_that_leaves_a_module_is_undone(layout: Layout) -> None:
    """A removed rock's module that Lua would still load is no success; a shared one may stay."""
    changed(layout, Sparing(layout), BOTH[0])
    before = content(Path(layout.root))
    with pytest.raises(TreeChanged) as caught:
        changed(layout, Sparing(layout), BOTH[1])
    assert "lua/5.4/old.lua could not be removed" in caught.value.detail
    assert content(Path(layout.root)) == before


def test_what_luarocks_could_not_clear_up_is_cleared_up(layout: Layout) -> None:
    """Its test files go, and directories that are empty without the removed rock."""
    changed(layout, Untidy(layout), *BOTH)
    assert not list(Path(layout.root).rglob(".tmpluarockstestwritable"))
    assert not Path(layout.lua_dir).exists()
