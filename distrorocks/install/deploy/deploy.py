"""Deploy built rocks to a tree and remove rocks from it, as one transaction.

Read a built rock with ``built_rock.read_built_rock``, and then::

    before = rocks_of(layout)
    ... plan, ask, build ...
    done = deploy(layout, [Install(built, replaces=("1.0-1",))], [("old", "1.0-1")], settings,
                  before=before, progress=print)

What the user should know of the change goes to ``progress``. Whoever is killed meanwhile leaves a
journal: the next ``deploy``, or ``recover``, undoes or completes that run first. Hooks of
rockspecs (``post_install``) are not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.install.deploy.collision import told_collisions
from distrorocks.install.deploy.decide import PROGRAM, Decision, DeployError, decide
from distrorocks.install.deploy.observe import Install, ObservedTree, observe, real_layout
from distrorocks.install.deploy.wrapper import WrapperSettings
from distrorocks.rocks.tree_index import INSTALLED
from distrorocks.system.files.lock import TreeLock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.interruption import interruptible
from distrorocks.system.trees.made_directories import clear_away, made_directories
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.system.trees.reader import read_contents
from distrorocks.system.trees.recovery import (
    Recovery,
    recover as recover_transaction,
    told_recovery,
)
from distrorocks.system.trees.transaction import TreeChanged, transact
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.system.trees.tree_rights import refuse_foreign
from distrorocks.trees.change import MoveFile
from distrorocks.trees.layout import Layout, Rock
from distrorocks.values import NamedTuple

Progress = Callable[[str], None]


class UnfinishedError(DistrorocksError):
    """A tree has the new rocks, and remains of the old ones that the next run removes."""


class Deployed(NamedTuple):
    """What was done; ``unfinished`` could not be cleaned up and is left to the next run.

    ``recovery`` is what was done first about a run that had been killed, None if there was none.
    """

    decision: Decision
    unfinished: tuple[str, ...] = ()
    recovery: Recovery | None = None

    def finished(self) -> Deployed:
        """Return this, or raise ``UnfinishedError`` if something could not be cleaned up."""
        if self.unfinished:
            raise UnfinishedError(
                "the rocks are deployed, but not everything that went could be removed",
                detail="\n".join(f"  {each}" for each in self.unfinished),
                hint="fix this and run `distrorocks install --recover`, which removes the rest",
            )
        return self


def rocks_of(layout: Layout) -> frozenset[Rock]:
    """Return the rocks of a tree: those in its manifest, and those that have a directory there."""
    view, real = RootView("/"), real_layout(layout)
    index = read_index(view, real).contents
    indexed = {(it.name, it.version) for it in index.every_rock if it.arch == INSTALLED}
    places = read_contents(view, real.rocks_dir).places
    return frozenset(indexed | {(it.name, it.version) for it in places})


def deploy(
    layout: Layout,
    installs: Sequence[Install],
    removals: Sequence[Rock],
    settings: WrapperSettings,
    *,
    before: frozenset[Rock],
    progress: Progress,
    lock_seconds: float | None = None,
    writes_manifest: bool = True,
) -> Deployed:
    """Install and remove rocks, all or none, under LuaRocks' lock of the tree.

    ``before`` are the rocks of the tree for which the installation was planned (``rocks_of``).
    Without ``writes_manifest`` the tree's manifest stays as it is.
    Raise ``TreeChanged`` if it has others by now, or is changed meanwhile by a program that takes
    no lock; ``ForeignTreeError`` for a tree that this user must not change; ``LockError`` if
    another program holds it; and what ``decide`` and ``transact`` raise. After any error the tree
    is as it was.
    """
    refuse_foreign(layout)
    _refuse_reserved(layout, installs)
    lock = TreeLock(layout.lock, seconds=lock_seconds)
    with interruptible(), made_directories(layout.root), lock, Jail() as jail:
        place = tree_place(layout)
        recovery = recover_transaction(place)
        if recovery:
            progress(told_recovery(recovery))
        if rocks_of(layout) != before:
            raise TreeChanged(
                f"{layout.root} has changed since the plan was made", hint="plan again"
            )
        tree = observe(layout, installs, removals, jail)
        decision = decide(tree, installs, removals, settings)
        if not writes_manifest:
            decision = decision.without_manifest()
        for line in messages(decision, installs):
            progress(line)
        unfinished = transact(
            place,
            decision.changes,
            observed=_marks(tree, decision),
            directory_mode=PROGRAM & ~tree.umask,
            whole=[tree.layout.rock_dir(*each.built.rock) for each in installs],
        )
        return Deployed(decision, tuple(unfinished), recovery)


def messages(decision: Decision, installs: Sequence[Install]) -> Iterator[str]:
    """Yield what a user should know before the tree changes.

    That are files moved aside, modules and commands that several rocks have, and files that stay.
    """
    for move in decision.aside:
        yield f"{move.path} belongs to no rock: it is moved to {move.to}"
    announced = frozenset(item for each in installs for item in each.announced)
    for line in told_collisions(decision.collisions, announced):
        yield f"warning: {line}"
    for left in decision.leftovers:
        name = " ".join(left.rock)
        if left.files:
            yield f"warning: {name} has no rock_manifest; these files may be of it, and stay:"
            yield from (f"  {path}" for path in left.files)
            yield "hint: delete them if nothing else needs them"


def recover(layout: Layout, *, lock_seconds: float | None = None) -> Recovery | None:
    """Undo or complete what a killed run began; return None if there is nothing.

    Empty directories that such a run made for a new tree go, too. Raise ``JournalError`` for a
    journal that no run wrote, and ``HalfDoneError`` if something could not be restored.
    """
    refuse_foreign(layout)
    with made_directories(layout.root):
        with TreeLock(layout.lock, seconds=lock_seconds):
            recovery = recover_transaction(tree_place(layout))
        clear_away(layout)
    return recovery


def _refuse_reserved(layout: Layout, installs: Iterable[Install]) -> None:
    """Raise for a rock whose directory would be in the place of the tree's manifest."""
    for each in installs:
        if f"{layout.rocks_dir}/{each.built.name}" == layout.manifest:
            raise DeployError(
                f"a rock cannot be called {each.built.name}: each tree has a file of this name",
                detail=f"  {layout.manifest}",
                hint="give it another name in its rockspec, or install another rock",
            )


def _marks(tree: ObservedTree, decision: Decision) -> dict[str, tuple[int, int, int] | None]:
    """Return the mark of every path that the decision changes, None where nothing was.

    The files in the directories of rocks that leave are left out: they have not been looked at.
    """
    paths = {each.path for each in decision.changes}
    paths |= {each.to for each in decision.changes if isinstance(each, MoveFile)}
    known = {path for rock in tree.directories.values() for path in rock.files}
    present = tree.present
    return {path: present[path].mark if path in present else None for path in paths - known}
