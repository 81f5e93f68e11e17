"""The rockspec of the project in a directory, for ``make`` and ``test``.

The rule is LuaRocks' (``util.get_default_rockspec``): a single file whose name has no version; else
the newest version of the rock that is named like the directory, or of the only rock there is.
"""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Iterable, Iterator

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.version import Version
from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.trees.reader import rock_file

FOLDERS = ("", "rockspec/", "rockspecs/", ".rockspecs/")
_END = "rockspec"
_MOST_NAMED = 8


def find_rockspec(directory: str) -> str:
    """Return the absolute path of the rockspec to use in ``directory``, an absolute path.

    Raise ``UsageError`` if there is none, or if it is not clear which.
    """
    with NamedFolder(directory) as folder:
        paths = [path for above in FOLDERS for path in _rockspecs(folder, above)]
    return f"{directory.rstrip('/')}/{chosen_rockspec(paths, posixpath.basename(directory))}"


def chosen_rockspec(paths: Iterable[str], directory: str) -> str:
    """Return the path to use among those of a directory's rockspecs; ``directory`` is its name."""
    unnamed: list[str] = []
    newest: dict[str, tuple[Version, str]] = {}
    for path in paths:
        named = rock_file(posixpath.basename(path))
        if named is None:
            unnamed.append(path)
            continue
        version = Version.parse(named.version)
        if named.name not in newest or version > newest[named.name][0]:
            newest[named.name] = (version, path)
    candidates = unnamed or [path for _, path in newest.values()]
    if not candidates:
        raise UsageError(
            "there is no rockspec in the working directory",
            hint="pass one, or change to the directory of a project",
        )
    if not unnamed and directory in newest:
        return newest[directory][1]
    if len(candidates) > 1:
        more = ["..."] if len(candidates) > _MOST_NAMED else []
        raise UsageError(
            "the working directory has several rockspecs",
            detail="\n".join(f"  {plain(each)}" for each in [*candidates[:_MOST_NAMED], *more]),
            hint="pass the one to use",
        )
    return candidates[0]


def _rockspecs(folder: NamedFolder, above: str) -> Iterator[str]:
    """Yield the paths of the files in one directory that are rockspecs by their names."""
    try:
        names = folder.names(f"/{above}".rstrip("/") or "/")
    except (OSError, BlockedError) as error:
        if not above:
            why = getattr(error, "strerror", "") or str(error)
            raise DistrorocksError(f"cannot list {plain(folder.root)}: {why}") from None
        return
    for name in names:
        if name.endswith(_END):
            status = folder.status_inside(f"/{above}{name}")
            if status is not None and stat.S_IFMT(status.st_mode) in (stat.S_IFREG, stat.S_IFLNK):
                yield f"{above}{name}"
