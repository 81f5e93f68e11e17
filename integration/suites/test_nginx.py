"""A folder that make-manifest wrote, given out by Debian's nginx as docs/server-folders.md says."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import textwrap
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from types import MappingProxyType
from typing import NamedTuple

import pytest

from integration.machines.binary_rocks import write_rock
from integration.machines.machine import INSIDE, RUN_MAIN, Machine, Outcome
from integration.machines.roots import Layer, with_packages
from integration.machines.scratch import CHECKOUT

LUA = "5.4"
SERVER = "/srv/rocks"
WAYS = ("path", "python", "nginx")
ROCKSPEC = """package = "source"
version = "1.0-1"
source = { url = "file://./source.lua", dir = "." }
description = { summary = "A rock", license = "MIT" }
dependencies = { "built" }
build = { type = "builtin", modules = { source = "source.lua" } }
"""


def write_server(machine: Machine) -> None:
    """Publish a rock of sources that needs a built rock."""
    folder = machine.path(SERVER)
    folder.mkdir(parents=True)
    write_rock(folder, "built", "1.0-1", {"lua/built.lua": "return 'built 1.0-1'\n"})
    shutil.rmtree(folder / "built-1.0-1")
    with zipfile.ZipFile(folder / "source-1.0-1.src.rock", "w") as rock:
        rock.writestr("source-1.0-1.rockspec", ROCKSPEC)
        rock.writestr("source.lua", "return 'source 1.0-1'\n")
    machine.distrorocks_inside("make-manifest", SERVER)


@pytest.fixture(scope="module")
def stage() -> Iterator[Layer]:
    """Debian 13 with nginx, urllib3 and a rocks server."""
    with with_packages("trixie", ("nginx", "python3-urllib3")).clone() as machine:
        write_server(machine)
        yield machine.freeze()


@pytest.fixture
def root(stage: Layer) -> Iterator[Machine]:
    """A fresh machine on that stage."""
    with stage.clone() as machine:
        yield machine


def documented(port: int) -> str:
    """Return the page's configuration of nginx, on a port of the loopback interface."""
    page = (CHECKOUT / "docs/server-folders.md").read_text()
    found = re.search(r"^    server \{\n.*?^    \}\n", page, re.MULTILINE | re.DOTALL)
    assert found
    text = textwrap.dedent(found[0])
    assert f"root {SERVER};" in text
    changed, count = re.subn(r"listen [^;]*;", f"listen 127.0.0.1:{port};", text)
    assert count == 1
    return changed


@contextmanager
def served(machine: Machine, way: str) -> Iterator[str]:
    """Yield the server's address while it is given out in a way."""
    if way == "path":
        yield SERVER
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", SERVER]
    words.append(str(port))
    if way == "nginx":
        machine.path("/etc/nginx/sites-enabled/default").unlink()
        machine.write("/etc/nginx/conf.d/rocks.conf", documented(port))
        words = ["nginx", "-g", "daemon off;"]
    process = subprocess.Popen(
        machine.words(*words, online=True), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, f"{way} has ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def distrorocks(machine: Machine, *words: str) -> Outcome:
    """Run distrorocks in the machine, with Debian's urllib3 and its loopback interface."""
    program = f"import sys; sys.path.insert(0, {INSIDE!r}); {RUN_MAIN}"
    return machine.run("python3", "-I", "-B", "-c", program, *words, online=True)


@pytest.mark.parametrize("way", WAYS)
def test_both_programs_install_from_it(root: Machine, way: str) -> None:
    """A rock of sources and the built rock that it needs, into the same tree of modules."""
    with served(root, way) as server:
        words = (f"--lua-version={LUA}", f"--only-server={server}")
        root.run("luarocks", *words, "--tree=/opt/theirs", "install", "source", online=True)
        distrorocks(root, "install", "source", *words, "--tree=/opt/ours", "--distro=never")
    for tree in ("/opt/theirs", "/opt/ours"):
        share = root.path(f"{tree}/share/lua/{LUA}")
        assert {path.name: path.read_text() for path in share.iterdir()} == {
            f"{name}.lua": f"return '{name} 1.0-1'\n" for name in ("source", "built")
        }


def statuses(machine: Machine) -> list[tuple[str, str]]:
    """Return the path and status of each request that nginx has answered."""
    log = machine.path("/var/log/nginx/access.log").read_text()
    return re.findall(r'"GET /(\S*) HTTP/1.1" (\d+)', log)


def test_an_unchanged_file_is_not_sent_again(root: Machine) -> None:
    """The manifest as JSON is asked for first, and then held against the server with its ETag."""
    root.write(f"/etc/luarocks/config-{LUA}.lua", "cache_timeout = 0\n")
    manifest = f"manifest-{LUA}.json"
    with served(root, "nginx") as server:
        words = ("search", "source", f"--lua-version={LUA}", f"--only-server={server}")
        found = [distrorocks(root, *words, "--porcelain").lines for _ in range(2)]
        assert statuses(root) == [(manifest, "200"), (manifest, "304")]
        file = root.path(f"{SERVER}/{manifest}")
        file.write_text(file.read_text().replace('"source"', '"resource"'))
        assert distrorocks(root, *words, "--porcelain").lines != found[0]
    assert found[0] == found[1] != []
    assert statuses(root)[2:] == [(manifest, "200")]


class Answered(NamedTuple):
    """What a request of a test got."""

    status: int
    headers: Message
    content: bytes


def asked(server: str, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answered:
    """Return the answer to one request."""
    with closing(HTTPConnection(server.removeprefix("http://"))) as connection:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers, answer.read())


def test_a_rest_comes_only_of_the_same_file(root: Machine) -> None:
    """As a download that broke off needs it."""
    path = "/built-1.0-1.all.rock"
    whole = root.path(f"{SERVER}{path}").read_bytes()
    with served(root, "nginx") as server:
        first = asked(server, path)
        rest = asked(server, path, {"Range": "bytes=10-", "If-Range": first.headers["ETag"]})
        other = asked(server, path, {"Range": "bytes=10-", "If-Range": '"other"'})
    assert first.headers["Content-Type"] == "application/zip"
    assert (first.status, first.content) == (200, whole)
    assert (rest.status, rest.content) == (206, whole[10:])
    assert (other.status, other.content) == (200, whole)


def test_nothing_hidden_is_given_out(root: Machine) -> None:
    """Nor a list of the files of a folder."""
    root.write(f"{SERVER}/.secret", "x")
    root.write(f"{SERVER}/folder/x", "x")
    with served(root, "nginx") as server:
        paths = ("/.secret", "/folder/", f"/manifest-{LUA}")
        assert [asked(server, path).status for path in paths] == [404, 403, 200]
