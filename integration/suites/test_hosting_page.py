"""LuaRocks' page "Hosting binary rocks", step by step, with distrorocks as the one who hosts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.machines.machine import Machine
from integration.machines.roots import STABLE, Layer, RootError, with_packages
from integration.suites.test_nginx import SERVER, distrorocks, served

LUAS = ("5.1", "5.3", "5.4")
HEADERS = tuple(f"liblua{lua}-dev" for lua in LUAS)
PACKAGES = ("nginx", "python3-urllib3", "gcc", "libc6-dev", *HEADERS)
SOURCES, BUILT = "/srv/sources", "/opt/built"
MODULE = """#include "lua.h"
#include "lauxlib.h"
int luaopen_my_rock(lua_State *L) { lua_pushliteral(L, "my_rock of " LUA_VERSION); return 1; }
"""
ROCKSPEC = """package = "{name}"
version = "1.0-1"
source = {{ url = "file://{sources}/{name}-1.0.tar.gz" }}
description = {{ summary = "A rock", license = "MIT" }}
dependencies = {{ "lua >= 5.1"{needs} }}
build = {{ type = "builtin", modules = {{ {name} = "{file}" }} }}
"""


@pytest.fixture(scope="module", params=["trixie", "sid"])
def stage(request: pytest.FixtureRequest) -> Layer:
    """Debian with LuaRocks 3.8, or 3.11 where the mirror serves it, a compiler and nginx."""
    try:
        return with_packages(request.param, PACKAGES)
    except RootError as refusal:
        if request.param in STABLE:
            raise
        pytest.skip(f"the mirror does not serve {request.param} now: {refusal}")


@pytest.fixture
def root(stage: Layer) -> Iterator[Machine]:
    """A fresh machine on that stage."""
    with stage.clone() as machine:
        yield machine


def write_sources(machine: Machine) -> list[str]:
    """Write a rock in C and the rock in Lua that it needs; return their rockspecs."""
    rockspecs = []
    for name, file, text, needs in (
        ("my_rock", "my_rock.c", MODULE, ', "my_dep"'),
        ("my_dep", "my_dep.lua", "return 'my_dep'\n", ""),
    ):
        machine.write(f"{SOURCES}/{name}-1.0/{file}", text)
        archive = f"{SOURCES}/{name}-1.0.tar.gz"
        machine.run("tar", "-czf", archive, "-C", SOURCES, f"{name}-1.0")
        spec = ROCKSPEC.format(name=name, file=file, sources=SOURCES, needs=needs)
        rockspecs.append(f"{SOURCES}/{name}-1.0-1.rockspec")
        machine.write(rockspecs[-1], spec)
    return rockspecs


def host(machine: Machine, lua: str) -> None:
    """Take the page's steps up to the folder of a server."""
    rockspecs = write_sources(machine)
    tree = (f"--tree={BUILT}", f"--lua-version={lua}")
    build = ("build", *rockspecs, "--only-server", SOURCES, "--distro=never")
    machine.distrorocks_inside("make-manifest", SOURCES)
    machine.distrorocks_inside(*build, *tree, "--build-sandbox=off")
    listed = machine.distrorocks_inside("list", *tree, "--porcelain").out
    for name in ("my_rock", "my_dep"):
        assert f"{name}\t1.0-1\t" in listed
        machine.distrorocks_inside("pack", name, *tree, "--to", SERVER)
    machine.distrorocks_inside("pack", *rockspecs, "--to", SERVER)
    machine.run("cp", *rockspecs, SERVER)
    machine.distrorocks_inside("make-manifest", SERVER)


@pytest.mark.parametrize("lua", LUAS)
def test_the_page_works_as_written(root: Machine, lua: str) -> None:
    """From the folder, Python's server and nginx: LuaRocks installs the binary, builds the source.

    So does distrorocks, and what both install loads.
    """
    host(root, lua)
    program = "io.write((require 'my_rock'), ', ', (require 'my_dep'), '\\n')"
    for way in ("path", "python", "nginx"):
        with served(root, way) as server:
            words = (f"--lua-version={lua}", f"--only-server={server}", "my_rock")
            for job in ("install", "build"):
                tree = f"/opt/{way}-{job}"
                done = root.run("luarocks", job, *words, f"--tree={tree}", online=True)
                assert ("my_rock-1.0-1.linux-x86_64.rock" in done.out) == (job == "install")
                assert ("gcc" in done.out) == (job == "build")
            distrorocks(root, "install", *words, f"--tree=/opt/{way}-ours", "--distro=never")
        for tree in ("install", "build", "ours"):
            top = f"/opt/{way}-{tree}"
            paths = (
                f"package.path = '{top}/share/lua/{lua}/?.lua' "
                f"package.cpath = '{top}/lib/lua/{lua}/?.so' "
            )
            loaded = root.run(f"lua{lua}", "-e", paths + program)
            assert loaded.lines == [f"my_rock of Lua {lua}, my_dep"]
