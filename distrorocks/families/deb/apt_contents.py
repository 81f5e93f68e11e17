"""Which packages have which files, from the ``Contents`` indexes that apt-file fetches.

They are large; only lines with one of some texts are looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.apt_lists import DIRECTORY
from distrorocks.families.external_advice import Indexed, has_end
from distrorocks.families.lua_files import classify
from distrorocks.families.package_indexes import index_files, read_each
from distrorocks.system.files.marked_lines import marked_lines
from distrorocks.system.files.packed_file import ENDINGS, read_packed
from distrorocks.system.files.root_path import RootView

_LUA = (b"/lua/5.",)
_PLACES = ("/usr/include/", "/usr/lib", "/usr/bin/", "/lib", "/bin/", "/include/")


def read_contents(root: str, architecture: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the files of Lua of each package, and what could not be read.

    Both are empty where apt has no such index, as on most systems.
    """
    files: dict[str, set[str]] = {}

    def read(path: str) -> None:
        for line in marked_lines(read_packed(path), _LUA):
            place, packages = _entry(line)
            if classify(place):
                for package in packages:
                    files.setdefault(package, set()).add(place)

    warnings = read_each(_indexes(root, ("all", architecture)), read)
    return {name: tuple(sorted(places)) for name, places in files.items()}, warnings


def find_in_contents(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the files whose paths end with one of ``ends``, which begin with a slash.

    An end that ends with a dot finds files that go on after it. Indexes that cannot be read count
    for nothing. Sorted by the length of the path.
    """
    needles = [end.encode("utf-8", "surrogateescape") for end in ends]
    hits: set[Indexed] = set()
    for index in _indexes(root):
        with suppress(DistrorocksError):
            for line in marked_lines(read_packed(index), needles):
                path, packages = _entry(line)
                if path.startswith(_PLACES) and has_end(path, ends):
                    hits.update(Indexed(path, package) for package in packages)
    return tuple(sorted(hits, key=lambda hit: (len(hit.path), hit)))


def _entry(line: bytes) -> tuple[str, list[str]]:
    """Return the path of a line, and the names of the packages that have it."""
    file, _, packages = line.decode("utf-8", "surrogateescape").rstrip().rpartition(" ")
    return f"/{file.strip()}", [each.rpartition("/")[2] for each in packages.split(",")]


def _indexes(root: str, architectures: Collection[str] = ()) -> list[str]:
    """Return the host's paths of the indexes, for some architectures or for all."""
    starts = [f"_Contents-{name}" for name in architectures]
    wanted = tuple(f"{start}{ending}" for start in starts for ending in ENDINGS)

    def is_wanted(name: str) -> bool:
        return name.endswith(wanted) if wanted else "_Contents-" in name

    return index_files(RootView(root), DIRECTORY, is_wanted)
