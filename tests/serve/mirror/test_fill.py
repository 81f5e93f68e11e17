"""The folders of a mirror are filled rock by rock, and what is there is not fetched again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from distrorocks.serve.mirror.closure import Which
from distrorocks.serve.mirror.fill import MirrorError
from distrorocks.serve.mirror.mirror import Mirrored, MirrorRequest, mirror
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.world.rock_store import RockStore
from tests.serve.mirror.mirrors import MirroredServer, request, rocks_in, zipped


def silent(_: str) -> None:
    """Print nothing."""


def states(found: Mirrored) -> dict[str, str]:
    """Return the state of each file by its name."""
    return {Path(rock.path).name: rock.state for rock in found.rocks}


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def server(tmp_path: Path) -> MirroredServer:
    """A server with a rockspec, a source rock and a binary rock, each needing the next."""
    made = MirroredServer(tmp_path / "server")
    made.packed("b 1-1", "c").built("c 1-1").add("a 1-1", "b").publish()
    return made


@pytest.fixture
def asked(server: MirroredServer, tmp_path: Path) -> MirrorRequest:
    """The request to mirror all of it."""
    return request(tmp_path, str(server.directory), "a")


def test_a_run_brings_all_and_the_next_one_nothing(asked: MirrorRequest, tmp_path: Path) -> None:
    """Each rock file beside its rockspec, in manifests; and the same bytes again."""
    first = mirror(asked, silent)
    before = content(tmp_path / "out")
    assert states(first) == {
        "a-1-1.src.rock": "packed",
        "b-1-1.src.rock": "fetched",
        "c-1-1.all.rock": "fetched",
    }
    assert rocks_in(tmp_path / "out") == {*states(first), *(f"{n}-1-1.rockspec" for n in "abc")}
    told: list[str] = []
    second = mirror(asked, told.append)
    assert set(states(second).values()) == {"kept"}
    assert (told, second.written, content(tmp_path / "out")) == ([], (), before)


def test_another_mirror_is_the_same(asked: MirrorRequest, tmp_path: Path) -> None:
    """To the byte, with manifests, page, sums and record."""
    mirror(asked, silent)
    mirror(asked._replace(directory=str(tmp_path / "other")), silent)
    assert content(tmp_path / "out") == content(tmp_path / "other")


@pytest.mark.parametrize("count", range(1, 12))
def test_a_run_that_ends_anywhere_is_continued(
    asked: MirrorRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """No file of a final name is a part of one, and the result is that of one run."""
    mirror(asked._replace(directory=str(tmp_path / "whole")), silent)
    left = [count]
    rename = NamedFolder.rename

    def killed(folder: NamedFolder, old: str, new: str) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        rename(folder, old, new)

    monkeypatch.setattr(NamedFolder, "rename", killed)
    with suppress(KeyboardInterrupt):
        mirror(asked, silent)
    monkeypatch.undo()
    whole = content(tmp_path / "whole")
    for name, text in content(tmp_path / "out").items():
        assert name == "mirror.json" or text == whole[name]
    there = {name[0] for name in rocks_in(tmp_path / "out") if name.endswith(".rock")}
    told: list[str] = []
    mirror(asked, told.append)
    assert content(tmp_path / "out") == whole
    assert len(told) == 3 - len(there)


def test_what_cannot_be_had_does_not_keep_the_others_out(
    asked: MirrorRequest, server: MirroredServer, tmp_path: Path
) -> None:
    """They are published, the error names it, and the next run brings it."""
    source = server.directory / "src/a-1-1/a.lua"
    text = source.read_text()
    source.unlink()
    with pytest.raises(MirrorError, match="lacks 1 of the 3 rocks") as error:
        mirror(asked, silent)
    assert "a.lua" in error.value.detail
    assert "b-1-1.src.rock" in (tmp_path / "out/SHA256SUMS").read_text()
    source.write_text(text)
    assert states(mirror(asked, silent))["a-1-1.src.rock"] == "packed"


def test_a_rock_that_has_changed_is_brought_again(
    asked: MirrorRequest, server: MirroredServer, tmp_path: Path
) -> None:
    """With a new rockspec on the server, or if the file of the mirror was changed."""
    mirror(asked, silent)
    server.packed("b 1-1", "c >= 1").publish()
    (tmp_path / "out/c-1-1.all.rock").write_text("damaged")
    assert states(mirror(asked, silent)) == {
        "a-1-1.src.rock": "kept",
        "b-1-1.src.rock": "fetched",
        "c-1-1.all.rock": "fetched",
    }


def test_several_luas_share_a_folder(asked: MirrorRequest) -> None:
    """A rock for both is there once."""
    found = mirror(asked._replace(lua_versions=("5.1", "5.4")), silent)
    assert {rock.lua_versions for rock in found.rocks} == {("5.1", "5.4")}
    assert len(found.rocks) == 3


def test_rocks_of_a_namespace_are_where_clients_look(tmp_path: Path) -> None:
    """Below manifests, which is a server of its own."""
    server = MirroredServer(tmp_path / "server")
    server.publish()
    MirroredServer(tmp_path / "server/manifests/me").add("x 1-1").publish()
    asked = request(tmp_path, str(server.directory), "me/x")
    found = mirror(asked, silent)
    assert [rock.path for rock in found.rocks] == [f"{tmp_path}/out/manifests/me/x-1-1.src.rock"]
    again = request(tmp_path, asked.directory, "me/x")._replace(directory=str(tmp_path / "2"))
    assert states(mirror(again, silent)) == {"x-1-1.src.rock": "fetched"}


def test_binaries_have_a_folder_for_each_lua(asked: MirrorRequest, tmp_path: Path) -> None:
    """What has none is there with its sources, and the commands that make one are told."""
    store = RockStore(str(tmp_path / "store"))
    asked = asked._replace(which=Which.BINARIES, lua_versions=("5.1", "5.4"), store=store)
    found = mirror(asked, silent)
    place = f"{tmp_path}/out/5.4"
    assert rocks_in(Path(place)) == rocks_in(tmp_path / "out/5.1")
    assert (tmp_path / "out/5.4/manifest-5.4").exists()
    assert [(each.rock, each.lua_version) for each in found.without_binary] == [
        *(("a", "5.1"), ("b", "5.1"), ("a", "5.4"), ("b", "5.4")),
    ]
    assert found.without_binary[2].build == (
        f"distrorocks build a 1-1 --lua-version=5.4 --only-server={place} --pack-binary-rock"
    )
    assert found.without_binary[2].add == f"distrorocks add a-1-1.*.rock --server {place}"


def test_a_binary_rock_that_was_added_counts(asked: MirrorRequest, tmp_path: Path) -> None:
    """If it is one of the same rockspec."""
    asked = asked._replace(which=Which.BINARIES)
    mirror(asked, silent)
    place = tmp_path / "out/5.4"
    text = (place / "a-1-1.rockspec").read_text()
    zipped(place / "a-1-1.all.rock", {"a-1-1.rockspec": text, "lua/a.lua": ""})
    zipped(place / "b-1-1.all.rock", {"b-1-1.rockspec": text.replace('"a"', '"b"')})
    found = mirror(asked, silent)
    assert [each.rock for each in found.without_binary] == ["b"]
    assert states(found)["a-1-1.all.rock"] == "built"
    assert states(mirror(asked, silent))["a-1-1.all.rock"] == "kept"


def test_one_name_is_not_taken_for_two_files(tmp_path: Path) -> None:
    """Servers for single Lua versions may have a rock of one name that is not the same."""
    directory = tmp_path / "server"
    for lua in ("5.1", "5.4"):
        made = MirroredServer(directory / lua)
        made.built("x 1-1", f"lua ~> {lua}").add("x 1-1", f"lua ~> {lua}").publish()
    asked = request(tmp_path, str(directory / "5.1"), "x")
    second = request(tmp_path, str(directory / "5.4"), "x")
    servers = (*asked.world.servers.only, *second.world.servers.only)
    world = asked.world._replace(servers=asked.world.servers._replace(only=servers))
    both = asked._replace(world=world, lua_versions=("5.1", "5.4"))
    with pytest.raises(MirrorError) as error:
        mirror(both, silent)
    assert "are different files, for Lua 5.1 and 5.4" in error.value.detail
    mirror(asked._replace(lua_versions=("5.1",)), silent)
    found = mirror(second._replace(lua_versions=("5.4",)), silent)
    assert "x-1-1.all.rock was that of" in found.warnings[0]
