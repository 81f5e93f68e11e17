"""``distrorocks outdated`` and ``list --outdated`` tell what is newer elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from tests.rocks_server import RocksServer

PACKAGE = """Package: lua-lpeg
Version: 1.1.0-2
Architecture: amd64
Lua-Versions: 5.3 5.4
Description: x
"""

HUMAN = """
Outdated rocks for Lua 5.3:
---------------------------

lpeg
   1.0.2-1 in /usr (package lua-lpeg)
   < 1.10-1 at {server}
   < 1.1.0-2 in the distribution: apt install lua-lpeg

"""


@pytest.fixture
def server(tmp_path: Path, root: str) -> str:
    """Return a server, and give the root apt's index of one package."""
    lists = Path(root) / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    (lists / "x_main_binary-amd64_Packages").write_text(PACKAGE)
    made = RocksServer(tmp_path / "server")
    return made.add("lpeg 1.10-1").add("lpeg 1.9-1").add("penlight 1.13.1-1").publish()


def told(capsys: pytest.CaptureFixture[str], root: str, server: str, *words: str) -> str:
    """Return what a verb prints for Lua 5.3."""
    common = ["--root", root, "--only-server", server, "--lua-version", "5.3"]
    assert main([*words, *common]) == 0
    return capsys.readouterr().out


def add_tree(root: str, version: str) -> None:
    """Give the user's tree a version of lpeg."""
    place = Path(root) / "usr/local/lib/luarocks/rocks-5.3"
    place.mkdir(parents=True)
    (place / "manifest").write_bytes(tree_manifest([entry_of(InstalledRock("lpeg", version))]))


def test_people_see_who_owns_and_who_has_newer(
    root: str, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rock that is nowhere newer is not told."""
    assert told(capsys, root, server, "outdated") == HUMAN.format(server=server)
    assert told(capsys, root, server, "outdated", "pen") == ""


def test_every_tree_has_its_own_line(
    root: str, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What one tree has new may be old in another; ``-`` stands for nothing."""
    add_tree(root, "1.9-1")
    assert told(capsys, root, server, "outdated", "--porcelain").splitlines() == [
        f"lpeg\t1.9-1\t1.10-1\t{server}\t/usr/local\t-\t-\t-",
        f"lpeg\t1.0.2-1\t1.10-1\t{server}\t/usr\tlua-lpeg\t1.1.0-2\tlua-lpeg",
    ]
    only = told(capsys, root, server, "outdated", "--tree", "/usr/local", "--porcelain")
    assert len(only.splitlines()) == 1


def test_json_has_the_same_report(
    root: str, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With null for nothing."""
    (rock,) = json.loads(told(capsys, root, server, "outdated", "--json"))["outdated"]
    assert rock["owner"] == "lua-lpeg"
    assert (rock["available"], rock["offered"]) == ("1.10-1", "1.1.0-2")


def test_luarocks_list_has_the_newest_of_all_trees(
    root: str, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In LuaRocks' form; a rock that is the newest in any tree is not outdated there."""
    add_tree(root, "1.9-1")
    out = told(capsys, root, server, "list", "--outdated", "--porcelain")
    assert out == f"lpeg\t1.9-1\t1.10-1\t{server}\n"
    human = told(capsys, root, server, "list", "--outdated")
    assert f"lpeg\n   1.9-1 < 1.10-1 at {server}\n" in human
    json_out = json.loads(told(capsys, root, server, "list", "--outdated", "--json"))
    assert json_out["outdated"][0]["available"] == "1.10-1"
    (Path(root) / "usr/local/lib/luarocks/rocks-5.3/manifest").write_bytes(
        tree_manifest([entry_of(InstalledRock("lpeg", "1.10-1"))])
    )
    assert told(capsys, root, server, "list", "--outdated", "--porcelain") == ""


def test_without_a_server_it_is_reported(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No success is reported; the exit status shows it too."""
    common = ["--root", root, "--only-server", str(tmp_path / "none"), "--lua-version", "5.3"]
    for words in (["outdated"], ["list", "--outdated"]):
        assert main([*words, *common]) == 3
        captured = capsys.readouterr()
        assert "has no manifest-5.3" in captured.err
        assert "no rock is outdated" not in captured.err


@pytest.mark.parametrize("words", [["outdated"], ["outdated", "zz"], ["list", "--outdated"]])
def test_a_server_that_cannot_be_asked_is_an_error(
    root: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    """Whether or not a rock is to be looked for there: it says what, where, and what to do."""
    common = ["--root", root, "--only-server", str(tmp_path / "none"), "--lua-version", "5.3"]
    assert main([*words, *common]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{tmp_path}/none has no manifest-5.3" in captured.err
    assert "error: no rocks server could be asked" in captured.err
    assert "hint: check the network" in captured.err
