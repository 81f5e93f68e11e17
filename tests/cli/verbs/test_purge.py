"""``distrorocks purge``, as it is typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.install.deploy.deploy import rocks_of
from distrorocks.trees.layout import tree_layout
from tests.install.asking import Place
from tests.rocks_server import SourceServer


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with two trees; app and two versions of leaf, of which it needs the older."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.give_headers()
    place.server.add("app 1.0-1", "leaf < 2").add("leaf 1.0-1").add("leaf 2.0-1")
    place.server.add("leaf 3.0-1").publish()
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for rock in (["app"], ["leaf", "2.0-1", "--keep"], ["leaf", "3.0-1", "--keep"]):
        server = str(place.server.directory)
        more = ("--only-server", server, "--lua-version=5.4", "--distro=never", "--yes")
        assert main(["install", *rock, *more]) == 0
    return place


def purge(place: Place, *words: str, tree: str = "two") -> int:
    """Purge a tree for Lua 5.4."""
    return main(["purge", f"--tree={place.above}/{tree}", "--lua-version=5.4", *words])


def rocks(place: Place) -> set[str]:
    """Return the rocks of the second tree."""
    found = rocks_of(tree_layout(f"{place.above}/two", "5.4"))
    return {f"{name} {version}" for name, version in found}


ALL = {"app 1.0-1", "leaf 1.0-1", "leaf 2.0-1", "leaf 3.0-1"}


def test_all_rocks_of_the_tree_go(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Needed or not, and what only looks like one too; a second time there is nothing to do."""
    two = Path(place.above) / "two"
    (two / "lib/luarocks/rocks-5.4/odd").mkdir()
    (two / "lib/luarocks/rocks-5.4/odd/1.0-1").write_text("no directory")
    capsys.readouterr()
    assert purge(place, "--dry-run") == 0
    assert rocks(place) > ALL
    assert capsys.readouterr().out == (
        f"remove  app 1.0-1  {two}\nremove  leaf 1.0-1  {two}\nremove  leaf 2.0-1  {two}\n"
        f"remove  leaf 3.0-1  {two}\nremove  odd 1.0-1  {two}  (not readable as a rock)\n"
    )
    assert purge(place) == 0
    assert capsys.readouterr().out.endswith(
        f"removed from {two}: app 1.0-1, leaf 1.0-1, leaf 2.0-1, leaf 3.0-1, odd 1.0-1\n"
    )
    assert rocks(place) == set()
    assert not (two / "share").exists()
    assert purge(place) == 0
    assert "nothing to remove" in capsys.readouterr().err


def test_old_versions_go_unless_they_are_needed(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --force those go, too; without a terminal that takes --yes."""
    assert purge(place, "--old-versions") == 0
    assert rocks(place) == ALL - {"leaf 2.0-1"}
    assert "kept: app 1.0-1" in capsys.readouterr().err
    assert purge(place, "--old-versions", "--force") == 3
    assert rocks(place) == ALL - {"leaf 2.0-1"}
    assert purge(place, "--old-versions", "--force", "--yes") == 0
    assert rocks(place) == {"app 1.0-1", "leaf 3.0-1"}
    assert "which will be unsatisfied" in capsys.readouterr().err


def test_what_other_trees_need_is_not_removed_unasked(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """LuaRocks does not look there."""
    server = str(place.server.directory)
    more = ["--only-server", server, "--lua-version=5.4", "--distro=never", "--yes"]
    app = ["install", "app", "--deps-mode=none", "--force", f"--tree={place.above}/one"]
    assert main([*app, *more]) == 0
    assert purge(place) == 3
    assert rocks(place) == ALL
    assert f"app 1.0-1 in {place.above}/one needs 'leaf" in capsys.readouterr().err


def test_the_tree_must_be_named_and_be_there(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no default tree, and none is made."""
    assert main(["purge", "--yes"]) == 2
    assert "name it with --tree" in capsys.readouterr().err
    assert purge(place, "--yes", tree="three") == 1
    assert not (Path(place.above) / "three").exists()
    assert rocks(place) == ALL


def test_a_tree_of_packages_is_refused(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """As by remove."""
    assert main(["purge", "--tree=/usr", "--yes", "--lua-version=5.4"]) == 1
    assert "belongs to packages" in capsys.readouterr().err
    assert rocks(place) == ALL
