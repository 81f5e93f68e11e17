"""Which packages have which files of Lua, out of the ``Contents`` that apt-file has apt fetch.

They are large; only lines that name a directory of Lua modules are looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from distrorocks.distro.lua_files import classify
from distrorocks.errors import DistrorocksError
from distrorocks.system.apt_lists import DIRECTORY
from distrorocks.system.packed_file import ENDINGS, read_packed
from distrorocks.system.root_path import RootView

_MARK = b"/lua/5."
_LONGEST = 1 << 20


def read_contents(root: str, architecture: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the files of Lua of each package, and what could not be read.

    Both are empty where apt has no such index, as on most systems.
    """
    view = RootView(root)
    files: dict[str, set[str]] = {}
    warnings: list[str] = []
    for path in _indexes(view, architecture):
        try:
            for line in marked_lines(read_packed(path)):
                file, _, packages = line.decode("utf-8", "surrogateescape").rpartition(" ")
                place = f"/{file.strip()}"
                if classify(place):
                    for package in packages.split(","):
                        files.setdefault(package.rpartition("/")[2], set()).add(place)
        except DistrorocksError as error:
            hint = f" ({error.hint})" if error.hint else ""
            warnings.append(f"{error.brief}{hint}; what it lists is not known")
    return {name: tuple(sorted(places)) for name, places in files.items()}, warnings


def marked_lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines in which a directory of Lua modules stands."""
    rest = b""
    for part in parts:
        text = rest + part
        end = text.rfind(b"\n") + 1
        yield from _marked(text[:end])
        rest = text[end:][:_LONGEST]
    yield from _marked(rest)


def _marked(text: bytes) -> Iterator[bytes]:
    place = text.find(_MARK)
    while place >= 0:
        start = text.rfind(b"\n", 0, place) + 1
        end = text.find(b"\n", place)
        end = len(text) if end < 0 else end
        yield text[start:end]
        place = text.find(_MARK, end)


def _indexes(view: RootView, architecture: str) -> list[str]:
    """Return the paths of the indexes for this system, the host's paths."""
    found = view.find(DIRECTORY)
    if found is None:
        return []
    endings = tuple(
        f"_Contents-{name}{ending}" for name in ("all", architecture) for ending in ENDINGS
    )
    try:
        with os.scandir(view.host_path(found.path)) as entries:
            return sorted(
                entry.path
                for entry in entries
                if entry.name.endswith(endings) and entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return []
