"""Projects of other users above root's working directory: none decides where root installs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.install.asking import Place
from tests.rocks_server import SourceServer
from tests.system.trees.planting import by_root, watched

MALLORY = 4321


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with a tree, a server, and a directory like /tmp in which root works."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.server.add("app 1.0-1").publish()
    place.configure(f'rocks_trees = {{ "{tmp_path}/two" }}\ndeps_mode = "all"\n')
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    (tmp_path / "shared/work").mkdir(parents=True)
    (tmp_path / "shared").chmod(0o1777)
    monkeypatch.chdir(tmp_path / "shared/work")
    return place


def install(place: Place, *words: str) -> int:
    """Install a rock from the server, for Lua 5.4."""
    server = str(place.server.directory)
    more = ("--only-server", server, "--lua-version", "5.4", "--distro=never", "--yes")
    return main(["install", "app", *words, *more])


def plant(place: Place, *, modules: str = "", config: str = "") -> Path:
    """Make a project of mallory; ``modules`` is the target of a link in place of a directory."""
    shared = Path(place.above, "shared")
    (shared / ".luarocks").mkdir()
    if config:
        (shared / ".luarocks/config-5.4.lua").write_text(config)
    if modules:
        (shared / "lua_modules").symlink_to(modules)
    else:
        (shared / "lua_modules").mkdir()
    for path in (*shared.glob(".luarocks/*"), shared / ".luarocks", shared / "lua_modules"):
        os.chown(path, MALLORY, MALLORY, follow_symlinks=False)
    return shared


@by_root
@pytest.mark.parametrize("kind", ["directory", "link to a tree of root"])
def test_root_does_not_install_into_a_project_of_another_user(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """The run is refused: another tree than that of the project would be a surprise."""
    (tmp_path / "victim").mkdir()
    shared = plant(place, modules="" if kind == "directory" else str(tmp_path / "victim"))
    before = watched(shared), watched(tmp_path / "victim")
    assert install(place) == 3
    assert f"user {MALLORY} can write {shared}/lua_modules" in capsys.readouterr().err
    assert (watched(shared), watched(tmp_path / "victim")) == before
    assert not (tmp_path / "two").exists()


@by_root
def test_the_tree_of_such_a_project_does_not_count(place: Place) -> None:
    """Root names its own tree: no wrapper looks into that of the project."""
    shared = plant(place)
    build = 'type = "none", install = { bin = { tool = "tool.lua" } }'
    place.server.add("tool 1.0-1", build=build).publish()
    assert install(place, "tool", f"--tree={place.above}/two") == 0
    wrapper = Path(place.above, "two/bin/tool").read_text()
    assert f"{place.above}/two/share/lua" in wrapper
    assert str(shared) not in wrapper


@by_root
def test_the_configuration_of_such_a_project_is_not_obeyed(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """It could name trees, servers and compilers; the error names the file."""
    shared = plant(place, config='variables = { CC = "/evil" }\n')
    assert install(place, f"--tree={place.above}/two") == 3
    said = capsys.readouterr().err
    assert f"{shared}/.luarocks is not trusted: user {MALLORY} can write it" in said
    assert not os.path.exists(f"{place.above}/two")


@by_root
def test_root_pins_nothing_in_a_directory_of_another_user(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The directory could be swapped for a link; the run is refused before it installs."""
    theirs = Path(place.above, "theirs")
    theirs.mkdir()
    os.chown(theirs, MALLORY, MALLORY)
    monkeypatch.chdir(theirs)
    assert install(place, "--pin") == 3
    assert f"{theirs} is not trusted: user {MALLORY} can write it" in capsys.readouterr().err
    assert list(theirs.iterdir()) == []
    assert not os.path.exists(f"{place.above}/two")
