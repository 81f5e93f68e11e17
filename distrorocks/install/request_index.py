"""The candidates of a request: those of the world, with the rocks that the user named as files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from distrorocks.install.plan_request import Request
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference
from distrorocks.resolve.solution import Solution
from distrorocks.resolve.solver import resolve
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.values import TYPE_CHECKING
from distrorocks.world.candidates import World

if TYPE_CHECKING:
    from distrorocks.servers.local_rock import LocalRock


class RequestIndex:
    """An index in which ``files`` replace all other candidates of their rocks.

    Without ``has_needs`` no rock has dependencies, as with ``--deps-mode=none``. The rocks in
    ``left_out`` will not be built, so they have no build dependencies. With ``is_present`` only
    what is installed or provided counts beside the files, and no server is asked.
    """

    def __init__(
        self,
        world: World,
        files: Mapping[str, LocalRock],
        *,
        has_needs: bool = True,
        left_out: Collection[str] = (),
        is_present: bool = False,
    ) -> None:
        self.world = world
        self._has_needs = has_needs
        self._left_out = left_out
        self.is_present = is_present
        self.files = {name: (_candidate(rock), rock) for name, rock in files.items()}

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """See ``Index``."""
        if name in self.files and namespace is None:
            return [self.files[name][0]]
        if self.is_present:
            return self.world.present(name, namespace)
        return self.world.candidates(name, namespace)

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """See ``Index``."""
        rock = self.file_of(candidate)
        if not self._has_needs:
            if rock is None and candidate.origin is Origin.SERVER:
                self.world.servers.settle(candidate)
            return ()
        needs = rock.needs if rock else self.world.dependencies(candidate)
        if candidate.name in self._left_out:
            return [each for each in needs if not each.is_build]
        return needs

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """See ``Index``."""
        if self._has_needs and not self.is_present:
            self.world.prefetch([each for each in candidates if not self.file_of(each)])

    def rockspec(self, candidate: Candidate) -> Rockspec:
        """Return the rockspec of a rock to install, or raise ``DistrorocksError``."""
        rock = self.file_of(candidate)
        return rock.rockspec if rock else self.world.servers.rockspec(candidate).rockspec

    def file_of(self, candidate: Candidate) -> LocalRock | None:
        """Return the rock file of a candidate, None if it comes from the world."""
        mine, rock = self.files.get(candidate.name, (None, None))
        return rock if mine == candidate else None


def _candidate(rock: LocalRock) -> Candidate:
    version = Version.parse(rock.rockspec.version)
    return Candidate(rock.rockspec.name, version, Origin.SERVER, rock.path)


def solved(
    needs: Sequence[Need],
    world: World,
    files: Mapping[str, LocalRock],
    request: Request,
    pins: Mapping[str, Version],
    has_needs: bool,
    left_out: Collection[str],
) -> tuple[RequestIndex, Solution]:
    """Return the solution of a request, and the index that it is from; raise ``Conflict``.

    If files are all that the user names, and what they need is installed, that is the solution
    that ``INSTALLED`` and ``NAMED`` mean: as in LuaRocks, no server is asked then.
    """
    is_named = bool(request.operands.dependencies)
    keeps = request.preference in (Preference.INSTALLED, Preference.NAMED)

    def answered(*, is_present: bool) -> tuple[RequestIndex, Solution]:
        index = RequestIndex(
            world, files, has_needs=has_needs, left_out=left_out, is_present=is_present
        )
        return index, resolve(needs, index, preference=request.preference, pins=pins)

    if files and keeps and not is_named:
        with suppress(Conflict):
            return answered(is_present=True)
    return answered(is_present=False)
