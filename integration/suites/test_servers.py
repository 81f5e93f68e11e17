"""Servers and the distribution as sources of rocks, beside what LuaRocks and apt really do."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from distrorocks.serve.make_manifest import make_server_manifests
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import World, WorldRequest
from distrorocks.world.installed import look
from integration.machines.machine import Machine, run
from integration.machines.roots import with_every_lua_package

pytestmark = pytest.mark.skipif(not shutil.which("luarocks"), reason="there is no luarocks here")

ROCKSPEC = """package = "{name}"
version = "1-1"
source = {{ url = "file:///nowhere/x.tar.gz" }}
build = {{ type = "builtin", modules = {{}} }}
"""
ARCHS = ("rockspec", "src", "all")


def make_server(directory: Path, rocks: Mapping[str, tuple[str, ...]]) -> Path:
    """Make a server with files of rocks, all of version 1-1."""
    directory.mkdir()
    for name, archs in rocks.items():
        text = ROCKSPEC.format(name=name)
        for arch in archs:
            if arch == "rockspec":
                (directory / f"{name}-1-1.rockspec").write_text(text)
                continue
            with zipfile.ZipFile(directory / f"{name}-1-1.{arch}.rock", "w") as archive:
                archive.writestr(f"{name}-1-1.rockspec", text)
    make_server_manifests(str(directory))
    return directory


@pytest.fixture
def servers(tmp_path: Path) -> list[Path]:
    """Return three servers; between two of them every pair of kinds of files stands once."""
    pairs = list(itertools.product(ARCHS, ARCHS))
    names = [f"rock{number}" for number in range(len(pairs))]
    made: tuple[dict[str, tuple[str, ...]], ...] = (
        {name: (one,) for name, (one, _) in zip(names, pairs, strict=True)},
        {name: (other,) for name, (_, other) in zip(names, pairs, strict=True)},
        {**dict.fromkeys(names, ("rockspec",)), "many": ARCHS},
    )
    return [make_server(tmp_path / f"s{number}", rocks) for number, rocks in enumerate(made)]


def test_luarocks_takes_the_same_file(servers: list[Path], tmp_path: Path) -> None:
    """Of every pair of kinds on several servers, and of several kinds on one."""
    config = tmp_path / "config.lua"
    listed = ", ".join(f'"{path}"' for path in servers)
    tree = tmp_path / "tree"
    config.write_text(f'rocks_servers = {{ {listed} }}\nrocks_trees = {{ "{tree}" }}\n')
    with Jail() as jail:
        found = look(RootView("/"), "5.4", jail)
    asked = WorldRequest(
        "5.4", servers=ServerOptions(only=tuple(Address.parse(str(p)) for p in servers))
    )
    with World(asked, (), found.config) as world:
        for name in (*(f"rock{number}" for number in range(9)), "many"):
            out = run(
                *("luarocks", "--lua-version=5.4", "install", "--deps-mode=none", name),
                status=None,
                LUAROCKS_CONFIG=str(config),
            ).out
            (theirs,) = re.findall(r"^Installing (.*)$", out, re.MULTILINE)[:1]
            ours = world.servers.file_of(world.candidates(name, None)[0])
            assert ours.place == theirs.removeprefix("file://"), name


def test_luarocks_finds_the_same(servers: list[Path]) -> None:
    """A search has LuaRocks' lines for every server."""
    for server in servers:
        words = ("--lua-version=5.4", f"--only-server={server}", "search", "--porcelain", "--all")
        theirs = run("luarocks", *words).lines
        asked = ("search", *words[:2], *words[3:], "--distro=never")
        ours = run(sys.executable, "-m", "distrorocks", *asked).lines
        assert sorted(ours) == sorted(theirs)


def index_of(machine: Machine) -> None:
    """Give a machine the index that apt would have of the packages that are installed."""
    status = machine.path("/var/lib/dpkg/status").read_text()
    lists = machine.path("/var/lib/apt/lists")
    lists.mkdir(parents=True, exist_ok=True)
    (lists / "x_dists_x_main_binary-amd64_Packages").write_text(status)


def test_what_is_offered_is_what_a_refresh_publishes() -> None:
    """Of all of Debian's packages of Lua: offered as a rock, and then found as that rock."""
    layer, _ = with_every_lua_package("bookworm")
    with layer.clone() as machine:
        index_of(machine)
        scanned = json.loads(machine.distrorocks("scan", "--json").out)
        published = {
            (each["package"], each["rock"], each["version"], each["lua_version"])
            for each in scanned["rocks"]
            if each["published"]
        }
        offered = set()
        for lua in ("5.1", "5.2", "5.3", "5.4"):
            words = ("search", "--all", "--json", "--offline", "--lua-version", lua)
            (found,) = json.loads(machine.distrorocks(*words, status=None).out)["results"]
            offered |= {
                (each["package"], each["rock"], each["version"], lua)
                for each in found["offered"]
                if each["sure"]
            }
    assert len(published) > 200
    assert offered - published == set()
    assert len(published - offered) < len(published) / 10
