"""``distrorocks plan`` and ``why``, as they are typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest_entry import InstalledRock
from distrorocks.system.processes.command import find_program
from tests.install.asking import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A root with leaf, and mid that needs it; a server with app, which needs both."""
    place = Place(tmp_path)
    needs = (Dependency.parse("leaf >= 1"),)
    place.tree("one", InstalledRock("leaf", "1.0-1", {}, dependencies=()))
    place.tree("two", InstalledRock("mid", "1.0-1", {}, dependencies=needs))
    place.server.add("app 1.0-1", "mid", "leaf").add("leaf 2.0-1")
    place.server.publish()
    return place


def run(place: Place, verb: str, *words: str) -> int:
    """Run a verb on the place with its server, for Lua 5.4."""
    server = str(place.server.directory)
    root = str(place.root)
    return main([verb, *words, "--root", root, "--only-server", server, "--lua-version", "5.4"])


def test_people_read_a_table_and_a_tree(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 0; what is to be warned of goes to stderr."""
    assert run(place, "plan", "app") == 0
    told = capsys.readouterr()
    server = place.server.directory
    assert told.out.endswith(
        f"\n\napp: 1.0-1, install {server} -> /two\n  mid: 1.0-1, keep /two\n"
        "    leaf >= 1: 1.0-1, keep /one\n  leaf: 1.0-1, keep /one\n"
    )
    assert told.err == ""


def test_programs_read_json(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Steps in their order with reasons, edges, where the target is and why."""
    assert run(place, "plan", "app", "--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert [(each["step"], each["rock"], each["version"]) for each in plan["steps"]] == [
        ("keep", "leaf", "1.0-1"),
        ("keep", "mid", "1.0-1"),
        ("install", "app", "1.0-1"),
    ]
    app = plan["steps"][-1]
    assert (app["tree"], app["reason"]) == ("/two", "not installed in any consulted tree")
    assert (plan["target"], plan["deps_mode"]) == ("/two", "all")
    assert plan["edges"][0]["requirer"] is None
    assert {each["need"] for each in plan["edges"]} == {"app", "mid", "leaf", "leaf >= 1"}


def test_a_plan_is_a_graph(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the graph goes to stdout."""
    assert run(place, "plan", "app", "--graph", "dot") == 0
    assert capsys.readouterr().out.startswith("digraph plan {")


@pytest.mark.skipif(not find_program("dot"), reason="Graphviz is not installed")
def test_graphviz_draws_a_plan(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Each rock of the plan stands in the picture, which is all that goes to stdout."""
    assert run(place, "plan", "app", "--graph", "svg") == 0
    told = capsys.readouterr()
    assert told.out.startswith("<?xml")
    assert told.out.endswith("</svg>\n")
    assert {"leaf", "mid", "app"} <= set(re.findall(r"<title>(\w+)</title>", told.out))
    assert told.err == ""


def test_a_missing_graphviz_is_reported(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that installs it; nothing of a picture is printed."""
    monkeypatch.setattr("distrorocks.system.processes.graphviz.find_program", lambda _: None)
    assert run(place, "plan", "app", "--graph", "svg") == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "error: drawing needs Graphviz' dot" in told.err
    assert re.search(r"hint: run `(apt|dnf|zypper) install graphviz`", told.err)


def test_a_conflict_is_status_1(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """With the proof, for people and for programs."""
    assert run(place, "plan", "leaf > 7") == 1
    assert "leaf > 7" in capsys.readouterr().err
    assert run(place, "plan", "leaf > 7", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert "leaf > 7" in told["conflict"]
    assert told["steps"]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["CFLAGS=-O2"], 2, "no rock given"),
        (["app", "--only-server=/x", "--server=/y"], 2, "cannot be used with --server"),
        (["app", "--tree=/x", "--global"], 2, "select different trees"),
        (["app", "--local"], 3, "you are the superuser"),
        (["./no.rockspec"], 3, "cannot read"),
    ],
)
def test_contradictory_arguments_are_rejected(
    place: Place,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    status: int,
    told: str,
) -> None:
    """Each with what is wrong."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert main(["plan", *words, "--root", str(place.root), "--lua-version", "5.4"]) == status
    assert told in capsys.readouterr().err


def test_arguments_may_be_in_any_order(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Variables may follow options, as they do for LuaRocks."""
    assert run(place, "plan", "app", "--deps-mode", "one", "CFLAGS=-O2", "leaf") in (0, 1)
    assert "unrecognized" not in capsys.readouterr().err


def test_why_lists_dependents(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """And what else would do; as JSON, too."""
    assert run(place, "why", "leaf") == 0
    server = place.server.directory
    assert capsys.readouterr().out == (
        "leaf 1.0-1 in /one\n"
        "  mid 1.0-1 in /two needs 'leaf >= 1'\n"
        f"  alternatives: 2.0-1 from {server}\n"
    )
    assert run(place, "why", "mid") == 0
    assert "no rock needs it" in capsys.readouterr().out
    assert run(place, "why", "leaf", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)["installed"]
    assert [each["name"] for each in found["needed_by"]] == ["mid"]
    assert [each["version"] for each in found["instead"]] == ["2.0-1"]


def test_why_of_nothing_is_an_error(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """A rock that no tree has and nothing needs; the server's is reported."""
    assert run(place, "why", "app") == 1
    told = capsys.readouterr().err
    assert "no tree has app for Lua 5.4, and no rock needs it; available: 1.0-1" in told
    assert run(place, "why", "nothing") == 1
    capsys.readouterr()
    words = ["--root", str(place.root), "--only-server", f"{place.root}/none"]
    assert main(["why", "nothing", *words]) == 1
    assert capsys.readouterr().err.count("has no manifest-") == 1


def test_a_plan_has_a_heading(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The Lua version, the tree with why it is that one, and which trees count."""
    assert run(place, "plan", "app") == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "for Lua 5.4, into /two (it is the last of rocks_trees), deps_mode all"


def test_what_could_not_be_read_is_reported_with_a_conflict(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is to believe that there is no such rock when a server was not asked."""
    words = ["plan", "gone", "--root", str(place.root), "--lua-version", "5.4", "--distro=never"]
    servers = ["--server", str(place.server.directory), "--server", "/no/such/server", "--offline"]
    assert main([*words, *servers]) == 1
    told = capsys.readouterr().err
    assert told.index("/no/such/server") < told.index("no rock named gone is available")
    assert main([*words, *servers, "--json"]) == 1
    both = capsys.readouterr()
    assert any("/no/such/server" in each for each in json.loads(both.out)["warnings"])
    assert both.err == ""


def test_errors_of_a_server_have_hints(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Not that one could ask for nothing."""
    place.configure('rocks_servers = { "https://rocks.example" }\n')
    words = ["plan", "app", "--root", str(place.root), "--lua-version", "5.4", "--offline"]
    assert main(words) == 3
    told = capsys.readouterr().err
    assert told.endswith("run it once without --offline, or name a server that is a directory\n")
    assert "what would help" not in told


@pytest.mark.parametrize("word", ["--tree", "--only-server"])
def test_an_empty_argument_is_not_the_default(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a shell's unset variable leaves must not mean the public servers or /usr/local."""
    with pytest.raises(SystemExit) as left:
        main(["plan", "app", word, ""])
    assert left.value.code == 2
    assert f"argument {word}: the argument is empty" in capsys.readouterr().err


def test_a_working_directory_that_is_gone_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do, and not only as a missing file."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["plan", "app"]) == 3
    told = capsys.readouterr().err
    assert told.startswith("error: cannot determine the working directory: ")
    assert "hint: change to an existing directory" in told
