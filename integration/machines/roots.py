"""Scratch Debian roots: made once and cached, unpacked once for a run, cloned for each test."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from integration.facts import all_packages
from integration.machines.machine import CommandError, Machine, run
from integration.machines.scratch import (
    cache,
    cache_lock,
    live,
    mount_overlay,
    mount_processes,
    unmount,
)

LUA_VERSIONS = {
    "bookworm": ("5.1", "5.2", "5.3", "5.4"),
    "trixie": ("5.1", "5.2", "5.3", "5.4"),
    "sid": ("5.1", "5.3", "5.4", "5.5"),
}
# Five packages that nearly every Lua program knows: enough for a story.
LUA_PACKAGES = ("lua-cjson", "lua-filesystem", "lua-lpeg", "lua-penlight", "lua-socket")
STABLE = ("bookworm", "trixie")
APT_OPTIONS = (
    'Acquire::Check-Valid-Until "false"',
    'Acquire::Check-Date "false"',
    'Acquire::Languages "none"',
    'Dpkg::Use-Pty "false"',
    'APT::Install-Recommends "false"',
)
# What each base holds beside Debian's smallest system and every Lua, with the headers that
# LuaRocks wants to see before it installs anything.
TOOLS = ("luarocks", "python3", "ca-certificates")


class RootError(Exception):
    """A scratch root could not be made; the text says why and what would help."""


class Layer(NamedTuple):
    """A root at rest, as folders laid over each other, topmost first. Nobody writes in them."""

    folders: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The name of the archive that the lowest folder was unpacked from."""
        return self.folders[-1].name

    @contextmanager
    def clone(self) -> Iterator[Clone]:
        """Give a machine that may be changed at will, and drop it afterwards."""
        clone = Clone(self)
        try:
            yield clone
        finally:
            clone.drop()


