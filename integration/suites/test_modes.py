"""What each mode of `refresh` promises, on Debian 12 with five well-known packages."""

from __future__ import annotations

import json

import pytest

from integration.machines.machine import Machine
from integration.machines.rocks import TREE, make, published, stamps, write_local_rock

ROCKS = {"lpeg", "lua-cjson", "luafilesystem", "luasocket", "penlight"}


def rock_folder(machine: Machine, rock: str, lua_version: str = "5.4") -> str:
    """Return the path, in the machine, of the one published version of a rock."""
    (version,) = {v for name, v in published(machine, lua_version) if name == rock}
    return f"{TREE}/rocks-{lua_version}/{rock}/{version}"


def published_names(machine: Machine, lua_version: str = "5.4") -> set[str]:
    """Return the rocks published for a Lua version, but for LuaRocks itself."""
    return {rock for rock, _ in published(machine, lua_version)} - {"luarocks"}


def test_a_dry_run_only_tells(machine: Machine) -> None:
    """`--dry-run` says what would be written, each with a reason, and writes nothing at all."""
    before = stamps(machine)
    outcome = machine.distrorocks("refresh", "--dry-run")
    assert stamps(machine) == before
    assert "lpeg" in outcome.out + outcome.err


def test_json_is_all_that_stands_on_standard_output(machine: Machine) -> None:
    """`refresh --json` prints one JSON value that names each published rock."""
    report = json.loads(machine.distrorocks("refresh", "--json").out)
    text = json.dumps(report)
    assert {rock for rock in ROCKS if f'"{rock}"' not in text} == set()


def test_minimal_writes_the_bare_minimum(machine: Machine) -> None:
    """`--mode minimal` leaves empty rock_manifests, enough for a dependency to be met."""
    machine.distrorocks("refresh", "--mode", "minimal")
    machine.distrorocks("config-snippet", "--apply")
    assert published_names(machine) == ROCKS
    held = machine.path(f"{rock_folder(machine, 'lpeg')}/rock_manifest").read_text()
    assert "".join(held.split()) == "rock_manifest={}"
    said = make(machine, "5.4", write_local_rock(machine, "needslpeg", ["lpeg >= 1.0"]))
    assert "Missing dependencies" not in said


@pytest.mark.parametrize("command", ["remove", "purge"])
def test_protected_survives_luarocks(machine: Machine, command: str) -> None:
    """In protected mode `luarocks remove --tree=/usr` takes metadata, never a package's file."""
    machine.distrorocks("refresh", "--mode", "protected")
    machine.distrorocks("config-snippet", "--apply")
    assert {rock for rock, _ in machine.rocks("5.4")} >= ROCKS
    index = machine.path(f"{TREE}/rocks-5.4/manifest").read_text()
    assert "socket.core" in index
    words = ("--force", "lpeg") if command == "remove" else ()
    machine.luarocks("5.4", command, "--tree=/usr", *words)
    assert published(machine, "5.4") & {("lpeg", "1.0.2-0"), ("lpeg", "1.0.2-1")} == set()
    lost = [line for line in machine.faults() if " c /etc/luarocks/config" not in line]
    assert lost == []


def test_a_refresh_mends_what_luarocks_removed(machine: Machine) -> None:
    """After `luarocks remove` in protected mode the next refresh publishes the rock again."""
    machine.distrorocks("refresh", "--mode", "protected")
    before = machine.contents(TREE)
    machine.luarocks("5.4", "remove", "--force", "--tree=/usr", "lpeg")
    assert machine.contents(TREE) != before
    machine.distrorocks("refresh", "--mode", "protected")
    assert machine.contents(TREE) == before


def test_modes_follow_each_other(machine: Machine) -> None:
    """Going through the other modes and back gives the very files of the first refresh."""
    machine.distrorocks("refresh", "--mode", "complete")
    before = machine.contents(TREE)
    for mode in ("minimal", "protected", "complete"):
        machine.distrorocks("refresh", "--mode", mode)
    assert machine.contents(TREE) == before


def test_configuration_is_applied_once(machine: Machine) -> None:
    """A second `config-snippet --apply` finds nothing to do and writes nothing."""
    machine.distrorocks("refresh")
    machine.distrorocks("config-snippet", "--apply")
    before = stamps(machine)
    machine.distrorocks("config-snippet", "--apply")
    assert stamps(machine) == before


def test_one_lua_version_alone(machine: Machine) -> None:
    """`--lua-version 5.3` publishes for Lua 5.3 and leaves the other trees unmade."""
    machine.distrorocks("refresh", "--lua-version", "5.3")
    assert published_names(machine, "5.3") == ROCKS
    assert published(machine, "5.4") == set()


def test_what_an_administrator_put_there_stays(machine: Machine) -> None:
    """A rock that somebody else put in the tree is kept, byte for byte, and gets listed."""
    folder = f"{TREE}/rocks-5.4/mine/1.0-1"
    machine.write(f"{folder}/rock_manifest", "rock_manifest = {}\n")
    machine.write(f"{folder}/mine-1.0-1.rockspec", 'package = "mine"\nversion = "1.0-1"\n')
    before = machine.contents(folder)
    machine.distrorocks("refresh")
    machine.distrorocks("config-snippet", "--apply")
    assert machine.contents(folder) == before
    assert ("mine", "1.0-1") in machine.rocks("5.4")


def test_one_broken_rock_hides_no_other(machine: Machine) -> None:
    """A broken rock of somebody else is told on standard error; all others are published."""
    machine.write(f"{TREE}/rocks-5.4/broken/1.0-1/rock_manifest", "rock_manifest = {{{\n")
    outcome = machine.distrorocks("refresh", status=None)
    assert "broken" in outcome.err
    assert "Traceback" not in outcome.err
    machine.distrorocks("config-snippet", "--apply")
    assert {rock for rock, _ in machine.rocks("5.4")} >= ROCKS


def test_distrorocks_lists_as_luarocks_does(machine: Machine) -> None:
    """`distrorocks list --porcelain` prints for each Lua version the very lines of LuaRocks."""
    machine.distrorocks("refresh")
    machine.distrorocks("config-snippet", "--apply")
    for version in ("5.1", "5.4"):
        ours = machine.distrorocks("list", "--porcelain", "--lua-version", version)
        assert ours.lines == machine.luarocks(version, "list", "--porcelain").lines


def test_which_names_file_rock_and_package(machine: Machine) -> None:
    """`distrorocks which` finds a compiled module, and says which rock and package brought it."""
    machine.distrorocks("refresh")
    machine.distrorocks("config-snippet", "--apply")
    told = machine.distrorocks("which", "socket.core", "--lua-version", "5.4")
    assert told.lines[0] == "/usr/lib/x86_64-linux-gnu/lua/5.4/socket/core.so"
    assert "luasocket" in told.out
    assert "lua-socket" in told.out
