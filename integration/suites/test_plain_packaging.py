"""Packaging without our helpers is built, judged, installed and used: plain, and by dh-lua."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.rocks.rock_manifest import persisted_files
from distrorocks.system.lua.jail import Jail
from integration.machines.dpkg_packages import own
from integration.machines.machine import run
from integration.machines.rock_packages import source_package, source_tree
from integration.machines.roots import with_packages
from integration.machines.scratch import live
from integration.machines.source_packages import (
    build_root,
    built,
    field,
    lintian_tags,
    metadata,
)
from integration.machines.story_rocks import REAL, ROCKS, story_rocks

LUAS = ("lua5.1", "lua5.2", "lua5.3", "lua5.4")
BESIDE = ("python3-debian", *LUAS, "lua-any", "lua-say")


class Kind(NamedTuple):
    """A helper: the rocks that it builds, and the packages they need at the build and later."""

    rocks: tuple[str, ...]
    real: tuple[str, ...]
    build: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


KINDS = {
    "plain": Kind(ROCKS, REAL),
    "dh-lua": Kind(
        (*ROCKS, "packer"),
        (
            "say-1.4.1-3.src.rock",
            "luafilesystem-1.8.0-1.src.rock",
            "lsqlite3-0.9.1-2.src.rock",
            "lua-geoip-0.1.2-1.src.rock",
        ),
        ("zlib1g-dev", "libsqlite3-dev", "libgeoip-dev"),
        ("libsqlite3-0", "libgeoip1"),
    ),
}


class Package(NamedTuple):
    """The package of a rock, that of development files, and what lintian says of all.

    ``tree`` is the folder of the source package.
    """

    file: Path
    development: Path | None
    tree: Path
    tags: set[str]


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each helper in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Iterator[dict[str, Package]]:
    """Each rock as ``.deb``, built where distrorocks is not installed, with its own checks."""
    of = KINDS[kind]
    rocks = story_rocks(tmp_path_factory.mktemp("rocks"), of.rocks, of.real)
    found = {}
    kept = live() / kind
    kept.mkdir(exist_ok=True)
    with Jail() as jail, build_root("bookworm", ("lua-say", *of.build)).clone() as machine:
        for name, rock in rocks.items():
            tree, _ = source_tree(rock, "deb", jail, f'helper = "{kind}"\n')
            done = built(machine, tree, "/srv/rock")
            files = [each for each in done.packages if "-dbgsym_" not in each.name]
            (file,) = (each for each in files if "-dev_" not in each.name)
            development = next((each for each in files if each != file), None)
            tags = lintian_tags((*done.packages, source_package(tree)))
            made = Package(Path(shutil.copy(file, kept)), None, tree, tags)
            if development:
                made = made._replace(development=Path(shutil.copy(development, kept)))
            found[name] = made
        yield found


def test_lintian_likes_the_packages(packages: dict[str, Package]) -> None:
    """There is no error, and no warning."""
    assert {name: each.tags for name, each in packages.items()} == {
        name: set() for name in packages
    }


def test_packages_ship_the_metadata_of_their_rock(packages: dict[str, Package]) -> None:
    """The rock_manifest too, unless its digests differ by architecture; never the tree's."""
    for name, each in packages.items():
        is_compiled = field(each.file, "Architecture") != "all"
        for version in field(each.file, "Lua-Versions").split():
            rock = f"rocks-{version}/{name}/"
            mine = [path for path in metadata(each.file) if path.startswith(rock)]
            assert sum(path.endswith(".rockspec") for path in mine) == 1
            assert sum(path.endswith("/rock_manifest") for path in mine) == (not is_compiled)
        assert not [path for path in metadata(each.file) if path.endswith("/manifest")]


def test_rock_manifests_have_the_digests_of_the_files(
    packages: dict[str, Package], tmp_path: Path
) -> None:
    """Of all files that the package has of the rock, as they are installed."""
    checked = 0
    for name, each in packages.items():
        run("dpkg-deb", "--extract", each.file, tmp_path / name)
        usr = tmp_path / name / "usr"
        for place in sorted(usr.glob("lib/luarocks/rocks-*/*/*/rock_manifest")):
            version = place.parts[-4].removeprefix("rocks-")
            files = persisted_files(place.read_text())
            assert files is not None
            folders = {"lua": usr / "share/lua" / version, "bin": usr / "bin", "rest": place.parent}
            there = {
                kind: {
                    str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest()
                    for path in folder.rglob("*")
                    if path.is_file() and path != place
                }
                for kind, folder in folders.items()
            }
            assert {**files, "lib": {}} == {**there, "lib": {}}
            checked += 1
    assert checked


def test_development_packages_have_what_programs_link(
    packages: dict[str, Package], kind: str
) -> None:
    """dh-lua makes a library of each module in C, with header and pkg-config file for each Lua."""
    for name, each in packages.items():
        is_compiled = field(each.file, "Architecture") != "all"
        assert (each.development is not None) == (kind == "dh-lua" and is_compiled)
        if each.development is None:
            continue
        names = {line.split()[5] for line in run("dpkg-deb", "-c", each.development).lines}
        parts = {"packer": 2, "lua-geoip": 3}.get(name, 1)
        for version in field(each.file, "Lua-Versions").split():
            for end in (f"lua{version}-*.a", f"lua{version}-*.so", f"lua{version}-*.pc"):
                assert sum(fnmatch(it, f"./usr/lib/*{end}") for it in names) == parts
            assert sum(fnmatch(it, f"./usr/include/lua{version}/*.h") for it in names) == parts


def test_installed_packages_are_rocks(packages: dict[str, Package], kind: str) -> None:
    """With the hooks, LuaRocks shows them; their own tests load every module."""
    with with_packages("bookworm", (*BESIDE, *KINDS[kind].beside)).clone() as machine:
        files = [*own().glob("distrorocks*.deb"), *(each.file for each in packages.values())]
        for file in files:
            shutil.copy(file, machine.path("/srv"))
        machine.run("dpkg", "--force-unsafe-io", "-i", *(f"/srv/{file.name}" for file in files))
        machine.distrorocks("config-snippet", "--apply")
        before = machine.faults()
        for name, each in packages.items():
            shutil.copy(each.tree / "debian/tests/require-modules", machine.path("/srv"))
            machine.run("/srv/require-modules")
            for version in field(each.file, "Lua-Versions").split():
                shown = machine.luarocks(version, "show", "--rock-dir", name).out.strip()
                assert f"/usr/lib/luarocks/rocks-{version}/{name}/" in shown
                listed = machine.luarocks(version, "list", "--porcelain", name).out
                assert listed.startswith(f"{name}\t")
        assert machine.run("teller").lines == ["told"]
        assert machine.faults() == before
