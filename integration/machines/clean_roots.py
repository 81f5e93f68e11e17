"""Clean Debian roots as build daemons have them, and copies with what apt installs for one build.

A root with the same packages is often asked for again by the next rock. Those that were used last
are kept: what apt would install says which root it is, and nothing else is in it.
"""

from __future__ import annotations

import functools
import re
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.machines.dpkg_packages import own
from integration.machines.machine import Machine, run
from integration.machines.roots import APT_OPTIONS, Clone, Layer, _key, _prepared, _unpack, mirror
from integration.machines.scratch import cache, cache_lock

# What each packaging declares by dh-sequence-luarocks is there beside the tools of every build.
BUILDERS = ("build-essential", "debhelper", "fakeroot", "luarocks", "python3")
OURS = "/srv/own"
MOST_KEPT = 16
_APT = ("apt-get", "-q", "--yes", "-o", "APT::Sandbox::User=root")
_FAST = ("-o", "Dpkg::Options::=--force-unsafe-io", "-o", "APT::Keep-Downloaded-Packages=1")
_ARCHIVES = "/var/cache/apt/archives"
_WOULD_INSTALL = re.compile(r"Inst (?P<name>\S+) .*\(\S+ ?(?P<source>[^)]*)\)")
_OF_A_FILE = "local-deb"


@functools.cache
def clean_roots(suite: str) -> tuple[Layer, Layer]:
    """Return a suite's smallest system with apt's lists, and one with the tools of builds as well.

    Both have our packages in a repository of their own, from which apt installs them.
    """
    return _with_ours(bare_root(suite)), _with_ours(with_tools(suite, BUILDERS))


@functools.cache
def bare_root(suite: str) -> Layer:
    """Return a suite's smallest system with apt's lists."""
    archive = cache() / f"clean-{suite}-{_key(())}.tar"
    with cache_lock(f"clean-{suite}"):
        if not archive.exists():
            fresh = archive.with_suffix(".tmp")
            options = [f"--aptopt={option}" for option in APT_OPTIONS]
            words = ("--mode=root", "--variant=minbase", "--format=tar", "--skip=cleanup/apt/lists")
            run("mmdebstrap", *words, *options, suite, fresh, mirror(), timeout=900)
            fresh.rename(archive)
    return _prepared(_unpack(archive))


@functools.cache
def with_tools(suite: str, tools: tuple[str, ...]) -> Layer:
    """Return a suite's smallest system with packages; only what they add is kept."""
    archive = cache() / f"clean-{suite}-{_key(tools)}.tar"
    bare = bare_root(suite)
    with cache_lock(f"clean-{suite}"):
        if archive.exists():
            return Layer((*_unpack(archive).folders, *bare.folders))
        clone = Clone(bare)
        installed(clone, "install", *tools)
        layer = clone.freeze()
        fresh = archive.with_suffix(".tmp")
        pack = ("tar", "-cf", fresh, "--numeric-owner", "--xattrs", "--xattrs-include=*")
        run(*pack, "-C", layer.folders[0], ".")
        fresh.rename(archive)
        return layer


def _with_ours(layer: Layer) -> Layer:
    """Return a root whose apt knows our packages as those of a repository."""
    clone = Clone(layer)
    place = clone.path(OURS)
    place.mkdir(parents=True)
    for package in own().glob("*.deb"):
        shutil.copy(package, place)
    index = run("sh", "-c", f"cd {place} && dpkg-scanpackages --multiversion . 2>/dev/null").out
    (place / "Packages").write_text(index)
    clone.write("/etc/apt/sources.list.d/own.list", f"deb [trusted=yes] file:{OURS} ./\n")
    only = ("Dir::Etc::SourceList=/etc/apt/sources.list.d/own.list", "Dir::Etc::SourceParts=-")
    words = [word for each in (*only, "APT::Get::List-Cleanup=0") for word in ("-o", each)]
    clone.run(*_APT, *words, "update")
    clone.run("apt-cache", "gencaches")  # else each apt would read the lists by itself
    return clone.freeze()


def installed(machine: Machine, *words: str) -> None:
    """Let apt install in a machine, from the mirror and from what it fetched for others.

    The packages that were fetched are for all machines, so one fetches at a time.
    """
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", machine.path(f"/etc/{name}"))
    kept = cache() / "clean-archives"
    (kept / "partial").mkdir(parents=True, exist_ok=True)
    run("mount", "--bind", kept, machine.path(_ARCHIVES))
    try:
        with cache_lock("clean-archives"):
            machine.run(*_APT, *_FAST, "--download-only", *words, online=True)
        machine.run(*_APT, *_FAST, "-o", "Debug::NoLocking=1", *words, online=True)
    finally:
        run("umount", "--lazy", machine.path(_ARCHIVES))


class _Kept:
    """A root that is kept, and how many machines are copies of it now."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.layer: Layer | None = None
        self.place: Path | None = None
        self.users = 0


class KeptRoots:
    """The roots with packages that were used last."""

    def __init__(self) -> None:
        self._roots: OrderedDict[tuple[Layer, frozenset[str]], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def machine(self, layer: Layer, packages: frozenset[str]) -> Iterator[Clone]:
        """Give a machine of a root with packages that apt installed, and drop it afterwards."""
        key = (layer, packages)
        with self._lock:
            root = self._roots.setdefault(key, _Kept())
            self._roots.move_to_end(key)
            root.users += 1
        try:
            with root.lock:
                if root.layer is None:
                    root.layer, root.place = _with_packages(layer, packages)
            with root.layer.clone() as machine:
                yield machine
        finally:
            with self._lock:
                root.users -= 1
                self._forget_oldest()

    def _forget_oldest(self) -> None:
        for key, root in list(self._roots.items()):
            if len(self._roots) <= MOST_KEPT:
                return
            if not root.users:
                del self._roots[key]
                if root.place:
                    shutil.rmtree(root.place, ignore_errors=True)


KEPT = KeptRoots()


def _with_packages(layer: Layer, packages: frozenset[str]) -> tuple[Layer, Path | None]:
    """Return a root with packages, and the folder of what they add to it; none for no package."""
    if not packages:
        return layer, None
    clone = Clone(layer)
    try:
        installed(clone, "install", *sorted(packages))
        clone.run("apt-cache", "gencaches")
    except BaseException:
        clone.drop()
        raise
    return clone.freeze(), clone.place


_known: dict[tuple[Layer, str, tuple[str, ...]], frozenset[str]] = {}


def needed(
    layer: Layer, relations: str, put: Callable[[Machine], None], *words: str
) -> frozenset[str]:
    """Return the packages that apt would install, without those of a file; raise if it cannot.

    ``put`` puts the files that the words name into a machine of the layer. Files with the same
    ``relations`` need the same, and apt is asked once.
    """
    key = (layer, relations, tuple(word for word in words if not word.startswith("/")))
    if key not in _known:
        with layer.clone() as machine:
            put(machine)
            said = machine.run(*_APT, "--simulate", *words).out
        found = [match for match in map(_WOULD_INSTALL.match, said.splitlines()) if match]
        names = (each["name"] for each in found if _OF_A_FILE not in each["source"])
        _known[key] = frozenset(names)
    return _known[key]
