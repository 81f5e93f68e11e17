"""Real .rpm files with the names and places that Fedora and openSUSE use, built on the spot."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import run
from integration.machines.scratch import live


class RpmPackage(NamedTuple):
    """What one package ships: `lua` are pure modules, `lib` compiled ones, per Lua version.

    `rock` is the rock that it is, empty where it is none; `metadata` is whether it ships its own
    rock_manifest, as openSUSE's packages do that LuaRocks has built.
    """

    name: str
    version: str
    rock: str
    lua_versions: tuple[str, ...]
    lua: tuple[str, ...] = ()
    lib: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    metadata: bool = False

    @property
    def is_noarch(self) -> bool:
        """Whether the package has nothing compiled in it."""
        return not self.lib


SOCKET = ("socket", "socket.http", "socket.url", "socket.tp", "socket.ftp", "socket.smtp")
PENLIGHT = ("pl.init", "pl.class", "pl.compat", "pl.List", "pl.path", "pl.pretty", "pl.utils")
FEDORA = (
    RpmPackage("lua-lpeg", "1.1.0-5", "lpeg", ("5.4",), ("re",), ("lpeg",)),
    RpmPackage("lua-filesystem", "1.8.0-10", "luafilesystem", ("5.4",), (), ("lfs",)),
    RpmPackage("lua5.1-lpeg", "1.1.0-5", "lpeg", ("5.1",), ("re",), ("lpeg",)),
    RpmPackage(
        "lua-socket",
        "3.1.0-4",
        "luasocket",
        ("5.4",),
        (*SOCKET, "socket.headers", "mime", "ltn12"),
        ("socket.core", "mime.core", "socket.unix", "socket.serial"),
    ),
    RpmPackage(
        "lua-penlight", "1.13.1-6", "penlight", ("5.4",), PENLIGHT, requires=("lua-filesystem",)
    ),
    RpmPackage("lua-argparse", "0.7.1-9", "argparse", ("5.1", "5.4"), ("argparse",)),
    RpmPackage("lua-homegrown", "3.2-1", "", ("5.4",), ("homegrown_thing",)),
)
OPENSUSE = (
    RpmPackage("lua54-lpeg", "1.1.0-2.3", "lpeg", ("5.4",), ("re",), ("lpeg",)),
    RpmPackage("lua53-lpeg", "1.1.0-2.3", "lpeg", ("5.3",), ("re",), ("lpeg",)),
    RpmPackage("lua54-luafilesystem", "1.8.0-1.1", "luafilesystem", ("5.4",), (), ("lfs",)),
    RpmPackage("lua51-lpeg", "1.1.0-2.3", "lpeg", ("5.1",), ("re",), ("lpeg",)),
    RpmPackage("lua54-say", "1.4.1-1.2", "say", ("5.4",), ("say.init",)),
    RpmPackage("lua54-cliargs", "3.0.2-1.4", "lua_cliargs", ("5.4",), ("cliargs",)),
    RpmPackage("lua54-fluent", "0.2.0-1.7", "fluent", ("5.4",), ("fluent.init",), metadata=True),
)


def newer(package: RpmPackage) -> RpmPackage:
    """Return the next release of a package."""
    version, _, release = package.version.rpartition("-")
    return package._replace(version=f"{version}.1-{release}")


def rock_version(package: RpmPackage) -> str:
    """Return the upstream part of a package's version."""
    return package.version.rpartition("-")[0]


def rock_folder(package: RpmPackage, lua_version: str) -> str:
    """Return where a package with metadata of its own keeps it."""
    version = f"{rock_version(package)}-0"
    return f"/usr/lib/luarocks/rocks-{lua_version}/{package.rock}/{version}"


def _rockspec_lines(package: RpmPackage) -> tuple[str, ...]:
    """Return the least that LuaRocks takes for a rockspec."""
    return (
        f'package = "{package.rock}"',
        f'version = "{rock_version(package)}-0"',
        'source = { url = "https://example.org/x.tar.gz" }',
        'build = { type = "none" }',
    )


def _install_lines(package: RpmPackage) -> list[str]:
    """Return the shell lines that fill the build root."""
    lines = ["mkdir -p %{buildroot}"]
    for version in package.lua_versions:
        for module in package.lua:
            path = f"%{{buildroot}}/usr/share/lua/{version}/{module.replace('.', '/')}.lua"
            lines.append(f"mkdir -p $(dirname {path}); echo 'return {{ }} -- {module}' > {path}")
        for module in package.lib:
            path = f"%{{buildroot}}/usr/lib64/lua/{version}/{module.replace('.', '/')}.so"
            opens = f"luaopen_{module.replace('.', '_')}"
            source = f"int {opens}(void *L) {{ lua_createtable(L, 0, 0); return 1; }}"
            lines.append(f"mkdir -p $(dirname {path})")
            lines.append(f"echo 'void lua_createtable(void *, int, int); {source}' > module.c")
            lines.append(f"gcc -shared -fPIC -O2 -o {path} module.c")
        if package.metadata:
            folder = f"%{{buildroot}}{rock_folder(package, version)}"
            rockspec = f"{folder}/{package.rock}-{rock_version(package)}-0.rockspec"
            lines.append(f"mkdir -p {folder}")
            lines.append(f"echo 'rock_manifest = {{ }}' > {folder}/rock_manifest")
            lines += [f"echo '{line}' >> {rockspec}" for line in _rockspec_lines(package)]
    return lines


