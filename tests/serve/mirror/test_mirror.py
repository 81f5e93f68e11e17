"""A request for a mirror is read whole, or refused before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.resolve.conflict import Conflict
from distrorocks.rocks.version import Version
from distrorocks.serve.mirror.closure import Which
from distrorocks.serve.mirror.mirror import mirror
from tests.serve.mirror.mirrors import MirroredServer, request, rocks_in
from tests.serve.mirror.test_fill import silent


@pytest.fixture
def server(tmp_path: Path) -> str:
    """A server with two versions of a rock in two forms, and one for Lua 5.1 alone."""
    made = MirroredServer(tmp_path / "server").packed("a 1-1").packed("a 2-1").built("a 2-1")
    return made.add("old 1-1", "lua ~> 5.1", "a").publish()


def test_with_sources_no_rock_is_built(server: str, tmp_path: Path) -> None:
    """Also where the server has a binary rock; both may be in one folder."""
    asked = request(tmp_path, server, "a")
    mirror(asked._replace(which=Which.SOURCES), silent)
    assert rocks_in(tmp_path / "out") == {"a-2-1.src.rock", "a-2-1.rockspec"}
    mirror(asked, silent)
    assert "a-2-1.all.rock" in rocks_in(tmp_path / "out")


def test_a_lock_file_decides_the_versions(server: str, tmp_path: Path) -> None:
    """Without a rock it is the request."""
    mirror(request(tmp_path, server)._replace(pins={"a": Version.parse("1-1")}), silent)
    assert rocks_in(tmp_path / "out") == {"a-1-1.src.rock", "a-1-1.rockspec"}


def test_a_rockspec_stands_for_its_dependencies(server: str, tmp_path: Path) -> None:
    """Those of its build, too; it is not in the mirror itself."""
    path = tmp_path / "my-1-1.rockspec"
    path.write_text(
        'rockspec_format = "3.0" package = "my" version = "1-1" source = { url = "x" }\n'
        'build_dependencies = { "a < 2" } build = { type = "none" }'
    )
    mirror(request(tmp_path, server)._replace(files=[str(path)]), silent)
    assert rocks_in(tmp_path / "out") == {"a-1-1.src.rock", "a-1-1.rockspec"}


def test_without_a_solution_for_each_lua_nothing_is_written(server: str, tmp_path: Path) -> None:
    """The folder is not even made."""
    asked = request(tmp_path, server, "old")
    with pytest.raises(Conflict, match="old"):
        mirror(asked._replace(lua_versions=("5.1", "5.4")), silent)
    assert not (tmp_path / "out").exists()
    mirror(asked._replace(lua_versions=("5.1",)), silent)
    assert "old" in (tmp_path / "out/manifest-5.1").read_text()
    assert "old" not in (tmp_path / "out/manifest-5.4").read_text()


@pytest.mark.parametrize("directory", ["tree", "tree/lib/luarocks/rocks-5.4"])
def test_a_tree_is_refused(server: str, tmp_path: Path, directory: str) -> None:
    """Its manifest would be replaced by one of another kind."""
    (tmp_path / "tree/lib/luarocks/rocks-5.4").mkdir(parents=True)
    asked = request(tmp_path, server, "a")._replace(directory=f"{tmp_path}/{directory}")
    with pytest.raises(UsageError, match="is a tree of installed rocks"):
        mirror(asked, silent)


def test_a_place_where_no_folder_can_be_is_told(server: str, tmp_path: Path) -> None:
    """A file, or a folder whose parent is missing."""
    (tmp_path / "file").write_text("")
    for place in ("file", "none/below"):
        asked = request(tmp_path, server, "a")._replace(directory=f"{tmp_path}/{place}")
        with pytest.raises(DistrorocksError, match=place.partition("/")[0]):
            mirror(asked, silent)
