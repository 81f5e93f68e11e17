"""Fill the folders of a mirror with the rocks of closures, and publish them.

Binary rocks are built for one Lua version, so with them each version has a folder of its own below
that of the mirror, as ``pack`` makes them. Rocks of a namespace are below ``manifests``, where
clients look for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from distrorocks.errors import DistrorocksError
from distrorocks.progress import Work
from distrorocks.serve.folder.publish import opened, publish_opened
from distrorocks.serve.mirror.closure import Member, Which
from distrorocks.serve.mirror.content import Contents, RockContent
from distrorocks.serve.mirror.record import MirrorFolder
from distrorocks.serve.pack.write import make_folder
from distrorocks.servers.choice import file_name
from distrorocks.servers.server_manifest import ALL, ROCKSPEC
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.processes.closing import Closing
from distrorocks.values import NamedTuple
from distrorocks.world.rock_store import RockStore

_MOST_TOLD = 20

Progress = Callable[[str], None]


class MirrorError(DistrorocksError):
    """Some rocks of a closure could not be had; the others are in the folder."""


class MirroredRock(NamedTuple):
    """A rock in the mirror; ``state`` says whether its file was fetched, packed, built or kept.

    ``lua_versions`` are those for which it was chosen, ``origin`` is what the file was made of.
    """

    rock: str
    version: str
    namespace: str | None
    lua_versions: tuple[str, ...]
    path: str
    state: str
    sha256: str
    origin: str


class MissingBinary(NamedTuple):
    """A rock that has no binary rock for a Lua version, and the commands that make and add one."""

    rock: str
    version: str
    lua_version: str
    build: str
    add: str


class _Work(NamedTuple):
    """A rock to bring: the closure that it is of, the folder that it belongs into."""

    part: Contents
    member: Member
    place: str

    @property
    def path(self) -> str:
        """The path of its usual file."""
        return f"{self.place}/{self.member.file_name}"

    def named(self, arch: str) -> str:
        """Return the name of its file of this arch."""
        return file_name(self.member.file.name, self.member.file.version, arch)


class Filling(Closing):
    """The folders of a run, which are locked until it is closed, and what was done in them."""

    def __init__(
        self, directory: str, which: Which, store: RockStore | None, progress: Progress
    ) -> None:
        self._directory = directory.rstrip("/") or "/"
        self._is_binary = which is Which.BINARIES
        self._store = store
        self._progress = progress
        self._stack = ExitStack()
        self._folders: dict[str, MirrorFolder] = {}
        self._works: dict[str, _Work] = {}
        self._faults: dict[str, DistrorocksError] = {}
        self._rocks: dict[str, MirroredRock] = {}
        self._missing: list[MissingBinary] = []
        self.warnings: list[str] = []
        make_folder(self._directory)

    def close(self) -> None:
        """Unlock and close the folders."""
        self._stack.close()

    @property
    def rocks(self) -> tuple[MirroredRock, ...]:
        """The rocks that are in the mirror, in the order of closures."""
        return tuple(self._rocks.values())

    @property
    def without_binary(self) -> tuple[MissingBinary, ...]:
        """The rocks of which a mirror of binary rocks has only the sources."""
        return tuple(self._missing)

    def fill(self, part: Contents) -> None:
        """Bring the rocks of one closure into their folders; note those that cannot be had."""
        self._folder(self._place(part, None))
        works = [
            _Work(part, each, self._place(part, each.candidate.namespace)) for each in part.members
        ]
        new = [each for each in works if each.path not in self._works]
        part.prefetch(each.member for each in new if not any(map(self._has(each), _names(each))))
        with Work(
            f"mirroring for Lua {part.lua_version}", total=len(works), unit="rocks"
        ) as mirroring:
            for number, work in enumerate(works, 1):
                mirroring.at(str(work.member))
                self._bring(work, f"[{number}/{len(works)}]")
                mirroring.advance()

    def _bring(self, work: _Work, count: str) -> None:
        """Bring a rock unless it is that of an earlier closure."""
        known = self._works.setdefault(work.path, work)
        if known is work:
            self._try(work, count)
        elif _is_other(known.member, work.member):
            self._faults[work.path] = _two_files(known, work)
        elif work.path in self._rocks:
            rock = self._rocks[work.path]
            versions = (*rock.lua_versions, work.part.lua_version)
            self._rocks[work.path] = rock._replace(lua_versions=versions)

    def publish(self) -> tuple[list[str], list[str]]:
        """Publish all folders; return the paths written, and warnings of what is not listed."""
        written, unlisted = [], []
        for each in self._folders.values():
            published = publish_opened(each.folder)
            written += published.written
            unlisted += [f"{published.directory}/{name}: {why}" for name, why in published.unlisted]
        return written, unlisted

    def raise_faults(self) -> None:
        """Raise ``MirrorError`` if a rock could not be had."""
        faults = list(self._faults.values())
        if not faults:
            return
        lines = [each.brief for each in faults[:_MOST_TOLD]]
        if len(faults) > _MOST_TOLD:
            lines.append(f"and {len(faults) - _MOST_TOLD} more")
        raise MirrorError(
            f"{self._directory} lacks {len(faults)} of the {len(self._works)} rocks",
            detail="\n".join(lines),
            hint=faults[0].hint or "run it again: what is there is not fetched again",
        )

    def _place(self, part: Contents, namespace: str | None) -> str:
        """Return the folder for rocks of a Lua version and a namespace."""
        place = f"{self._directory}/{part.lua_version}" if self._is_binary else self._directory
        return f"{place}/manifests/{namespace}" if namespace else place

    def _folder(self, place: str) -> MirrorFolder:
        """Return an open folder, which is that of the mirror or below it, created if necessary."""
        found = self._folders.get(place)
        if found is None:
            if below := place.removeprefix(self._directory):
                with NamedFolder(self._directory) as top:
                    try:
                        top.make_directories(f"/{below.lstrip('/')}")
                    except OSError as error:
                        raise WriteError(f"cannot create {place}: {error.strerror}") from None
            found = MirrorFolder(self._stack.enter_context(opened(place)))
            self._folders[place] = found
        return found

    def _has(self, work: _Work) -> Callable[[str], bool]:
        """Return what tells of a name whether the folder has the rock's file under it."""
        member = work.member
        folder = self._folder(work.place)

        def has(name: str) -> bool:
            is_served = member.is_built and name == member.file_name
            origin = str(member.file) if is_served else ""
            return folder.has(name, member.found.text, origin=origin)

        return has

    def _try(self, work: _Work, count: str) -> None:
        """Bring one rock into its folder, or note why it cannot be had."""
        try:
            self._rocks[work.path] = self._brought(work, count)
        except WriteError:
            raise
        except DistrorocksError as error:
            self._faults[work.path] = error

    def _brought(self, work: _Work, count: str) -> MirroredRock:
        """Bring one rock into its folder unless it is there, with its rockspec."""
        member, folder, has = work.member, self._folder(work.place), self._has(work)
        binaries = list(_binary_names(work)) if self._is_binary else []
        name = next(filter(has, binaries), "")
        got = None if name or not binaries else self._built(work)
        state = "built" if got else "kept"
        if binaries and not (name or got):
            self._missing.append(_missing(work))
        name = name or (got.name if got else member.file_name)
        if not (got or has(name)):
            self._progress(f"{count} fetching {member} from {member.file.server}")
            got = work.part.get(member)
            state = "packed" if member.file.arch == ROCKSPEC else "fetched"
        text = member.found.text
        if got:
            self._warn_of_other(folder, got)
            folder.put(name, got.content, rockspec=text, origin=got.origin)
        folder.put_plain(work.named(ROCKSPEC), text)
        entry, candidate = folder.entries[name], member.candidate
        return MirroredRock(
            candidate.name,
            candidate.version.string,
            candidate.namespace,
            (work.part.lua_version,),
            f"{work.place}/{name}",
            state,
            entry.sha256,
            entry.origin,
        )

    def _built(self, work: _Work) -> RockContent | None:
        """Return a binary rock that was added to the folder, or is in the rock store."""
        folder = self._folder(work.place)
        for arch in (work.part.arch, ALL):
            content = folder.added(work.named(arch))
            found = content and work.part.built(work.member, arch, content, "added")
            if found:
                return found
        return work.part.stored(work.member, self._store) if self._store else None

    def _warn_of_other(self, folder: MirrorFolder, got: RockContent) -> None:
        """Warn if a file was taken from elsewhere before, and is replaced."""
        entry = folder.entries.get(got.name)
        if entry and entry.origin != got.origin:
            shown = folder.folder.shown(f"/{got.name}")
            self.warnings.append(f"{shown} was that of {entry.origin}, now of {got.origin}")


