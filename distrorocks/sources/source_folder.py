"""The folder in which a rock's sources are built, found as LuaRocks finds it.

LuaRocks 3.8 guesses ``source.dir`` from the file's name and insists on it; later versions take the
only folder there is. Here the guess counts if it is there, and else the only folder.
"""

from __future__ import annotations

import stat

from distrorocks.rocks.quotation import plain
from distrorocks.sources.source import Source, SourceError
from distrorocks.system.files.beneath import Beneath, BlockedError

_SINGLE = (".lua", ".c")


def source_directory(source: Source, folder: str) -> str:
    """Return the absolute path of the folder to build in; raise ``SourceError``.

    ``folder`` is what the sources were unpacked in. No link is followed.
    """
    with Beneath(folder) as below:
        if _is_directory(below, source.directory):
            return f"{folder}/{source.directory}".rstrip("/")
        if source.is_directory_set:
            raise SourceError(
                f"the sources of {source.rock} have no folder {plain(source.directory)}, which "
                "source.dir names",
                detail=f"they have {_listed(below)}",
                hint="correct source.dir in the rockspec",
            )
        if source.file.endswith(_SINGLE) and below.status(f"/{source.file}"):
            return folder
        folders = [name for name in below.names("") if _is_directory(below, name)]
        if len(folders) == 1:
            return f"{folder}/{folders[0]}"
        raise SourceError(
            f"the sources of {source.rock} have {len(folders)} folders, and nothing names one",
            detail=f"they have {_listed(below)}",
            hint="set source.dir in the rockspec",
        )


def _is_directory(below: Beneath, path: str) -> bool:
    if not path:
        return True
    try:
        status = below.status(f"/{path}")
    except (BlockedError, OSError):
        return False
    return status is not None and stat.S_ISDIR(status.st_mode)


def _listed(below: Beneath) -> str:
    names = below.names("")
    more = ", ..." if len(names) > 8 else ""
    return ", ".join(plain(name) for name in names[:8]) + more or "nothing"
