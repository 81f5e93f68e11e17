"""The trees that count for a plan: root's own, whatever the configuration lists."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.rocks.manifest_entry import InstalledRock
from distrorocks.system.lua.jail import Jail
from distrorocks.world.site import Site, site
from tests.install.asking import Place
from tests.system.trees.planting import by_root


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with two trees, one of them another user's; the other is the target."""
    place = Place(tmp_path, inside=str(tmp_path))
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    place.root = Path("/")
    place.tree(f"{tmp_path}/one", InstalledRock("depx", "9.0-1"))
    place.tree(f"{tmp_path}/two")
    os.chown(tmp_path / "one", 4321, 4321)
    return place


def found(place: Place, mode: str, tree: str = "") -> Site:
    """Return the site for a request of root."""
    with Jail() as jail:
        return site(place.site_request(tree, mode), jail)


def ignored(found: Site) -> list[str]:
    """Return the warnings about trees that do not count."""
    return [text for text in found.installed.warnings if "is ignored" in text]


@by_root
@pytest.mark.parametrize("mode", ["one", "order", "all", "none"])
def test_root_uses_no_tree_that_another_user_can_write(place: Place, mode: str) -> None:
    """Its rocks satisfy nothing, no command loads modules from it, and one warning says why."""
    here = found(place, mode)
    two, one = f"{place.above}/two", f"{place.above}/one"
    assert [each.layout.root for each in here.consulted] == [two]
    assert [each.root for each in here.layouts] == [two]
    assert one not in [each.layout.root for each in (*here.trees, *here.installed.trees)]
    assert here.rocks() == ([], [])
    assert one not in here.sight
    assert ignored(here) == [f"the tree {one} is ignored: user 4321 can write {one}"]


@by_root
def test_a_group_or_everybody_counts_as_another_user(place: Place) -> None:
    """The directory of modules is enough."""
    os.chown(f"{place.above}/one", 0, 0)
    assert not ignored(found(place, "all"))
    modules = Path(f"{place.above}/one/share/lua/5.4")
    modules.mkdir(parents=True)
    modules.chmod(0o777)
    here = found(place, "all")
    assert [each.layout.root for each in here.consulted] == [f"{place.above}/two"]
    assert ignored(here) == [
        f"the tree {place.above}/one is ignored: everybody can write {modules}"
    ]


@by_root
def test_a_missing_tree_needs_no_warning(place: Place, tmp_path: Path) -> None:
    """There is nothing in it; it does not count all the same, since it could come."""
    os.rename(tmp_path / "one", tmp_path / "three")
    (tmp_path / "home").mkdir()
    os.chown(tmp_path / "home", 4321, 4321)
    Path(os.environ["LUAROCKS_CONFIG"]).write_text(
        f'rocks_trees = {{ "{tmp_path}/home/.luarocks", "{tmp_path}/two" }}'
    )
    here = found(place, "all")
    assert [each.layout.root for each in here.consulted] == [f"{place.above}/two"]
    assert not ignored(here)


@by_root
def test_a_foreign_target_stays_the_target(place: Place) -> None:
    """Whatever changes it refuses it; a plan may be looked at."""
    here = found(place, "one", f"{place.above}/one")
    assert here.target_tree.layout.root == f"{place.above}/one"
    assert not ignored(here)


@by_root
def test_a_user_may_list_trees_of_others(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their configuration is their own choice, and there is nothing to gain."""
    monkeypatch.setattr(os, "geteuid", lambda: 4322)
    here = found(place, "all")
    roots = [each.layout.root for each in here.consulted]
    assert roots == [f"{place.above}/one", f"{place.above}/two"]
    assert not ignored(here)
