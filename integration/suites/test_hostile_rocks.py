"""Hostile rocks on a real system: root installs them, and nothing is written anywhere."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from integration.machines.machine import INSIDE, Machine
from integration.machines.roots import Layer, with_packages
from tests.hostile.rock_writer import (
    NAME,
    ROCKSPEC_NAME,
    Tarred,
    Zipped,
    honest,
    rockspec,
    tar_of,
    zip_of,
)

LUA = "5.4"
TREE = "/srv/area/a/tree"
FILES = "/srv/files"
SERVER = "/srv/rocks"
PRIVATE = "for root alone\n"
MODULE = 'build.modules = { evil = "evil.lua" }\n'
ZEROS = "0" * 32
NOTES = ("/var/log/", "/var/cache/", "/root/.cache", INSIDE)


def listing(entries: str) -> Zipped:
    """Return a rock_manifest."""
    return Zipped("rock_manifest", f"rock_manifest = {{ {entries} }}".encode())


def tarred(*members: Tarred) -> bytes:
    """Return a source rock with a tar."""
    spec = Zipped(ROCKSPEC_NAME, rockspec(more=MODULE))
    members = (Tarred("evil/evil.lua", b"return 1"), *members)
    return zip_of([spec, Zipped("evil.tar.gz", gzip.compress(tar_of(members)))])


def zipped(*members: Zipped) -> bytes:
    """Return a source rock with a zip."""
    url = 'source.url = "https://example/evil.zip"\n'
    spec = Zipped(ROCKSPEC_NAME, rockspec(more=url + MODULE))
    return zip_of([spec, Zipped("evil.zip", zip_of(members))])


SPEC = Zipped(ROCKSPEC_NAME, rockspec())
FOLDER = Zipped("evil/", b"", 0o040755)
OUT = "/".join([".."] * 12)
HOSTILE = {
    "a rock_manifest that leads out of the tree": (
        "all",
        zip_of(
            [
                SPEC,
                Zipped("x.lua", b"return 1"),
                listing(
                    'bin = { [".."] = { [".."] = { ["1.0-1"] = '
                    f'{{ ["x.lua"] = "{ZEROS}" }} }} }} }}'
                ),
            ]
        ),
    ),
    "a link to what only root can read": (
        "all",
        zip_of(
            [
                SPEC,
                Zipped("lua/evil.lua", b"/etc/secret", 0o120777),
                listing(f'lua = {{ ["evil.lua"] = "{ZEROS}" }}'),
            ]
        ),
    ),
    "a command whose name a shell runs": (
        "all",
        zip_of(honest({"bin/$(cd && touch pwned)": b"x"})),
    ),
    "a wrong MD5": (
        "all",
        zip_of(
            [
                SPEC,
                Zipped("lua/evil.lua", b"return 1"),
                listing(f'lua = {{ ["evil.lua"] = "{ZEROS}" }}'),
            ]
        ),
    ),
    "a file that no rock_manifest lists": (
        "all",
        zip_of([*honest(), Zipped("lua/hidden.lua", b"x")]),
    ),
    "a tar with ..": ("src", tarred(Tarred(f"{OUT}/srv/pwned", b"x"))),
    "a tar with .. in the long name of a link": (
        "src",
        tarred(Tarred("l", f"{OUT}/srv/pwned\0".encode(), b"K"), Tarred("b", b"x")),
    ),
    "a zip of sources with a link": (
        "src",
        zipped(FOLDER, Zipped("evil/evil.lua", b"/etc/secret", 0o120777)),
    ),
    "sources with a link": (
        "src",
        zip_of(
            [
                Zipped(
                    ROCKSPEC_NAME, rockspec(more='source = { url = "git://x/evil" }\n' + MODULE)
                ),
                FOLDER,
                Zipped("evil/evil.lua", b"/etc/secret", 0o120777),
            ]
        ),
    ),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Layer]:
    """Debian 13 with LuaRocks, a server without rocks, and a file that only root can read."""
    with with_packages("trixie", ()).clone() as machine:
        machine.write("/etc/secret", PRIVATE).chmod(0o600)
        machine.write(f"{SERVER}/note", "")
        machine.write(f"{TREE}/note", "")
        machine.distrorocks_inside("make-manifest", SERVER)
        yield machine.freeze()


@pytest.fixture
def root(stage: Layer) -> Iterator[Machine]:
    """A fresh machine on that stage."""
    with stage.clone() as machine:
        yield machine


def install(machine: Machine, arch: str, content: bytes, status: int) -> str:
    """Install a rock file as root, and return what was said."""
    file = machine.write(f"{FILES}/{NAME}-1.0-1.{arch}.rock", "")
    file.write_bytes(content)
    words = (f"{FILES}/{file.name}", "--tree", TREE, "--only-server", SERVER)
    return machine.distrorocks_inside(
        "install", *words, "--lua-version", LUA, "--yes", status=status
    ).err


def held(machine: Machine) -> dict[str, str]:
    """Return all that a machine holds but for logs, caches and the rock itself."""
    return {
        path: what
        for path, what in machine.contents().items()
        if not path.startswith((*NOTES, FILES))
    }


@pytest.mark.parametrize(("arch", "content"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_rock_changes_nothing(root: Machine, arch: str, content: bytes) -> None:
    """Neither in the tree nor beside it; nothing of it is even unpacked."""
    before = held(root)
    said = install(root, arch, content, 3)
    assert "is refused: " in said
    assert "[1/1]" not in said
    assert held(root) == before


@pytest.mark.parametrize("arch", ["all", "src"])
def test_an_honest_rock_is_installed(root: Machine, arch: str) -> None:
    """By the same way, with its command, its document and its modules."""
    files = {"lua/evil.lua": b"return 'honest'\n", "bin/tool": b"print(1)\n", "doc/a b.md": b"x"}
    content = zip_of(honest(files)) if arch == "all" else tarred()
    install(root, arch, content, 0)
    assert ("evil", "1.0-1") in {
        tuple(path.parts[-3:-1]) for path in root.path(TREE).rglob("rock_manifest")
    }
    assert root.path(f"{TREE}/share/lua/{LUA}/evil.lua").exists()
