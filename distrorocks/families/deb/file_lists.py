"""dpkg's files about a package's files: info/*.list, info/*.md5sums and the diversions."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.file_signature import Signature, signature_of
from distrorocks.system.files.root_path import RootView

INFO = "/var/lib/dpkg/info"
DIVERSIONS = "/var/lib/dpkg/diversions"
_LUA_PATH = re.compile(
    rb"^/usr/(?:share/lua/5\.|lib(?:64|32)?/(?:[^/\n]+/)?lua/5\.|[a-z0-9]+/luarocks/rocks-5\.)"
    rb"[1-9][0-9]?/.",
    re.MULTILINE,
)
_SUM = re.compile(r"^([0-9a-f]{32})  (.+)$", re.MULTILINE)
_INSTANCE = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?")
_MOST_BYTES = 64 << 20


class PackageList(NamedTuple):
    """One info/*.list with Lua paths.

    ``instance`` is its name there, NAME or NAME:ARCH; ``written`` the time of its writing, which
    is that of the unpacking, in nanoseconds. dpkg writes the list anew at each unpacking and
    removal, so an equal ``signature`` means equal files.
    """

    instance: str
    paths: tuple[str, ...]
    written: int
    signature: Signature = ()

    @property
    def package(self) -> str:
        """Return the package's name alone."""
        return self.instance.partition(":")[0]


def read_lists(
    view: RootView, warnings: list[str], cache: Cache | None = None
) -> list[PackageList]:
    """Return the file lists that name something below a Lua or rocks directory."""
    found = view.find(INFO)
    if found is None:
        return []
    cache = cache or Cache()
    directory = view.host_path(found.path)
    try:
        with os.scandir(directory) as entries:
            written = sorted(
                (entry.name, signature_of(entry.stat(follow_symlinks=False)))
                for entry in entries
                if entry.name.endswith(".list")
            )
    except OSError as fault:
        raise DistrorocksError(
            f"dpkg's database cannot be read: {directory}", detail=fault.strerror or str(fault)
        ) from fault
    lists = []
    for name, signature in written:
        try:
            paths = cache.of(("list", name), signature, partial(_lua_list, f"{directory}/{name}"))
        except FileReadError as fault:
            warnings.append(f"{INFO}/{name} was skipped: {fault.brief}")
            continue
        if not paths:
            continue
        if not _INSTANCE.fullmatch(instance := name.removesuffix(".list")):
            warnings.append(f"{INFO}/{name} was passed over: no package has such a name")
            continue
        lists.append(PackageList(instance, paths, signature[0], signature))
    return lists


def _lua_list(path: str) -> tuple[str, ...]:
    """Return the paths of one list, none where no Lua module or rock is among them."""
    text = _read(path)
    if not (b"/lua/5." in text or b"/rocks-5." in text) or not _LUA_PATH.search(text):
        return ()
    return tuple(filter(None, text.decode("utf-8", "surrogateescape").split("\n")))


def read_sums(view: RootView, entry: PackageList, wanted: Collection[str]) -> dict[str, str]:
    """Return link-free path -> recorded MD5 for the ``wanted`` regular files it vouches for.

    dpkg gives a file the archive's time, which is older than the unpacking, and records no digest
    of links; so a file that was written since the package's list is not vouched for.
    """
    found = view.find(INFO)
    try:
        text = _read(f"{view.host_path(found.path if found else INFO)}/{entry.instance}.md5sums")
    except FileReadError:
        return {}
    sums = {}
    for digest, relative in _SUM.findall(text.decode("utf-8", "surrogateescape")):
        path = f"/{relative}"
        if path in wanted or path.startswith("/lib"):
            file = view.find(path)
            if file and file.is_file and file.status.st_mtime_ns <= entry.written:
                sums[file.path] = digest
    return sums


def read_diversions(view: RootView) -> Mapping[str, str]:
    """Return diverted path -> the package whose own file stays there, ":" for none (dpkg-divert).

    The file has three lines for each: the path, where others' files go, and the package.
    """
    found = view.find(DIVERSIONS)
    if not found or not found.is_file:
        return {}
    try:
        raw = _read(view.host_path(found.path))
    except FileReadError:
        return {}
    lines = raw.decode("utf-8", "surrogateescape").split("\n")
    return dict(zip(lines[0::3], lines[2::3], strict=False))


def _read(path: str) -> bytes:
    """Return a regular file's bytes."""
    return read_bounded(path, _MOST_BYTES, follow=False)
