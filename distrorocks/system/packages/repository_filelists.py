"""Which packages of dnf's or zypper's repositories have which files of Lua: ``filelists.xml``.

It is by far the largest index, and most systems fetch it only when they are asked for a file.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import unescape

from distrorocks.distro.lua_files import classify
from distrorocks.system.files.packed_file import blocks, read_packed
from distrorocks.system.files.root_path import RootView
from distrorocks.system.packages.package_indexes import read_each
from distrorocks.system.packages.repository_folders import repository_files

_END = b"</package>"
_LUA = b"/lua/5."
_NAME = re.compile(rb"<package\b[^>]*?\sname=[\"']([^\"'<>]+)[\"']")
_FILE = re.compile(rb"<file(?:\s[^>]*)?>([^<]*/lua/5\.[^<]*)</file>")
_MARKS = {"&quot;": '"', "&apos;": "'"}


def read_filelists(root: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the files of Lua of each package, and what could not be read.

    Both are empty where no repository's list of files was fetched.
    """
    files: dict[str, set[str]] = {}

    def read(path: str) -> None:
        for block in blocks(read_packed(path), _END):
            name = _NAME.search(block) if _LUA in block else None
            if name is None:
                continue
            for found in _FILE.finditer(block):
                place = unescape(found[1].decode("utf-8", "surrogateescape"), _MARKS)
                if classify(place):
                    files.setdefault(name[1].decode("utf-8", "surrogateescape"), set()).add(place)

    warnings = read_each(repository_files(RootView(root), "filelists.xml"), read)
    return {name: tuple(sorted(places)) for name, places in files.items()}, warnings
