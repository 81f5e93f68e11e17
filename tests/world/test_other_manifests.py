"""Of a rock without candidates servers tell for which other Luas or machines they have it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from distrorocks.servers.configured import Mirrors
from distrorocks.servers.files import ServerFiles
from distrorocks.servers.manifest_reader import StockedServer, read_mirrors
from distrorocks.world import other_manifests
from distrorocks.world.other_manifests import Elsewhere, OtherManifests
from tests.loopback import running
from tests.rocks_server import RocksServer
from tests.world.worlds import configure, world


@pytest.fixture
def server(tmp_path: Path) -> RocksServer:
    """Return a server without rocks."""
    return RocksServer(tmp_path / "server")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root without trees."""
    root = tmp_path / "root"
    (root / "etc/luarocks").mkdir(parents=True)
    configure(root, 'arch = "linux-x86_64"\n')
    return root


def test_a_rock_for_other_versions_or_machines_is_explained(
    root: Path, server: RocksServer
) -> None:
    """For other Lua versions, other machines, or only built; one that nobody has is just none."""
    server.add("old 1-1", "lua < 5.3").pack("foreign 1-1", arch="win32-x86")
    server.pack("built 1-1", arch="all")
    address = server.publish()
    with world(root, address) as index:
        with pytest.raises(
            Elsewhere, match=r"old is only available for Lua 5\.1 and 5\.2, not for 5\.4"
        ):
            index.candidates("old", None)
        with pytest.raises(Elsewhere, match="only available for win32-x86, not for linux-x86_64"):
            index.candidates("foreign", None)
        assert index.candidates("nowhere", None) == []
        assert index.candidates("old", "me") == []
        assert index.warnings == ()
    with (
        world(root, address, unbuilt=True) as index,
        pytest.raises(Elsewhere, match="only available as binary rocks, without sources"),
    ):
        index.candidates("built", None)


