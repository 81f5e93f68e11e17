"""Who asks for a rock that is there for other Lua versions only is told for which, by any verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from tests.builders import debian
from tests.rocks_server import RocksServer


@pytest.fixture
def root(tmp_path: Path) -> str:
    """A Debian whose lua-penlight is for Lua 5.3 only, and published; a rock for 5.1 beside it."""
    machine = debian(tmp_path / "root")
    (machine.root / "etc/luarocks").mkdir()
    for version in ("5.1", "5.3", "5.4"):
        (machine.root / f"etc/luarocks/config-{version}.lua").write_text(
            f'rocks_trees = {{ "/usr", "/usr/local" }}\nlocal_cache = "{tmp_path}/cache"\n'
        )
    place = machine.root / "usr/local/lib/luarocks/rocks-5.1"
    place.mkdir(parents=True)
    rock = InstalledRock("old", "1-1", {"old": "old.lua"}, dependencies=())
    (place / "manifest").write_bytes(tree_manifest([entry_of(rock)]))
    (machine.root / "usr/local/share/lua/5.1").mkdir(parents=True)
    (machine.root / "usr/local/share/lua/5.1/old.lua").write_text("")
    assert main(["refresh", "--root", str(machine.root)]) == 0
    return str(machine.root)


@pytest.mark.parametrize(
    ("rock", "versions", "words"),
    [
        (rock, versions, words)
        for rock, versions in (("penlight", "5.3"), ("old", "5.1"))
        for words in (["show"], ["list"], ["check"], ["which"], ["doctor"])
    ],
)
def test_a_rock_of_a_tree_for_another_lua(
    root: str, rock: str, versions: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The verbs about installed rocks name the Lua versions of the trees that have it."""
    capsys.readouterr()
    name = "pl" if rock == "penlight" and words == ["which"] else rock
    main([*words, name, "--root", root, "--lua-version", "5.4"])
    told = "".join(capsys.readouterr())
    assert versions in told
    assert "5.4" in told or words in (["show"], ["check"])


@pytest.mark.parametrize("words", [["search"], ["plan"], ["why"]])
@pytest.mark.parametrize("rock", ["penlight", "served"])
def test_a_package_or_a_servers_rock_for_another_lua(
    root: str, tmp_path: Path, rock: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The verbs about what could be installed also know packages and servers."""
    server = RocksServer(tmp_path / "server")
    server.add("served 1-1", "lua >= 5.3, < 5.4")
    capsys.readouterr()
    options = ["--root", root, "--only-server", server.publish(), "--lua-version", "5.4"]
    main([*words, rock, *options])
    assert f"{rock} is only available for Lua 5.3, not for 5.4" in "".join(capsys.readouterr())
