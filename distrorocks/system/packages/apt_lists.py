"""The packages that apt could install, out of the indexes that it last fetched.

Nothing is fetched here, and no program of apt decides: of several versions the newest counts,
pins of the administrator do not.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from distrorocks.distro.families import FAMILIES
from distrorocks.distro.package import Package, Packages
from distrorocks.errors import DistrorocksError
from distrorocks.system.files.packed_file import ENDINGS, blocks, read_packed
from distrorocks.system.files.root_path import RootView
from distrorocks.system.packages.dpkg_package import stanza_package
from distrorocks.system.packages.dpkg_status import parse_stanza, read_native_architecture

DIRECTORY = "/var/lib/apt/lists"
_NAMED, _DECLARED, _PROMISED = b"Package: lua", b"\nLua-Versions:", b"-rock-"


def read_offered(root: str, names: Collection[str]) -> Packages:
    """Return the newest version of each package that may be of Lua or has one of ``names``.

    An index that cannot be read is told and left out.
    """
    view = RootView(root)
    wanted = {name.encode() for name in names}
    warnings: list[str] = []
    newest: dict[str, Package] = {}
    paths = _indexes(view)
    if not paths:
        return Packages(())
    native = read_native_architecture(root)
    for path in paths:
        try:
            for block in blocks(read_packed(path), b"\n\n"):
                if _is_wanted(block, wanted):
                    _add(newest, block, ("all", native))
        except DistrorocksError as error:
            hint = f" ({error.hint})" if error.hint else ""
            warnings.append(f"{error.brief}{hint}; what it lists is not known")
    return Packages(tuple(newest[name] for name in sorted(newest)), tuple(warnings))


def _indexes(view: RootView) -> list[str]:
    """Return the paths of the indexes of packages, the host's paths."""
    found = view.find(DIRECTORY)
    if found is None:
        return []
    endings = tuple(f"_Packages{ending}" for ending in ENDINGS)
    try:
        with os.scandir(view.host_path(found.path)) as entries:
            return sorted(
                entry.path
                for entry in entries
                if entry.name.endswith(endings) and entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return []


def _is_wanted(block: bytes, names: set[bytes]) -> bool:
    block = block.lstrip(b"\n")
    # Written out: some 70,000 entries pass here.
    if _NAMED in block or _DECLARED in block or _PROMISED in block:
        return True
    return block.partition(b"\n")[0].removeprefix(b"Package: ").strip() in names


def _add(newest: dict[str, Package], block: bytes, architectures: tuple[str, ...]) -> None:
    """Keep the package of an entry, if it is for this system and newer than the one kept."""
    stanza = parse_stanza(block)
    if stanza is None or not stanza.fields.get("Version"):
        return
    package = stanza_package(stanza.fields)
    if package.architecture not in architectures:
        return
    key = FAMILIES["deb"].version_key
    kept = newest.get(package.name)
    if kept is None or key(kept.version) < key(package.version):
        newest[package.name] = package
