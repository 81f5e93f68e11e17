"""Packages that carry their rock: Debian's own adopted, others built by LuaRocks, and .rpms."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from integration.corpus.helpers_corpus import adopted
from integration.machines.machine import Machine, Outcome, run
from integration.machines.rock_specs import (
    ROCKS,
    rpm_built,
    rpm_root,
    with_our_macros,
)
from integration.machines.roots import Layer
from integration.machines.scratch import live
from integration.machines.source_packages import (
    TRIPLETS,
    Built,
    build_root,
    built,
    digests,
    fetched,
    field,
    for_the_other_architecture,
    metadata,
    with_our_packages,
)

CONTROL = """Source: lua-fake
Section: interpreters
Maintainer: Nobody <nobody@example.org>
Build-Depends: debhelper-compat (= 13), dh-sequence-luarocks, liblua5.1-0-dev, liblua5.4-dev
Standards-Version: 4.6.2

Package: lua-fake
Architecture: any
Multi-Arch: same
Depends: ${lua:Depends}, ${shlibs:Depends}, ${misc:Depends}
Provides: ${lua:Provides}
XB-Lua-Versions: ${lua:Versions}
Description: a rock
 It is built by LuaRocks.
"""
RULES = "#!/usr/bin/make -f\n%:\n\tdh $@ --buildsystem=luarocks\n"
CHANGELOG = """lua-fake (1.2-1) unstable; urgency=medium

  * Made.

 -- Nobody <nobody@example.org>  Sat, 21 Nov 2026 08:00:00 +0000
"""
ROCKSPEC = """package = "fake"
version = "1.2-3"
source = { url = "git://example.org/fake" }
description = { license = "MIT" }
dependencies = { "lua >= 5.1, < 5.5", "say >= 1.3" }
build = {
   type = "builtin",
   modules = { fake = "fake.lua", ["fake.core"] = "core.c" },
   install = { bin = { faker = "faker" } },
   copy_directories = { "doc" },
}
"""
CORE = """#include <lua.h>
int luaopen_fake_core(lua_State *L) { lua_pushinteger(L, 42); return 1; }
"""


class Root(NamedTuple):
    """A build root with our packages, and lua-filesystem adopted and built in it."""

    layer: Layer
    adopted: Built


@pytest.fixture(scope="module")
def root() -> Iterator[Root]:
    """Debian 12 with debhelper, dh-lua and our packages; Debian's lua-filesystem rebuilt."""
    with build_root("bookworm").clone() as machine:
        with_our_packages(machine)
        done = built(machine, adopted(fetched("bookworm", "lua-filesystem")), "/srv/lua-filesystem")
        folder = live() / "adopted-debs"
        folder.mkdir()
        packages = tuple(Path(shutil.copy(package, folder)) for package in done.packages)
        yield Root(machine.freeze(), done._replace(packages=packages))


@pytest.fixture
def machine(root: Root) -> Iterator[Machine]:
    """A fresh copy of the build root."""
    with root.layer.clone() as clone:
        yield clone


def named(packages: tuple[Path, ...], name: str) -> Path:
    """Return the package of a name."""
    (found,) = (path for path in packages if path.name.startswith(f"{name}_"))
    return found


def test_an_adopted_package_of_two_architectures_installs_together(
    root: Root, machine: Machine, tmp_path: Path
) -> None:
    """Both ship the same metadata; the trigger writes the digests; LuaRocks lists the rock."""
    package = named(root.adopted.packages, "lua-filesystem")
    rock = "luafilesystem/1.8.0-1"
    assert metadata(package) == {
        f"rocks-5.{minor}/{rock}/luafilesystem-1.8.0-1.rockspec" for minor in (1, 2, 3, 4)
    }
    assert "lua5.4-rock-luafilesystem (= 1.8.0-1)" in field(package, "Provides")
    other = for_the_other_architecture(package, tmp_path)
    for file in (package, other):
        shutil.copy(file, machine.path("/srv"))
    machine.run("dpkg", "--add-architecture", "i386")
    machine.run("dpkg", "-i", f"/srv/{package.name}", f"/srv/{other.name}")
    shown = machine.run("dpkg-query", "-W", "-f", "${Status} ${Architecture}\\n", "lua-filesystem*")
    assert {"install ok installed amd64", "install ok installed i386"} <= set(shown.lines)
    manifest = machine.path(f"/usr/lib/luarocks/rocks-5.4/{rock}/rock_manifest").read_text()
    (library,) = machine.path(f"/usr/lib/{TRIPLETS[0]}").glob("liblua5.4-filesystem.so.*.*.*")
    assert hashlib.md5(library.read_bytes()).hexdigest() in manifest
    assert machine.faults() == []
    machine.distrorocks("config-snippet", "--apply")
    assert ("luafilesystem", "1.8.0-1") in machine.rocks("5.4")
    machine.run("dpkg", "--purge", "lua-filesystem:i386", "lua-filesystem:amd64")
    assert not machine.path("/usr/lib/luarocks/rocks-5.4/luafilesystem").exists()


