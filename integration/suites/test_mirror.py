"""Mirrors of a closure: reproducible, resumable, and enough to install without a network."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.serve.folder.publish import publish
from distrorocks.serve.pack.rock import RockFiles, checked, packed
from distrorocks.servers.rock_check import FetchedRock
from distrorocks.system.files.zip_archive import ZippedFile, zip_of
from distrorocks.system.lua.jail import Jail
from integration.machines.machine import RUN_MAIN, Machine, Outcome, run
from integration.machines.roots import base
from integration.suites.test_server_folder import http_server

COUNT = 30
TOP = "rock0"
ROCKSPEC = """package = "{name}"
version = "1.0-1"
source = {{ url = "{url}", md5 = "{md5}" }}
dependencies = {{ "lua >= 5.1"{needs} }}
build = {{ type = "builtin", modules = {{ {name} = "{name}.lua" }} }}
"""
PROGRAM = (sys.executable, "-c", RUN_MAIN)


def archive(name: str, needs: list[str]) -> bytes:
    """Return the sources of a rock: a module that loads those which it needs."""
    text = "".join(f"require '{each}'\n" for each in needs) + f"return '{name}'\n"
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        member = tarfile.TarInfo(f"{name}-1.0/{name}.lua")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text.encode()))
    return written.getvalue()


def rock_manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the rock_manifest of a rock that has a rockspec and a module."""
    (spec, of_spec), (module, of_module) = (
        (path.rpartition("/")[2], hashlib.md5(text).hexdigest()) for path, text in files.items()
    )
    lua = f'lua = {{ ["{module}"] = "{of_module}" }}'
    return f'rock_manifest = {{ ["{spec}"] = "{of_spec}", {lua} }}\n'.encode()


def fill(folder: Path, url: str) -> None:
    """Make a server of rocks that each need the next two: every third a source or binary rock."""
    (folder / "sources").mkdir()
    with Jail() as jail:
        for number in range(COUNT):
            name = f"rock{number}"
            needs = [f"rock{each}" for each in (number + 1, number + 2) if each < COUNT]
            sources = archive(name, needs)
            (folder / f"sources/{name}-1.0.tar.gz").write_bytes(sources)
            rockspec = ROCKSPEC.format(
                name=name,
                url=f"{url}/sources/{name}-1.0.tar.gz",
                md5=hashlib.md5(sources).hexdigest(),
                needs="".join(f', "{each} >= 1"' for each in needs),
            )
            files = {f"{name}-1.0-1.rockspec": rockspec.encode()}
            if number % 3 == 0:
                (folder / f"{name}-1.0-1.rockspec").write_text(rockspec)
                continue
            if number % 3 == 1:
                files[f"{name}-1.0.tar.gz"] = sources
                content = zip_of({path: ZippedFile(text) for path, text in files.items()})
                rock = checked(FetchedRock(name, "1.0-1", "src", content, "here"), jail)
            else:
                lua = "".join(f"require '{each}'\n" for each in needs) + f"return '{name}'\n"
                files[f"lua/{name}.lua"] = lua.encode()
                files["rock_manifest"] = rock_manifest(files)
                rock = packed(RockFiles(name, "1.0-1", files, "here"), jail, own_arch="")
            (folder / rock.file_name).write_bytes(rock.content)
    publish(str(folder))


class Server(NamedTuple):
    """A server over HTTP, and LuaRocks' configuration that names it, with a cache of its own."""

    url: str
    config: Path

    def words(self, to: Path, *more: str) -> list[str]:
        """Return the words that mirror the closure."""
        return [*PROGRAM, "mirror", TOP, "--to", str(to), "--lua-version=5.4", *more]

    def mirror(self, to: Path, *more: str) -> Outcome:
        """Mirror the closure."""
        return run(*self.words(to, *more), LUAROCKS_CONFIG=str(self.config))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, over Python's own HTTP server."""
    place = tmp_path_factory.mktemp("server")
    folder = place / "rocks"
    folder.mkdir()
    with http_server(folder, "python") as url:
        fill(folder, url)
        config = place / "config.lua"
        config.write_text(f'rocks_servers = {{ "{url}" }}\nlocal_cache = "{place}/cache"\n')
        yield Server(url, config)


@pytest.fixture(scope="module")
def whole(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mirror that one run makes."""
    to = tmp_path_factory.mktemp("mirror") / "rocks"
    server.mirror(to)
    return to


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_has_the_closure_and_nothing_is_fetched_twice(server: Server, whole: Path) -> None:
    """30 rocks, each with its rockspec; a second run keeps all, and changes no byte."""
    assert len(list(whole.glob("*.rock"))) == len(list(whole.glob("*.rockspec"))) == COUNT
    before = content(whole)
    times = {path: path.stat().st_mtime_ns for path in whole.iterdir()}
    again = json.loads(server.mirror(whole, "--json").out)
    assert {rock["state"] for rock in again["rocks"]} == {"kept"}
    assert again["written"] == []
    assert content(whole) == before
    assert {path: path.stat().st_mtime_ns for path in whole.iterdir()} == times


def test_two_mirrors_are_equal(server: Server, whole: Path, tmp_path: Path) -> None:
    """To the byte; sha256sum agrees with the sums."""
    server.mirror(tmp_path / "other")
    assert content(tmp_path / "other") == content(whole)
    words = ("sha256sum", "--check", "--quiet", "SHA256SUMS")
    subprocess.run(words, cwd=tmp_path / "other", check=True)


@pytest.mark.parametrize("count", [1, 8, 20])
def test_a_killed_run_is_continued(server: Server, whole: Path, tmp_path: Path, count: int) -> None:
    """No file is there in part, what is there is not fetched again, and the result is the same."""
    to = tmp_path / "killed"
    process = subprocess.Popen(
        server.words(to),
        env={**os.environ, "LUAROCKS_CONFIG": str(server.config)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and len(list(to.glob("[!.]*.rock"))) < count:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    complete = content(whole)
    there = content(to)
    for name, text in there.items():
        if not name.startswith(".") and name != "mirror.json":
            assert text == complete[name]
    again = server.mirror(to)
    kept = sum(name.endswith(".rock") for name in there if not name.startswith("."))
    assert count <= kept < COUNT
    assert again.err.count("fetching rock") == COUNT - kept
    assert content(to) == complete


def test_it_is_enough_without_a_network(whole: Path) -> None:
    """In a fresh Debian, distrorocks and LuaRocks install all rocks from it, and they load."""
    with base("trixie").clone() as machine:
        shutil.copytree(whole, machine.path("/srv/mirror"))
        words = ("install", TOP, "--only-server=/srv/mirror")
        ours, theirs = "/opt/ours", "/opt/theirs"
        machine.distrorocks_inside(*words, f"--tree={ours}", "--lua-version=5.4", "--yes")
        machine.luarocks("5.4", f"--tree={theirs}", *words)
        for tree in (ours, theirs):
            assert_loads(machine, tree)


def assert_loads(machine: Machine, tree: str) -> None:
    """All rocks are in a tree, and the topmost, which needs all others, loads."""
    listed = machine.luarocks("5.4", f"--tree={tree}", "list", "--porcelain").lines
    assert len([line for line in listed if tree in line]) == COUNT
    program = f"package.path = '{tree}/share/lua/5.4/?.lua' print((require '{TOP}'))"
    assert machine.run("lua5.4", "-e", program).lines == [TOP]
