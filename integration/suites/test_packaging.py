"""Scaffolded packaging is built, judged, installed, used and removed: rocks become packages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.system.lua.jail import Jail
from integration.machines.dpkg_packages import own
from integration.machines.machine import CommandError, Machine
from integration.machines.rock_packages import (
    Verdict,
    built_elsewhere,
    deb_of,
    modules_of,
    source_tree,
)
from integration.machines.rocks import make, write_local_rock
from integration.machines.roots import Layer, with_packages
from integration.machines.scratch import live
from integration.machines.source_packages import (
    build_root,
    digests,
    field,
    with_our_packages,
)
from integration.machines.story_rocks import ROCKS, story_rocks

LUAS = ("lua5.1", "lua5.2", "lua5.3", "lua5.4")
SCAFFOLDING = ("python3-jinja2", "python3-license-expression")
BESIDE = ("python3-debian", *LUAS, "lua-any", "lua-say")


class Packages(NamedTuple):
    """The packages of one rock in one form, and what became of it."""

    verdict: Verdict
    files: tuple[Path, ...]
    modules: tuple[str, ...]


@pytest.fixture(scope="module")
def rocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Source rocks by name."""
    return story_rocks(tmp_path_factory.mktemp("rocks"), ROCKS)


def kept(packages: tuple[Path, ...], form: str) -> tuple[Path, ...]:
    """Return copies of packages that outlive the machine that built them."""
    folder = live() / f"scaffolded-{form}"
    folder.mkdir(exist_ok=True)
    return tuple(Path(shutil.copy(path, folder)) for path in packages)


@pytest.fixture(scope="module")
def debs(rocks: dict[str, Path]) -> Iterator[dict[str, Packages]]:
    """Each rock as ``.deb``, built by dpkg-buildpackage; one of them once more, elsewhere."""
    found = {}
    with Jail() as jail, build_root("bookworm").clone() as machine:
        with_our_packages(machine)
        for name, rock in rocks.items():
            verdict, done = deb_of(machine, rock, jail)
            assert done, verdict.log
            files = kept(tuple(p for p in done.packages if "-dbgsym" not in p.name), "deb")
            found[name] = Packages(verdict, files, modules_of(rock, jail))
        for name in ROCKS:
            tree, _ = source_tree(rocks[name], "deb", jail)
            other = built_elsewhere(machine, tree)
            files = kept(tuple(p for p in other if "-dbgsym" not in p.name), "again")
            found[f"{name} again"] = found[name]._replace(files=files)
        yield found


@pytest.fixture(scope="module")
def clean() -> Iterator[Layer]:
    """A Debian 12 with LuaRocks, each Lua, Debian's package of say, and the hooks."""
    with with_packages("bookworm", BESIDE).clone() as machine:
        install(machine, *own().glob("distrorocks*.deb"))
        machine.distrorocks("config-snippet", "--apply")
        yield machine.freeze()


@pytest.fixture
def machine(clean: Layer) -> Iterator[Machine]:
    """A fresh copy of that Debian."""
    with clean.clone() as clone:
        yield clone


def install(machine: Machine, *packages: Path) -> None:
    """Install packages in one transaction, with all that they depend on there."""
    for package in packages:
        shutil.copy(package, machine.path("/srv"))
    inside = [f"/srv/{package.name}" for package in packages]
    machine.run("dpkg", "--force-unsafe-io", "-i", *inside)
    for package in packages:
        machine.path(f"/srv/{package.name}").unlink()


def system_files(machine: Machine) -> dict[str, str]:
    """Return what stands on a machine, but for dpkg's own notes."""
    notes = ("/var/lib/dpkg/", "/var/log/", "/var/cache/")
    return {p: held for p, held in machine.contents().items() if not p.startswith(notes)}


def test_every_rock_is_a_package_that_lintian_likes(debs: dict[str, Packages]) -> None:
    """All modules for every Lua are in the package; no error, no warning of lintian."""
    for name, packages in debs.items():
        assert (name, packages.verdict.reason, packages.verdict.tags) == (name, "", ())


def test_builds_in_other_places_are_the_same(debs: dict[str, Packages]) -> None:
    """Another folder, locale and time zone give the same package to the byte."""
    for name in ROCKS:
        assert digests(debs[name].files) == digests(debs[f"{name} again"].files)


def test_installed_packages_are_rocks_and_go_without_a_trace(
    machine: Machine, debs: dict[str, Packages]
) -> None:
    """Modules load, LuaRocks shows the rocks and needs no other; removal leaves nothing."""
    before, faults = system_files(machine), machine.faults()
    installed = {name: each for name, each in debs.items() if not name.endswith(" again")}
    install(machine, *(file for each in installed.values() for file in each.files))
    versions = {name: field(each.files[0], "Lua-Versions") for name, each in installed.items()}
    assert versions["teller"].split() == ["5.1", "5.2", "5.3", "5.4"]
    for name, packages in installed.items():
        assert packages.modules
        for version in versions[name].split():
            for module in packages.modules:
                machine.run(f"lua{version}", "-e", f"require({module!r})")
            shown = machine.luarocks(version, "show", "--rock-dir", name).out.strip()
            assert f"/usr/lib/luarocks/rocks-{version}/{name}/" in shown
    assert machine.run("teller").lines == ["told"]
    folder = write_local_rock(machine, "needy", ["teller >= 1.2", "counter >= 1.2"])
    for version in versions["teller"].split():
        assert "Installing" not in make(machine, version, folder)
        machine.luarocks(version, "remove", "needy")
    for path in (folder, "/usr/local/lib/luarocks", "/usr/local/share/lua"):
        shutil.rmtree(machine.path(path), ignore_errors=True)
    assert machine.faults() == faults
    names = [field(file, "Package") for each in installed.values() for file in each.files]
    machine.run("dpkg", "--purge", *names)
    assert system_files(machine) == before
    with pytest.raises(CommandError, match="teller"):
        make(machine, "5.4", write_local_rock(machine, "needy", ["teller >= 1.2"]))


def test_the_debian_package_itself_scaffolds(rocks: dict[str, Path]) -> None:
    """With Debian's own libraries the command that the package brings finds its templates."""
    with with_packages("bookworm", SCAFFOLDING).clone() as machine:
        for package in own().glob("distrorocks*.deb"):
            shutil.copy(package, machine.path("/srv"))
        machine.run("sh", "-c", "dpkg --force-unsafe-io -i /srv/*.deb")
        shutil.copy(rocks["counter"], machine.path("/srv"))
        machine.run("distrorocks", "scaffold", f"/srv/{rocks['counter'].name}", "-o", "/srv/out")
        assert machine.path("/srv/out/debian/control").read_text().startswith("Source: lua-counter")
        assert os.access(machine.path("/srv/out/debian/rules"), os.X_OK)
