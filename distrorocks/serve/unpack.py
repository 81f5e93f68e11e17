"""Unpack a rock in a new directory, ready for ``luarocks make`` if it is one of sources."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.pack.sources import source_file
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE
from distrorocks.system.files.archive_content import ArchiveContent, archive_content, zip_content
from distrorocks.system.files.archive_member import ArchiveError, member_path
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.zip_archive import ZippedFile
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file

_SCRIPTS = re.compile(r"[^/]+\.(?:lua|c)")


class UnpackError(DistrorocksError):
    """A rock cannot be unpacked."""


class Unpacked(NamedTuple):
    """The directory made, and that of the sources in it, "" for a rock that is built."""

    directory: str
    sources: str


class _Plan(NamedTuple):
    """All that will be below the new directory, and the directory of the sources."""

    files: Mapping[str, ZippedFile]
    links: Mapping[str, str]
    directories: frozenset[str]
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


def unpack(rock: FetchedRock, above: str, *, is_forced: bool = False) -> Unpacked:
    """Unpack a rock in a directory of its name and version below ``above``, the working directory.

    With ``is_forced`` the directory may exist already. Raise ``DistrorocksError`` for a rock that
    is unsound, before anything is written.
    """
    directory = f"{rock.name}-{rock.version}"
    with Jail() as jail, NamedFolder(above) as folder:
        if folder.status(f"/{directory}") is not None and not is_forced:
            raise UnpackError(
                f"Directory {plain(directory)} already exists.", hint="remove it, or pass --force"
            )
        check_rock_file(rock, jail)
        plan = _plan(rock, jail)
        _write(folder, f"/{directory}", plan)
    return Unpacked(directory, plan.sources)


def _plan(rock: FetchedRock, jail: Jail) -> _Plan:
    """Return what unpacking a rock makes."""
    own = f"{rock.name}-{rock.version}.rockspec"
    if rock.arch not in (SOURCE, ROCKSPEC):
        return _Plan(*zip_content(rock.content), sources="")
    files: dict[str, ZippedFile] = {}
    if rock.arch == SOURCE:
        files.update(zip_content(rock.content).files)
    text = files[own].content if files else rock.content
    rockspec = read_rockspec(text, f"{rock.place}/{own}", file_name=own, jail=jail)
    if rock.arch == ROCKSPEC:
        name, content = source_file(rockspec, above=posixpath.dirname(rock.place))
        files[name] = ZippedFile(content)
    return _with_sources(rockspec, own, text, files)


def _with_sources(rockspec: Rockspec, own: str, text: bytes, files: dict[str, ZippedFile]) -> _Plan:
    """Return the files of a rock of sources with those of its archive, and a rockspec in them."""
    name = str(rockspec.source.get("file", ""))
    inner = ArchiveContent({})
    if name in files:
        try:
            inner = archive_content(name, files[name].content) or inner
        except ArchiveError as error:
            raise UnpackError(f"{quoted(name)}: {error.brief}", hint=error.hint) from None
    clash = inner.files.keys() & files.keys()
    if clash:
        raise UnpackError(f"the archive {quoted(name)} has the rock's own {quoted(min(clash))}")
    directory = _directory(rockspec, {**files, **inner.files})
    patched(rockspec)
    beside = {**files, **inner.files}
    beside[posixpath.join(directory, own).removeprefix("./")] = ZippedFile(text)
    return _Plan(beside, inner.links, inner.directories, directory)


def patched(rockspec: Rockspec) -> None:
    """Raise for a rockspec with patches: the place where they will be applied."""
    build = rockspec.table.get("build")
    if isinstance(build, dict) and build.get("patches"):
        raise UnpackError(
            f"{rockspec.name} {rockspec.version} has patches, which are not applied yet",
            hint="use `luarocks unpack`",
        )


def _directory(rockspec: Rockspec, files: Mapping[str, ZippedFile]) -> str:
    """Return the directory of the sources: the rockspec's, else the only one."""
    told = str(rockspec.source.get("dir", "."))
    path = "." if told == "." else member_path(told)
    tops = sorted({each.partition("/")[0] for each in files if "/" in each})
    if path == "." or any(each.startswith(f"{path}/") for each in files):
        return path or "."
    if rockspec.source.get("dir_set") or len(tops) != 1:
        if any(_SCRIPTS.fullmatch(each) for each in files) and not tops:
            return "."
        raise UnpackError(
            f"the sources of {rockspec.name} {rockspec.version} have no directory {quoted(told)}",
            hint="its rockspec must set source.dir",
        )
    return tops[0]


def _write(folder: NamedFolder, directory: str, plan: _Plan) -> None:
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
