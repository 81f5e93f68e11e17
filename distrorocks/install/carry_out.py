"""Changes a tree rock by rock, all of it or nothing: what fails leaves the tree as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import time

from distrorocks.errors import DistrorocksError
from distrorocks.install.deployed import Expected, TreeState, deployment_faults, tree_state
from distrorocks.luarocks.install_engine import EngineError, InstallEngine, RockSource
from distrorocks.system.files.lock import WAIT_SECONDS, TreeLock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.processes.interruption import (
    deferred,
    interruptible,
    uninterrupted,
)
from distrorocks.system.trees.made_directories import clear_away, made_directories
from distrorocks.system.trees.restore import restore
from distrorocks.system.trees.snapshot import (
    LeftError,
    Snapshot,
    left_over,
    take,
)
from distrorocks.system.trees.tree_rights import refuse_foreign
from distrorocks.trees.layout import Layout

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Deploy:
    """Install a rock; afterwards ``replaces``, other versions of it, go from the tree."""

    source: RockSource
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Remove one version of a rock."""

    name: str
    version: str


Action = Deploy | Withdraw


class TreeChanged(DistrorocksError):  # noqa: N818 - what happened to the tree
    """A tree is not what it should be: not what the plan was made for, or not what it said."""


class Interrupted(DistrorocksError):  # noqa: N818 - what happened to a run
    """A run before this one was killed at work on the tree, which may be half changed."""


def carry_out(
    actions: Sequence[Action],
    layout: Layout,
    engine: InstallEngine,
    *,
    before: TreeState,
    progress: Progress,
    lock_seconds: float = WAIT_SECONDS,
) -> None:
    """Take each action in order and check the tree against what must now be there.

    ``before`` is the tree as the plan knows it. Whatever fails, or interrupts, the tree is put
    back to the byte before the error leaves; only files outside the tree's own directories, which
    a build may write, are out of reach. Raises ``ForeignTreeError`` for a tree that is not to be
    changed by this user.
    """
    refuse_foreign(layout)
    is_new = RootView("/").entry(layout.root) is None
    undone: list[Snapshot] = []
    try:
        with interruptible(), made_directories(layout.root) as made:
            lock = TreeLock(layout.lock, seconds=lock_seconds)
            with lock:
                _check_left_over(layout)
                if tree_state("/", layout) != before:
                    raise TreeChanged(
                        f"{layout.root} has changed since the plan was made", hint="plan again"
                    )
                with deferred():  # interrupted is only what has an undo
                    snapshot = take(layout, made=len(made))
                    engine.watch(snapshot.note)
                    try:
                        with interruptible():
                            for number, action in enumerate(actions, start=1):
                                progress(f"[{number}/{len(actions)}] {_told(action)}")
                                with _released(lock) if engine.takes_lock else _held():
                                    _act(action, engine)
                            _check(actions, layout, before)
                    except BaseException as error:
                        _undo(snapshot, layout, error)
                        undone.append(snapshot)
                        raise
                    snapshot.discard()
    except BaseException as error:
        if undone:
            _say_undone(layout, error, is_new=is_new)
        raise


def recover(layout: Layout, *, is_undone: bool, lock_seconds: float = WAIT_SECONDS) -> bool:
    """Undo what a killed run left half done, or keep it as it is; False where there is nothing.

    Raises ``MisfitError`` for what is not of this tree as it is here and now: that stays.
    """
    refuse_foreign(layout)
    lock = TreeLock(layout.lock, seconds=lock_seconds)
    with uninterrupted(), made_directories(layout.root):
        with lock:
            snapshot = left_over(layout)
            if snapshot:
                snapshot.end_session()
            if snapshot and is_undone:
                restore(snapshot)
            elif snapshot:
                snapshot.discard()
        if is_undone:
            clear_away(layout, snapshot.record.made if snapshot else None)
    return snapshot is not None


def _act(action: Action, engine: InstallEngine) -> None:
    if isinstance(action, Withdraw):
        engine.remove(action.name, action.version)
        return
    engine.install(action.source)
    for version in action.replaces:
        engine.remove(action.source.name, version)


def _told(action: Action) -> str:
    if isinstance(action, Withdraw):
        return f"removing {action.name} {action.version}"
    replaced = f", in place of {', '.join(action.replaces)}" if action.replaces else ""
    source = action.source
    return f"installing {source.name} {source.version} from {source.place}{replaced}"


def _check(actions: Sequence[Action], layout: Layout, before: TreeState) -> None:
    """Raise ``TreeChanged`` unless the tree has exactly the rocks that it should, whole."""
    rocks = set(before.rocks)
    new: dict[tuple[str, str], RockSource] = {}
    gone: set[tuple[str, str]] = set()
    for action in actions:
        if isinstance(action, Withdraw):
            went = {(action.name, action.version)}
        else:
            source = action.source
            rocks.add((source.name, source.version))
            new[source.name, source.version] = source
            went = {(source.name, each) for each in action.replaces}
        rocks -= went
        gone |= went
    staying = tuple(source for rock, source in new.items() if rock in rocks)
    expected = Expected(frozenset(rocks), staying, tuple(sorted(gone - rocks)))
    if faults := deployment_faults(layout, expected, before):
        raise TreeChanged(
            f"{layout.root} is not what the plan said after luarocks ended well",
            detail="\n".join(f"  {each}" for each in faults),
            hint="the disk may be full or broken, or LuaRocks has a defect; its log tells more",
        )


def _undo(snapshot: Snapshot, layout: Layout, error: BaseException) -> None:
    """Put the tree back; raise with both errors where that fails."""
    with uninterrupted():
        try:
            restore(snapshot)
        except DistrorocksError as fault:
            is_back = isinstance(fault, LeftError)
            failed = "" if is_back else f"{layout.root} could not be put back: "
            raise EngineError(
                f"{error.brief if isinstance(error, DistrorocksError) else error!r}; "
                f"then {failed}{fault.brief}",
                detail=fault.detail,
                hint=fault.hint,
            ) from error


def _say_undone(layout: Layout, error: BaseException, *, is_new: bool) -> None:
    """Say in the error that the tree was put back, or what is left of one that was not there."""
    said = f"{layout.root} is as it was before"
    if is_new and RootView("/").entry(layout.root):
        said = f"what was made for {layout.root} is undone, but it could not be removed"
    if isinstance(error, KeyboardInterrupt):
        error.args = (said,)
    if isinstance(error, DistrorocksError):
        error.detail = f"{error.detail}\n{said}" if error.detail else said


def _check_left_over(layout: Layout) -> None:
    """Raise where a run was killed at work on this tree: what is half done is not built upon."""
    snapshot = left_over(layout)
    if snapshot is None:
        return
    raise Interrupted(
        f"an earlier run of distrorocks on {layout.root} was killed before it ended",
        detail=f"what the tree was before it is kept in {snapshot.directory}",
        hint="`distrorocks install --recover=undo` puts the tree back, and loses what was installed"
        " since; `--recover=keep` leaves it as it is",
    )


@contextmanager
def _released(lock: TreeLock) -> Iterator[None]:
    """Give a lock away for a while: LuaRocks since 3.9 makes the same one for itself."""
    since = time()
    lock.__exit__(None, None, None)
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, EngineError) and error.is_locked):
            lock.reclaim(since - 1)
        raise
    finally:
        with uninterrupted():
            lock.__enter__()


@contextmanager
def _held() -> Iterator[None]:
    """Keep a lock that nobody else makes."""
    yield
