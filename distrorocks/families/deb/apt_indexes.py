"""What apt could install, from the indexes that it last fetched: packages, and their files.

``Packages`` describe each package. ``Contents`` list the files of all of them, where apt-file is
configured; they are large, so only lines with one of some texts are looked at. Nothing is fetched
and apt is not run: of several versions the newest counts, whatever the administrator has pinned.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.stanzas import parse_stanza, read_native_architecture, stanza_package
from distrorocks.families.lua_files import classify
from distrorocks.families.package import Indexed, Packages, has_end, shortest_first
from distrorocks.families.package_indexes import Newest, index_files, read_each
from distrorocks.system.files.packed_file import ENDINGS, blocks, marked_lines, read_packed
from distrorocks.system.files.root_path import RootView

DIRECTORY = "/var/lib/apt/lists"
_ENDINGS = tuple(f"_Packages{ending}" for ending in ENDINGS)
_NAMED, _DECLARED, _PROMISED = b"Package: lua", b"\nLua-Versions:", b"-rock-"

_LUA = (b"/lua/5.",)
_PLACES = ("/usr/include/", "/usr/lib", "/usr/bin/", "/lib", "/bin/", "/include/")


def read_offered(root: str, names: Collection[str]) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is left out, with a warning.
    """
    paths = index_files(RootView(root), DIRECTORY, lambda name: name.endswith(_ENDINGS))
    if not paths:
        return Packages(())
    wanted = {name.encode() for name in names}
    newest = Newest("deb", ("all", read_native_architecture(root)))

    def read(path: str) -> None:
        for block in blocks(read_packed(path), b"\n\n"):
            if _is_wanted(block, wanted):
                stanza = parse_stanza(block)
                if stanza and stanza.fields.get("Version"):
                    newest.add(stanza_package(stanza.fields))

    return newest.packages(read_each(paths, read))


def _is_wanted(block: bytes, names: set[bytes]) -> bool:
    block = block.lstrip(b"\n")
    # Written out: some 70,000 entries pass here.
    if _NAMED in block or _DECLARED in block or _PROMISED in block:
        return True
    return block.partition(b"\n")[0].removeprefix(b"Package: ").strip() in names


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

    An end with a final dot also finds longer names. Indexes that cannot be read count
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
    return shortest_first(hits)


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
