"""``distrorocks search`` has LuaRocks' form, and beside it what the distribution and trees have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.cli.server_arguments import DISTRO_USES
from distrorocks.world.candidates import DistroUse
from tests.rocks_server import RocksServer

PACKAGE = """Package: lua-lpeg
Version: 1.1.0-2
Architecture: amd64
Lua-Versions: 5.3 5.4
Description: x
"""

HUMAN = """
lp - Search results for Lua 5.3:
================================


Rockspecs and source rocks:
---------------------------

alpha
   1-1 (rockspec) - {server}

lpeg
   1.10-1 (rockspec) - {server}
   1.9-1 (src) - {server}


Binary and pure-Lua rocks:
--------------------------

lpeg
   1.9-1 (all) - {server}


Packages of the distribution:
-----------------------------

lpeg
   1.1.0-2 - apt install lua-lpeg


Installed rocks:
----------------

lpeg
   1.0.2-1 (installed) - /usr/lib/luarocks/rocks-5.3

"""


@pytest.fixture
def server(tmp_path: Path, root: str) -> str:
    """Return a server, and give the root apt's index of one package."""
    lists = Path(root) / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    (lists / "x_main_binary-amd64_Packages").write_text(PACKAGE)
    made = RocksServer(tmp_path / "server").add("alpha 1-1").add("lpeg 1.10-1").add("other 1-1")
    return (
        made.pack("lpeg 1.9-1")
        .pack("lpeg 1.9-1", arch="all")
        .pack("lpeg 1.9-1", arch="win32-x86")
        .publish()
    )


def told(capsys: pytest.CaptureFixture[str], root: str, server: str, *words: str) -> str:
    """Return what a search prints."""
    common = ["--root", root, "--only-server", server, "--lua-version", "5.3"]
    assert main(["search", *words, *common]) == 0
    return capsys.readouterr().out


def test_people_see_all_places(root: str, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In LuaRocks' order: by name, the newest version first, sources and built rocks apart."""
    assert told(capsys, root, server, "LP") == HUMAN.replace("lp -", "LP -").format(server=server)


def test_programs_read_lines(root: str, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """LuaRocks' columns; a package of the distribution has an arch of its own."""
    assert told(capsys, root, server, "lpeg", "1.9", "--porcelain").splitlines() == [
        f"lpeg\t1.9-1\tsrc\t{server}",
        f"lpeg\t1.9-1\tall\t{server}",
    ]
    lines = told(capsys, root, server, "lpeg", "--porcelain").splitlines()
    assert "lpeg\t1.1.0-2\tdistro\tlua-lpeg" in lines
    assert "lpeg\t1.0.2-1\tinstalled\t/usr/lib/luarocks/rocks-5.3" in lines


def test_kinds_can_be_picked(root: str, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--source`` and ``--binary`` are about servers alone; ``--all`` names nothing."""
    source = told(capsys, root, server, "lpeg", "--source", "--porcelain").splitlines()
    assert [line.split("\t")[2] for line in source] == ["rockspec", "src"]
    built = told(capsys, root, server, "lpeg", "--binary", "--porcelain").splitlines()
    assert [line.split("\t")[2] for line in built] == ["all"]
    everything = told(capsys, root, server, "--all", "--porcelain")
    assert "other\t1-1" in everything
    assert "lua\t5.3-1\tinstalled\tprovided by VM or rocks_provided" in everything
    assert "distro" not in told(capsys, root, server, "lp", "--porcelain", "--distro", "never")


def test_json_has_everything(root: str, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the evidence of each offer."""
    (found,) = json.loads(told(capsys, root, server, "lpeg", "--json"))["results"]
    (offer,) = found["offered"]
    assert (offer["package"], offer["command"], offer["sure"]) == (
        "lua-lpeg",
        "apt install lua-lpeg",
        True,
    )
    assert offer["evidence"]
    assert [hit["version"] for hit in found["served"]] == ["1.10-1", "1.9-1", "1.9-1"]


@pytest.mark.parametrize("words", [("alpha", "9"), ("me/alpha",)])
def test_what_is_not_there_is_no_failure(
    root: str, server: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a rock in other versions nothing else is said; a server has answered for a namespace."""
    common = ["--root", root, "--only-server", server, "--lua-version", "5.3", "--porcelain"]
    assert main(["search", *words, *common]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_server_that_fails_is_reported(
    root: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The others count; where none could be asked, the exit status says so."""
    words = ["search", "alpha", "--porcelain", "--root", root, "--lua-version", "5.3"]
    assert main([*words, "--only-server", str(tmp_path / "none")]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "has no manifest-5.3" in captured.err
    assert "error: no rocks server could be asked" in captured.err
    assert "hint: check the network" in captured.err
    assert "Traceback" not in captured.err


def test_a_search_term_is_required(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name, or ``--all``; a server must be an address."""
    assert main(["search", "--root", root]) == 2
    assert "--all" in capsys.readouterr().err
    assert main(["search", "a", "--root", root, "--server", "ftp://x"]) == 2
    assert "https://" in capsys.readouterr().err


def test_the_words_are_those_of_the_world() -> None:
    """The door names the uses of the distribution without importing them."""
    assert set(DISTRO_USES) == {each.value for each in DistroUse}
