"""The rocks of a server are read from its manifest, whatever that is called, or from its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.servers.rock_index import read_rock_index
from tests.rocks_server import RocksServer

ROCKS = {"a": ("1.0-1", "1.1-1"), "b": ("scm-1",)}


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """Return a server's folder."""
    made = RocksServer(tmp_path / "server")
    made.add("a 1.0-1").add("a 1.1-1", "lua >= 5.4").add("b scm-1", "lua == 5.1").publish()
    return made.directory


def test_a_folder_counts_with_the_manifests_of_all_luas(server: Path) -> None:
    """What is there for one Lua alone is there; without manifests the files' names count."""
    assert read_rock_index(str(server)) == (ROCKS, str(server), ())
    for path in server.glob("manifest*"):
        path.unlink()
    assert read_rock_index(str(server)) == (ROCKS, str(server), ())


@pytest.mark.parametrize("name", ["manifest-5.4", "manifest-5.4.json", "manifest-5.4.zip"])
def test_a_manifest_counts_in_each_form(server: Path, tmp_path: Path, name: str) -> None:
    """Lua, JSON and zip; none has rockspecs beside it."""
    assert read_rock_index(str(server / name)).versions == {"a": ("1.0-1", "1.1-1")}
    assert read_rock_index(str(server / name)).folder == ""
    if not name.endswith(".zip"):
        other = tmp_path / f"other{Path(name).suffix if 'json' in name else ''}"
        shutil.copy(server / name, other)
        assert read_rock_index(str(other)).versions == {"a": ("1.0-1", "1.1-1")}


def test_a_manifest_that_is_broken_is_told_and_the_next_form_is_read(server: Path) -> None:
    """The JSON is tried first; what it says is in a warning."""
    (server / "manifest-5.1.json").write_text("no JSON")
    found = read_rock_index(str(server))
    assert found.versions == ROCKS
    assert found.warnings[0].startswith(f"{server}/manifest-5.1.json: it is not JSON")


def test_what_has_no_rocks_is_refused(tmp_path: Path) -> None:
    """An empty folder, a file that is no manifest, and none."""
    (tmp_path / "text").write_text("this is no manifest")
    for name in ("", "text", "none"):
        with pytest.raises(DistrorocksError) as caught:
            read_rock_index(str(tmp_path / "empty" if not name else tmp_path / name))
        assert str(tmp_path) in caught.value.brief
    (tmp_path / "folder").mkdir()
    with pytest.raises(DistrorocksError, match="has no rocks"):
        read_rock_index(str(tmp_path / "folder"))
