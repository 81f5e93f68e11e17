"""``distrorocks survey-archive`` compares a server with a distribution's lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.exit_status import FAILED
from tests.rocks_server import RocksServer

PACKAGES = """Package: lua-lpeg
Version: 1.0.2-2
Architecture: amd64
Lua-Versions: 5.3 5.4

Package: lua-filesystem
Version: 1.8.0-1
Architecture: amd64
Lua-Versions: 5.4
"""

HUMAN = """\
6 rocks of the index, 2 packages of debian that are rocks; the dependencies of 6 rocks are known.

packaged       1   16.7 %
behind         1   16.7 %
unsure         0    0.0 %
missing        4   66.7 %

Behind: 1
---------

lpeg: lua-lpeg 1.0.2-2, the newest is 1.1.0-1, does not satisfy middle

What to package, in order: 2
----------------------------

1 bottom 1.0-1, round 1, needed by 3 (1 directly)
2 middle 1.0-1, round 2, needed by 2 (2 directly); after bottom; needs newer packages of lpeg; \
not in the index nowhere

Needed, and not in the index: 1
-------------------------------

nowhere, needed by 1
"""


@pytest.fixture
def server(tmp_path: Path) -> str:
    """Return a server of six rocks, two of which a package has."""
    made = RocksServer(tmp_path / "server")
    made.add("lpeg 1.0.2-1").add("lpeg 1.1.0-1").add("luafilesystem 1.8.0-1").add("bottom 1.0-1")
    made.add("middle 1.0-1", "bottom", "lpeg >= 1.1", "luafilesystem", "nowhere")
    return made.add("one 1.0-1", "middle").add("two 1.0-1", "lua >= 5.1", "middle").publish()


@pytest.fixture
def lists(tmp_path: Path) -> str:
    """Return apt's list of two packages."""
    (tmp_path / "list").write_text(PACKAGES)
    return str(tmp_path / "list")


def test_people_see_what_is_behind_and_what_is_next(
    server: str, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder tells of its own rockspecs what is wanted."""
    assert main(["survey-archive", server, lists]) == 0
    assert capsys.readouterr().out == HUMAN


def test_programs_see_every_rock(
    server: str, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its package and the evidence; the order is as long as it is asked to be."""
    assert main(["survey-archive", server, lists, "--json", "--most=1"]) == 0
    told = json.loads(capsys.readouterr().out)
    rocks = {each["name"]: each for each in told["rocks"]}
    assert told["counts"] == {"packaged": 1, "behind": 1, "unsure": 0, "missing": 4}
    assert rocks["lpeg"]["having"]["package"] == "lua-lpeg"
    assert rocks["lpeg"]["having"]["lua_versions"] == ["5.3", "5.4"]
    assert rocks["lpeg"]["having"]["evidence"]
    assert rocks["nowhere"]["latest"] is None
    assert [each["rock"] for each in told["order"]] == ["bottom"]


def test_a_manifest_alone_does_not_tell_what_is_wanted(
    server: str, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of rockspecs beside it does."""
    words = ["survey-archive", f"{server}/manifest-5.4", lists]
    assert main(words) == 0
    told = capsys.readouterr()
    assert "What to package" not in told.out
    assert "name a directory of rockspecs with --rocks" in told.err
    assert main([*words, "--rocks", server]) == 0
    assert capsys.readouterr().out == HUMAN


def test_a_page_is_written_beside_the_report(
    server: str, lists: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the working directory, if nothing else is said."""
    monkeypatch.chdir(tmp_path)
    assert main(["survey-archive", server, lists, "--page", "page.html"]) == 0
    assert "<h2>What to package, in order</h2>" in (tmp_path / "page.html").read_text()


def test_the_order_is_written_for_build_services(
    server: str, lists: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the report; where nothing is to be packaged, there is no order, and that is told."""
    folder = tmp_path / "layout"
    assert main(["survey-archive", server, lists, "--layout", str(folder)]) == 0
    assert capsys.readouterr().out == HUMAN
    assert (folder / "order.txt").read_text().splitlines() == [
        "lua-bottom",
        "lua-middle",
        "# lua-lpeg has lpeg 1.0.2-1, not lpeg >= 1.1",
        "# not found: nowhere, for middle",
    ]
    assert (folder / "sbuild.txt").read_text().endswith("lua-middle --extra-package=lua-bottom\n")
    assert (folder / "obs/lua-middle/_meta").is_file()
    words = ["survey-archive", f"{server}/manifest-5.4", lists, "--layout", str(tmp_path / "none")]
    assert main(words) == 0
    assert "there is nothing to package" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_list_that_cannot_be_read_is_a_failure_with_a_report(
    server: str, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report has what the other lists say."""
    assert main(["survey-archive", server, lists, "none"]) == FAILED
    told = capsys.readouterr()
    assert told.out == HUMAN
    assert "cannot read" in told.err


def test_names_are_those_of_the_distribution_of_the_lists(
    server: str, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of another family is refused, one that is derived from it is not."""
    assert main(["survey-archive", server, lists, "--distribution=Ubuntu"]) == 0
    capsys.readouterr()
    assert main(["survey-archive", server, lists, "--distribution=fedora"]) == FAILED
    assert "the lists are not of fedora" in capsys.readouterr().err


def test_a_package_for_luajit_alone_counts(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has the rock, though no tree of LuaRocks is for that Lua by name."""
    text = PACKAGES.replace("5.3 5.4", "jit")
    (tmp_path / "jit").write_text(text)
    assert main(["survey-archive", server, str(tmp_path / "jit"), "--json"]) == 0
    rocks = {each["name"]: each for each in json.loads(capsys.readouterr().out)["rocks"]}
    assert rocks["lpeg"]["state"] == "behind"
    assert rocks["lpeg"]["having"]["lua_versions"] == []


def test_a_rockspec_that_cannot_be_read_is_passed_over(
    server: str, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one before it counts, and the report is whole."""
    (Path(server) / "lpeg-1.1.0-1.rockspec").write_text("this is none")
    assert main(["survey-archive", server, lists]) == 0
    told = capsys.readouterr()
    assert told.out == HUMAN
    assert "lpeg-1.1.0-1.rockspec is skipped" in told.err
