"""The packages that dnf or zypper could install, out of the ``primary.xml`` they last fetched.

Of several versions the newest counts; which repositories are enabled just now is not asked.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from distrorocks.distro.package import Package, Packages
from distrorocks.distro.rock_capability import MARKS
from distrorocks.system.files.packed_file import blocks, read_packed
from distrorocks.system.files.root_path import RootView
from distrorocks.system.packages.package_indexes import Newest, read_each
from distrorocks.system.packages.repository_folders import repository_files

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_END = b"</package>"
_COMMON = "{http://linux.duke.edu/metadata/common}"
_RPM = "{http://linux.duke.edu/metadata/rpm}"
_OPENING = (
    b'<metadata xmlns="http://linux.duke.edu/metadata/common" '
    b'xmlns:rpm="http://linux.duke.edu/metadata/rpm">'
)
_LUA = (b"<name>lua", b'name="lua(abi)"', *(mark.encode() for mark in MARKS))
_OPERATORS = {"EQ": "=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
_NAME_END = b"</name>"


def read_offered(root: str, names: Collection[str]) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is told and left out.
    """
    wanted = {name.encode() for name in names}
    newest = Newest("rpm", ("noarch", os.uname().machine))

    def read(path: str) -> None:
        for block in blocks(read_packed(path), _END):
            package = _package(block) if _is_wanted(block, wanted) else None
            if package:
                newest.add(package)

    return newest.packages(read_each(repository_files(RootView(root), "primary.xml"), read))


def _is_wanted(block: bytes, names: set[bytes]) -> bool:
    if any(mark in block for mark in _LUA):
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
        text = _OPENING + block[start:] + _END + b"</metadata>"
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
