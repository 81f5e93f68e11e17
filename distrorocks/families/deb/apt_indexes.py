"""What apt could install, from the indexes that it last fetched: packages, and their files.

``Packages`` describe each package. ``Contents`` list the files of all of them, where apt-file is
configured; they are large, so only lines with one of some texts are looked at. Nothing is fetched
and apt is not run: of several versions the newest counts, whatever the administrator has pinned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from distrorocks.families.deb.stanzas import parse_stanza, read_native_architecture, stanza_package
from distrorocks.families.lua_files import classify
from distrorocks.families.package import Indexed, Packages, is_wanted_file, shortest_first
from distrorocks.families.package_indexes import Newest, index_files, read_each
from distrorocks.patterns import regex
from distrorocks.system.files.packed_file import ENDINGS, marked_lines, read_packed, whole_blocks
from distrorocks.system.files.root_path import RootView

DIRECTORY = "/var/lib/apt/lists"
_ENDINGS = tuple(f"_Packages{ending}" for ending in ENDINGS)
_GAP = b"\n\n"
_NAME = regex(rb"\n\nPackage: +(\S+)")
_MARKS = (b"Package: lua", b"\nLua-Versions:", b"-rock-")

_LUA = (b"/lua/5.",)


def read_offered(root: str, names: Collection[str]) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is left out, with a warning.
    """
    paths = index_files(RootView(root), DIRECTORY, lambda name: name.endswith(_ENDINGS))
    if not paths:
        return Packages(())
    return packages_in(paths, names, Newest("deb", ("all", read_native_architecture(root))))


def packages_in(paths: Iterable[str], names: Collection[str], newest: Newest) -> Packages:
    """Return the same of given ``Packages``, whatever else ``newest`` has collected."""
    wanted = {name.encode() for name in names}

    def read(path: str) -> None:
        for text in whole_blocks(read_packed(path), _GAP):
            for block in _wanted_blocks(_GAP + text, wanted):
                stanza = parse_stanza(block)
                if stanza and stanza.fields.get("Version"):
                    newest.add(stanza_package(stanza.fields))

    return newest.packages(read_each(paths, read))


def _wanted_blocks(text: bytes, names: set[bytes]) -> Iterator[bytes]:
    """Yield the entries that may be of Lua or have one of ``names``, in order.

    Each follows a gap. Some 70,000 pass here, so all of a text is searched at once.
    """
    starts = set()
    for mark in _MARKS:
        at = text.find(mark)
        while at >= 0:
            starts.add(text.rfind(_GAP, 0, at + 1) + len(_GAP))
            at = text.find(mark, at + 1)
    if not names.isdisjoint(_NAME.findall(text)):
        starts.update(it.start() + len(_GAP) for it in _NAME.finditer(text) if it[1] in names)
    for start in sorted(starts):
        end = text.find(_GAP, start)
        yield text[start : end if end >= 0 else len(text)]


def read_contents(root: str, architecture: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the files of Lua of each package, and what could not be read.

    Both are empty where apt has no such index, as on most systems.
    """
    return contents_in(_indexes(root, ("all", architecture)))


def contents_in(paths: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the same of given ``Contents``."""
    files: dict[str, set[str]] = {}

    def read(path: str) -> None:
        for line in marked_lines(read_packed(path), _LUA):
            place, packages = _entry(line)
            if classify(place):
                for package in packages:
                    files.setdefault(package, set()).add(place)

    warnings = read_each(paths, read)
    return {name: tuple(sorted(places)) for name, places in files.items()}, warnings


def find_in_contents(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the files whose paths end with one of ``ends``, which begin with a slash.

    An end with a final dot also finds longer names. Indexes that cannot be read count
    for nothing. Sorted by the length of the path.
    """
    needles = [end.encode("utf-8", "surrogateescape") for end in ends]
    hits: set[Indexed] = set()

    def read(path: str) -> None:
        for line in marked_lines(read_packed(path), needles):
            place, packages = _entry(line)
            if is_wanted_file(place, ends):
                hits.update(Indexed(place, package) for package in packages)

    read_each(_indexes(root), read)
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
        if wanted:
            return name.endswith(wanted)
        return "_Contents-" in name and "_Contents-source" not in name

    return index_files(RootView(root), DIRECTORY, is_wanted)
