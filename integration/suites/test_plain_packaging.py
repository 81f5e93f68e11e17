"""Packaging without our helpers is built, judged, installed and used: ``--helper plain``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.system.lua.jail import Jail
from integration.machines.dpkg_packages import own
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
from integration.machines.story_rocks import ROCKS, story_rocks

LUAS = ("lua5.1", "lua5.2", "lua5.3", "lua5.4")
BESIDE = ("python3-debian", *LUAS, "lua-any", "lua-say")


class Package(NamedTuple):
    """The package of a rock, the folder of its source package, and what lintian says of both."""

    file: Path
    tree: Path
    tags: set[str]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Package]]:
    """Each rock as ``.deb``, built where distrorocks is not installed, with its own checks."""
    rocks = story_rocks(tmp_path_factory.mktemp("rocks"), ROCKS)
    found = {}
    kept = live() / "plain"
    kept.mkdir(exist_ok=True)
    with Jail() as jail, build_root("bookworm", ("lua-say",)).clone() as machine:
        for name, rock in rocks.items():
            tree, _ = source_tree(rock, "deb", jail, 'helper = "plain"\n')
            done = built(machine, tree, "/srv/rock")
            (file,) = (each for each in done.packages if "-dbgsym" not in each.name)
            tags = lintian_tags((*done.packages, source_package(tree)))
            found[name] = Package(Path(shutil.copy(file, kept)), tree, tags)
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


def test_installed_packages_are_rocks(packages: dict[str, Package]) -> None:
    """With the hooks, LuaRocks shows them; their own tests load every module."""
    with with_packages("bookworm", BESIDE).clone() as machine:
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
        assert machine.run("teller").lines == ["told"]
        assert machine.faults() == before
