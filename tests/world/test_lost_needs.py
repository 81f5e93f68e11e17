"""Rocks of other trees that are left without a dependency are named when a package's rock goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.world.lost_needs import Gone, gone_rocks, lost_needs
from tests.builders import LPEG, Machine, debian

NEEDS = tuple(map(Dependency.parse, ("lpeg >= 1", "gone > 3")))
LXSH = InstalledRock("lxsh", "0.8-1", dependencies=NEEDS)
LINE = "lxsh 0.8-1 in /usr/local needs 'lpeg >= 1'"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian with lpeg published for 5.3 and 5.4, all trees listed, and lxsh that needs it."""
    machine = debian(tmp_path / "root")
    folder = machine.root / "etc/luarocks"
    folder.mkdir()
    for version in ("5.3", "5.4"):
        (folder / f"config-{version}.lua").write_text(
            'rocks_trees = { "/usr", "/usr/local" }\ndeps_mode = "all"\n'
        )
    assert main(["refresh", "--root", str(machine.root)]) == 0
    place = machine.root / "usr/local/lib/luarocks/rocks-5.4"
    place.mkdir(parents=True)
    (place / "manifest").write_bytes(tree_manifest([entry_of(LXSH)]))
    return machine


def test_a_hook_names_the_rocks_that_are_left_unsatisfied(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """In its one line; what was unsatisfied before is not its doing."""
    machine.remove("lua-lpeg", LPEG)
    capsys.readouterr()
    assert main(["refresh", "--hook", "--root", str(machine.root)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(f"; left unsatisfied: {LINE} (see `distrorocks check`)")
    assert main(["refresh", "--hook", "--root", str(machine.root)]) == 0
    assert capsys.readouterr().out == ""


def test_a_refresh_warns_of_them_also_when_it_is_only_tried(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """And when everything is withdrawn."""
    for options in (["--remove", "--dry-run"], ["--remove"]):
        capsys.readouterr()
        assert main(["refresh", *options, "--root", str(machine.root)]) == 0
        warned = f"warning: Lua 5.4: {LINE}, which nothing satisfies any more\n"
        assert warned in capsys.readouterr().err


def test_what_another_tree_satisfies_is_not_lost(machine: Machine) -> None:
    """Nor what the rock's deps_mode did not let it see."""
    gone = [Gone("5.4", "lpeg", "1.0.2-1")]
    manifest = machine.root / "usr/local/lib/luarocks/rocks-5.4/manifest"
    alone = manifest.read_bytes()
    rocks = [InstalledRock("lpeg", "1.1-1", dependencies=()), LXSH]
    manifest.write_bytes(tree_manifest(map(entry_of, rocks)))
    assert lost_needs(str(machine.root), gone) == []
    manifest.write_bytes(alone)
    assert [str(each) for each in lost_needs(str(machine.root), gone)] == [LINE]
    config = machine.root / "etc/luarocks/config-5.4.lua"
    config.write_text(config.read_text().replace('"all"', '"one"'))
    assert lost_needs(str(machine.root), gone) == []
    config.write_text("rocks_trees = {")
    assert lost_needs(str(machine.root), gone) == []


def test_only_rocks_that_are_not_published_any_more_are_gone() -> None:
    """A file of a rock that stays, or of no rock, does not count."""
    start = "/usr/lib/luarocks/rocks-5.4"
    removed = [
        f"{start}/lpeg/1.0-1/rock_manifest",
        f"{start}/lpeg/1.0-1/doc/x",
        f"{start}/say/1-1/x",
        f"{start}/manifest",
        "/usr/share/lua/5.4/x.lua",
    ]
    kept = {Gone("5.4", "say", "1-1")}
    assert gone_rocks(removed, kept) == [Gone("5.4", "lpeg", "1.0-1")]
