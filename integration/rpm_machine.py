"""A machine whose packages are rpm's, made out of a Debian root."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from integration.machine import Machine, Outcome, run
from integration.roots import Clone
from integration.rpm_packages import FEDORA, OPENSUSE, RpmPackage


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


def made_into(machine: Clone, system: RpmSystem) -> RpmMachine:
    """Turn a Debian root into a system of rpm's family, with an empty package database."""
    shutil.rmtree(machine.path("/var/lib/dpkg"))
    machine.path("/etc/os-release").unlink()
    machine.write("/etc/os-release", system.os_release)
    place = ("--root", str(machine.root), "--dbpath", system.database)
    run("rpmdb", *place, "--initdb")
    return RpmMachine(machine, system)
