"""The staging folder of a package build: what is in it, and steps carried out below it.

Builds run as root in a directory of the user who started them, who may change it meanwhile. So
nothing is refused there, but all is read and written by handles of directories below the folder: no
link leads out of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.md5 import md5
from distrorocks.packaging.build.staging_steps import Drop, Link, Move, Step, Write
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.digest import DIGEST_LIMIT
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT

TEXT_LIMIT = 4 << 20
_PLACES = ("/usr/share/lua", "/usr/lib", "/usr/lib64", "/usr/bin")


class StagingError(DistrorocksError):
    """A staged file is missing, of the wrong kind, or cannot be changed."""


def staged_paths(destination: str) -> list[str]:
    """Return the staged files and links that may belong to a rock, by their final paths."""
    return sorted(path for place in _PLACES for path in files_below(destination, place))


def files_below(destination: str, place: str) -> list[str]:
    """Return the files and links below a folder of a staging folder, as in the root.

    A link is not entered: files below its target are listed at their own paths.
    """
    with NamedFolder(destination) as folder:
        return sorted(path for path, _ in folder.walk(place))


def real_files(destination: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that are files themselves, not links."""
    with NamedFolder(destination) as folder:
        return [path for path in paths if folder.regular(path)]


def staged_rockspec(destination: str, lua_versions: Iterable[str]) -> str:
    """Return the path, as in the root, of the rockspec that LuaRocks has staged for all Luas."""
    wanted = {f"rocks-{version}" for version in lua_versions}
    files: dict[str, str] = {}
    for path in staged_paths(destination):
        parts = path.split("/")
        is_rockspec = len(parts) == 8 and parts[3] == "luarocks" and path.endswith(".rockspec")
        if is_rockspec and parts[4] in wanted:
            files.setdefault(parts[7], path)
    if len(files) != 1:
        raise StagingError(
            f"{destination} has {len(files) or 'no'} rockspecs",
            detail="\n".join(sorted(files)),
            hint="name the rockspec with --rockspec FILE",
        )
    return next(iter(files.values()))


def staged_content(destination: str, path: str) -> bytes:
    """Return what a staged file holds, links followed inside the staging folder."""
    with NamedFolder(destination) as folder:
        return _shareable(folder, _followed(destination, path), MANIFEST_LIMIT)


def _shareable(folder: NamedFolder, path: str, limit: int) -> bytes:
    """Return what a staged file holds; steps write that where everybody can read it.

    Another user's hard link to a file that only root can read is refused: as with links, who builds
    as root would publish a file that was never staged.
    """
    content, status = folder.read_with_status(path, limit)
    is_hidden = not status.st_mode & stat.S_IROTH
    if os.geteuid() == 0 and status.st_nlink > 1 and is_hidden:
        raise StagingError(
            f"{folder.shown(path)} has another hard link, and not everybody can read it",
            hint="make it a file of its own, or one that everybody can read",
        )
    return content


def _followed(destination: str, path: str) -> str:
    """Return the path of a regular file that a staged path leads to."""
    found = RootView(destination).find(path)
    if not found or not found.is_file:
        raise StagingError(
            f"{destination}{path} is not a file",
            hint="it may be a link out of the staging directory, or to a file of another package",
        )
    return found.path


def staged_text(destination: str, path: str) -> bytes | None:
    """Return what a staged file holds, None for a link and for more than a text's 4 MiB."""
    with NamedFolder(destination) as folder:
        status = folder.regular(path)
        if status is None or status.st_size > TEXT_LIMIT:
            return None
        return _shareable(folder, path, TEXT_LIMIT)


def staged_digest(destination: str, path: str) -> str:
    """Return the MD5 of a staged file, as LuaRocks lists it, links followed inside the folder."""
    place = _followed(destination, path)
    digest = md5()
    with NamedFolder(destination) as folder:
        for part in folder.parts(place, DIGEST_LIMIT):
            digest.update(part)
    return digest.hexdigest()


def carry_out(destination: str, steps: Iterable[Step]) -> None:
    """Carry out the steps in a staging directory, and remove directories that become empty.

    Raise ``WriteError`` if a link would lead a step out of the staging directory, or if the system
    refuses a step.
    """
    emptied = set()
    with NamedFolder(destination) as below:
        for step in steps:
            try:
                _do(below, step)
            except OSError as error:
                raise StagingError(
                    f"cannot change {destination}{step.path}: {error.strerror}"
                ) from error
            if isinstance(step, Move | Drop):
                emptied.add(os.path.dirname(step.path))
        for directory in sorted(emptied, key=len, reverse=True):
            _remove_empty(below, directory)


def _do(below: Beneath, step: Step) -> None:
    """Carry out one step."""
    if isinstance(step, Write):
        below.make_directories(os.path.dirname(step.path))
        below.write(step.path, step.content, 0o755 if step.is_command else 0o644)
    elif isinstance(step, Move):
        below.make_directories(os.path.dirname(step.target))
        below.rename(step.path, step.target)
    elif isinstance(step, Link):
        below.remove_file(step.path)
        below.symlink(step.target, step.path)
    elif isinstance(step, Drop):
        below.remove_file(step.path)


def _remove_empty(below: Beneath, directory: str) -> None:
    """Remove a directory and its parents while they are empty."""
    while directory.count("/") > 1:
        try:
            below.remove_directory(directory)
        except OSError:
            return
        directory = os.path.dirname(directory)
