"""The hooks for pacman and apk: what they match, and what they run."""

from __future__ import annotations

import fnmatch
import re
import shutil
from collections.abc import Iterator

import pytest

from integration.machines import shell_packages
from integration.machines.machine import Machine, Outcome
from integration.machines.rocks import TREE
from integration.machines.roots import base
from integration.machines.scratch import CHECKOUT

ALPM = CHECKOUT / "hooks/alpm/distrorocks.hook"
APK = CHECKOUT / "hooks/apk/distrorocks"
# Paths as the packages of Arch and Alpine have them, and some that are no concern of ours.
MATTER = (
    "usr/share/lua/5.4/argparse.lua",
    "usr/share/lua/5.1/pl/init.lua",
    "usr/lib/lua/5.4/lpeg.so",
    "usr/lib/luarocks/rocks-5.3/lua_cliargs/3.0.2-1/rock_manifest",
)
OTHERS = ("usr/bin/lua5.4", "usr/lib/liblua.so.5.4", "usr/share/luajit-2.1/jit/bc.lua")


def alpm_settings() -> list[tuple[str, str, str]]:
    """Return the (section, name, value) triples of the hook for pacman, in order."""
    found, section = [], ""
    for line in ALPM.read_text().splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
        elif line and not line.startswith("#"):
            name, _, value = line.partition(" = ")
            found.append((section, name, value))
    return found


def alpm_values(name: str) -> list[str]:
    """Return each value that the hook for pacman gives to a name."""
    return [value for _, key, value in alpm_settings() if key == name]


def run_alpm(machine: Machine) -> Outcome:
    """Run what pacman runs: a program with words, without a shell."""
    (command,) = alpm_values("Exec")
    return machine.run(*command.split())


def run_apk(machine: Machine, stage: str = "post-commit") -> Outcome:
    """Run what apk runs: the program, from where it belongs, with the name of the stage."""
    place = "/etc/apk/commit_hooks.d/distrorocks"
    machine.write(place, APK.read_text()).chmod(0o755)
    return machine.run(place, stage)


def brought(machine: Machine) -> Machine:
    """Bring the command and its code to where a package has them."""
    place = machine.path("/usr/share/distrorocks/distrorocks")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "distrorocks", place, ignore=ignored)
    shutil.copy(CHECKOUT / "hooks/rpm/distrorocks", machine.path("/usr/bin/distrorocks"))
    return machine


@pytest.fixture
def foreign() -> Iterator[Machine]:
    """A system with Lua modules whose package database is neither dpkg's nor rpm's."""
    with base("bookworm").clone() as machine:
        shutil.rmtree(machine.path("/var/lib/dpkg"))
        machine.write("/usr/share/lua/5.4/argparse.lua", "return {}\n")
        yield brought(machine)


def test_the_hook_for_pacman_is_whole() -> None:
    """It has the sections and names of alpm-hooks(5) that one needs, and no other."""
    keys = {(section, name) for section, name, _ in alpm_settings()}
    assert keys == {
        *(("Trigger", name) for name in ("Operation", "Type", "Target")),
        *(("Action", name) for name in ("Description", "When", "Exec")),
    }
    assert alpm_values("Operation") == ["Install", "Upgrade", "Remove"]
    assert alpm_values("Type") == ["Path"]
    assert alpm_values("When") == ["PostTransaction"]


def test_pacman_runs_it_for_lua_files_alone() -> None:
    """Its targets match modules and rocks of Arch's packages, and no other file."""
    targets = alpm_values("Target")
    matched = [
        path for path in (*MATTER, *OTHERS) if any(fnmatch.fnmatch(path, t) for t in targets)
    ]
    assert matched == list(MATTER)


def test_apks_hook_acts_after_a_transaction_that_left_something_of_lua(foreign: Machine) -> None:
    """Not before one, and not where neither apk nor distrorocks has anything of Lua."""
    said = foreign.write("/usr/bin/distrorocks", '#!/bin/sh\necho "$@" >>/asked\n')
    said.chmod(0o755)
    for stage, line, is_asked in (
        ("pre-commit", "F:usr/share/lua/5.4", False),
        ("post-commit", "F:usr/bin", False),
        ("post-commit", "F:usr/share/lua/5.4", True),
    ):
        foreign.write("/lib/apk/db/installed", f"P:x\nV:1-r0\n{line}\n\n")
        run_apk(foreign, stage)
        assert foreign.path("/asked").exists() == is_asked, (stage, line)
    assert foreign.path("/asked").read_text() == "refresh --hook\n"


