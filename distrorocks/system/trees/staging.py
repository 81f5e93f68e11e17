"""What a transaction makes of each path, and the names of what is staged and kept beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.system.files.atomic_file import PREFIX, temporary_name
from distrorocks.system.trees.journal import Step, staged_whole
from distrorocks.trees.change import MoveFile, PlaceFile, RemoveDirectory, RemoveFile, TreeChange

_DIRECTORY = ".d"
"""The end of a staged directory's name: LuaRocks takes any that ends in ``-`` and digits for a
version (``search.disk_search``)."""


def sources_of(changes: Sequence[TreeChange]) -> dict[str, TreeChange]:
    """Return path to the change that determines what is there, in order.

    The source of a move is removed, unless another change places a file there.
    """
    placed = {each.path for each in changes if isinstance(each, PlaceFile)}
    placed |= {each.to for each in changes if isinstance(each, MoveFile)}
    found: dict[str, TreeChange] = {}
    for each in changes:
        results: list[tuple[str, TreeChange]] = []
        if isinstance(each, MoveFile):
            results = [(each.to, each)]
            if each.path not in placed:
                results.append((each.path, RemoveFile(each.path, each.reason)))
        elif not isinstance(each, RemoveDirectory):
            results = [(each.path, each)]
        for path, change in results:
            if path in found:
                raise ValueError(f"two changes determine {path}")
            found[path] = change
    if not changes or not isinstance(changes[-1], PlaceFile):
        raise ValueError("the last change has to place a file: it commits the others")
    return found


def step_of(path: str, source: TreeChange, whole: Mapping[str, str]) -> Step:
    """Return the step of one path; ``whole`` maps new directories to their staged ones."""
    staged = ""
    if not isinstance(source, RemoveFile):
        staged = staged_whole(path, whole) or _beside(path, "new")
    return Step(path, staged, _beside(path, "old"))


def staged_directory(path: str) -> str:
    """Return an unused name for a directory that is to be renamed to ``path``."""
    return _beside(path, "new") + _DIRECTORY


def _beside(path: str, what: str) -> str:
    """Return an unused name in the same directory, which no sweep takes for that of a dead run.

    Until the journal says that it may go, the file can be the only one with its content.
    """
    directory, _, name = path.rpartition("/")
    return f"{directory}/{PREFIX}{what}-{temporary_name(name).removeprefix(PREFIX)}"
