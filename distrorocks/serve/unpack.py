"""Unpack a rock in a new directory, ready for ``luarocks make`` if it is one of sources."""

from __future__ import annotations

import posixpath
import stat

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.pack.sources import pack_rockspec, usual_origin
from distrorocks.servers.configured import NO_SERVER_OPTIONS, ServerOptions, server_files
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE
from distrorocks.sources.fetch import SourceRequest, fetch_sources
from distrorocks.system.files.archive_content import ArchiveContent, zip_content
from distrorocks.system.files.archive_member import MOST_UNPACKED
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.files.zip_archive import ZippedFile, read_member
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file
from distrorocks.values import NamedTuple


class UnpackError(DistrorocksError):
    """A rock cannot be unpacked."""


class Unpacked(NamedTuple):
    """The directory made, and that of the sources in it, "" for a rock that is built."""

    directory: str
    sources: str


class _Plan(NamedTuple):
    """All that will be below the new directory, and the directory of the sources, "" if none."""

    content: ArchiveContent
    sources: str


def read_rock_at(path: str) -> FetchedRock:
    """Return the rock file at a path; raise ``DistrorocksError`` if its name is not one."""
    name = posixpath.basename(path)
    found = rock_file(name)
    if found is None:
        raise UnpackError(
            f"{plain(path)} does not seem to be a valid filename.",
            hint="it must be NAME-VERSION-REVISION.rockspec or NAME-VERSION-REVISION.ARCH.rock",
        )
    return FetchedRock(found.name, found.version, found.arch, read_named(path, ROCK_LIMIT), path)


def unpack(
    rock: FetchedRock,
    above: str,
    *,
    is_forced: bool = False,
    options: ServerOptions = NO_SERVER_OPTIONS,
    is_offline: bool = False,
) -> Unpacked:
    """Unpack a rock in a directory of its name and version below ``above``, the working directory.

    A rockspec is unpacked as the source rock that it makes; ``options`` and ``is_offline`` say how
    its sources may be fetched. With ``is_forced`` the directory may exist already. Raise
    ``DistrorocksError`` for a rock that is unsound, before anything is written.
    """
    directory = f"{rock.name}-{rock.version}"
    with Jail() as jail, NamedFolder(above) as folder:
        if folder.status(f"/{directory}") is not None and not is_forced:
            raise UnpackError(
                f"Directory {plain(directory)} already exists.", hint="remove it, or pass --force"
            )
        rockspec = check_rock_file(rock, jail).rockspec
        if rock.arch not in (SOURCE, ROCKSPEC):
            plan = _Plan(zip_content(rock.content), "")
        else:
            is_rock = rock.arch == SOURCE
            content = rock.content if is_rock else _packed(rock, jail, options, is_offline)
            plan = _sources(rockspec, content, is_rock=is_rock)
        _write(folder, f"/{directory}", plan.content)
    return Unpacked(directory, plan.sources)


def _packed(rock: FetchedRock, jail: Jail, options: ServerOptions, is_offline: bool) -> bytes:
    """Return the source rock that a rockspec makes; only a near one may name files from here."""
    origin = usual_origin(
        posixpath.dirname(rock.place),
        jail,
        may_be_local=rock.place.startswith("/"),
        options=options,
        is_offline=is_offline,
    )
    return pack_rockspec(rock.content, rock.place, jail, origin).content


def _sources(rockspec: Rockspec, content: bytes, *, is_rock: bool) -> _Plan:
    """Return the content of a source rock, with its archive unpacked and changed by patches.

    The rockspec is among the sources, for ``make``; if ``is_rock``, it is beside them, too. It is
    the rock's own, whatever the archive or a patch puts there.
    """
    own = f"{rockspec.name}-{rockspec.version}.rockspec"
    with ScratchDirectory() as scratch:
        request = SourceRequest(rockspec, f"{scratch.path}/rock", packed=content)
        (fetched,) = fetch_sources([request], server_files({}, is_offline=True))
        found = _content(fetched.folder)
        sources = posixpath.relpath(fetched.directory, fetched.folder)
        text = read_member(content, own, ROCKSPEC_LIMIT)
    beside = posixpath.normpath(posixpath.join(sources, own))
    files = {path: file for path, file in found.files.items() if path != own}
    files |= dict.fromkeys((own, beside) if is_rock else (beside,), ZippedFile(text))
    links = {path: target for path, target in found.links.items() if path not in files}
    return _Plan(found._replace(files=files, links=links), sources)


def _content(directory: str) -> ArchiveContent:
    """Return what is below a directory that has the sources of a rock."""
    files, links, directories = {}, {}, set()
    pending = [""]
    with Beneath(directory) as folder:
        while pending:
            above = pending.pop()
            for name in folder.names(above):
                path = f"{above}/{name}"
                status = folder.status(path)
                if status is None:
                    continue
                if stat.S_ISDIR(status.st_mode):
                    directories.add(path[1:])
                    pending.append(path)
                elif stat.S_ISLNK(status.st_mode):
                    links[path[1:]] = folder.target(path)
                else:
                    text = folder.read(path, MOST_UNPACKED)
                    files[path[1:]] = ZippedFile(text, bool(status.st_mode & 0o100))
    return ArchiveContent(files, links, frozenset(directories))


def _write(folder: NamedFolder, directory: str, plan: ArchiveContent) -> None:
    """Write everything below a directory; on failure remove what was written."""
    made: list[str] = []
    directories = {posixpath.dirname(path) for path in (*plan.files, *plan.links)}
    wanted = sorted(f"{directory}/{each}".rstrip("/") for each in directories | plan.directories)
    written: list[str] = []
    try:
        for each in dict.fromkeys((directory, *wanted)):
            made += folder.make_directories(each)
        for path, file in plan.files.items():
            folder.write(
                f"{directory}/{path}", file.content, 0o755 if file.is_executable else 0o644
            )
            written.append(f"{directory}/{path}")
        for path, target in plan.links.items():
            _make_way(folder, f"{directory}/{path}")
            folder.symlink(target, f"{directory}/{path}")
            written.append(f"{directory}/{path}")
    except BaseException as error:
        if directory in made:
            for path in written:
                folder.remove_file(path)
            for path in reversed(made):
                folder.remove_directory(path)
        if isinstance(error, OSError):
            raise UnpackError(
                f"cannot unpack in {folder.shown(directory)}: {error.strerror}"
            ) from None
        raise


def _make_way(folder: NamedFolder, path: str) -> None:
    """Remove a link or a file that is where a link will be; a directory stays."""
    status = folder.status(path)
    if status is not None and not stat.S_ISDIR(status.st_mode):
        folder.remove_file(path)
