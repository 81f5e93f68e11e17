"""A machine whose packages are rpm's, made out of a Debian root."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import Machine, Outcome, run
from integration.machines.rocks import published
from integration.machines.roots import Clone
from integration.machines.rpm_packages import FEDORA, OPENSUSE, RpmPackage

LUA_VERSIONS = ("5.1", "5.3", "5.4")
# The machine's Python writes down each time that a hook starts it, and can be made to fail.
RUNS = "/srv/runs"
BROKEN = "/srv/broken"
COUNTING = f"""#!/bin/sh
echo run >>{RUNS}
[ -e {BROKEN} ] && . {BROKEN}
exec /usr/bin/python3.11 "$@"
"""


class RpmSystem(NamedTuple):
    """A distribution of rpm's family: its os-release, its database's place, its packages."""

    os_release: str
    database: str
    packages: tuple[RpmPackage, ...]


SYSTEMS = {
    "fedora": RpmSystem(
        'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=42\n', "/usr/lib/sysimage/rpm", FEDORA
    ),
    "opensuse": RpmSystem(
        'NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
        "/var/lib/rpm",
        OPENSUSE,
    ),
}


class RpmMachine:
    """A machine whose packages are rpm's."""

    def __init__(self, machine: Machine, system: RpmSystem) -> None:
        self.machine = machine
        self.system = system

    def rpm(self, *words: str, status: int | None = 0) -> Outcome:
        """Run rpm on the machine's database."""
        place = ("--root", str(self.machine.root), "--dbpath", self.system.database)
        return run("rpm", *place, *words, status=status)

    def faults(self) -> list[str]:
        """Return what `rpm -Va` complains of, dependencies aside: there is no whole system here."""
        return self.rpm("--verify", "--all", "--nodeps", status=None).lines

    def owned(self) -> set[str]:
        """Return every path that the packages own."""
        return set(self.rpm("--query", "--all", "--list").lines)

    def expected(self, lua_version: str) -> set[tuple[str, str]]:
        """Return the (rock, version without revision) pairs that the packages are."""
        shown = self.rpm("--query", "--all", "--queryformat", "%{NAME} %{VERSION}\\n").lines
        installed = dict(line.split() for line in shown)
        return {
            (package.rock, installed[package.name])
            for package in self.system.packages
            if package.rock and package.name in installed and lua_version in package.lua_versions
        }


class Hooked(RpmMachine):
    """A machine of rpm's with a Python that counts how often the hooks start it."""

    def install(self, *files: Path, how: str = "-i") -> Outcome:
        """Install or upgrade .rpm files in one transaction."""
        return self.rpm("--nodeps", how, *map(str, files))

    def erase(self, *names: str) -> Outcome:
        """Erase packages in one transaction."""
        return self.rpm("--nodeps", "--erase", *names)

    def refreshes(self) -> int:
        """Return how many refreshes ran since this was last asked."""
        runs = self.machine.path(RUNS)
        count = len(runs.read_text().splitlines()) if runs.exists() else 0
        runs.unlink(missing_ok=True)
        return count

    def files(self) -> set[str]:
        """Return every path of the system but rpm's own database."""
        found = {*self.machine.contents("/usr"), *self.machine.contents("/var")}
        own = (self.system.database, "/var/cache/", "/var/lib/dnf", "/var/log/")
        return {path for path in found if not path.startswith(own)}

    def assert_true(self, altered: str = "") -> None:
        """LuaRocks lists what rpm has installed, for each Lua version, and rpm has no complaint.

        `altered` is a configuration file that the administrator has changed.
        """
        for lua_version in LUA_VERSIONS:
            expected = self.expected(lua_version)
            on_disk = published(self.machine, lua_version)
            listed = self.machine.rocks(lua_version)
            assert listed == on_disk, lua_version
            assert {(rock, v.rpartition("-")[0]) for rock, v in listed} == expected, lua_version
        assert [line.split()[-1] for line in self.faults()] == ([altered] if altered else [])


def made_into(machine: Clone, system: RpmSystem) -> RpmMachine:
    """Turn a Debian root into a system of rpm's family, with an empty package database."""
    shutil.rmtree(machine.path("/var/lib/dpkg"))
    machine.path("/etc/os-release").unlink()
    machine.write("/etc/os-release", system.os_release)
    place = ("--root", str(machine.root), "--dbpath", system.database)
    run("rpmdb", *place, "--initdb")
    return RpmMachine(machine, system)
