"""What follows a transaction: cleaning up after its commit, or undoing it, now or in a later run.

Every step looks at what is there, so that all of it can be repeated after another kill. An undo
changes only what the transaction itself did: a file that another program has put in a place since
stays, and the kept one is moved aside and named.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.processes.interruption import uninterrupted
from distrorocks.system.trees.journal import (
    UNDO,
    Journal,
    Step,
    journal_path,
    mark_of,
    read_journal,
)
from distrorocks.system.trees.tree_place import TreePlace
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.system.trees.writer import HalfDoneError

_MOST_TOLD = 20


class Recovery(NamedTuple):
    """What was done about a killed transaction; ``notes`` say what others changed since."""

    is_completed: bool
    notes: tuple[str, ...] = ()


def told_recovery(recovery: Recovery) -> str:
    """Return what was done about a killed run, for users."""
    what = "completed" if recovery.is_completed else "undone"
    notes = "".join(f"\n  {note}" for note in recovery.notes)
    return f"an earlier run was killed while it changed the tree: it is {what} now{notes}"


def recover(place: TreePlace) -> Recovery | None:
    """Complete or undo what a killed run began; return None if there is nothing.

    Raise ``JournalError`` for an invalid journal, and ``HalfDoneError`` if something could not be
    done; then the journal stays.
    """
    path = journal_path(place)
    with uninterrupted(), Beneath("/") as below:
        with suppress(OSError):
            below.sweep(path.rpartition("/")[0])  # a journal that was not written to its end
        for each in (path + UNDO, path):
            journal = read_journal(place, each)
            if journal is None:
                continue
            is_committed = each == path and _is_committed(below, journal)
            notes: list[str] = []
            if is_committed:
                faults = completed(below, journal, path)
            else:
                faults, notes = undone(below, journal, path)
            if faults:
                raise half_done("", faults)
            return Recovery(is_committed, tuple(notes))
    return None


def _is_committed(below: Beneath, journal: Journal) -> bool:
    """Return whether the last file has been placed; until then all can be undone.

    Its staged file is gone then, and another file than the former one is in its place. Where there
    is none at all, the file may be hidden: nothing that an undo needs is removed.
    """
    last = journal.steps[-1]
    if not journal.is_ready or below.status(last.staged) is not None:
        return False
    return mark_of(below.status(last.path)) not in (None, last.old)


def completed(below: Beneath, journal: Journal, path: str) -> list[str]:
    """Remove what was kept, the emptied directories and the journal; return what failed."""
    faults: list[str] = []
    for step in journal.steps:
        with _gathered(faults, below, step.kept):
            _remove(below, step.kept)
    for directory in journal.emptied:
        with _gathered(faults, below, directory):
            _unmake(below, directory)
    if not faults:
        with _gathered(faults, below, path):
            _remove(below, path)
    return faults


def undone(below: Beneath, journal: Journal, path: str) -> tuple[list[str], list[str]]:
    """Undo what was done; return what failed, and what another program changed meanwhile."""
    faults: list[str] = []
    notes: list[str] = []
    with _gathered(faults, below, path), suppress(FileNotFoundError):
        below.rename(path, path + UNDO)
    is_marked = not faults
    for step in reversed(journal.steps if journal.is_ready else ()):
        with _gathered(faults, below, step.path):
            notes += _restored(below, step)
    for step in journal.steps if is_marked else journal.steps[:-1]:
        if step.staged:  # without its last file an unmarked journal would be that of a commit
            with _gathered(faults, below, step.staged):
                _remove(below, step.staged)
    above = f"{path.rpartition('/')[0]}/"
    late = [each for each in journal.made if above.startswith(f"{each}/")]
    for directory in reversed([each for each in journal.made if each not in late]):
        with _gathered(faults, below, directory):
            _unmake(below, directory)
    if not faults:
        with _gathered(faults, below, path):
            _remove(below, path + UNDO)
        for directory in reversed(late):
            with _gathered(faults, below, directory):
                _unmake(below, directory)
    return faults, notes


def _restored(below: Beneath, step: Step) -> Iterator[str]:
    """Give a path its former state, unless another program changed it since; yield if so."""
    now = mark_of(below.status(step.path))
    if step.old is not None and below.status(step.kept) is None:
        if now != step.old:
            yield f"{step.path} cannot be restored: {step.kept} is not there"
    elif step.old is not None:
        if now in (None, step.new, step.old):
            below.rename(step.kept, step.path)
            _remove(below, step.kept)  # rename(2) keeps it if both names are the same file
            return
        aside = step.path + "~"
        while below.status(aside) is not None:
            aside += "~"
        below.rename(step.kept, aside)
        yield f"{step.path} was changed by another program; the former file is {aside}"
    elif step.staged and below.status(step.staged) is None:
        if now is not None and now == step.new:
            below.remove_file(step.path)
        elif now is not None:
            yield f"{step.path} was changed by another program, and stays"


def _remove(below: Beneath, path: str) -> None:
    """Remove a file if it is there; behind a link there is nothing of ours."""
    with suppress(FileNotFoundError, BlockedError):
        below.remove_file(path)


def _unmake(below: Beneath, directory: str) -> None:
    """Remove a directory if it is empty."""
    try:
        below.remove_directory(directory)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise


@contextmanager
def _gathered(faults: list[str], below: Beneath, path: str) -> Iterator[None]:
    """Add an error to ``faults`` and go on."""
    try:
        yield
    except (OSError, DistrorocksError, MemoryError) as error:
        faults.append(f"{below.shown(path)}: {reason_of(error)}")


def half_done(reason: str, faults: list[str]) -> HalfDoneError:
    """Return the error that lists what could neither be completed nor undone."""
    from distrorocks.system.trees.writer import HalfDoneError

    return HalfDoneError(
        f"{reason}; then {len(faults)} paths could not be restored"
        if reason
        else f"{len(faults)} paths could not be restored after a run that was killed",
        detail="\n".join(f"  {each}" for each in faults[:_MOST_TOLD]),
        hint="fix this and run the command again: it completes or undoes what is half done",
    )


def reason_of(error: BaseException) -> str:
    """Return the message of an error, on one line."""
    if isinstance(error, DistrorocksError):
        return error.brief
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
