"""Scaffolded spec files: a package for each Lua, installed by rpm, needed, used and removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.system.lua.jail import Jail
from integration.machines.machine import CommandError, Machine, run
from integration.machines.rock_packages import modules_of
from integration.machines.rocks import make, write_local_rock
from integration.machines.roots import with_packages
from integration.machines.rpm_machine import SYSTEMS, Hooked, made_into
from integration.machines.rpm_packages import built_lua, built_provider
from integration.machines.rpm_rocks import rpm_builder, rpm_of
from integration.machines.scratch import CHECKOUT, live
from integration.machines.story_rocks import ROCKS, story_rocks

LUAS = {"fedora": ("5.1", "5.4"), "opensuse": ("5.1", "5.3", "5.4")}
# Where Fedora and openSUSE have C modules, Debian's Lua does not look.
STAMP = "/var/lib/distrorocks/rpm.stamp"
OWN = ("/usr/local/lib/luarocks", "/usr/local/share/lua")
CPATH = "LUA_CPATH=/usr/lib64/lua/{}/?.so;;"


class RockPackages(NamedTuple):
    """The packages of one rock, one for each Lua, and the modules that each holds."""

    version: str
    files: tuple[Path, ...]
    modules: tuple[str, ...]

    def file(self, lua: str) -> Path:
        """Return the package for a Lua."""
        (found,) = (each for each in self.files if f"lua{lua}dist(" in provides(each))
        return found

    def name(self, lua: str) -> str:
        """Return the name of the package for a Lua."""
        return run("rpm", "-qp", "--queryformat", "%{NAME}", self.file(lua)).out


class Packaged(NamedTuple):
    """A system of rpm's family with its Luas and the hooks, and the packages of the rocks."""

    hooked: Hooked
    luas: tuple[str, ...]
    rocks: dict[str, RockPackages]

    @property
    def files(self) -> tuple[str, ...]:
        """The packages of all rocks."""
        return tuple(str(file) for each in self.rocks.values() for file in each.files)

    def lua(self, version: str, program: str) -> list[str]:
        """Return what a Lua prints that runs a program."""
        words = ("env", CPATH.format(version), f"lua{version}", "-e", program)
        return self.hooked.machine.run(*words).lines


def provides(package: Path) -> str:
    """Return what a package gives, a line each."""
    return run("rpm", "-qp", "--provides", package).out


@pytest.fixture(scope="module", params=sorted(LUAS))
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, RockPackages]]:
    """Each rock as packages of a distribution, built twice, with no error of rpmlint."""
    form: str = request.param
    found = {}
    with Jail() as jail, rpm_builder() as builder:
        for name, rock in story_rocks(tmp_path_factory.mktemp("rocks"), (*ROCKS, "say")).items():
            verdict, files = rpm_of(builder, rock, jail, form=form, twice=True)
            assert (name, verdict.reason, verdict.tags) == (name, "", ()), verdict.log
            version = rock.name.removesuffix(".src.rock").removeprefix(f"{name}-")
            found[name] = RockPackages(version, files, modules_of(rock, jail))
    return form, found


@pytest.fixture
def packaged(built: tuple[str, dict[str, RockPackages]]) -> Iterator[Packaged]:
    """A system with Lua and the hooks, whose LuaRocks looks where packages are."""
    form, rocks = built
    out = live() / "own-rpms"
    if not out.exists():
        run(CHECKOUT / "hooks/rpm/build", out)
    (hooks,) = out.glob("distrorocks-hooks-*.noarch.rpm")
    with with_packages("bookworm", ("rpm",)).clone() as machine:
        made_into(machine, SYSTEMS[form])
        machine.path("/usr/share/licenses").mkdir()  # the package filesystem has it there
        hooked = Hooked(machine, SYSTEMS[form])
        hooked.rpm("-i", str(built_provider()), str(built_lua(LUAS[form])), str(hooks))
        machine.distrorocks("config-snippet", "--apply")
        yield Packaged(hooked, LUAS[form], rocks)


def content(machine: Machine) -> dict[str, str]:
    """Return what stands on a machine, but for rpm's own notes and the hooks' note of them."""
    notes = ("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/var/log/", "/var/cache/", STAMP, *OWN)
    return {p: held for p, held in machine.contents().items() if not p.startswith(notes)}


def test_each_lua_has_a_package_that_says_so(packaged: Packaged) -> None:
    """Names are the distribution's; what is given and needed is of that Lua alone."""
    for name, each in packaged.rocks.items():
        for lua in packaged.luas:
            file = each.file(lua)
            given, needed = provides(file), run("rpm", "-qp", "--requires", file).lines
            assert f"lua{lua}dist({name}) = {each.version}" in given.splitlines()
            assert given.count("dist(") == 1
            interface = "lua(abi)" if len(packaged.luas) == 2 else "Lua(API)"
            assert f"{interface} = {lua}" in needed
            others = {line.partition("dist(")[0].strip("(") for line in needed if "dist(" in line}
            assert others == ({f"lua{lua}"} if name == "teller" else set())
            assert file.name.endswith(".noarch.rpm") == (name not in ("counter", "nested"))


def test_packages_are_rocks_and_go_without_a_trace(packaged: Packaged) -> None:
    """Modules load in their Lua, LuaRocks shows the rocks and needs no other; nothing stays."""
    hooked, machine = packaged.hooked, packaged.hooked.machine
    before = content(machine)
    hooked.rpm("-i", *packaged.files)
    assert hooked.faults() == []
    folder = write_local_rock(machine, "needy", ["teller >= 1.2", "counter >= 1.2"])
    for lua in packaged.luas:
        for name, each in packaged.rocks.items():
            assert each.modules
            for module in each.modules:
                packaged.lua(lua, f"require({module!r})")
            shown = machine.luarocks(lua, "show", "--rock-dir", name).out.strip()
            assert f"/usr/lib/luarocks/rocks-{lua}/{name}/{each.version}" in shown
        assert "Installing" not in make(machine, lua, folder)
        machine.luarocks(lua, "remove", "needy")
    for command, lua in (("teller", packaged.luas[-1]), *_suffixed(packaged)):
        assert machine.run(command).lines == ["told"]
        assert machine.path(f"/usr/bin/{command}").read_text().startswith(f"#!/usr/bin/lua{lua}\n")
    machine.run("rm", "-rf", folder, *OWN)
    hooked.rpm("-e", *(each.name(lua) for each in packaged.rocks.values() for lua in packaged.luas))
    assert content(machine) == before


def _suffixed(packaged: Packaged) -> list[tuple[str, str]]:
    """Return the commands of the Luas that do not own the command's own name."""
    return [(f"teller-{lua}", lua) for lua in packaged.luas[:-1]]


def test_what_is_missing_is_named(packaged: Packaged) -> None:
    """rpm refuses a package whose rock needs another, LuaRocks a rock whose package is gone."""
    hooked = packaged.hooked
    with pytest.raises(CommandError, match=r"lua5\.[134]dist\(say\) >= 1\.3.* is needed by"):
        hooked.rpm("-i", *map(str, packaged.rocks["teller"].files))
    with pytest.raises(CommandError, match="teller"):
        make(hooked.machine, "5.4", write_local_rock(hooked.machine, "needy", ["teller >= 1.2"]))
