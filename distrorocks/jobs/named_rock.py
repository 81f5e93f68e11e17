"""A rock that is named, as a file: the best that servers have of it, fetched for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from distrorocks.errors import NegativeError
from distrorocks.jobs.rock_index import best_first, servers_alone
from distrorocks.jobs.world import Asked
from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.dependency import Dependency
from distrorocks.system.files.scratch import ScratchDirectory


@contextmanager
def named_rock(wanted: Dependency, asked: Asked, lua_versions: Sequence[str]) -> Iterator[str]:
    """Yield the path of a rock's packed sources, or of its rockspec where there is no more.

    Releases come before moving targets, the newest first; of several Luas the first counts for
    which servers have any. Raises ``NegativeError`` where no server has what is wanted.
    """
    warnings: list[str] = []
    for lua_version in lua_versions:
        with servers_alone(asked, lua_version) as world, ScratchDirectory() as scratch:
            found: dict[str, Candidate] = {}
            for each in world.servers.candidates(wanted.rock_name, wanted.namespace):
                found.setdefault(each.version.string, each)
            warnings += [text for text in world.warnings if text not in warnings]
            for version in best_first(found, [wanted])[:1]:
                file = world.servers.file_of(found[version])
                yield scratch.write(file.file_name, world.servers.content(file))
                return
    raise NegativeError(
        f"no server has {wanted} as sources or rockspec",
        detail="\n".join(warnings),
        hint="name a rockspec, a .src.rock or a directory, or a server with --server",
    )
