"""dpkg's files about a package's files: info/*.list, info/*.md5sums and the diversions."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.root_path import RootView

INFO = "/var/lib/dpkg/info"
_DIVERSIONS = "/var/lib/dpkg/diversions"
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
    is that of the unpacking, in nanoseconds.
    """

    instance: str
    paths: tuple[str, ...]
    written: int

    @property
    def package(self) -> str:
        """Return the package's name alone."""
        return self.instance.partition(":")[0]


def read_lists(view: RootView, warnings: list[str]) -> list[PackageList]:
    """Return the file lists that name something below a Lua or rocks directory."""
    found = view.find(INFO)
    if found is None:
        return []
    directory = view.host_path(found.path)
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(".list"))
    except OSError as fault:
        raise DistrorocksError(
            f"dpkg's database cannot be read: {directory}", detail=fault.strerror or str(fault)
        ) from fault
    lists = []
    for name in names:
        try:
            text, written = _read(f"{directory}/{name}")
        except OSError as fault:
            warnings.append(f"{INFO}/{name} was passed over: {fault.strerror or fault}")
            continue
        if not (b"/lua/5." in text or b"/rocks-5." in text) or not _LUA_PATH.search(text):
            continue
        if not _INSTANCE.fullmatch(instance := name.removesuffix(".list")):
            warnings.append(f"{INFO}/{name} was passed over: no package has such a name")
            continue
        paths = text.decode("utf-8", "surrogateescape").split("\n")
        lists.append(PackageList(instance, tuple(filter(None, paths)), written))
    return lists


def read_sums(view: RootView, entry: PackageList, wanted: Collection[str]) -> dict[str, str]:
    """Return link-free path -> recorded MD5 for the ``wanted`` regular files it vouches for.

    dpkg gives a file the archive's time, which is older than the unpacking, and records no digest
    of links; so a file that was written since the package's list is not vouched for.
    """
    found = view.find(INFO)
    try:
        text, _ = _read(f"{view.host_path(found.path if found else INFO)}/{entry.instance}.md5sums")
    except OSError:
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
    found = view.find(_DIVERSIONS)
    if not found or not found.is_file:
        return {}
    try:
        raw, _ = _read(view.host_path(found.path))
    except OSError:
        return {}
    lines = raw.decode("utf-8", "surrogateescape").split("\n")
    return dict(zip(lines[0::3], lines[2::3], strict=False))


def _read(path: str) -> tuple[bytes, int]:
    """Return a regular file's bytes and the time of its writing in nanoseconds."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if status.st_size > _MOST_BYTES:
            raise OSError(f"larger than {_MOST_BYTES} bytes")
        return os.read(descriptor, status.st_size + 1), status.st_mtime_ns
    finally:
        os.close(descriptor)
