"""Rocks packed of a distribution's packages install and load where the packages are not."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from distrorocks.rocks.rock_manifest import RockManifest
from integration.machines.machine import RUN_MAIN, Machine, run
from integration.machines.rocks import published
from integration.machines.roots import LUA_VERSIONS, Layer, base, with_every_lua_package
from integration.machines.rpm_machine import SYSTEMS, RpmMachine, RpmSystem, made_into
from integration.machines.rpm_packages import built
from integration.machines.scratch import live

SUITE = "trixie"
ROCKS, TREE = "/srv/rocks", "/srv/tree"
# One process for a rock, since modules may end it; what they print is left out.
_TRIAL = """
for at = 1, #arg do
   local name, before = arg[at], {}
   for loaded in pairs(package.loaded) do before[loaded] = true end
   local is_there, why = pcall(require, name)
   for loaded in pairs(package.loaded) do
      if not is_there and not before[loaded] then package.loaded[loaded] = nil end
   end
   io.stdout:write("\\n@", is_there and "ok" or "no", "\\t", name, "\\t")
   io.stdout:write((tostring(why):gsub("%s+", " ")), "\\n")
   io.stdout:flush()
end
"""
_NO_LIBRARY = re.compile(r"(lib[^\s/]+\.so[^\s:]*): cannot open shared object file")
_NO_MODULE = re.compile(r"module '([^']+)' not found")


class Rock(NamedTuple):
    """A packed rock for one Lua version, with its modules."""

    lua_version: str
    name: str
    version: str
    file: str
    modules: tuple[str, ...]


class Story(NamedTuple):
    """A root with every Lua package, the folder with its packed rocks, and those rocks."""

    full: Layer
    folder: Path
    rocks: tuple[Rock, ...]
    left_out: tuple[str, ...]


def rocks_in(folder: Path) -> Iterator[Rock]:
    """Yield the rocks of a folder with a server for each Lua version."""
    for path in sorted(folder.glob("5.*/*.rock")):
        stem = re.fullmatch(r"(.+)-([^-]+-[0-9]+)\.[^/]+\.rock", path.name)
        assert stem
        with ZipFile(path) as archive:
            manifest = RockManifest.parse(archive.read("rock_manifest"))
        modules = tuple(sorted(manifest.modules()))
        yield Rock(path.parent.name, stem[1], stem[2], path.name, modules)


@pytest.fixture(scope="module")
def story() -> Story:
    """Every rock that the packages of Debian 13 provide, packed with one command."""
    full = with_every_lua_package(SUITE)[0]
    folder = live() / "packed"
    with full.clone() as machine:
        words = ("--all", "--to", str(folder), "--json")
        report = json.loads(machine.distrorocks("pack", *words).out)
    return Story(full, folder, tuple(rocks_in(folder)), tuple(report["left_out"]))


def test_every_provided_rock_is_packed(story: Story) -> None:
    """The rocks are those that refresh publishes, with the same rockspecs to the byte."""
    with story.full.clone() as machine:
        machine.distrorocks("refresh")
        for version in LUA_VERSIONS[SUITE]:
            packed = {(each.name, each.version) for each in of_lua(story, version)}
            assert published(machine, version) <= packed, version
            for each in of_lua(story, version):
                inside = f"/usr/lib/luarocks/rocks-{version}/{each.name}/{each.version}"
                with ZipFile(story.folder / version / each.file) as archive:
                    for name in (f"{each.name}-{each.version}.rockspec", "rock_manifest"):
                        assert archive.read(name) == machine.path(f"{inside}/{name}").read_bytes()
    print(f"{len(story.rocks)} rocks; left out: {len(story.left_out)}")
    assert len(story.rocks) > 250


def test_the_same_root_gives_the_same_bytes(story: Story) -> None:
    """Packing again writes the same files."""
    again = live() / "again"
    with story.full.clone() as machine:
        machine.distrorocks("pack", "--all", "--to", str(again))
    before, after = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*.rock")}
        for top in (story.folder, again)
    )
    assert before == after


@pytest.mark.parametrize("lua_version", LUA_VERSIONS[SUITE])
def test_luarocks_installs_each_and_it_loads(story: Story, lua_version: str) -> None:
    """Without the packages, LuaRocks installs each rock, and what loaded with them loads."""
    rocks = of_lua(story, lua_version)
    with base(SUITE).clone() as machine:
        shutil.copytree(story.folder, machine.path(ROCKS))
        luarocks = f"luarocks --lua-version={lua_version} install --deps-mode=none --tree={TREE}"
        lines = [f"{luarocks} {ROCKS}/{lua_version}/{each.file} </dev/null" for each in rocks]
        script = "".join(f"{line} >>/srv/log 2>&1 || echo '{line}'\n" for line in lines)
        machine.write("/srv/install.sh", script)
        assert machine.run("sh", "/srv/install.sh").lines == []
        found = loaded(machine, lua_version, rocks, TREE)
    with story.full.clone() as machine:
        wanted = loaded(machine, lua_version, rocks, "")
    loading = [module for module, why in wanted.items() if not why]
    reasons = {module: found.get(module, "not tried") for module in loading}
    told = {module: excuse(why, rocks) for module, why in reasons.items() if why}
    good = len(loading) - len(told)
    print(f"Lua {lua_version}: {len(rocks)} rocks; {good} of {len(loading)} modules load")
    print(f"the others lack {sorted(set(told.values()))}")
    assert {module: reasons[module] for module, lacking in told.items() if not lacking} == {}


def test_a_server_of_them_satisfies_dependencies(story: Story) -> None:
    """LuaRocks installs busted and all that it needs from the folder, by its manifest."""
    with base(SUITE).clone() as machine:
        shutil.copytree(story.folder, machine.path(ROCKS))
        manifests = (sys.executable, "-c", RUN_MAIN, "make-manifest", machine.path(ROCKS))
        run(*manifests)
        server = f"--only-server={ROCKS}/5.4"
        machine.luarocks("5.4", "install", "--tree=/srv/tree", server, "busted")
        shown = machine.luarocks("5.4", "list", "--tree=/srv/tree", "--porcelain").out
    assert {"busted", "penlight", "say", "luassert"} <= {
        line.split("\t")[0] for line in shown.splitlines()
    }


def test_an_installed_rock_packs_to_what_was_installed() -> None:
    """Two versions side by side, modules in directories, a command with its wrapper, a program."""
    with base(SUITE).clone() as machine:
        machine.write("/srv/foo/tool", "#!/usr/bin/lua5.4\nprint(1)\n")
        shutil.copy(machine.path("/usr/bin/env"), machine.path("/srv/foo/prog"))
        for version in ("1.0", "2.0"):
            machine.write("/srv/foo/b.lua", f"return '{version}'\n")
            machine.write(
                f"/srv/foo/foo-{version}-1.rockspec",
                f'package = "foo" version = "{version}-1" source = {{ url = "." }} build = {{ '
                'type = "builtin", modules = { ["a.b"] = "b.lua" }, '
                'install = { bin = { "tool", "prog" } } }',
            )
            make = (
                f"luarocks --lua-version=5.4 --tree=/srv/tree make --keep foo-{version}-1.rockspec"
            )
            machine.run("sh", "-c", f"cd /srv/foo && {make}")
        words = ("--tree=/srv/tree", "--lua-version=5.4", "--to", str(machine.path("/srv/out")))
        for version in ("1.0", "2.0"):
            machine.distrorocks("pack", "foo", version, *words)
            name = f"foo-{version}-1.linux-x86_64.rock"
            with ZipFile(machine.path(f"/srv/out/{name}")) as archive:
                assert archive.read("lua/a/b.lua") == f"return '{version}'\n".encode()
                assert archive.read("bin/tool").startswith(b"#!/usr/bin/lua5.4")
            machine.luarocks("5.4", "install", "--tree=/srv/other", f"/srv/out/{name}")
            assert machine.run("/srv/other/bin/tool").lines == ["1"]


@pytest.mark.parametrize("system", [SYSTEMS[name] for name in sorted(SYSTEMS)], ids=sorted(SYSTEMS))
def test_an_rpm_becomes_the_rock_that_its_root_has(system: RpmSystem) -> None:
    """Each .rpm packs to the bytes of the root with it installed, and LuaRocks installs it."""
    with base("bookworm").clone() as machine:
        made = made_into(machine, system)
        files = [built(package) for package in system.packages]
        made.rpm("--nodeps", "-i", *map(str, files))
        folder, single = (live() / f"{made.system.database.count('/')}-{name}" for name in "ab")
        machine.distrorocks("pack", "--all", "--to", str(folder))
        machine.distrorocks("pack", *map(str, files), "--to", str(single))
        of_root = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.rock")}
        of_files = {path.relative_to(single): path.read_bytes() for path in single.rglob("*.rock")}
    assert of_root == of_files
    assert {(rock.name, rock.lua_version) for rock in rocks_in(single)} == expected(made)
    with base("bookworm").clone() as machine:
        shutil.copytree(single, machine.path(ROCKS))
        for rock in rocks_in(single):
            words = ("install", "--deps-mode=none", "--tree=/srv/tree")
            file = f"{ROCKS}/{rock.lua_version}/{rock.file}"
            machine.luarocks(rock.lua_version, *words, file)
            found = loaded(machine, rock.lua_version, [rock], TREE)
            assert found == dict.fromkeys(rock.modules, "")


def expected(made: RpmMachine) -> set[tuple[str, str]]:
    """Return the (rock, Lua version) pairs that a system's packages are, metadata of own aside."""
    return {
        (package.rock, version)
        for package in made.system.packages
        if package.rock and not package.metadata
        for version in package.lua_versions
    }


