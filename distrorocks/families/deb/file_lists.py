"""What dpkg's info directory says of packages' files: lists, digests, diversions, and who has what.

``info/*.list`` has the paths of each package, ``info/*.md5sums`` the digests of its regular files.
A list that is a link, which could lead out of the root, is passed over: dpkg writes none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.families.lua_files import classify
from distrorocks.families.package import Indexed, Unkept, has_end, shortest_first
from distrorocks.lua.value import to_bytes, to_text
from distrorocks.patterns import regex
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.cache import Cache, Signature, signature_of
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.values import NamedTuple

INFO = "/var/lib/dpkg/info"
DIVERSIONS = "/var/lib/dpkg/diversions"
_LUA_PATH = regex(
    rb"^/usr/(?:share/lua/5\.|lib(?:64|32)?/(?:[^/\n]+/)?lua/5\.|[a-z0-9]+/luarocks/rocks-5\.)"
    rb"[1-9][0-9]?/.",
    re.MULTILINE,
)
_SUM = regex(r"^([0-9a-f]{32})  (.+)$", re.MULTILINE)
_INSTANCE = regex(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?")
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
    table = (cache or Cache()).table("lists")
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
            paths = table.of(name, signature, partial(_lua_list, f"{directory}/{name}"))
        except FileReadError as fault:
            warnings.append(f"{INFO}/{name} was skipped: {fault.brief}")
            continue
        if not paths:
            continue
        if not _INSTANCE.fullmatch(instance := name.removesuffix(".list")):
            warnings.append(f"{INFO}/{name} was passed over: no package has such a name")
            continue
        lists.append(PackageList(instance, tuple(paths), signature[0], signature))
    return lists


def _lua_list(path: str) -> list[str]:
    """Return the paths of one list, none where no Lua module or rock is among them."""
    text = _read(path)
    if not (b"/lua/5." in text or b"/rocks-5." in text) or not _LUA_PATH.search(text):
        return []
    return list(filter(None, text.decode("utf-8", "surrogateescape").split("\n")))


def read_sums(view: RootView, entry: PackageList, wanted: Collection[str]) -> dict[str, str]:
    """Return link-free path -> recorded MD5 for the ``wanted`` regular files it vouches for.

    dpkg gives a file the archive's time, which is older than the unpacking, and records no digest
    of links; so a file that was written since the package's list is not vouched for.
    """
    sums = {}
    for path, digest in _recorded(view, entry).items():
        if path in wanted or path.startswith("/lib"):
            file = view.find(path)
            if file and file.is_file and file.status.st_mtime_ns <= entry.written:
                sums[file.path] = digest
    return sums


def _recorded(view: RootView, entry: PackageList) -> dict[str, str]:
    """Return the MD5s that a package recorded, by path; none where they cannot be read."""
    found = view.find(INFO)
    try:
        text = _read(f"{view.host_path(found.path if found else INFO)}/{entry.instance}.md5sums")
    except FileReadError:
        return {}
    sums = _SUM.findall(text.decode("utf-8", "surrogateescape"))
    return {f"/{path}": digest for digest, path in sums}


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


def find_installed(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the installed files whose paths end with one of ``ends``, shortest path first.

    An end with a final dot also finds longer names. None where there is no dpkg.
    """
    from distrorocks.system.files.packed_file import marked_lines  # no refresh looks for owners

    view = RootView(root)
    found = view.find(INFO)
    if found is None or not ends:
        return ()
    directory = view.host_path(found.path)
    needles = [to_bytes(end) for end in ends]
    hits = []
    try:
        with os.scandir(directory) as entries:
            lists = sorted(each.name for each in entries if each.name.endswith(".list"))
    except OSError:
        return ()
    for name in lists:
        package = name.removesuffix(".list").partition(":")[0]
        try:
            text = _read(f"{directory}/{name}")
        except FileReadError:
            continue
        lines = map(to_text, marked_lines((text,), needles))
        hits += [Indexed(path, package) for path in lines if has_end(path, ends)]
    return shortest_first(hits)


def unkept_promises(view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
    """Return the modules for these Lua versions that ``dpkg --verify`` would name.

    Links to nowhere are among them, which it does not name. A file that has not been written
    since its package was unpacked is taken as right.
    """
    diverted, digests = read_diversions(view), Digests(view)
    return [
        unkept
        for entry in read_lists(view, [])
        for unkept in _of_package(view, entry, digests)
        if unkept.path not in diverted
        and (file := classify(unkept.path))
        and file.lua_version in lua_versions
    ]


def _of_package(view: RootView, entry: PackageList, digests: Digests) -> Iterator[Unkept]:
    """Yield the modules of one package that are not as it has them."""
    sums = _recorded(view, entry)
    for path in entry.paths:
        file = classify(path)
        if not file or not file.module:
            continue
        expected, found = sums.get(path, ""), view.find(path)
        if found is None:
            yield Unkept(entry.package, path, expected, "")
        elif expected and found.is_file and found.status.st_mtime_ns > entry.written:
            try:
                digest = digests.of(path)
            except DigestError as error:
                digest = error.brief
            if digest != expected:
                yield Unkept(entry.package, path, expected, digest)