def test_a_system_that_cannot_be_read_is_told_so(foreign: Machine) -> None:
    """Without a database: exit status 0, one line that says why, no file touched."""
    before = foreign.contents("/usr/lib") | foreign.contents("/usr/share")
    told = run_alpm(foreign)
    (line,) = told.err.splitlines()
    assert "no package database" in line
    assert not told.out
    assert foreign.contents("/usr/lib") | foreign.contents("/usr/share") == before
    assert not foreign.path("/var/lib/distrorocks").exists()


def test_apks_hook_publishes_what_its_database_has(foreign: Machine) -> None:
    """And takes it back when the package is gone."""
    foreign.write("/etc/os-release", "ID=alpine\n")
    other = "P:busybox\nV:1.36.1-r5\nA:x86_64\nF:bin\nR:busybox\n\n"
    lua = "P:lua5.4-argparse\nV:0.7.1-r1\nA:noarch\nF:usr/share/lua/5.4\nR:argparse.lua\n\n"
    foreign.write("/lib/apk/db/installed", other + lua)
    assert not run_apk(foreign).err
    assert foreign.path(f"{TREE}/rocks-5.4/argparse/0.7.1-1/rock_manifest").exists()
    foreign.write("/lib/apk/db/installed", other)
    assert not run_apk(foreign).err
    assert not foreign.path(f"{TREE}/rocks-5.4").exists()


PKGBUILD = """pkgbase=lua-argparse
pkgname=(lua-argparse other)
pkgver=0.7.1
pkgrel=3
pkgdesc="Feature-rich command line parser"
arch=(any)
url=https://github.com/luarocks/argparse
license=(MIT)
package_lua-argparse() {
    install -Dm644 /srv/argparse.lua "$pkgdir/usr/share/lua/5.4/argparse.lua"
}
package_other() { install -Dm644 /srv/argparse.lua "$pkgdir/usr/share/other"; }
"""


@pytest.fixture
def arch() -> Iterator[Machine]:
    """A system of the real pacman, with our hook."""
    with shell_packages.root().clone() as machine:
        machine.write("/etc/os-release", "ID=arch\n")
        machine.write("/usr/share/libalpm/hooks/distrorocks.hook", ALPM.read_text())
        machine.write("/srv/argparse.lua", "return {}\n")
        machine.write("/srv/build/PKGBUILD", PKGBUILD)
        machine.run("chown", "-R", "nobody", "/srv/build")
        machine.run("pacman", "--query", status=None)  # makes its empty database
        make = "cd /srv/build && HOME=/srv/build makepkg --nodeps 2>&1"
        machine.run("setpriv", "--reuid", "nobody", "--clear-groups", "sh", "-c", make)
        machine.write(
            "/etc/pacman.conf", "[options]\nSigLevel = Never\nLocalFileSigLevel = Never\n"
        )
        shutil.rmtree(machine.path("/var/lib/dpkg"))
        yield brought(machine)


def test_pacman_itself_keeps_the_rocks_in_step(arch: Machine) -> None:
    """Its transactions run the hook after its database tells what they did."""
    rock = arch.path(f"{TREE}/rocks-5.4/argparse/0.7.1-1/rock_manifest")
    said = arch.run("sh", "-c", "pacman --noconfirm -Udd /srv/build/*.pkg.tar.* 2>&1").out
    assert "Telling LuaRocks" in said
    assert "warning" not in said
    assert rock.exists()
    assert "argparse" in arch.run("distrorocks", "scan").out
    assert arch.run("distrorocks", "verify").status == 0
    arch.write("/usr/share/lua/5.4/argparse.lua", "return 1\n")
    assert "pacman -S lua-argparse" in arch.run("distrorocks", "verify", status=1).out
    arch.run("pacman", "--noconfirm", "-Rdd", "lua-argparse")
    assert not rock.exists()
    assert not arch.path(f"{TREE}/rocks-5.4").exists()