def _binary_names(work: _Work) -> Iterator[str]:
    """Yield the names of the binary rocks that may be had of a rock whose server has none."""
    if not work.member.is_built:
        yield from map(work.named, (work.part.arch, ALL))


def _names(work: _Work) -> Iterator[str]:
    """Yield all names that the file of a rock may have."""
    yield from _binary_names(work)
    yield work.member.file_name


def _is_other(known: Member, member: Member) -> bool:
    """Return whether one name is that of two files, on different servers."""
    if known.file.server == member.file.server:
        return False
    return member.is_built or known.found.text != member.found.text


def _two_files(known: _Work, work: _Work) -> DistrorocksError:
    """Return the error for a file that two servers have, for different Lua versions."""
    luas = f"{known.part.lua_version} and {work.part.lua_version}"
    return DistrorocksError(
        f"{known.member.file} and {work.member.file} are different files, for Lua {luas}",
        hint="use a folder for each of these Lua versions",
    )


def _missing(work: _Work) -> MissingBinary:
    """Return what to do for a rock without a binary rock."""
    file, lua_version = work.member.file, work.part.lua_version
    words = f"--lua-version={lua_version} --only-server={work.place} --pack-binary-rock"
    return MissingBinary(
        *(file.name, file.version, lua_version),
        f"distrorocks build {file.name} {file.version} {words}",
        f"distrorocks add {work.named('*')} --server {work.place}",
    )
