"""``build.extra_files`` and ``build.patches`` of a rockspec, applied to the folder of its sources.

As in LuaRocks, files come first, then patches in the order of their names with one directory
stripped, and a marker keeps them from being applied twice. Patches create and delete files from
rockspec format 3.0 on. Paths stay in the folder and no link is followed, unlike in LuaRocks.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaValue
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.sources.diff import DiffError, Effort, FileDiff, apply_hunks, parse_diff
from distrorocks.sources.new_folder import PLAIN, NewFolder
from distrorocks.sources.source import SourceError
from distrorocks.system.files.archive_member import ArchiveError, member_path
from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.values import NamedTuple

MARKER = ".luarocks.patches.applied"

MOST_PATCHED = 16 << 20
"""Bytes of a file that a patch changes."""


def apply_changes(rockspec: Rockspec, directory: str) -> None:
    """Write the extra files and apply the patches of a rockspec to the folder ``directory``.

    Raise ``SourceError`` if a patch does not fit or anything leads out of the folder.
    """
    build = rockspec.table.get("build")
    table = build if isinstance(build, dict) else {}
    extra, patches = table.get("extra_files"), table.get("patches")
    if extra is None and patches is None:
        return
    since_3_0 = not Version.parse(rockspec.format).precedes(Version.parse("3.0"))
    what = f"{rockspec.name} {rockspec.version}"
    try:
        with NewFolder(directory) as folder:
            if folder.status(f"/{MARKER}"):
                return
            for name, content in _texts(extra, "build.extra_files"):
                folder.add_file(_path(name), content, PLAIN)
            effort = Effort()
            for name, content in _texts(patches, "build.patches"):
                _apply(name, content, _Patched(folder, effort, since_3_0))
            folder.add_file(MARKER, b"", PLAIN)
    except (DistrorocksError, OSError) as error:
        brief = error.brief if isinstance(error, DistrorocksError) else str(error)
        hint = error.hint if isinstance(error, DistrorocksError) else ""
        raise SourceError(
            f"the sources of {what} cannot be changed as its rockspec says: {brief}",
            hint=hint or "take another version, and report this one to its maintainer",
        ) from None


def _texts(table: LuaValue, field: str) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents, sorted by name."""
    entries = table if isinstance(table, dict) else {}
    if table is not None and not isinstance(table, dict):
        raise ArchiveError(f"{field} is not a table")
    for name, text in sorted(entries.items(), key=lambda entry: str(entry[0])):
        if not isinstance(name, str) or not isinstance(text, str):
            raise ArchiveError(f"{field} has an entry that is not a text with a name")
        yield name, text.encode("utf-8", "surrogateescape")


class _Patched(NamedTuple):
    """The folder of the sources, what the patches may still cost, and whether they create files."""

    folder: NewFolder
    effort: Effort
    may_create: bool


def _apply(name: str, content: bytes, patched: _Patched) -> None:
    """Apply one patch: its files one after the other, as the same file may come twice."""
    try:
        for diff in parse_diff(content):
            _change(diff, patched)
    except (DiffError, ArchiveError, FileReadError, BlockedError) as error:
        raise DiffError(f"in the patch {plain(name)}, {error.brief}", hint=error.hint) from None


def _change(diff: FileDiff, patched: _Patched) -> None:
    """Change, create or delete one file."""
    folder, effort, may_create = patched
    if diff.creates and may_create:
        path = _path(_stripped(diff.new))
        folder.add_file(path, b"".join(each for hunk in diff.hunks for each in hunk.after), PLAIN)
        return
    path = _existing(diff, folder)
    if diff.deletes and may_create:
        apply_hunks(folder.read(f"/{path}", MOST_PATCHED), diff.hunks, effort)
        folder.remove_file(f"/{path}")
        return
    status = folder.status(f"/{path}")
    try:
        changed = apply_hunks(folder.read(f"/{path}", MOST_PATCHED), diff.hunks, effort)
    except DiffError as error:
        raise DiffError(f"{error.brief} {quoted(path)}") from None
    mode = stat.S_IMODE(status.st_mode) & 0o777 if status else PLAIN
    folder.write(f"/{path}", changed, mode)


def _existing(diff: FileDiff, folder: NewFolder) -> str:
    """Return the path of the file to change: the old name if it is there, else the new one."""
    paths = [_path(_stripped(name)) for name in (diff.old, diff.new)]
    for path in paths:
        if _status_mode(folder, path):
            return path
    hint = "patches create files from rockspec_format 3.0 on" if diff.creates else ""
    raise DiffError(f"there is no file {quoted(paths[-1])}", hint=hint)


def _status_mode(folder: NewFolder, path: str) -> int:
    """Return the mode of a regular file, 0 if there is none; raise for a link."""
    try:
        status = folder.status(f"/{path}")
    except NotADirectoryError:
        status = None
    if status is None:
        return 0
    if not stat.S_ISREG(status.st_mode):
        raise DiffError(f"{quoted(path)} is not a regular file")
    return status.st_mode


def _stripped(name: str) -> str:
    """Return a name without its first directory, as ``patch -p1`` reads it."""
    first, slash, rest = name.partition("/")
    return rest if slash else first


def _path(name: str) -> str:
    """Return a path in the folder; raise ``ArchiveError`` if it may lead out."""
    try:
        path = member_path(name)
    except ArchiveError:
        path = ""
    if not path:
        raise ArchiveError(f"{quoted(name)} is no path in the sources")
    return path
