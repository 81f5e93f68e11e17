"""Candidates from rocks servers: versions, files, rockspecs, dependencies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin, Unusable
from distrorocks.rocks.rockspec import Rockspec, RockspecError
from distrorocks.rocks.version import Version
from distrorocks.servers.choice import RockFile, best_arch, file_name, in_order
from distrorocks.servers.configured import Mirrors
from distrorocks.servers.files import ROCK_LIMIT, ServerFiles, Wanted
from distrorocks.servers.manifest_reader import StockedServer, read_mirrors
from distrorocks.servers.rockspec_needs import needs_of, read_rockspec
from distrorocks.servers.server_manifest import ROCKSPEC
from distrorocks.servers.time_limit import ServerError
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.world.rock_judge import RockJudge


class Stock(NamedTuple):
    """The servers' manifests for one namespace, and the errors of unreadable ones."""

    servers: tuple[StockedServer, ...]
    faults: tuple[ServerError, ...]


class FoundRockspec(NamedTuple):
    """A server's rockspec, its text and its location."""

    rockspec: Rockspec
    text: bytes
    place: str


class ServerRocks:
    """The configured servers, queried on first use.

    ``unbuilt`` selects only sources and rockspecs, ``unbuilt_names`` does so for these rocks. With
    a ``judge``, binary rocks that would not load here are passed over for the sources on their
    server; ``passed_over`` has the reasons. It is made for the first of them.
    """

    def __init__(
        self,
        files: ServerFiles,
        groups: Sequence[Mirrors],
        lua_version: str,
        *,
        arch: str,
        jail: Jail,
        unbuilt: bool = False,
        unbuilt_names: frozenset[str] = frozenset(),
        judge: Callable[[], RockJudge] | None = None,
    ) -> None:
        self.files = files
        self.groups = groups
        self.lua_version = lua_version
        self.arch = arch
        self._jail = jail
        self._unbuilt = unbuilt
        self._unbuilt_names = unbuilt_names
        self._stocks: dict[str | None, Stock] = {}
        self._chosen: dict[Candidate, RockFile] = {}
        self._rockspecs: dict[Candidate, FoundRockspec] = {}
        self._make_judge = judge
        self._judge: RockJudge | None = None
        self.passed_over: dict[Candidate, str] = {}
        self._hints: dict[str, str] = {}
        self._is_cut_off = False

    def is_unbuilt(self, name: str) -> bool:
        """Return whether only sources and rockspecs of a rock count."""
        return self._unbuilt or name in self._unbuilt_names

    def stock(self, namespace: str | None = None) -> Stock:
        """Return the manifests of all servers; warn of unreadable ones and skip them."""
        found = self._stocks.get(namespace)
        if found is None:
            found = self._stocks[namespace] = self._asked(namespace)
        return found

    def is_reached(self, namespace: str | None = None) -> bool:
        """Return whether any server is reachable, or none is configured.

        A server that has nothing of a namespace has answered.
        """
        stock = self.stock(namespace)
        if stock.servers or not stock.faults:
            return True
        is_unknown = bool(namespace) and all(fault.is_missing for fault in stock.faults)
        return is_unknown and self.is_reached()

    def is_whole(self) -> bool:
        """Return whether what was said of the servers' rocks holds at another time, too.

        It does not if no server is reachable, or if one that was could give no rockspec later.
        """
        return self.is_reached() and not self._is_cut_off

    def candidates(self, name: str, namespace: str | None) -> Iterator[Candidate]:
        """Yield each version of a rock once per server that has a usable file of it.

        Raises ``ServerError`` where no server at all could be read.
        """
        stock = self.stock(namespace)
        if namespace is None and not self.is_reached():
            raise stock.faults[0]
        unbuilt = self.is_unbuilt(name)
        versions: dict[str, list[RockFile]] = {}
        for server in stock.servers:
            for version, archs in server.manifest.rocks.get(name, {}).items():
                arch = best_arch(archs, self.arch, unbuilt=unbuilt)
                if arch:
                    file = RockFile(server.address, name, version, arch)
                    versions.setdefault(version, []).append(file)
        for version, of_version in versions.items():
            parsed = Version.parse(version)
            for file in in_order(of_version):
                place = str(file.server)
                candidate = Candidate(name, parsed, Origin.SERVER, place, namespace)
                self._chosen.setdefault(candidate, file)
                yield candidate

    def file_of(self, candidate: Candidate) -> RockFile:
        """Return the file of a candidate."""
        return self._chosen[candidate]

    def content(self, file: RockFile) -> bytes:
        """Return the bytes of a rock's file; raise ``ServerError``."""
        return self.files.content(wanted(file))

    def rockspec(self, candidate: Candidate) -> FoundRockspec:
        """Return a candidate's rockspec; raise ``Unusable`` if it is invalid."""
        known = self._rockspecs.get(candidate)
        if known is None:
            known = self._rockspecs[candidate] = self._found(candidate)
        return known

    def discard(self, file: RockFile) -> None:
        """Drop the cached copy of a file that turned out to be unusable."""
        self.files.discard(wanted(file))

    def hint_about(self, text: str) -> str:
        """Return what to do about the first unusable file that a text tells of, or ""."""
        return next((hint for brief, hint in self._hints.items() if brief in text), "")

    def needs(self, candidate: Candidate) -> Sequence[Need]:
        """Return the dependencies of a candidate; raise ``Unusable`` if they cannot be read."""
        self.settle(candidate)
        found = self.rockspec(candidate)
        with_build = not self.file_of(candidate).is_built
        try:
            return needs_of(found.rockspec, found.text, found.place, with_build=with_build)
        except DistrorocksError as error:
            raise Unusable(error.brief, detail=error.detail, hint=error.hint) from None

    def settle(self, candidate: Candidate) -> None:
        """Pass over a candidate's binary rock if it would not load here, for its sources.

        Raise ``Unusable`` if its server has no sources of that version.
        """
        file = self.file_of(candidate)
        if self._make_judge is None or file.arch != self.arch:
            return
        self._judge = self._judge or self._make_judge()
        reason = self._judge.why_not(file, self.files)
        if not reason:
            return
        sources = best_arch(self._archs(file), self.arch, unbuilt=True)
        if sources is None:
            raise Unusable(f"{file.file_name} does not load here: {reason}")
        self._chosen[candidate] = file._replace(arch=sources)
        self._rockspecs.pop(candidate, None)
        self.passed_over[candidate] = f"{file.file_name} does not load here: {reason}"

    def confirmed(self, candidate: Candidate) -> bytes:
        """Return the bytes of a candidate's file.

        Raise ``ServerError``, or ``StaleRecordError`` if it does not load here after all.
        """
        file = self.file_of(candidate)
        content = self.content(file)
        if self._judge is not None and file.arch == self.arch:
            self._judge.confirm(file, content)
        return content

    def prefetch(self, candidates: Iterable[Candidate]) -> None:
        """Start fetching the rockspecs of candidates, but not their possibly large rock files."""
        files = [self._described(self._chosen[each]) for each in candidates if each in self._chosen]
        self.files.prefetch([wanted(file) for file in files if file.arch == ROCKSPEC])

    def _asked(self, namespace: str | None) -> Stock:
        servers, faults = [], []
        for mirrors in self.groups:
            try:
                servers.append(read_mirrors(self.files, mirrors, self.lua_version, namespace))
            except ServerError as error:
                faults.append(error)
                if namespace is None or not error.is_missing:
                    self.files.warn(f"{error.brief}; skipping the server")
        return Stock(tuple(servers), tuple(faults))

    def _described(self, file: RockFile) -> RockFile:
        """Return the file to read a rock's rockspec from, preferably a plain rockspec."""
        return file._replace(arch=ROCKSPEC) if ROCKSPEC in self._archs(file) else file

    def _archs(self, file: RockFile) -> Collection[str]:
        """Return the archs of the files of a version on its server."""
        for stock in self._stocks.values():
            for server in stock.servers:
                if server.address == file.server:
                    return server.manifest.rocks.get(file.name, {}).get(file.version, ())
        return ()

    def _found(self, candidate: Candidate) -> FoundRockspec:
        chosen = self.file_of(candidate)
        file = self._described(chosen)
        name = file_name(file.name, file.version, ROCKSPEC)
        place = f"{file}"
        try:
            text = self.content(file)
            if file.arch != ROCKSPEC:
                from distrorocks.system.files.zip_archive import read_member  # few are packed

                text = read_member(text, name, ROCKSPEC_LIMIT)
                place = f"{place}/{name}"
            rockspec = read_rockspec(text, place, file_name=name, jail=self._jail)
        except DistrorocksError as error:
            if isinstance(error, ServerError):
                self.files.warn(f"skipping {candidate}: {error.brief}")
                self._is_cut_off |= error.is_down or error.may_pass
            else:
                self.discard(file)
            found = _unusable(file, error)
            self._hints.setdefault(found.brief, found.hint or "try another version of the rock")
            raise found from None
        return FoundRockspec(rockspec, text, place)


def _unusable(file: RockFile, error: DistrorocksError) -> Unusable:
    """Return an error for an unusable file, in one line that names it."""
    brief = str(error.faults[0]) if isinstance(error, RockspecError) else error.brief
    if str(file) not in brief:
        brief = f"{file}: {brief}"
    return Unusable(brief, detail=error.detail, hint=error.hint)


def wanted(file: RockFile) -> Wanted:
    """Return a rock's file as a server has it."""
    limit = ROCKSPEC_LIMIT if file.arch == ROCKSPEC else ROCK_LIMIT
    return Wanted(file.server, file.file_name, limit)
