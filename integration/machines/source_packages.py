"""Real Debian source packages: fetched with apt, built in a scratch root, judged by lintian."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from integration.machines.dpkg_packages import own
from integration.machines.machine import CommandError, Machine, run
from integration.machines.roots import Layer, mirror, with_packages
from integration.machines.scratch import cache, cache_lock

BUILD_TOOLS = ("build-essential", "debhelper", "dh-lua", "fakeroot", "lua-any")
TRIPLETS = ("x86_64-linux-gnu", "i386-linux-gnu")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_MODULE = re.compile(r"\./usr/(?:share|lib(?:/[^/]+)?)/lua/5\.[1-9]/.+\.(?:lua|so)")
_TAG = re.compile(r"(?P<level>[EW]): (?P<package>\S+)(?: source| changes)?: (?P<tag>\S+)")


class Built(NamedTuple):
    """The packages of one build, how long it took, and what dh_luarocks and dh_lua took of it."""

    packages: tuple[Path, ...]
    seconds: float
    log: str


def build_root(suite: str, more: tuple[str, ...] = ()) -> Layer:
    """Return a root of a suite that has what most Lua source packages build with."""
    return with_packages(suite, (*BUILD_TOOLS, *more))


def fetched(suite: str, name: str) -> Path:
    """Return the folder of an unpacked source package, fetched with apt; kept in the cache.

    Raises ``CommandError`` where the mirror does not have all of its files.
    """
    folder = cache() / "sources" / suite / name
    with cache_lock("sources"):
        if not folder.exists():
            place = Path(tempfile.mkdtemp(prefix="source-", dir=cache()))
            try:
                run("sh", "-c", f"cd {place} && {_apt(suite)} source --download-only -qq {name}")
                (dsc,) = place.glob("*.dsc")
                run("dpkg-source", "--no-check", "-x", dsc, place / "tree")
                folder.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(place / "tree", folder, symlinks=True)
            finally:
                shutil.rmtree(place)
    return folder


def _apt(suite: str) -> str:
    """Return apt-get's words for a suite's sources, with lists of its own in the cache."""
    place = cache() / f"apt-{suite}"
    lists = place / "lists"
    options = {
        "Dir::Etc::SourceList": place / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": lists,
        "Dir::Cache": place / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Check-Valid-Until": "false",
    }
    words = " ".join(["apt-get", *(f"-o {key}={value}" for key, value in options.items())])
    if not lists.exists():
        for folder in (lists / "partial", place / "cache/archives/partial"):
            folder.mkdir(parents=True)
        line = f"deb-src [signed-by={KEYRING}] {mirror()} {suite} main\n"
        (place / "sources.list").write_text(line)
        run("sh", "-c", f"{words} update -qq")
    return words


def with_our_packages(machine: Machine) -> None:
    """Install distrorocks and dh-luarocks in a build root."""
    (machine.path("/srv/own")).mkdir(parents=True, exist_ok=True)
    for package in own().glob("*.deb"):
        shutil.copy(package, machine.path("/srv/own"))
    machine.run("sh", "-c", "dpkg --force-unsafe-io -i /srv/own/*.deb")


def built(machine: Machine, source: Path, folder: str, **environment: str) -> Built:
    """Build a copy of a source package below ``folder`` of a machine, and return its packages."""
    place = machine.path(folder)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copytree(source, place / "tree", symlinks=True)
    words = " ".join(f"{name}={value}" for name, value in environment.items())
    build = f"cd {folder}/tree && {words} dpkg-buildpackage -us -uc -b -d 2>&1"
    start = time.monotonic()
    done = machine.run("sh", "-c", build)
    seconds = time.monotonic() - start
    return Built(tuple(sorted(place.glob("*.deb"))), seconds, done.out)


def modules(package: Path) -> set[str]:
    """Return the module files of a package."""
    names = {line.split()[5] for line in run("dpkg-deb", "--contents", package).lines}
    return {name for name in names if _MODULE.fullmatch(name)}


def metadata(package: Path) -> set[str]:
    """Return the files of rocks in a package, below the rocks' directories."""
    lines = run("dpkg-deb", "--contents", package).lines
    names = {line.split()[5] for line in lines if not line.startswith("d")}
    return {name.partition("/luarocks/")[2] for name in names if "/luarocks/rocks-" in name}


def for_the_other_architecture(package: Path, folder: Path) -> Path:
    """Return a package as another architecture would build it: other places, other C modules."""
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    run("dpkg-deb", "--raw-extract", package, tree)
    (tree / "usr/lib" / TRIPLETS[0]).rename(tree / "usr/lib" / TRIPLETS[1])
    for path in (tree / "usr/lib" / TRIPLETS[1]).iterdir():
        if path.is_file() and not path.is_symlink():
            path.write_bytes(path.read_bytes() + b"of i386")
    control = tree / "DEBIAN/control"
    text = control.read_text().replace("Architecture: amd64", "Architecture: i386")
    control.write_text(
        "\n".join(line for line in text.split("\n") if not line.startswith("Depends:"))
    )
    (tree / "DEBIAN/md5sums").unlink()
    made = folder / "other.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made)
    return made


def lintian_tags(packages: tuple[Path, ...]) -> set[str]:
    """Return the errors and warnings of lintian, each with its package."""
    words = ("lintian", "--allow-root", "--tag-display-limit", "0", *map(str, packages))
    said = run(*words, status=None).out
    return {f"{found['package']} {found['tag']}" for found in _TAG.finditer(said)}


def field(package: Path, name: str) -> str:
    """Return a field of a package's control file."""
    return run("dpkg-deb", "--field", package, name).out.strip()


def digests(packages: tuple[Path, ...]) -> dict[str, str]:
    """Return each package's name and SHA-256."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in packages}


def is_available(suite: str, name: str) -> bool:
    """Return whether the mirror has all files of a source package."""
    try:
        fetched(suite, name)
    except CommandError:
        return False
    return True
