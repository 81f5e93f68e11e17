"""Real .debs to install without a network: distrorocks' own, Debian's, and variants of them."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import Machine, run
from integration.machines.roots import _key, base
from integration.machines.scratch import CHECKOUT, cache, cache_lock, live

# Each is a rock in Debian 12 and 13, nearly all of what busted and copas need among them.
LUA_PACKAGES = (
    *("lua-ansicolors", "lua-argparse", "lua-basexx", "lua-binaryheap", "lua-bit32", "lua-busted"),
    *("lua-cjson", "lua-cliargs", "lua-compat53", "lua-copas", "lua-coxpcall", "lua-dkjson"),
    *("lua-expat", "lua-fifo", "lua-filesystem", "lua-inspect", "lua-iconv", "lua-json"),
    *("lua-logging", "lua-lpeg", "lua-lpeg-patterns", "lua-luassert", "lua-md5", "lua-mediator"),
    *("lua-penlight", "lua-posix", "lua-say", "lua-socket", "lua-system", "lua-term", "lua-zlib"),
)
SECOND = "lua-filesystem:i386"


class Debs(NamedTuple):
    """``lua`` are the packages and all they need; ``second`` is one of a second architecture."""

    lua: tuple[Path, ...]
    second: Path


def downloaded(suite: str) -> Debs:
    """Return a suite's Lua packages, as its own apt fetches them for a fresh root."""
    folder = cache() / f"debs-{base(suite).name}-{_key(LUA_PACKAGES, SECOND)}"
    with cache_lock(f"debs-{suite}"):
        if not folder.exists():
            fresh = Path(tempfile.mkdtemp(prefix="debs-", dir=cache()))
            with base(suite).clone() as machine:
                for name in ("resolv.conf", "hosts"):
                    shutil.copy(f"/etc/{name}", machine.path(f"/etc/{name}"))
                machine.run("apt-get", "update", "-qq", online=True)
                apt = ("apt-get", "-qq", "--yes", "-o", "APT::Sandbox::User=root")
                machine.run(*apt, "install", "--download-only", *LUA_PACKAGES, online=True)
                found = machine.path("/var/cache/apt/archives")
                shutil.copytree(found, fresh / "lua", ignore=shutil.ignore_patterns("l*k", "par*"))
                (fresh / "second").mkdir()
                _second(machine, fresh / "lua", fresh / "second")
            fresh.rename(folder)
    (second,) = (folder / "second").glob("*.deb")
    return Debs(tuple(sorted((folder / "lua").glob("*.deb"))), second)


def _second(machine: Machine, native: Path, folder: Path) -> None:
    """Fetch the package of the second architecture, or make it of the native one.

    A mirror that is just being synchronized may lack one architecture's index for hours.
    """
    machine.run("dpkg", "--add-architecture", "i386")
    update = machine.run("apt-get", "update", "-qq", online=True, status=None)
    fetch = f"cd /srv && apt-get -qq -o APT::Sandbox::User=root download {SECOND}"
    if update.status == 0 and machine.run("sh", "-c", fetch, online=True, status=None).status == 0:
        for package in machine.path("/srv").glob("*.deb"):
            shutil.copy(package, folder)
        return
    (package,) = native.glob(f"{SECOND.partition(':')[0]}_*.deb")
    tree = folder / "tree"
    run("dpkg-deb", "--raw-extract", package, tree)
    (tree / "usr/lib/x86_64-linux-gnu").rename(tree / "usr/lib/i386-linux-gnu")
    for file, old, new in (
        ("control", "Architecture: amd64", "Architecture: i386"),
        ("md5sums", "x86_64-linux-gnu", "i386-linux-gnu"),
    ):
        text = (tree / "DEBIAN" / file).read_text()
        (tree / "DEBIAN" / file).write_text(text.replace(old, new))
    _built(tree, folder)


@functools.cache
def own() -> Path:
    """Return a folder with distrorocks' own .debs and .changes, built from this checkout."""
    folder = Path(tempfile.mkdtemp(prefix="own-", dir=live()))
    run(CHECKOUT / "hooks/dpkg/build", folder)
    return folder


def with_version(package: Path, version: str, folder: Path) -> Path:
    """Write the same package under another version and return where."""
    tree = folder / "tree"
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    lines = control.read_text().splitlines()
    lines = [f"Version: {version}" if line.startswith("Version:") else line for line in lines]
    control.write_text("\n".join(lines) + "\n")
    return _built(tree, folder)


def with_files(name: str, files: dict[str, str], folder: Path) -> Path:
    """Write a package of version 1.0-1 for all architectures with these files, return where."""
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    for path, text in {**files, f"/usr/share/doc/{name}/README": "x\n"}.items():
        place = tree / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: 1.0-1\nArchitecture: all\n"
        f"Maintainer: Nobody <nobody@example.org>\nDescription: the {name} thing\n"
    )
    return _built(tree, folder)


def _built(tree: Path, folder: Path) -> Path:
    package = folder / "made.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, package)
    shutil.rmtree(tree)
    return package
