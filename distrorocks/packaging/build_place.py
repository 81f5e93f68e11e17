"""In which folder of its sources a rock is built: ``source.dir`` may lead below the archive's."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

_PLAIN = re.compile(r"[A-Za-z0-9_@+.~-]+(?:/[A-Za-z0-9_@+.~-]+)*")


class BuildPlace(NamedTuple):
    """``top`` is the folder that an archive unpacks to, "" if it has none; ``below`` is in it."""

    top: str
    below: str = ""


def told_place(source_dir: str) -> BuildPlace:
    """Return what ``source.dir`` alone says, for sources that are not at hand."""
    top, _, below = _trimmed(source_dir).partition("/")
    return BuildPlace(top, below) if _is_plain(below or top) else BuildPlace("")


def found_place(source_dir: str, top: str, files: Collection[str]) -> BuildPlace:
    """Return the place among the ``files`` of sources whose single folder is ``top``, if any.

    Where nothing is named, the only folder of an archive that has files beside it is built in
    (LuaRocks, "Rockspec format", source.dir).
    """
    named = _trimmed(source_dir)
    folders = {path.partition("/")[0] for path in files if "/" in path}
    if not named and not top and len(folders) == 1:
        named = folders.pop()
    inner = named.removeprefix(f"{top}/") if top else named
    if named == top or (top and inner == named) or not _is_plain(inner):
        return BuildPlace(top)
    start = f"{top}/{inner}/" if top else f"{inner}/"
    return BuildPlace(top, inner if any(path.startswith(start) for path in files) else "")


def _trimmed(text: str) -> str:
    return text.removeprefix("./").strip("/")


def _is_plain(path: str) -> bool:
    """Return whether a path goes down only, in letters that mean nothing to shells and make."""
    return _PLAIN.fullmatch(path) is not None and not {".", ".."} & set(path.split("/"))
