"""Rocks as Arch's packages, built by makepkg, and as Alpine's, whose functions busybox runs.

Debian has makepkg, but no abuild: what abuild does with an APKBUILD stands in ``ABUILD`` below.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import NamedTuple

from distrorocks.packaging.scaffold.scaffold import Scaffold
from distrorocks.system.lua.jail import Jail
from integration.machines.machine import CommandError, Machine
from integration.machines.rock_packages import Verdict, failure_line, lack_of, source_tree
from integration.machines.roots import Layer, with_packages

TOOLS = (
    "makepkg",
    "pacman-package-manager",
    "build-essential",
    "fakeroot",
    "libarchive-tools",
    "file",
    "busybox",
    "zip",
    "unzip",
    "lua-any",
    "lua-say",
    "libssl-dev",
    "zlib1g-dev",
    "libexpat1-dev",
    "libsqlite3-dev",
    "cmake",
)
BUILDER = "nobody"  # makepkg and abuild refuse to run as root
PLACE = "/srv/recipe"
SETTINGS = 'lua_versions = ["5.1", "5.3", "5.4"]\n'
FLAGS = """. /etc/makepkg.conf
CPPFLAGS=-D_FORTIFY_SOURCE=2
CFLAGS="-O2 -Wformat -Werror=format-security"
LDFLAGS="-Wl,-O1 -Wl,-z,relro"
"""
# abuild's variables and the order of its steps: build, check, package, then each subpackage. Each
# archive is packed anew by gzip (``source_tree``), whatever its name says.
ABUILD = """set -e
CFLAGS="-O2 -Wformat -Werror=format-security" LDFLAGS="-Wl,--as-needed" CPPFLAGS=
export CFLAGS LDFLAGS CPPFLAGS
startdir=$PWD srcdir=$PWD/src pkgbasedir=$PWD/pkg
mkdir -p "$srcdir" "$pkgbasedir"
msg() { echo "$*"; }
named() { case $1 in *::*) echo "${1%%::*}" ;; *) echo "${1##*/}" ;; esac; }
. ./APKBUILD
for file in $source; do
	ln -sf "$startdir/$(named "$file")" "$srcdir/"
done
for file in $source; do
	file=$(named "$file")
	case $file in *.rockspec) ;; *) tar -C "$srcdir" -xzf "$startdir/$file" ;; esac
done
pkgdir=$pkgbasedir/$pkgname
case " $options $NO_CHECK " in *" !check "*) check() { :; } ;; esac
for step in build check package; do
	( cd "$builddir"; $step )
done
for each in $subpackages; do
	subpkgname=${each%%:*} subpkgdir=$pkgbasedir/${each%%:*}
	( cd "$builddir"; ${each##*:}; echo "$subpkgname: $depends; $install_if" > "$subpkgdir.told" )
done
"""


class ShellPackages(NamedTuple):
    """The packages of one rock: a folder with the files of each, and what the build said."""

    made: Scaffold
    folder: Path
    names: tuple[str, ...]
    log: str

    def files(self, name: str) -> set[str]:
        """Return the files of a package by their paths in the system."""
        top = self.folder / name
        paths = (top / "usr").rglob("*")
        return {f"/{path.relative_to(top)}" for path in paths if not path.is_dir()}


def root() -> Layer:
    """Return a Debian 12 with the tools of both distributions that Debian has."""
    return with_packages("bookworm", TOOLS)


def arch_packages(
    machine: Machine, rock: Path, jail: Jail, settings: str = SETTINGS, *, check: bool = True
) -> ShellPackages:
    """Build a rock's packages with makepkg, and unpack them."""
    made = _placed(machine, rock, "arch", jail, settings)
    machine.write(f"{PLACE}/makepkg.conf", FLAGS)
    machine.run("pacman", "--query", status=None)  # makes its empty database
    checked = "--check" if check else "--nocheck"
    log = _run(machine, f"makepkg --config makepkg.conf --nodeps {checked} 2>&1")
    names = _names(made)
    for name in names:
        unpack = f"mkdir -p pkgs/{name} && bsdtar -C pkgs/{name} -xf {name}-*.pkg.tar.*"
        _run(machine, unpack)
    return ShellPackages(made, machine.path(f"{PLACE}/pkgs"), names, log)


def alpine_packages(
    machine: Machine, rock: Path, jail: Jail, settings: str = SETTINGS, *, check: bool = True
) -> ShellPackages:
    """Run the functions of a rock's APKBUILD with busybox's shell and tools, as abuild would."""
    made = _placed(machine, rock, "alpine", jail, settings)
    machine.write(f"{PLACE}/abuild.sh", ABUILD)
    machine.run("sh", "-c", "mkdir -p /opt/busybox && busybox --install -s /opt/busybox")
    checked = "" if check else "!check"
    log = _run(machine, f"NO_CHECK={checked} PATH=/opt/busybox:$PATH busybox ash abuild.sh 2>&1")
    return ShellPackages(made, machine.path(f"{PLACE}/pkg"), _names(made), log)


def shell_verdict(
    form: str, machine: Machine, rock: Path, jail: Jail
) -> tuple[Verdict, ShellPackages | None]:
    """Build a rock's packages of a form, and return what became of it.

    Debian's LuaRocks knows no Lua 5.5, which Arch has: packages for it are left out.
    """
    _, planned = source_tree(rock, form, jail)
    luas = [each for each in planned.plan.values["lua_versions"] if each != "5.5"]  # type: ignore[union-attr]
    build = {"arch": arch_packages, "alpine": alpine_packages}[form]
    verdict = Verdict(rock.name, "", tuple(luas))
    start = time.monotonic()
    try:
        done = build(machine, rock, jail, f"lua_versions = {luas}\n", check=False)
    except CommandError as failure:
        return verdict._replace(reason=failure_line(str(failure)), log=str(failure)), None
    files = {path for name in done.names for path in done.files(name)}
    seconds = time.monotonic() - start
    return verdict._replace(reason=lack_of(done.made, files), seconds=seconds, log=done.log), done


def _placed(machine: Machine, rock: Path, form: str, jail: Jail, settings: str) -> Scaffold:
    """Put a rock's packaging and upstream's archive into a folder of the builder's own."""
    folder, made = source_tree(rock, form, jail, settings)
    place = machine.path(PLACE)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    machine.run("chown", "-R", BUILDER, PLACE)
    return made


def _run(machine: Machine, command: str) -> str:
    """Run a command in the packaging's folder as the builder; return what it said."""
    words = f"cd {PLACE} && export HOME={PLACE} && {command}"
    return machine.run("setpriv", "--reuid", BUILDER, "--clear-groups", "sh", "-c", words).out


def _names(made: Scaffold) -> tuple[str, ...]:
    names = made.plan.values["lua_packages"]
    assert isinstance(names, tuple)
    return names
