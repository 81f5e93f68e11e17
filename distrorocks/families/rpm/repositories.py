"""Which packages of dnf's or zypper's repositories have which files of Lua: ``filelists.xml``.

It is by far the largest index, and most systems fetch it only when they are asked for a file.

Where dnf and zypper keep the metadata of repositories that they last fetched.

The packages that dnf or zypper could install, out of the ``primary.xml`` they last fetched.

Of several versions the newest counts; which repositories are enabled just now is not asked.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from distrorocks.families.lua_files import classify
from distrorocks.families.offer import MARKS
from distrorocks.families.package import (
    Indexed,
    Package,
    Packages,
    is_wanted_file,
    shortest_first,
)
from distrorocks.families.package_indexes import Newest, index_files, read_each
from distrorocks.patterns import regex
from distrorocks.system.files.packed_file import ENDINGS, blocks, read_packed
from distrorocks.system.files.root_path import RootView

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


DIRECTORIES = ("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/zypp/raw")


def repository_files(view: RootView, kind: str) -> list[str]:
    """Return the files of one kind, such as ``primary.xml``, packed or not: the host's paths."""
    endings = tuple(f"{kind}{ending}" for ending in ENDINGS)
    found = []
    for directory in DIRECTORIES:
        at = view.find(directory)
        for repository in _names(view.host_path(at.path)) if at else ():
            place = f"{directory}/{repository}/repodata"
            found += index_files(view, place, lambda name: name.endswith(endings))
    return sorted(found)


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


_PRIMARY_END = b"</package>"
_COMMON = "{http://linux.duke.edu/metadata/common}"
_RPM = "{http://linux.duke.edu/metadata/rpm}"
_OPENING = (
    b'<metadata xmlns="http://linux.duke.edu/metadata/common" '
    b'xmlns:rpm="http://linux.duke.edu/metadata/rpm">'
)
_PRIMARY_LUA = (b"<name>lua", b'name="lua(abi)"', *(mark.encode() for mark in MARKS))
_OPERATORS = {"EQ": "=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
_NAME_END = b"</name>"


def read_offered(root: str, names: Collection[str]) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is left out, with a warning.
    """
    newest = Newest("rpm", ("noarch", os.uname().machine))
    return packages_in(repository_files(RootView(root), "primary.xml"), names, newest)


def packages_in(paths: Iterable[str], names: Collection[str], newest: Newest) -> Packages:
    """Return the same of given ``primary.xml``, whatever else ``newest`` has collected."""
    wanted = {name.encode() for name in names}

    def read(path: str) -> None:
        for block in blocks(read_packed(path), _PRIMARY_END):
            package = _package(block) if _is_wanted(block, wanted) else None
            if package:
                newest.add(package)

    return newest.packages(read_each(paths, read))


def _is_wanted(block: bytes, names: set[bytes]) -> bool:
    if any(mark in block for mark in _PRIMARY_LUA):
        return True
    name = block.partition(b"<name>")[2].partition(_NAME_END)[0]
    return name in names


def _package(block: bytes) -> Package | None:
    """Return the package that an entry describes, None where it makes no sense."""
    from xml.etree import ElementTree

    start = block.find(b"<package ")
    if start < 0:
        return None
    try:
        text = _OPENING + block[start:] + _PRIMARY_END + b"</metadata>"
        top = ElementTree.fromstring(text)[0]  # noqa: S314 - it can have no DTD here
    except (ElementTree.ParseError, IndexError):
        return None
    version = top.find(f"{_COMMON}version")
    name = _text(top, "name")
    if version is None or not name or not version.get("ver"):
        return None
    return Package(
        family="rpm",
        name=name,
        version=_evr(version),
        architecture=_text(top, "arch"),
        summary=_text(top, "summary"),
        description=_text(top, "description"),
        homepage=_text(top, "url"),
        license=top.findtext(f"{_COMMON}format/{_RPM}license") or "",
        relations=tuple(_entries(top, "requires")),
        provides=tuple(_entries(top, "provides")),
    )


def _text(top: Element, name: str) -> str:
    return (top.findtext(_COMMON + name) or "").strip()


def _evr(element: Element) -> str:
    """Return epoch, version and release as rpm writes them in one."""
    epoch, release = element.get("epoch", "0"), element.get("rel", "")
    text = f"{element.get('ver', '')}-{release}" if release else element.get("ver", "")
    return text if epoch in ("", "0") else f"{epoch}:{text}"


def _entries(top: Element, kind: str) -> Iterator[str]:
    """Yield requirements or capabilities as rpm writes them."""
    for entry in top.iterfind(f"{_COMMON}format/{_RPM}{kind}/{_RPM}entry"):
        name, operator = entry.get("name", ""), _OPERATORS.get(entry.get("flags", ""))
        if name:
            yield f"{name} {operator} {_evr(entry)}" if operator else name


_END = b"</package>"
_LUA = b"/lua/5."
_NAME = regex(rb"<package\b[^<>]*?\sname=[\"']([^\"'<>]+)[\"']")
_ANY_FILE = regex(rb"<file(?:\s[^<>]*)?>([^<]*)</file>")
_FILE = regex(rb"<file(?:\s[^<>]*)?>([^<]*/lua/5\.[^<]*)</file>")
_MARKS = (("&quot;", '"'), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def _plain(text: str) -> str:
    """Return a text of XML without its marks; ``xml.sax`` would import a client of HTTP for it."""
    for mark, sign in _MARKS if "&" in text else ():
        text = text.replace(mark, sign)
    return text


def read_filelists(root: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the files of Lua of each package, and what could not be read.

    Both are empty where no repository's list of files was fetched.
    """
    return filelists_in(repository_files(RootView(root), "filelists.xml"))


def filelists_in(paths: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the same of given ``filelists.xml``."""
    files: dict[str, set[str]] = {}

    def read(path: str) -> None:
        for block in blocks(read_packed(path), _END):
            name = _NAME.search(block) if _LUA in block else None
            if name is None:
                continue
            for found in _FILE.finditer(block):
                place = _plain(found[1].decode("utf-8", "surrogateescape"))
                if classify(place):
                    files.setdefault(name[1].decode("utf-8", "surrogateescape"), set()).add(place)

    warnings = read_each(paths, read)
    return {name: tuple(sorted(places)) for name, places in files.items()}, warnings


def find_in_filelists(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the files whose paths end with one of ``ends``, shortest path first.

    An end with a final dot also finds longer names. Lists that cannot be read count for nothing.
    """
    needles = [end.encode("utf-8", "surrogateescape") for end in ends]
    hits: set[Indexed] = set()

    def read(path: str) -> None:
        for block in blocks(read_packed(path), _END):
            name = _NAME.search(block) if any(each in block for each in needles) else None
            if name is None:
                continue
            package = name[1].decode("utf-8", "surrogateescape")
            for found in _ANY_FILE.finditer(block):
                place = _plain(found[1].decode("utf-8", "surrogateescape"))
                if is_wanted_file(place, ends):
                    hits.add(Indexed(place, package))

    read_each(repository_files(RootView(root), "filelists.xml"), read)
    return shortest_first(hits)