def fake_source(folder: Path) -> Path:
    """Write a source package that LuaRocks builds: a C module, a Lua module, a command."""
    files = {
        "debian/control": CONTROL,
        "debian/rules": RULES,
        "debian/changelog": CHANGELOG,
        "debian/copyright": "MIT\n",
        "fake-1.2-3.rockspec": ROCKSPEC,
        "fake.lua": "return { core = require('fake.core') }\n",
        "faker": "#!/usr/bin/env lua\nprint(require('fake').core)\n",
        "core.c": CORE,
        "doc/index.html": "<p>manual</p>\n",
    }
    for name, text in files.items():
        place = folder / "fake" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (folder / "fake/debian/rules").chmod(0o755)
    return folder / "fake"


def test_luarocks_builds_a_package_for_each_lua(machine: Machine, tmp_path: Path) -> None:
    """Its command runs, its relations are the rockspec's, and a second build is the same."""
    source = fake_source(tmp_path)
    one = built(machine, source, "/srv/one")
    two = built(machine, source, "/srv/another/place", LC_ALL="C", TZ="Asia/Tokyo")
    assert digests(one.packages) == digests(two.packages)
    package = named(one.packages, "lua-fake")
    assert one.log.count("2 of 2 modules load") == 2
    provides = field(package, "Provides")
    for version in ("5.1", "5.4"):
        assert f"lua{version}-fake" in provides
        assert f"lua{version}-rock-fake (= 1.2-3)" in provides
    assert field(package, "Lua-Versions") == "5.1 5.4"
    assert "lua-say (>= 1.3)" in field(package, "Depends")
    assert "lua5.4" in field(package, "Depends").replace(",", "").split()
    machine.run("dpkg", "--force-depends", "-i", "/srv/one/" + package.name)
    assert machine.run("faker").lines == ["42"]
    assert machine.path("/usr/share/doc/lua-fake/index.html").is_file()
    assert machine.path("/usr/bin/faker").read_text().startswith("#!/usr/bin/lua5.4\n")


def test_a_broken_module_fails_the_test_of_its_package(machine: Machine, tmp_path: Path) -> None:
    """What autopkgtest is given to run succeeds, and fails once a module does not load."""
    package = named(built(machine, fake_source(tmp_path), "/srv/one").packages, "lua-fake")
    machine.run("dpkg", "--force-depends", "-i", "/srv/one/" + package.name)
    support = "/usr/share/autodep8/support/lua"
    machine.run("sh", "-c", f"cd /srv/one/tree && {support}/detect")
    stanza = machine.run("sh", "-c", f"cd /srv/one/tree && {support}/generate").out
    (command,) = (
        line.partition(":")[2].strip() for line in stanza.splitlines() if "Test-Command" in line
    )
    assert machine.run("sh", "-c", command).lines == ["4 of 4 modules load"]
    machine.path("/usr/share/lua/5.1/fake.lua").write_text("error('broken')\n")
    broken = machine.run("sh", "-c", command, status=1)
    assert "Lua 5.1: fake does not load" in broken.err
    assert "broken" in broken.err


