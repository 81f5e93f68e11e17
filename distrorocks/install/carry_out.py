"""Apply the actions of a plan to a tree as one transaction; any failure restores the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import time

from distrorocks.errors import DistrorocksError
from distrorocks.install.deployed import (
    Doomed,
    Expected,
    TreeState,
    clear_up,
    deployment_faults,
    doomed_files,
    tree_state,
)
from distrorocks.luarocks.install_engine import EngineError, InstallEngine, RockSource
from distrorocks.system.files.lock import TreeLock
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
    """Install a rock, then remove its other versions listed in ``replaces``."""

    source: RockSource
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Remove one version of a rock."""

    name: str
    version: str


Action = Deploy | Withdraw


class TreeChanged(DistrorocksError):  # noqa: N818 - what happened to the tree
    """A tree does not match the plan, before or after applying it."""


class Interrupted(DistrorocksError):  # noqa: N818 - what happened to a run
    """An earlier run was killed while it changed the tree."""


def carry_out(
    actions: Sequence[Action],
    layout: Layout,
    engine: InstallEngine,
    *,
    before: TreeState,
    progress: Progress,
    lock_seconds: float | None = None,
) -> None:
    """Take each action in order, then check that the tree is as planned.

    ``before`` is the state for which the plan was made. On any error or interruption the tree is
    restored byte for byte before the error is re-raised; files that a build writes outside the
    tree's own directories are not. Raise ``ForeignTreeError`` for a tree that this user must not
    change.
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
                with deferred():  # interrupt only what can be undone
                    expected = _expected(actions, before)
                    doomed = doomed_files(layout, expected.gone)
                    snapshot = take(layout, made=len(made))
                    engine.watch(snapshot.note)
                    try:
                        with interruptible():
                            for number, action in enumerate(actions, start=1):
                                progress(f"[{number}/{len(actions)}] {_description(action)}")
                                with _released(lock) if engine.takes_lock else _held():
                                    _act(action, engine)
                            clear_up(layout, doomed)
                            _check(layout, expected, before, doomed)
                    except BaseException as error:
                        _undo(snapshot, layout, error)
                        undone.append(snapshot)
                        raise
                    snapshot.discard()
    except BaseException as error:
        if undone:
            _report_undone(layout, error, is_new=is_new)
        raise


def recover(layout: Layout, *, is_undone: bool, lock_seconds: float | None = None) -> bool:
    """Undo the changes of a killed run, or keep them; return False if there are none.

    Raise ``MisfitError`` for a snapshot that does not belong to this tree; it is left alone.
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


def _description(action: Action) -> str:
    if isinstance(action, Withdraw):
        return f"removing {action.name} {action.version}"
    replaced = f", replacing {', '.join(action.replaces)}" if action.replaces else ""
    source = action.source
    return f"installing {source.name} {source.version} from {source.place}{replaced}"


def _expected(actions: Sequence[Action], before: TreeState) -> Expected:
    """Return what the tree must hold once the actions are done."""
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
    return Expected(frozenset(rocks), staying, tuple(sorted(gone - rocks)))


def _check(layout: Layout, expected: Expected, before: TreeState, doomed: Sequence[Doomed]) -> None:
    """Raise ``TreeChanged`` unless the tree has exactly the planned rocks, with all their files."""
    if faults := deployment_faults(layout, expected, before, doomed):
        raise TreeChanged(
            f"luarocks reported success, but {layout.root} does not match the plan",
            detail="\n".join(f"  {each}" for each in faults),
            hint="the disk may be full or faulty, or this is a bug in LuaRocks; see its log",
        )


def _undo(snapshot: Snapshot, layout: Layout, error: BaseException) -> None:
    """Restore the tree; if that fails, raise an error that reports both."""
    with uninterrupted():
        try:
            restore(snapshot)
        except DistrorocksError as fault:
            is_back = isinstance(fault, LeftError)
            failed = "" if is_back else f"cannot restore {layout.root}: "
            raise EngineError(
                f"{error.brief if isinstance(error, DistrorocksError) else error!r}; "
                f"then {failed}{fault.brief}",
                detail=fault.detail,
                hint=fault.hint,
            ) from error


def _report_undone(layout: Layout, error: BaseException, *, is_new: bool) -> None:
    """Add to the error that the tree was restored, or what is left of a new tree."""
    note = f"{layout.root} is restored"
    if is_new and RootView("/").entry(layout.root):
        note = f"the changes are undone, but {layout.root} could not be removed"
    if isinstance(error, KeyboardInterrupt):
        error.args = (note,)
    if isinstance(error, DistrorocksError):
        error.detail = f"{error.detail}\n{note}" if error.detail else note


def _check_left_over(layout: Layout) -> None:
    """Raise ``Interrupted`` if an earlier run was killed while it changed this tree."""
    snapshot = left_over(layout)
    if snapshot is None:
        return
    raise Interrupted(
        f"an earlier run of distrorocks was killed while it changed {layout.root}",
        detail=f"the snapshot from before that run is in {snapshot.directory}",
        hint="`distrorocks install --recover=undo` restores the snapshot, discarding later changes;"
        " `--recover=keep` keeps the tree as it is",
    )


@contextmanager
def _released(lock: TreeLock) -> Iterator[None]:
    """Release a lock temporarily: LuaRocks since 3.9 takes the same one itself."""
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
    """Keep a lock that LuaRocks does not take."""
    yield