@pytest.mark.parametrize("asks_all_luas", [False, True])
def test_far_servers_are_asked_about_other_luas_on_request(
    server: RocksServer, root: Path, asks_all_luas: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``--check-lua-versions``; else their other manifests are not even fetched."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.add("a 1.0-1").add("a 2.0-1", "lua < 5.4")
    server.publish()
    with running() as far:
        for path in server.directory.iterdir():
            if path.is_file():
                far.serve(f"/{path.name}", path.read_bytes())
        with world(root, far.url, asks_all_luas=asks_all_luas) as found:
            chosen = list(found.candidates("a", None))
            told = list(found.newest_for_other_lua(chosen))
        others = [path for path in far.paths() if "-5.1" in path]
    newer = "a 2.0-1 is there for Lua 5.1, but not for 5.4, so a 1.0-1 is taken"
    assert told == ([newer] if asks_all_luas else [])
    assert bool(others) is asks_all_luas


def test_a_rock_that_nobody_has_for_this_lua_is_looked_for_on_far_servers(
    server: RocksServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else can be told of it, so their other manifests are worth it."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.add("old 1-1", "lua < 5.2").publish()
    with running() as far:
        for path in server.directory.iterdir():
            if path.is_file():
                far.serve(f"/{path.name}", path.read_bytes())
        with (
            world(root, far.url) as found,
            pytest.raises(Elsewhere, match=r"old is only available for Lua 5\.1, not for 5\.4"),
        ):
            found.candidates("old", None)


def test_newer_versions_for_other_luas_cost_one_reading_of_each_manifest(
    server: RocksServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rocks are asked about; what no server has for another Lua is left out."""
    read: list[str] = []
    really = read_mirrors

    def counted(files: ServerFiles, mirrors: Mirrors, version: str) -> StockedServer:
        read.append(version)
        return really(files, mirrors, version)

    for name in ("a", "b", "c"):
        server.add(f"{name} 1.0-1")
    server.add("a 2.0-1", "lua < 5.4").add("b 3.0-1", "lua < 5.3")
    with world(root, server.publish()) as found:
        chosen = [one for name in ("a", "b", "c") for one in found.candidates(name, None)]
        monkeypatch.setattr(other_manifests, "read_mirrors", counted)
        told = list(found.newest_for_other_lua(chosen))
    assert [text.partition(",")[0] for text in told] == [
        "a 2.0-1 is there for Lua 5.1",
        "b 3.0-1 is there for Lua 5.1",
    ]
    assert sorted(read) == ["5.1", "5.2", "5.3", "5.5"]


def listing(directory: Path, **rocks: Iterable[str]) -> str:
    """Write manifests that list versions of rocks by Lua, as ``lua51``; return the address."""
    directory.mkdir(parents=True, exist_ok=True)
    for lua, listed in rocks.items():
        entries = ",".join(
            f'["{name}"]={{["{version}"]={{{{arch="{arch or "src"}"}}}}}}'
            for name, version, arch in ((*each.split(), "")[:3] for each in listed)
        )
        text = f"repository={{{entries}}}"
        (directory / f"manifest-{lua[3]}.{lua[4]}").write_text(text)
    return str(directory)


def why(root: Path, *servers: str, name: str = "a", elsewhere: Iterable[str] = ()) -> str:
    """Return why a rock has no candidates, "" if nobody has it."""
    with world(root, *servers) as found:
        error = OtherManifests(found.servers).why_none(name, set(elsewhere))
    return error.brief if error else ""


@pytest.mark.parametrize(
    ("archs", "told"),
    [
        (("x-1",), "x-1"),
        (("x-2", "x-1"), "x-1 and x-2"),
        (("x-1", "x-3", "x-2"), "x-1, x-2 and x-3"),
        (("x-1", "x-2", "x-3", "x-4"), "x-1, x-2, x-3 and x-4"),
        (("x-1", "x-2", "x-3", "x-4", "x-5"), "x-1, x-2, x-3 and 2 others"),
        (("x-1", "x-2", "x-3", "x-4", "x-5", "x-6"), "x-1, x-2, x-3 and 3 others"),
    ],
)
def test_machines_are_told_up_to_four(
    root: Path, tmp_path: Path, archs: tuple[str, ...], told: str
) -> None:
    """Sorted, each once, whichever server and version is for it; of more the first three."""
    one = listing(tmp_path / "one", lua54=[f"a 1-1 {archs[0]}"])
    others = (
        listing(tmp_path / str(at), lua54=[f"a {at}-1 {arch}"]) for at, arch in enumerate(archs)
    )
    assert why(root, one, *others) == f"a is only available for {told}, not for linux-x86_64"


def test_the_machine_is_told_before_the_lua(root: Path, tmp_path: Path) -> None:
    """A rock that is there for this Lua is not looked for elsewhere."""
    place = listing(tmp_path / "one", lua51=["a 1-1"], lua54=["a 1-1 x-1"])
    assert why(root, place) == "a is only available for x-1, not for linux-x86_64"


@pytest.mark.parametrize(
    ("luas", "elsewhere", "told"),
    [
        ((), (), ""),
        (("lua51",), (), "5.1"),
        (("lua55", "lua52"), (), "5.2 and 5.5"),
        (("lua51",), ("5.1", "5.3"), "5.1 and 5.3"),
        ((), ("5.5", "5.1"), "5.1 and 5.5"),
        (("lua51", "lua52", "lua53", "lua55"), (), "5.1, 5.2, 5.3 and 5.5"),
    ],
)
def test_luas_are_told_in_their_order(
    root: Path, tmp_path: Path, luas: tuple[str, ...], elsewhere: tuple[str, ...], told: str
) -> None:
    """Those of all servers, of trees and of packages; a rock that nobody has is not explained."""
    servers = [listing(tmp_path / lua, **{"lua54": ["b 1-1"], lua: ["a 1-1"]}) for lua in luas] or [
        listing(tmp_path / "none", lua54=["b 1-1"])
    ]
    found = why(root, *servers, elsewhere=elsewhere)
    assert found == (f"a is only available for Lua {told}, not for 5.4" if told else "")


def test_what_cannot_be_read_is_as_if_it_were_not_there(root: Path, tmp_path: Path) -> None:
    """It only improves a message; the next manifest and the next server are still asked."""
    broken = listing(tmp_path / "broken", lua53=["a 1-1"], lua54=["b 1-1"])
    (tmp_path / "broken/manifest-5.1").write_text("while true do end")
    other = listing(tmp_path / "other", lua51=["a 2-1"], lua54=["b 1-1"])
    assert why(root, broken, other) == "a is only available for Lua 5.1 and 5.3, not for 5.4"
    with world(root, broken, other) as found:
        newest = OtherManifests(found.servers).newest(["a"], far=False)
    assert {name: (str(each), lua) for name, (each, lua) in newest.items()} == {"a": ("2-1", "5.1")}


def test_manifests_are_read_once_for_all_names(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often why is asked; none is read for a rock that is there for another machine."""
    read: list[str] = []

    def counted(files: ServerFiles, mirrors: Mirrors, version: str) -> StockedServer:
        read.append(version)
        return read_mirrors(files, mirrors, version)

    place = listing(tmp_path / "one", lua51=["a 1-1", "b 1-1"], lua54=["c 1-1 x-1"])
    monkeypatch.setattr(other_manifests, "read_mirrors", counted)
    with world(root, place) as found:
        others = OtherManifests(found.servers)
        assert others.why_none("c")
        assert read == []
        assert [bool(others.why_none(name)) for name in ("a", "b", "nobody")] == [True, True, False]
        assert read == ["5.1", "5.2", "5.3", "5.5"]
        assert others.newest([], far=True) == {}
        assert len(read) == 4


def test_the_newest_of_all_servers_and_luas_is_told(root: Path, tmp_path: Path) -> None:
    """As versions are ordered; of the same one that for the first Lua. This Lua's are no news."""
    one = listing(tmp_path / "one", lua51=["a 2-1", "b 1-1"], lua53=["a 10-1"], lua54=["a 11-1"])
    two = listing(tmp_path / "two", lua52=["a 10-1", "b 1-1"], lua54=["c 1-1"])
    with world(root, one, two) as found:
        newest = OtherManifests(found.servers).newest(["a", "b", "c"], far=False)
    assert {name: (str(each), lua) for name, (each, lua) in newest.items()} == {
        "a": ("10-1", "5.2"),
        "b": ("1-1", "5.1"),
    }
