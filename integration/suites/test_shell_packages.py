"""Scaffolded PKGBUILDs and APKBUILDs are built: each Lua's package has all that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.system.lua.jail import Jail
from integration.machines.machine import Machine
from integration.machines.shell_packages import (
    PLACE,
    ShellPackages,
    alpine_packages,
    arch_packages,
    root,
)
from integration.machines.story_rocks import ROCKS, source_rock

LUAS = ("5.1", "5.3", "5.4")
ALL = (*sorted(ROCKS), "flat")


@pytest.fixture(scope="module")
def rocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The source rocks by name."""
    folder = tmp_path_factory.mktemp("rocks")
    flat = folder / "flat"
    flat.mkdir()
    found = {name: source_rock(name, folder) for name in ROCKS}
    return {**found, "flat": source_rock("counter", flat, is_flat=True)}


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine with the tools of the distributions."""
    with root().clone() as clone:
        yield clone


def judge(machine: Machine, packages: ShellPackages) -> None:
    """Check what each of the packages of one rock holds."""
    values = packages.made.plan.values
    rock = f"{values['rock']}/{values['rock_version']}"
    spec = f"{values['rock']}-{values['rock_version']}.rockspec"
    for lua, name in zip(LUAS, packages.names, strict=True):
        files = packages.files(name)
        for module in values["modules"]:  # type: ignore[union-attr]
            path = str(module).replace(".", "/")
            share, lib = f"/usr/share/lua/{lua}/{path}", f"/usr/lib/lua/{lua}/{path}"
            assert {f"{share}.lua", f"{share}/init.lua", f"{lib}.so"} & files, (name, module)
        place = f"/usr/lib/luarocks/rocks-{lua}"
        assert {f"{place}/{rock}/{spec}", f"{place}/{rock}/rock_manifest"} <= files
        assert f"{place}/manifest" not in files
        others = [path for path in files for other in LUAS if f"/{other}/" in path and other != lua]
        assert not others
        for path in files:
            content = (packages.folder / name / path[1:]).read_bytes()
            assert PLACE.encode() not in content, (name, path)
    commands = {(name, p) for name in packages.names for p in packages.files(name) if "/bin/" in p}
    own = {(name, path) for name, path in commands if path.startswith("/usr/bin/")}
    assert own == {
        (packages.names[-1], f"/usr/bin/{command}")
        for command in values["commands"]  # type: ignore[union-attr]
    }
    tell(machine, packages, {path for _, path in own})


def tell(machine: Machine, packages: ShellPackages, commands: set[str]) -> None:
    """Put the packages in place, and check that their commands and LuaRocks know them."""
    place = f"/{packages.folder.relative_to(machine.root)}"
    for lua, name in zip(LUAS, packages.names, strict=True):
        machine.run("cp", "-a", f"{place}/{name}/usr/.", "/usr/local/")
        machine.run("luarocks-admin", f"--lua-version={lua}", "make-manifest", "/usr/local")
    for command in commands:
        text = machine.path(command.replace("/usr/", "/usr/local/")).read_text()
        assert text.startswith(f"#!/usr/bin/lua{LUAS[-1]}\n")
        assert machine.run(command.replace("/usr/", "/usr/local/")).lines == ["told"]


@pytest.mark.parametrize("rock", ALL)
def test_makepkg_makes_a_package_for_each_lua(
    machine: Machine, rocks: dict[str, Path], rock: str
) -> None:
    """All modules and the rock's metadata are there, nothing knows where it was built."""
    name = "counter" if rock == "flat" else rock
    with Jail() as jail:
        packages = arch_packages(machine, rocks[rock], jail)
    assert packages.names == (f"lua51-{name}", f"lua53-{name}", f"lua54-{name}")
    warnings = [line for line in packages.log.splitlines() if "WARNING" in line]
    assert warnings == ["==> WARNING: Skipping dependency checks."]
    for lua, package in zip(LUAS, packages.names, strict=True):
        told = (packages.folder / package / ".PKGINFO").read_text().splitlines()
        assert f"depend = lua{lua.replace('.', '')}" in told
        kind = "any" if name == "teller" else "x86_64"
        assert f"arch = {kind}" in told
        assert f"/usr/share/licenses/{package}/LICENSE" in packages.files(package)
    judge(machine, packages)


@pytest.mark.parametrize("rock", ALL)
def test_busybox_runs_an_apkbuild(machine: Machine, rocks: dict[str, Path], rock: str) -> None:
    """Its functions build, load and install each Lua's modules with Alpine's shell and tools."""
    name = "counter" if rock == "flat" else rock
    with Jail() as jail:
        packages = alpine_packages(machine, rocks[rock], jail)
    assert packages.names == (f"lua5.1-{name}", f"lua5.3-{name}", f"lua5.4-{name}")
    for lua, package in zip(LUAS, packages.names, strict=True):
        told = (packages.folder / f"{package}.told").read_text().strip()
        assert told.startswith(f"{package}: lua{lua}")
        assert told.endswith(f"; lua{lua} lua-{name}=1.2-r0")
    judge(machine, packages)
