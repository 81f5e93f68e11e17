"""Spec files of real rocks that use our macros: sources are the upstream tarballs Debian has."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import Machine, run
from integration.machines.roots import Layer, with_packages
from integration.machines.scratch import CHECKOUT, cache, cache_lock
from integration.machines.source_packages import _apt

RPM_TOOLS = ("build-essential", "rpm", "zip", "unzip", "libssl-dev", "libsqlite3-dev", "cpio")
MACROS = ("macros.luarocks", "/usr/lib/rpm/macros.d/macros.luarocks")
GENERATORS = ("fileattrs/luarocks.attr", "/usr/lib/rpm/fileattrs/luarocks.attr")
TOP = "/srv/rpmbuild"


class RockSource(NamedTuple):
    """A rock, its rockspec in the tarball of a Debian source package, and who has the tarball.

    ``left_out`` are modules that do not load by themselves; ``version`` is the package's where the
    rockspec is one of a snapshot.
    """

    source: str
    suite: str
    rockspec: str
    is_compiled: bool = False
    left_out: tuple[str, ...] = ()
    version: str = ""


# Two modules that are programs: they read what the words of their process name.
CJSON_COMMANDS = ("json2lua", "lua2json")
# It is made by the module term, which its own first line requires.
TERM_PARTS = ("term.cursor",)
ROCKS = (
    RockSource("lua-say", "bookworm", "say-1.4.1-3.rockspec"),
    RockSource("lua-argparse", "bookworm", "argparse-scm-2.rockspec", version="0.7.1"),
    RockSource("lua-inspect", "bookworm", "inspect-3.0-4.rockspec", version="3.1.1"),
    RockSource("lua-luassert", "bookworm", "luassert-1.9.0-1.rockspec"),
    RockSource("lua-mediator", "bookworm", "mediator_lua-1.1.2-0.rockspec"),
    RockSource("lua-binaryheap", "bookworm", "binaryheap-0.4-1.rockspec"),
    RockSource("lua-fifo", "bookworm", "fifo-0.2-0.rockspec"),
    RockSource("lua-cjson", "bookworm", "lua-cjson-2.1.0-1.rockspec", True, CJSON_COMMANDS),
    RockSource("lua-filesystem", "bookworm", "luafilesystem-scm-1.rockspec", True, version="1.8.0"),
    RockSource("lua-term", "bookworm", "lua-term-0.7-1.rockspec", True, TERM_PARTS),
    RockSource("luasocket", "bookworm", "luasocket-scm-3.rockspec", True, version="3.1.0"),
    RockSource("lua-lsqlite3", "trixie", "lsqlite3-0.9.6-1.rockspec", is_compiled=True),
)

SPEC = """%global lua_version {lua}
%global debug_package %{{nil}}
Name: {name}
Version: {version}
Release: 1
Summary: {rock} for Lua
License: MIT
Source0: {tarball}
{arch}
{build_system}
%description
{rock}.
"""
STAGES = """
%prep
%setup -q -c
mv */* . 2>/dev/null || :
cp %{{_sourcedir}}/{rockspec} . 2>/dev/null || :
%generate_buildrequires
%luarocks_buildrequires {rockspec}
%build
%luarocks_build {rockspec}
%install
%luarocks_install
%luarocks_save_files
%check
%luarocks_check_require {left_out}
"""
FILES = "%files -f %{{luarocks_files}}\n"
DECLARED = """BuildSystem: luarocks
BuildOption(generate_buildrequires): {rockspec}
BuildOption(build): {rockspec}
"""


DEB_CONTROL = """Source: {package}
Section: interpreters
Priority: optional
Maintainer: Nobody <nobody@example.org>
Build-Depends: debhelper-compat (= 13), dh-sequence-luarocks, liblua5.1-0-dev, liblua5.3-dev
Standards-Version: 4.6.2

Package: {package}
Architecture: {architecture}
Depends: ${{lua:Depends}}, ${{shlibs:Depends}}, ${{misc:Depends}}
Provides: ${{lua:Provides}}
XB-Lua-Versions: ${{lua:Versions}}
Description: rock that LuaRocks builds
 It is upstream's tarball.
"""


def rpm_root(more: tuple[str, ...] = ()) -> Layer:
    """Return a Debian 13 with rpm 4.20, of which rpm's own build programs are used."""
    return with_packages("trixie", (*RPM_TOOLS, *more))


def tarball(source: RockSource) -> Path:
    """Return the upstream tarball of a Debian source package, kept in the cache."""
    folder = cache() / "tarballs" / source.suite / source.source
    with cache_lock("sources"):
        if not list(folder.glob("*.orig.tar.*")):
            place = Path(tempfile.mkdtemp(prefix="tar-", dir=cache()))
            words = f"{_apt(source.suite)} source --download-only --tar-only -qq {source.source}"
            try:
                run("sh", "-c", f"cd {place} && {words}")
                folder.mkdir(parents=True, exist_ok=True)
                for file in place.glob("*.orig.tar.*"):
                    shutil.copy(file, folder)
            finally:
                shutil.rmtree(place)
    (found,) = (file for file in folder.glob("*.orig.tar.*") if not file.name.endswith(".asc"))
    return found


def debianized(source: RockSource, folder: Path) -> Path:
    """Unpack a tarball below ``folder`` and give it the least debian/ that LuaRocks builds with."""
    run("tar", "-xf", tarball(source), "-C", folder)
    (tree,) = folder.iterdir()
    name, version = _named(source.rockspec)
    package = f"lua-{name.removeprefix('lua-').replace('_', '-')}"
    version = source.version or version
    (tree / "debian").mkdir()
    rockspec = min((str(p.relative_to(tree)) for p in tree.rglob(source.rockspec)), key=len)
    architecture = "any\nMulti-Arch: same" if source.is_compiled else "all\nMulti-Arch: foreign"
    skipped = " ".join(source.left_out)
    files = {
        "control": DEB_CONTROL.format(package=package, architecture=architecture),
        "rules": "#!/usr/bin/make -f\n%:\n\tdh $@ --buildsystem=luarocks\n",
        "changelog": f"{package} ({version}-1) unstable; urgency=medium\n\n  * Made.\n\n"
        " -- Nobody <nobody@example.org>  Sat, 21 Nov 2026 08:00:00 +0000\n",
        "copyright": "Copyright: 2026 Nobody\nLicense: MIT\n",
        f"{package}.luarocks": f"rockspec = {rockspec}\nno-require = {skipped}\n",
    }
    for file, text in files.items():
        (tree / "debian" / file).write_text(text)
    (tree / "debian/rules").chmod(0o755)
    return tree


def with_our_macros(machine: Machine) -> None:
    """Put distrorocks, its macros and its generators where their packages have them."""
    code = machine.path("/usr/share/distrorocks/distrorocks")
    shutil.copytree(CHECKOUT / "distrorocks", code, dirs_exist_ok=True)
    shutil.copy(CHECKOUT / "hooks/rpm/distrorocks", machine.path("/usr/bin/distrorocks"))
    for name, place in (MACROS, GENERATORS):
        shutil.copy(CHECKOUT / "hooks/rpm" / name, machine.path(place))


def rpm_built(machine: Machine, source: RockSource, *, is_declared: bool = False) -> Path:
    """Build the .rpm of a rock for Lua 5.4 in a machine and return it.

    One that is declared has a spec file without stages of its own but %prep, as of rpm 4.20.
    """
    lua = "5.4"
    top = machine.path(TOP)
    (top / "SOURCES").mkdir(parents=True, exist_ok=True)
    file = tarball(source)
    shutil.copy(file, top / "SOURCES")
    name, version = _named(source.rockspec)
    version = source.version or version
    names = run("tar", "-tf", file).lines
    inside = [path for path in names if path.endswith(f"/{source.rockspec}")]
    rockspec = min(inside, key=len).partition("/")[2]
    arch = "" if source.is_compiled else "BuildArch: noarch"
    words = {
        "lua": lua,
        "name": f"lua-{name.replace('_', '-')}",
        "version": version,
        "rock": name,
        "tarball": file.name,
        "arch": arch,
        "build_system": DECLARED.format(rockspec=rockspec) if is_declared else "",
        "rockspec": rockspec,
        "left_out": " ".join(source.left_out),
    }
    spec = top / f"{name}.spec"
    text = SPEC + (STAGES.partition("%generate")[0] + FILES if is_declared else STAGES + FILES)
    spec.write_text(text.format(**words))
    build = f"rpmbuild -bb --nodeps --define '_topdir {TOP}' {TOP}/{name}.spec"
    incdir = f"--define 'luarocks_incdir /usr/include/lua{lua}'"
    machine.run("sh", "-c", f"HOME=/root {build} {incdir}")
    (found,) = (top / "RPMS").rglob(f"{words['name']}-{version}-1.*.rpm")
    package = f"/{found.relative_to(machine.root)}"
    machine.run("rpm", "--dbpath", "/var/lib/rpm", "--nodeps", "--replacepkgs", "-i", package)
    return found


def _named(rockspec: str) -> tuple[str, str]:
    """Return a rock's name and its version without revision."""
    found = re.fullmatch(r"(.+)-([^-]+)-([0-9]+)\.rockspec", rockspec)
    assert found, rockspec
    return found[1], found[2]