class Clone(Machine):
    """A changeable copy of a layer: an overlay where the kernel lets us, else a plain copy."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.place = Path(tempfile.mkdtemp(prefix="root-", dir=live()))
        upper, work, merged = (self.place / name for name in ("upper", "work", "merged"))
        for folder in (upper, work, merged):
            folder.mkdir()
        upper.chmod(0o755)
        merged.chmod(0o755)
        self.is_overlay = mount_overlay(layer.folders, upper, work, merged)
        if not self.is_overlay:
            for folder in reversed(layer.folders):
                run("cp", "-a", f"{folder}/.", merged)
        mount_processes(merged / "proc")
        super().__init__(merged)

    def freeze(self) -> Layer:
        """Put the machine to rest as it is now; the clone itself is over."""
        unmount(self.root / "proc")
        if not self.is_overlay:
            return Layer((self.root,))
        unmount(self.root)
        return Layer((self.place / "upper", *self.layer.folders))

    def drop(self) -> None:
        """Unmount and forget the machine."""
        unmount(self.root / "proc")
        unmount(self.root)
        shutil.rmtree(self.place, ignore_errors=True)


@functools.cache
def mirror() -> str:
    """Return the address of a Debian mirror: DISTROROCKS_MIRROR, else what this machine's apt uses.

    Raises ``RootError`` where neither tells one.
    """
    named = os.environ.get("DISTROROCKS_MIRROR")
    if named:
        return named
    words = ("--format", "$(COMPONENT) $(REPO_URI)", "Created-By: Packages")
    for line in run("apt-get", "indextargets", *words).out.splitlines():
        component, _, address = line.partition(" ")
        if component == "main" and address.rstrip("/").endswith("/debian"):
            return address.rstrip("/")
    raise RootError(
        "this machine's apt knows no Debian mirror\nhint: name one with DISTROROCKS_MIRROR"
    )


def _key(*facts: object) -> str:
    """Return a short name that changes when any of the facts does."""
    return hashlib.sha256(repr((facts, APT_OPTIONS, mirror())).encode()).hexdigest()[:10]


def _unpack(archive: Path) -> Layer:
    folder = live() / archive.stem
    folder.mkdir(mode=0o755)
    run("tar", "-xpf", archive, "--numeric-owner", "-C", folder)
    return Layer((folder,))


def _told(failure: CommandError, what: str) -> RootError:
    """Say a failed command as a fault that a reader can act on."""
    lines = (failure.outcome.err or failure.outcome.out).splitlines()
    errors = [line for line in lines if line.startswith(("E:", "W:", "Err"))] or lines
    detail = "\n".join(errors[-8:])
    hint = f"hint: the mirror {mirror()} must answer; DISTROROCKS_MIRROR names another"
    return RootError(f"{what} could not be made\n{detail}\n{hint}")


@functools.cache
def base(suite: str) -> Layer:
    """Return a small Debian of a suite with LuaRocks, all its Lua interpreters and Python."""
    interpreters = [f"lua{version}" for version in LUA_VERSIONS[suite]]
    headers = [f"lib{name}-dev" for name in interpreters]
    include = ",".join((*TOOLS, *interpreters, *headers))
    archive = cache() / f"{suite}-{_key(include)}.tar"
    with cache_lock(suite):
        if not archive.exists():
            fresh = archive.with_suffix(".tmp")
            options = [f"--aptopt={option}" for option in APT_OPTIONS]
            build = ["mmdebstrap", "--mode=root", "--variant=minbase", "--format=tar", *options]
            build += [f"--include={include}", suite, str(fresh), mirror()]
            try:
                run(*build, TMPDIR=str(live()), timeout=900)
            except CommandError as failure:
                fresh.unlink(missing_ok=True)
                raise _told(failure, f"a scratch root of Debian {suite}") from None
            fresh.rename(archive)
    return _prepared(_unpack(archive))


def _prepared(layer: Layer) -> Layer:
    """Keep services from starting in a root and name it to its own programs."""
    (folder,) = layer.folders
    policy = folder / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    (folder / "etc/hostname").write_text("scratch\n")
    (folder / "etc/hosts").write_text("127.0.0.1 localhost scratch\n")
    return layer


def _install(machine: Machine, packages: list[str]) -> None:
    """Install packages with apt from the mirror, leaving neither lists nor archives behind."""
    resolver = machine.path("/etc/resolv.conf")
    shutil.copy("/etc/resolv.conf", resolver)
    hosts = machine.path("/etc/hosts")
    own_hosts = hosts.read_text()
    shutil.copy("/etc/hosts", hosts)
    machine.run("apt-get", "update", "-qq", online=True)
    known = set(machine.run("apt-cache", "pkgnames").lines)
    for name in sorted(set(packages) - known):
        print(f"not in this suite any more, left out: {name}")
    wanted = _together(machine, [name for name in packages if name in known])
    fast = ("-o", "Dpkg::Options::=--force-unsafe-io")
    machine.run("apt-get", "install", "-qq", "--yes", *fast, *wanted, online=True)
    machine.run("apt-get", "clean")
    for path in machine.path("/var/lib/apt/lists").glob("*_*"):
        path.unlink()
    resolver.unlink()
    hosts.write_text(own_hosts)


def _together(machine: Machine, packages: list[str]) -> list[str]:
    """Return the packages that apt can install side by side, the first ones winning."""

    def joined(kept: list[str], more: list[str]) -> list[str]:
        words = ("apt-get", "install", "-qq", "--simulate", *kept, *more)
        if not more or machine.run(*words, status=None).status == 0:
            return kept + more
        if len(more) == 1:
            print(f"cannot stand beside the others, left out: {more[0]}")
            return kept
        middle = len(more) // 2
        return joined(joined(kept, more[:middle]), more[middle:])

    return joined([], packages)


@functools.cache
def with_packages(suite: str, packages: tuple[str, ...]) -> Layer:
    """Return a suite's base with more packages installed by its own apt."""
    below = base(suite)
    if not packages:
        return below
    archive = cache() / f"{below.name}-with-{_key(packages)}.tar"
    with cache_lock(suite):
        if not archive.exists():
            fresh = archive.with_suffix(".tmp")
            with below.clone() as machine:
                try:
                    _install(machine, list(packages))
                except CommandError as failure:
                    raise _told(failure, f"Debian {suite} with its Lua packages") from None
                pack = ("tar", "-cf", fresh, "--numeric-owner", "--exclude=./proc/*")
                run(*pack, "-C", machine.root, ".")
            fresh.rename(archive)
    return _unpack(archive)


def with_every_lua_package(suite: str) -> tuple[Layer, Layer]:
    """Return two roots that hold every package of a suite's facts between them.

    The first has all that can stand side by side; the second the few that conflict with those.
    """
    everything = all_packages(suite)
    most = with_packages(suite, tuple(sorted(everything)))
    with most.clone() as machine:
        rest = everything - machine.packages()
    return most, with_packages(suite, tuple(sorted(rest)))