@pytest.fixture(scope="module")
def rpms() -> Iterator[dict[str, Path]]:
    """Real rocks as .rpm files, built by rpm 4.20 with our macros."""
    wanted = {"lua-say", "lua-luassert", "lua-cjson"}
    with rpm_root().clone() as machine:
        with_our_macros(machine)
        folder = live() / "rock-rpms"
        folder.mkdir()
        made = {}
        for source in ROCKS:
            if source.source in wanted:
                made[source.source] = Path(shutil.copy(rpm_built(machine, source), folder))
        say = next(source for source in ROCKS if source.source == "lua-say")
        machine.path("/srv/rpmbuild/RPMS").rename(machine.path("/srv/rpmbuild/first"))
        declared = folder / "declared.rpm"
        made["declared"] = Path(shutil.copy(rpm_built(machine, say, is_declared=True), declared))
        yield made


def test_rpm_knows_rocks_by_their_names(rpms: dict[str, Path]) -> None:
    """The generators give each rock's capability, and need what the rockspec needs."""

    def asked(what: str, name: str) -> list[str]:
        return run("rpm", "-qp", f"--{what}", rpms[name]).lines

    assert "lua5.4dist(say) = 1.4.1-3" in asked("provides", "lua-say")
    assert "lua5.4dist(lua-cjson) = 2.1.0-1" in asked("provides", "lua-cjson")
    needs = asked("requires", "lua-luassert")
    assert "lua(abi) = 5.4" in needs
    assert any("lua5.4dist(say) >= 1.4.0-1" in need for need in needs)
    files = run("rpm", "-qpl", rpms["lua-cjson"]).lines
    assert "/usr/lib64/lua/5.4/cjson.so" in files
    assert not [path for path in files if path.endswith(("/manifest", "/rock_manifest"))]


def test_a_declared_build_makes_the_same_package(rpms: dict[str, Path]) -> None:
    """``BuildSystem: luarocks`` alone gives the files and capabilities of the stages by hand."""
    for what in ("list", "provides", "requires"):
        by_hand, declared = (
            run("rpm", "-qp", f"--{what}", rpms[name]).lines for name in ("lua-say", "declared")
        )
        assert by_hand == declared
    assert "/usr/share/lua/5.4/say/init.lua" in run("rpm", "-qpl", rpms["declared"]).lines


def test_a_missing_rock_is_refused_with_its_name(rpms: dict[str, Path], tmp_path: Path) -> None:
    """rpm and dnf refuse a package whose rock is not there, and take it once it is."""
    system = tmp_path / "system"
    place = ("--root", str(system), "--dbpath", "/var/lib/rpm")
    system.mkdir()
    run("rpmdb", *place, "--initdb")
    provider = provider_of_lua(tmp_path)
    run("rpm", *place, "--noscripts", "-i", provider)
    refused = run("rpm", *place, "-i", rpms["lua-luassert"], status=None)
    assert refused.status
    assert "lua5.4dist(say)" in refused.err
    repository = tmp_path / "repository"
    repository.mkdir()
    shutil.copy(rpms["lua-luassert"], repository)
    refused = dnf(system, repository, tmp_path, "lua-luassert", status=None)
    assert refused.status
    assert "lua5.4dist(say)" in refused.out + refused.err
    shutil.copy(rpms["lua-say"], repository)
    dnf(system, repository, tmp_path, "lua-luassert")
    assert (system / "usr/share/lua/5.4/say/init.lua").is_file()


def dnf(
    system: Path, repository: Path, scratch: Path, *words: str, status: int | None = 0
) -> Outcome:
    """Install from a repository of our packages alone."""
    run("createrepo_c", "--quiet", repository)
    (scratch / ".rpmmacros").write_text("%_dbpath /var/lib/rpm\n")
    settings = ("reposdir=/nonexistent", f"cachedir={scratch}/cache", "gpgcheck=0")
    return run(
        *("dnf", "-y", "--refresh", "--installroot", system, "--releasever=1"),
        *("--repofrompath", f"local,{repository}"),
        *(f"--setopt={setting}" for setting in settings),
        *("install", *words),
        status=status,
        HOME=str(scratch),
    )


def provider_of_lua(folder: Path) -> Path:
    """Build a package that stands for a distribution's Lua and shell."""
    spec = folder / "provider.spec"
    spec.write_text(
        "Name: provider\nVersion: 1\nRelease: 1\nSummary: x\nLicense: MIT\nBuildArch: noarch\n"
        "Provides: lua(abi) = 5.4\n%description\nx\n%files\n"
    )
    run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {folder}/top", spec)
    (found,) = (folder / "top/RPMS").rglob("*.rpm")
    return found
