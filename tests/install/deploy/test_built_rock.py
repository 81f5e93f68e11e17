"""A built rock is read whole or refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.install.deploy import built_rock
from distrorocks.install.deploy.built_rock import BuiltRockError, read_built_rock
from distrorocks.rocks.rock_manifest import RockManifestError
from distrorocks.rocks.rockspec_fault import RockspecError
from distrorocks.system.lua.jail import Jail, JailLimit

ROCKSPEC = (
    'package = "Foo"\nversion = "1.0-1"\nsource = { url = "file:///x" }\n'
    'dependencies = { "lua >= 5.1", "bar" }\nbuild = { type = "none" }\n'
)
LISTED = 'rock_manifest = { bin = { tool = "1" }, lua = { ["m.lua"] = "2" } }\n'


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """A jail."""
    with Jail() as jail:
        yield jail


@pytest.fixture
def rock(tmp_path: Path) -> Path:
    """A built rock's directory."""
    for path, text in {
        "foo-1.0-1.rockspec": ROCKSPEC,
        "rock_manifest": LISTED,
        "bin/tool": "#!/usr/bin/lua\nprint(1)\n",
        "lua/m.lua": "return 1",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_it_is_read_with_what_the_manifest_says_of_it(rock: Path, jail: Jail) -> None:
    """Files with their content, modules, commands, dependencies, namespace."""
    (rock / "doc").mkdir()
    (rock / "doc/x.sh").write_bytes(b"\xff\0")
    (rock / "doc/x.sh").chmod(0o755)
    found = read_built_rock(str(rock), jail, namespace="me")
    assert found.rock == ("foo", "1.0-1")
    assert found.namespace == "me"
    assert found.entry.modules == ("m",)
    assert found.entry.commands == ("tool",)
    assert found.entry.needs == ("lua >= 5.1", "bar")
    assert found.files["doc/x.sh"].content == b"\xff\0"
    assert found.files["doc/x.sh"].is_program
    assert found.files["bin/tool"].is_lua
    assert found.wraps_scripts
    assert sorted(found.files) == list(found.files)


@pytest.mark.parametrize(
    ("text", "is_lua"),
    [
        (b"print(1)", True),
        (b"#!/usr/bin/env lua\nreturn 1", True),
        (b"error('never run')", True),
        (b"while true do end", True),
        (b"", True),
        (b"#!/bin/sh\necho it is a shell script\n", False),
        (b"\x7fELF\x02\x01\x01\0\0", False),
        (b"\x1bLua", False),
        (b"end print(1)", False),
    ],
)
def test_a_command_is_lua_if_it_compiles(rock: Path, jail: Jail, text: bytes, is_lua: bool) -> None:
    """LuaRocks' own rule; nothing of it is run."""
    (rock / "bin/tool").write_bytes(text)
    assert read_built_rock(str(rock), jail).files["bin/tool"].is_lua == is_lua


def test_a_command_that_cannot_be_compiled_in_time_is_an_error(rock: Path) -> None:
    """It is not taken for a program that is no Lua, which would get no wrapper."""
    with Jail(seconds=0) as jail, pytest.raises(JailLimit, match=r"^tool: "):
        read_built_rock(str(rock), jail)


def test_a_rockspec_may_forbid_wrappers(rock: Path, jail: Jail) -> None:
    """``deploy.wrap_bin_scripts`` of format 1.1."""
    more = 'rockspec_format = "1.1"\ndeploy = { wrap_bin_scripts = false }\n'
    (rock / "foo-1.0-1.rockspec").write_text(more + ROCKSPEC)
    assert not read_built_rock(str(rock), jail).wraps_scripts


@pytest.mark.parametrize("kind", ["link", "directory link", "fifo", "dangling"])
def test_links_and_special_files_are_refused(rock: Path, jail: Jail, kind: str) -> None:
    """Nothing outside of the directory is read, and nothing hangs."""
    place = rock / "doc"
    if kind == "fifo":
        os.mkfifo(place)
    else:
        targets = {"link": "/etc/passwd", "directory link": "/etc", "dangling": "/no"}
        place.symlink_to(targets[kind])
    with pytest.raises(BuiltRockError, match="neither a file nor a directory"):
        read_built_rock(str(rock), jail)


def test_what_the_list_names_must_be_there(rock: Path, jail: Jail) -> None:
    """Else the tree would have a rock without its modules."""
    (rock / "lua/m.lua").unlink()
    with pytest.raises(BuiltRockError, match=r"has no lua/m\.lua"):
        read_built_rock(str(rock), jail)


@pytest.mark.parametrize("name", ["foo-1.0-1.rockspec", "rock_manifest"])
def test_its_lists_must_be_there(rock: Path, jail: Jail, name: str) -> None:
    """A directory without rockspec or rock_manifest is no built rock."""
    (rock / name).unlink()
    with pytest.raises(BuiltRockError, match="is not a built rock"):
        read_built_rock(str(rock), jail)


def test_names_that_leave_the_rock_are_refused(rock: Path, jail: Jail) -> None:
    """LuaRocks deploys ``../x`` outside of the tree's directories."""
    (rock / "rock_manifest").write_text('rock_manifest = { lua = { ["../m.lua"] = "1" } }\n')
    with pytest.raises(RockManifestError):
        read_built_rock(str(rock), jail)


def test_a_rockspec_of_another_rock_is_refused(rock: Path, jail: Jail) -> None:
    """Its file name and its content have to agree."""
    (rock / "foo-1.0-1.rockspec").rename(rock / "foo-2.0-1.rockspec")
    with pytest.raises(RockspecError):
        read_built_rock(str(rock), jail)


def test_a_rock_is_bounded(rock: Path, jail: Jail, monkeypatch: pytest.MonkeyPatch) -> None:
    """In files, in bytes, and in nested directories."""
    monkeypatch.setattr(built_rock, "MOST_MEMBERS", 4)
    with pytest.raises(BuiltRockError, match="more than 4 files"):
        read_built_rock(str(rock), jail)
    monkeypatch.undo()
    monkeypatch.setattr(built_rock, "MOST_UNPACKED", 60)
    with pytest.raises(Exception, match="more than"):
        read_built_rock(str(rock), jail)
    monkeypatch.undo()
    (rock / "/".join(["d"] * 70)).mkdir(parents=True)
    with pytest.raises(BuiltRockError, match="64 nested"):
        read_built_rock(str(rock), jail)
