"""Fetch the sources of rocks: ``fetch_sources`` is the interface of this folder.

    with ScratchDirectory() as scratch:      # or any directory that only this user can enter
        request = SourceRequest(rockspec, f"{place}/name-1.0-1")
        [fetched] = fetch_sources([request], server_files)
        ...                                  # build in fetched.directory

Sources come from a URL, a file, a repository, or the content of a ``.src.rock``. They are verified,
unpacked into a new folder, and changed by ``build.patches`` and ``build.extra_files``. Several are
fetched at the same time. Whoever calls this removes the folders, also after an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from queue import Empty, SimpleQueue

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.files import ServerFiles
from distrorocks.sources.new_folder import make_folder
from distrorocks.sources.source import Source, SourceError, source_of
from distrorocks.sources.source_file import (
    MOST_DOWNLOADED,
    check_md5,
    refuse_far_checkout,
    refuse_forbidden,
    source_content,
)
from distrorocks.sources.source_folder import source_directory
from distrorocks.sources.unpack import unpack_rock, unpack_source
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.sources.copied_folder import LeftOut
    from distrorocks.sources.programs import Programs

_WORKERS = 4


class Stage(Enum):
    """What has just been done for a rock."""

    BEGUN = "fetching"
    FETCHED = "fetched"
    READY = "unpacked"
    FAILED = "failed"


class Progress(NamedTuple):
    """A stage that one rock has reached; ``size`` is that of a file, 0 if there is none."""

    rock: str
    stage: Stage
    size: int = 0


class SourceRequest(NamedTuple):
    """The sources of one rock, and where they are to be.

    ``folder`` is an absolute path that does not exist, in a directory that only this user can
    enter. ``packed`` is the content of the ``.src.rock`` that the rockspec is from. ``above`` is
    the directory of relative paths. Set ``may_be_local`` to false for a rockspec from a server: it
    has no business with files and repositories of this machine. ``only_from`` is LuaRocks'
    ``only_sources_from``: the beginning of the only addresses to use, without their protocol.
    ``copied_from`` is an absolute path of a folder that has the sources already, as for LuaRocks'
    ``make``; then nothing is fetched.
    """

    rockspec: Rockspec
    folder: str
    packed: bytes | None = None
    above: str = "/"
    may_be_local: bool = True
    only_from: str | None = None
    copied_from: str = ""


class Fetched(NamedTuple):
    """Sources that can be built: the folder they are in, and the one below it to build in.

    ``digest`` is the SHA-256 of the file that was fetched, or of all files of a checkout or a copy.
    ``left_out`` is what was not copied. ``md5`` is that of a fetched file, "" for anything else.
    """

    folder: str
    directory: str
    digest: str
    left_out: tuple[LeftOut, ...] = ()
    md5: str = ""


Listener = Callable[[Progress], None]


def fetch_sources(
    requests: Sequence[SourceRequest], files: ServerFiles, *, listener: Listener = lambda _: None
) -> list[Fetched]:
    """Fetch the sources of all requests at once, and return them in the same order.

    ``listener`` is called in this thread. If any fails, wait for the others and raise the first
    request's ``SourceError`` with the briefs of the others in its detail. An interruption ends all
    programs at once.
    """
    told: SimpleQueue[Progress | None] = SimpleQueue()
    with _programs_for(requests) as programs:
        work = _Work([_Fetch(each, files, programs, told.put) for each in requests], told)
        left = len(requests)
        while left:
            news = told.get()
            left -= news is None
            if news is not None:
                listener(news)
    return work.results()


def _programs_for(requests: Sequence[SourceRequest]) -> AbstractContextManager[Programs | None]:
    """Return what starts the programs of version control, None if all sources are at hand."""
    if all(each.packed is not None for each in requests):
        return contextlib.nullcontext()
    from distrorocks.sources.programs import Programs

    return contextlib.closing(Programs())


class _Work:
    """All fetches: what is packed already in this thread, for there is nothing to wait for.

    The others are in threads that an interruption need not wait for.
    """

    def __init__(self, fetches: Sequence[_Fetch], told: SimpleQueue[Progress | None]) -> None:
        self._fetches = fetches
        self._told = told
        self._waiting: SimpleQueue[int] = SimpleQueue()
        self._fetched: dict[int, Fetched] = {}
        self._errors: dict[int, BaseException] = {}
        far = [number for number, each in enumerate(fetches) if not each.is_packed]
        for number in far:
            self._waiting.put(number)
        for _ in range(min(_WORKERS, len(far))):
            threading.Thread(target=self._run, daemon=True).start()
        for number, each in enumerate(fetches):
            if each.is_packed:
                self._fetch(number)

    def _run(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._fetch(self._waiting.get_nowait())

    def _fetch(self, number: int) -> None:
        try:
            self._fetched[number] = self._fetches[number].run()
        except Exception as error:
            self._errors[number] = error
        self._told.put(None)

    def results(self) -> list[Fetched]:
        """Return all results, or raise the first error with the others in its detail."""
        errors = [self._errors[number] for number in sorted(self._errors)]
        ours = [error for error in errors if isinstance(error, DistrorocksError)]
        for error in errors:
            if error not in ours:
                raise error
        if not ours:
            return [self._fetched[number] for number in range(len(self._fetches))]
        lines = [ours[0].detail, *(each.brief for each in ours[1:])]
        detail = "\n".join(filter(None, lines))
        raise SourceError(ours[0].brief, detail=detail, hint=ours[0].hint)


class _Fetch:
    """The work for one request, in a thread."""

    def __init__(
        self, request: SourceRequest, files: ServerFiles, programs: Programs | None, tell: Listener
    ) -> None:
        self._request = request
        self._files = files
        self._programs = programs
        self._tell = tell

    @property
    def is_packed(self) -> bool:
        """Whether the sources are in a rock that is at hand."""
        return self._request.packed is not None

    def run(self) -> Fetched:
        """Fetch, verify, unpack and patch."""
        request = self._request
        rock = f"{request.rockspec.name} {request.rockspec.version}"
        self._tell(Progress(rock, Stage.BEGUN))
        try:
            if self._programs:
                self._programs.refuse_if_closed()
            make_folder(request.folder)
            found = self._copied(rock) if request.copied_from else self._found()
            _change(request.rockspec, found.directory)
        except DistrorocksError as error:
            self._tell(Progress(rock, Stage.FAILED))
            if isinstance(error, SourceError) and rock in error.brief:
                raise
            brief = f"the sources of {rock} cannot be used: {error.brief}"
            raise SourceError(brief, detail=error.detail, hint=error.hint) from None
        self._tell(Progress(rock, Stage.READY))
        return found

    def _copied(self, rock: str) -> Fetched:
        """Copy the folder that has the sources; they are built where it begins."""
        from distrorocks.sources.checked_folder import check_folder
        from distrorocks.sources.copied_folder import copy_folder

        folder = self._request.folder
        left_out = copy_folder(self._request.copied_from, folder)
        return Fetched(folder, folder, check_folder(folder, rock), left_out)

    def _found(self) -> Fetched:
        """Fetch and verify the sources, or unpack them."""
        request = self._request
        source = source_of(request.rockspec)
        if request.packed is None:
            refuse_forbidden(source, may_be_local=request.may_be_local, only_from=request.only_from)
            digest, md5 = self._fetched(source)
        else:
            digest, md5 = self._from_rock(source, request.packed), ""
        directory = source_directory(source, request.folder)
        return Fetched(request.folder, directory, digest, md5=md5)

    def _fetched(self, source: Source) -> tuple[str, str]:
        """Fetch into the folder, and return the digest and the MD5."""
        refuse_far_checkout(source, self._files)
        if source.is_checkout and self._programs:
            from distrorocks.sources.checkout import check_out

            digest = check_out(source, self._request.folder, self._programs)
            self._tell(Progress(source.rock, Stage.FETCHED))
            return digest, ""
        content = source_content(source, self._files, above=self._request.above)
        self._tell(Progress(source.rock, Stage.FETCHED, len(content)))
        md5 = check_md5(source, content)
        unpack_source(content, source.file, self._request.folder)
        return hashlib.sha256(content).hexdigest(), md5

    def _from_rock(self, source: Source, rock: bytes) -> str:
        """Unpack a ``.src.rock``, and the archive in it; return the digest of the rock."""
        folder = self._request.folder
        unpack_rock(rock, folder)
        self._tell(Progress(source.rock, Stage.FETCHED, len(rock)))
        if not source.is_checkout:
            content = _inner_file(source, folder)
            check_md5(source, content)
            unpack_source(content, source.file, folder)
        return hashlib.sha256(rock).hexdigest()


def _change(rockspec: Rockspec, directory: str) -> None:
    """Apply the patches and the extra files of a rockspec, of which few have any."""
    build = rockspec.table.get("build")
    if isinstance(build, dict) and not build.keys().isdisjoint(("extra_files", "patches")):
        from distrorocks.sources.patches import apply_changes

        apply_changes(rockspec, directory)


def _inner_file(source: Source, folder: str) -> bytes:
    """Return the file of the sources in an unpacked ``.src.rock``."""
    try:
        with Beneath(folder) as below:
            return below.read(f"/{source.file}", MOST_DOWNLOADED)
    except (FileReadError, BlockedError):
        raise SourceError(
            f"the source rock of {source.rock} has no file {quoted(source.file)}, which its "
            "rockspec names",
            hint="report it to whoever packed it",
        ) from None