def _spec(package: RpmPackage) -> str:
    """Return the spec file of a package."""
    version, _, release = package.version.rpartition("-")
    head = [
        "%global debug_package %{nil}",
        "%global _build_id_links none",
        f"Name: {package.name}",
        f"Version: {version}",
        f"Release: {release}",
        f"Summary: The Lua rock {package.rock or 'of nobody'}",
        "License: MIT",
        f"URL: https://example.org/{package.name}",
        *(["BuildArch: noarch"] if package.is_noarch else []),
        *(f"Requires: {name}" for name in package.requires),
        *(f"Requires: lua(abi) = {number}" for number in package.lua_versions),
    ]
    files = [f"/usr/share/lua/{number}/*" for number in package.lua_versions if package.lua]
    files += [f"/usr/lib64/lua/{number}/*" for number in package.lua_versions if package.lib]
    if package.metadata:
        files += [
            f"/usr/lib/luarocks/rocks-{number}/{package.rock}" for number in package.lua_versions
        ]
    body = ["%description", f"{package.rock or 'Nothing'} for Lua.", "%prep", "%build", "%install"]
    return "\n".join([*head, *body, *_install_lines(package), "%files", *files, ""])


# What a system has of itself before any Lua package, for a solver to find.
PROVIDED = ("/bin/sh", "/usr/bin/python3", "python3 = 3.11", "coreutils", "rpm", "rtld(GNU_HASH)")


def _provider_spec() -> str:
    """Return the spec of a package without a file that provides what a small system has."""
    return "\n".join(
        [
            *("Name: provider", "Version: 1", "Release: 1", "License: MIT", "BuildArch: noarch"),
            "Summary: What the scratch root has of itself",
            *(f"Provides: {name}" for name in PROVIDED),
            *(f"Provides: lua(abi) = {version}" for version in ("5.1", "5.3", "5.4")),
            *("%description", "It has no file.", "%files", ""),
        ]
    )


def _lua_spec(versions: tuple[str, ...]) -> str:
    """Return the spec of what the packages of Lua have and give in Fedora and in openSUSE."""
    given = [
        line
        for version in versions
        for line in (
            f"Provides: lua(abi) = {version}",
            f"Provides: Lua(API) = {version}",
            f"Provides: lua{version.replace('.', '')}",
            f"Provides: /usr/bin/lua{version}",
        )
    ]
    tops = ("/usr/share/lua", "/usr/lib64/lua")
    places = [f"{top}/{version}" for version in versions for top in tops]
    return "\n".join(
        [
            *("Name: lua", "Version: 1", "Release: 1", "License: MIT", "BuildArch: noarch"),
            *("Summary: What the packages of Lua have beside Lua", *given),
            "Provides: libc.so.6(GLIBC_2.2.5)(64bit)",
            "Provides: libc.so.6()(64bit)",
            *("%description", "Directories.", "%install"),
            *(f"mkdir -p %{{buildroot}}{place}" for place in places),
            "%files",
            *(f"%dir {place}" for place in (*tops, *places)),
            "",
        ]
    )


@functools.cache
def built(package: RpmPackage) -> Path:
    """Build a package with rpmbuild and return its .rpm file."""
    return _rpmbuild(f"{package.name}-{package.version}", _spec(package))


@functools.cache
def built_provider() -> Path:
    """Build the package "provider", which stands for the system that a scratch root has."""
    return _rpmbuild("provider", _provider_spec())


@functools.cache
def built_lua(versions: tuple[str, ...]) -> Path:
    """Build the package "lua", which stands for those of the interpreters."""
    return _rpmbuild(f"lua-{'-'.join(versions)}", _lua_spec(versions))


def _rpmbuild(name: str, text: str) -> Path:
    """Build the one package of a spec in a folder of its own."""
    top = live() / "rpmbuild" / name
    top.mkdir(parents=True)
    spec = top / f"{name}.spec"
    spec.write_text(text)
    places = ("--define", f"_topdir {top}", "--dbpath", str(top / "db"))
    run("rpmbuild", "-bb", *places, spec)
    (made,) = (top / "RPMS").rglob("*.rpm")
    return made
