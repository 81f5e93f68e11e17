"""The digests that pacman keeps of a package's files: ``mtree``, packed mtree(5)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from gzip import GzipFile

from distrorocks.families.database_files import Promise
from distrorocks.families.pacman.database import LOCAL, files_of, lua_lists, name_of
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.root_path import RootView

MOST_BYTES = 64 << 20
_ENTRY = re.compile(r"\./(?P<path>\S+)(?P<words>( \S+)*)")
_DIGEST = re.compile(r"(?P<algorithm>sha256|md5)digest=(?P<digest>[0-9a-f]{32,64})")
_ESCAPE = re.compile(r"\\([0-7]{3})")


def promises(view: RootView) -> Iterator[Promise]:
    """Yield the files of all packages that have something of Lua, with their digests."""
    for folder, paths in lua_lists(view, [], Cache()):
        digests = parse_mtree(_unpacked(view, f"{LOCAL}/{folder}/mtree"))
        for path in paths or files_of(view, folder):
            algorithm, digest = digests.get(path, ("sha256", ""))
            yield Promise(name_of(folder), path, digest, algorithm)


def parse_mtree(text: bytes) -> dict[str, tuple[str, str]]:
    """Return (algorithm, digest) by path; SHA-256 where there are both."""
    found = {}
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        entry = _ENTRY.fullmatch(line)
        digests = {it["algorithm"]: it["digest"] for it in _DIGEST.finditer(line)} if entry else {}
        for algorithm in ("sha256", "md5"):
            if entry and algorithm in digests:
                found[f"/{_plain(entry['path'])}"] = (algorithm, digests[algorithm])
                break
    return found


def _plain(path: str) -> str:
    """Return a path without its escapes: a backslash and the byte in three octal digits."""
    if "\\" not in path:
        return path
    raw = _ESCAPE.sub(lambda it: chr(int(it[1], 8) & 0xFF), path)
    return raw.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def _unpacked(view: RootView, path: str) -> bytes:
    """Return what a packed file holds, b"" where it cannot be read or is past the limit."""
    found = view.find(path)
    if found is None:
        return b""
    try:
        with open_regular(view.host_path(found.path), MOST_BYTES) as file:
            text = GzipFile(fileobj=file).read(MOST_BYTES + 1)
    except (FileReadError, OSError, EOFError, zlib.error):
        return b""
    return text if len(text) <= MOST_BYTES else b""