def excuse(reason: str, rocks: list[Rock]) -> str:
    """Return the library, or the module of a package that is no rock, that a module lacks."""
    library, module = _NO_LIBRARY.search(reason), _NO_MODULE.search(reason)
    if library:
        return library[1]
    packed = {name for rock in rocks for name in rock.modules}
    return module[1] if module and module[1] not in packed else ""


def of_lua(story: Story, lua_version: str) -> list[Rock]:
    """Return the packed rocks for one Lua version."""
    return [each for each in story.rocks if each.lua_version == lua_version]


def loaded(machine: Machine, lua_version: str, rocks: list[Rock], tree: str) -> Mapping[str, str]:
    """Return each module with why it does not load, "" where it does."""
    lua, lib = f"{tree}/share/lua/{lua_version}", f"{tree}/lib/lua/{lua_version}"
    environment = (
        f"export LUA_PATH='{lua}/?.lua;{lua}/?/init.lua;;' LUA_CPATH='{lib}/?.so;;'\n"
        if tree
        else ""
    )
    machine.write("/srv/trial.lua", _TRIAL)
    trial = f"timeout 10 lua{lua_version} /srv/trial.lua"
    lines = [f"{trial} {' '.join(each.modules)} </dev/null 2>/dev/null" for each in rocks]
    machine.write("/srv/trial.sh", environment + "\n".join([*lines, "exit 0\n"]))
    shown = machine.run("sh", "/srv/trial.sh").out
    found = re.findall(r"^@(ok|no)\t([^\t]*)\t(.*)$", shown, re.MULTILINE)
    return {name: "" if word == "ok" else why or "?" for word, name, why in found}
