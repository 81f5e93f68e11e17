"""``check`` prints findings to stdout and messages to stderr; 1 means unsatisfied dependencies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of


@pytest.fixture
def root(tmp_path: Path) -> str:
    """Return a root where a, in /usr/local, needs b, which is in the administrator's home."""
    for tree, name, needs in (
        ("usr/local", "a", (Dependency.parse("b >= 1.0"),)),
        ("root/.luarocks", "b", ()),
    ):
        place = tmp_path / tree / "lib/luarocks/rocks-5.4"
        place.mkdir(parents=True)
        rock = InstalledRock(name, "1.0-1", {name: f"{name}.lua"}, dependencies=needs)
        (place / "manifest").write_bytes(tree_manifest([entry_of(rock)]))
    return str(tmp_path)


def test_an_unsatisfied_dependency_is_printed(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """LuaRocks' default is ``one``, and the other tree does not count."""
    assert main(["check", "--root", root]) == 1
    told = capsys.readouterr()
    assert told.out == (
        "unsatisfied: a 1.0-1 in /usr/local needs b >= 1.0\n"
        "   Lua 5.4, deps_mode one: b 1.0-1 is in /root/.luarocks, where deps_mode one does not"
        " look\n"
        "   hint: use deps_mode all, or distrorocks install 'b >= 1.0' --tree=/usr/local"
        " --lua-version=5.4\n"
    )
    assert told.err == "2 rocks for Lua 5.4: 1 finding\n"


def test_under_another_mode_all_is_well(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``all`` looks into every tree."""
    assert main(["check", "--root", root, "--deps-mode", "all"]) == 0
    assert capsys.readouterr() == ("", "2 rocks for Lua 5.4: no findings\n")


def test_json_has_each_mode(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--all-modes`` tells each finding with the mode under which it is one."""
    assert main(["check", "--root", root, "--all-modes", "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["lua_versions"]
    assert found["deps_modes"] == ["one", "all", "order", "none"]
    assert [(it["rock"], it["deps_mode"]) for it in found["findings"]] == [
        ("a", "one"),
        ("a", "order"),
    ]


def test_a_rock_that_no_tree_has_is_an_error(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, and what is there is reported by another verb."""
    assert main(["check", "--root", root, "q"]) == 1
    assert "no tree has q\nhint: `distrorocks list`" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--json"], ["--deps-mode", "all"]])
def test_a_tree_whose_rocks_are_unknown_is_a_report_that_is_not_whole(
    root: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever was found in the others: 3 takes precedence over 1, and over "no findings"."""
    Path(root, "root/.luarocks/lib/luarocks/rocks-5.4/manifest").write_text("x = (")
    assert main(["check", "--root", root, *options]) == 3
    if "--json" not in options:
        assert capsys.readouterr().err.endswith(
            "error: the rocks of the tree /root/.luarocks, whose manifest is missing or broken, "
            "are not among them\nhint: distrorocks make-manifest --local-tree "
            "--tree=/root/.luarocks --lua-version 5.4\n"
        )
