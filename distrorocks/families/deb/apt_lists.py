"""The packages that apt could install, from the indexes that it last fetched.

Nothing is fetched here and apt is not run: of several versions the newest counts, whatever the
administrator has pinned.
"""

from __future__ import annotations

from collections.abc import Collection

from distrorocks.families.deb.database import stanza_package
from distrorocks.families.deb.status import parse_stanza, read_native_architecture
from distrorocks.families.package import Packages
from distrorocks.families.package_indexes import Newest, index_files, read_each
from distrorocks.system.files.packed_file import ENDINGS, blocks, read_packed
from distrorocks.system.files.root_path import RootView

DIRECTORY = "/var/lib/apt/lists"
_ENDINGS = tuple(f"_Packages{ending}" for ending in ENDINGS)
_NAMED, _DECLARED, _PROMISED = b"Package: lua", b"\nLua-Versions:", b"-rock-"


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
