"""The world as a question narrows it: rock files that were named, needs that do not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.index import Index, Need
from distrorocks.rocks.version import Version
from distrorocks.system.servers.local_rock import LocalRock


class AskedIndex:
    """An index over another: of a rock with a file in ``files`` there is only that file.

    Without ``has_needs`` no rock needs anything, as ``--deps-mode=none`` says.
    """

    def __init__(
        self, world: Index, files: Mapping[str, LocalRock], *, has_needs: bool = True
    ) -> None:
        self._world = world
        self._has_needs = has_needs
        self.files = {name: (_candidate(rock), rock) for name, rock in files.items()}

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Answer as ``Index`` says."""
        if name in self.files and namespace is None:
            return [self.files[name][0]]
        return self._world.candidates(name, namespace)

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Answer as ``Index`` says."""
        if not self._has_needs:
            return ()
        rock = self.file_of(candidate)
        return rock.needs if rock else self._world.dependencies(candidate)

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Answer as ``Index`` says."""
        if self._has_needs:
            self._world.prefetch([each for each in candidates if not self.file_of(each)])

    def file_of(self, candidate: Candidate) -> LocalRock | None:
        """Return the file that a candidate is, None for one of the world."""
        mine, rock = self.files.get(candidate.name, (None, None))
        return rock if mine == candidate else None


def _candidate(rock: LocalRock) -> Candidate:
    version = Version.parse(rock.rockspec.version)
    return Candidate(rock.rockspec.name, version, Origin.SERVER, rock.path)
