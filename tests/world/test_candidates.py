"""The world has what trees, the distribution and servers have, and says what each rock needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Index, Need, Origin, Unusable
from distrorocks.resolve.solver import resolve
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest_entry import InstalledRock
from distrorocks.world.candidates import DistroUse
from distrorocks.world.other_manifests import Elsewhere
from tests.builders import Machine
from tests.effort import little_time
from tests.loopback import running
from tests.rocks_server import RocksServer
from tests.world.worlds import add_tree, configure, told, world


@pytest.fixture
def server(tmp_path: Path) -> RocksServer:
    """Return a server without rocks."""
    return RocksServer(tmp_path / "server")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with one tree in its configuration, and no rocks."""
    root = tmp_path / "root"
    (root / "etc/luarocks").mkdir(parents=True)
    configure(root, 'rocks_trees = { "/one", "/two" }\narch = "linux-x86_64"\n')
    return root


def needs(index: Index, rock: str) -> list[str]:
    """Return what the first candidate of a name needs, and where it says so."""
    found = index.dependencies(index.candidates(rock, None)[0])
    return [
        f"{need.where.rpartition('/')[2]} {need.dependency}{' (build)' if need.is_build else ''}"
        for need in found
    ]


def unusable(index: Index, rock: str) -> str:
    """Return why the first candidate of a name cannot be taken."""
    with pytest.raises(Unusable) as caught:
        index.dependencies(index.candidates(rock, None)[0])
    return caught.value.brief


def test_lua_itself_is_provided_and_nothing_else_of_that_name(
    root: Path, server: RocksServer
) -> None:
    """A rock called lua hides behind the interpreter; no server is asked for it."""
    configure(root, 'rocks_provided = { Mine = "1-1", lua = "9-9" }\n')
    server.add("lua 9.0-1").add("utf8 9.0-1")
    with world(root, server.publish()) as index:
        assert told(index.candidates("lua", None)) == ["lua 5.4-1 provided"]
        assert told(index.candidates("utf8", None)) == ["utf8 5.4-1 provided"]
        assert told(index.candidates("mine", "ns")) == ["mine 1-1 provided"]


def test_servers_tell_needs_with_their_lines(root: Path, server: RocksServer) -> None:
    """In the order of the rockspec, dependencies first, then what only building needs."""
    server.add(
        "a 1.0-1",
        "lua >= 5.1",
        "b ~> 1.2",
        more='rockspec_format = "3.0"\nbuild_dependencies = { "c" }',
    )
    with world(root, server.publish()) as index:
        assert told(index.candidates("a", None)) == ["a 1.0-1 server"]
        assert needs(index, "a") == [
            "a-1.0-1.rockspec:5 lua >= 5.1",
            "a-1.0-1.rockspec:6 b ~> 1.2",
            "a-1.0-1.rockspec:10 c (build)",
        ]


def test_a_build_type_of_its_own_needs_its_back_end(root: Path, server: RocksServer) -> None:
    """Once, where the rockspec names it itself; ``none`` and ``make`` need none."""
    server.add("a 1.0-1", build='type = "rust-mlua"').add("m 1-1", build='type = "make"')
    server.add(
        "b 1.0-1",
        build='type = "rust-mlua"',
        more='rockspec_format = "3.0" build_dependencies = { "luarocks-build-rust-mlua > 1" }',
    )
    with world(root, server.publish()) as index:
        assert needs(index, "a") == ["a-1.0-1.rockspec luarocks-build-rust-mlua (build)"]
        assert needs(index, "b") == ["b-1.0-1.rockspec:7 luarocks-build-rust-mlua > 1 (build)"]
        assert needs(index, "m") == []


def test_a_packed_rock_has_its_rockspec_inside(root: Path, server: RocksServer) -> None:
    """It is read without unpacking; a built rock needs nothing for building."""
    server.pack("a 1.0-1", "b >= 1", build='type = "x"')
    server.pack("c 1.0-1", "b", build='type = "x"', arch="all")
    before = set(server.directory.iterdir())
    with world(root, server.publish()) as index:
        assert needs(index, "a") == [
            "a-1.0-1.rockspec:5 b >= 1",
            "a-1.0-1.rockspec luarocks-build-x (build)",
        ]
        assert needs(index, "c") == ["c-1.0-1.rockspec:5 b"]
        assert index.servers.file_of(index.candidates("c", None)[0]).file_name == (
            "c-1.0-1.all.rock"
        )
    assert {path for path in server.directory.iterdir() if path.suffix == ".rock"} <= before


def test_only_sources_are_taken_where_a_rock_is_to_be_built(
    root: Path, server: RocksServer
) -> None:
    """A built rock is no candidate then."""
    server.pack("a 1.0-1", arch="all").pack("b 1-1", arch="all").add("b 1-1")
    with world(root, server.publish(), unbuilt=True) as index:
        with pytest.raises(Elsewhere):
            index.candidates("a", None)
        (found,) = index.candidates("b", None)
        assert index.servers.file_of(found).arch == "rockspec"


def test_a_rock_to_be_built_comes_from_a_server(root: Path, server: RocksServer) -> None:
    """As sources, whatever is installed; of all other rocks everything counts as ever."""
    add_tree(root, "one", InstalledRock("a", "9-1", {}), InstalledRock("b", "9-1", {}))
    configure(root, 'rocks_trees = { "/one" }')
    for rock in ("a 1-1", "b 1-1"):
        server.pack(rock, arch="all").add(rock)
    with world(root, server.publish(), unbuilt_names=["a"]) as index:
        assert told(index.candidates("a", None)) == ["a 1-1 server"]
        assert told(index.candidates("b", None)) == ["b 9-1 installed", "b 1-1 server"]
        files = {name: index.candidates(name, None)[-1] for name in "ab"}
        archs = {name: index.servers.file_of(found).arch for name, found in files.items()}
        assert archs == {"a": "rockspec", "b": "all"}


@pytest.mark.usefixtures("_hasty")
def test_what_cannot_be_used_says_why(root: Path, server: RocksServer) -> None:
    """Another platform, another rock in the file, garbage in a rock, a file that is gone."""
    server.add("a 1-1", more='supported_platforms = { "windows" }').add("b 1-1")
    server.add("gone 1-1").add("d 1-1").pack("e 1-1")
    address = server.publish()
    (server.directory / "b-1-1.rockspec").write_text(server.rockspec("other 1-1"))
    (server.directory / "gone-1-1.rockspec").unlink()
    (server.directory / "d-1-1.rockspec").write_text("while true do end")
    (server.directory / "e-1-1.src.rock").write_bytes(b"<html>")
    with world(root, address) as index:
        assert "does not support linux, unix platforms" in unusable(index, "a")
        assert "does not agree" in unusable(index, "b")
        assert "gone-1-1.rockspec" in unusable(index, "gone")
        assert any("skipping gone 1-1" in text for text in index.warnings)
        assert "d-1-1.rockspec" in unusable(index, "d")
        assert "e-1-1.src.rock: it is not a zip archive" in unusable(index, "e")


def test_namespaces_have_servers_of_their_own(root: Path, server: RocksServer) -> None:
    """Without one the ordinary manifest counts, with one that of the user, and his trees' rocks."""
    server.add("a 1-1")
    RocksServer(server.directory / "manifests/me").add("a 2-1", "b").publish()
    place = add_tree(root, "one", InstalledRock("a", "3-1"), InstalledRock("a", "4-1"))
    (place / "a/3-1").mkdir(parents=True)
    (place / "a/3-1/rock_namespace").write_text("me")
    with world(root, server.publish()) as index:
        assert told(index.candidates("a", None)) == [
            "a 4-1 installed",
            "me/a 3-1 installed",
            "a 1-1 server",
        ]
        assert told(index.candidates("a", "me")) == ["me/a 3-1 installed", "me/a 2-1 server"]
        assert told(index.candidates("a", "you")) == []
        spaced = index.candidates("a", "me")[1]
        assert str(index.dependencies(spaced)[0].dependency) == "b"


def test_installed_rocks_say_what_they_need(root: Path) -> None:
    """By their rockspec with its line, else by the manifest; a broken one is a warning."""
    rocks = [
        InstalledRock(name, "1-1", dependencies=(Dependency.parse("b >= 2"),))
        for name in ("a", "c", "d")
    ]
    place = add_tree(root, "one", *rocks, InstalledRock("e", "1-1"))
    for name, text in (("a", RocksServer(root / "x").rockspec("a 1-1", "b >= 1")), ("c", "?")):
        (place / f"{name}/1-1").mkdir(parents=True)
        (place / f"{name}/1-1/{name}-1-1.rockspec").write_text(text)
    server = RocksServer(root / "empty").publish()
    with world(root, server) as index:
        assert needs(index, "a") == ["a-1-1.rockspec:5 b >= 1"]
        assert index.warnings == ()
        assert needs(index, "c") == needs(index, "d") == ["manifest b >= 2"]
        assert needs(index, "e") == []
        assert len(index.warnings) == 2


def test_the_same_version_in_two_places_is_two_candidates(root: Path, server: RocksServer) -> None:
    """In the order of trees, then of servers as LuaRocks prefers them."""
    add_tree(root, "two", InstalledRock("a", "1-1"))
    add_tree(root, "one", InstalledRock("a", "1-1"))
    server.add("a 1-1")
    other = RocksServer(root / "other").pack("a 1-1", arch="all").publish()
    with world(root, server.publish(), other) as index:
        places = [each.place.removeprefix(str(root)) for each in index.candidates("a", None)]
        assert places == ["/one", "/two", "/other", str(server.directory)]


def test_without_any_server_the_trees_still_count(root: Path) -> None:
    """The fault is an error only for a name that nobody else has; it is reported once."""
    add_tree(root, "one", InstalledRock("a", "1-1"))
    with world(root, "/nowhere") as index:
        assert told(index.candidates("a", None)) == ["a 1-1 installed"]
        with pytest.raises(DistrorocksError, match=r"/nowhere has no manifest-5\.4"):
            index.candidates("b", None)
        assert len(index.warnings) == 1


def test_rockspecs_are_fetched_ahead(
    root: Path, server: RocksServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is announced is under way when it is asked for, and asked for once."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for letter in "abc":
        server.add(f"{letter} 1-1")
    server.publish()
    with running() as far:
        for path in server.directory.iterdir():
            far.serve(f"/{path.name}", path.read_bytes())
        with world(root, far.url) as index:
            found = [index.candidates(letter, None)[0] for letter in "abc"]
            index.prefetch(found)
            assert [list(index.dependencies(each)) for each in found] == [[], [], []]
        rockspecs = [path for path in far.paths() if path.endswith(".rockspec")]
        assert sorted(rockspecs) == [f"/{letter}-1-1.rockspec" for letter in "abc"]


def test_a_hundred_thousand_versions_take_no_time_to_speak_of(root: Path) -> None:
    """A server that lists so many for one rock slows nobody down for long."""
    server = root / "server"
    server.mkdir()
    listed = ",".join(f'["{number}-1"]={{{{arch="rockspec"}}}}' for number in range(100_000))
    (server / "manifest-5.4").write_text(f"repository={{a={{{listed}}}}}")
    text = RocksServer(server).rockspec("a 99999-1")
    (server / "a-99999-1.rockspec").write_text(text)
    with little_time(20):
        with world(root, str(server)) as index:
            solution = resolve([Need(Dependency.parse("a >= 5"))], index)
        assert solution.chosen["a"].version.string == "99999-1"


PACKAGES = """Package: lua-socket
Version: 3.1.0-1+b1
Architecture: amd64
Lua-Versions: 5.1 5.4
Provides: lua5.4-socket
Description: x

Package: lua-sec
Version: 1.2.0-2
Architecture: amd64
Depends: lua5.4-socket (>= 3.0), libc6
Lua-Versions: 5.4
Description: x
"""


@pytest.fixture
def debian(root: Path) -> Path:
    """Return a root with apt's index of two packages."""
    machine = Machine(root)
    machine.status.write_text(
        "Package: dpkg\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
    )
    lists = root / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    (lists / "deb_dists_x_main_binary-amd64_Packages").write_text(PACKAGES)
    return root


def test_the_distribution_is_chosen_only_where_it_is_required(
    debian: Path, server: RocksServer
) -> None:
    """Else it can be told of, or not even that."""
    server.add("luasec 0.1-1")
    address = server.publish()
    with world(debian, address, distro=DistroUse.SUGGEST) as index:
        assert told(index.candidates("luasec", None)) == ["luasec 0.1-1 server"]
        assert told(index.offered("luasec")) == ["luasec 1.2.0-1 distro"]
    with world(debian, address) as index:
        assert index.offered("luasec") == ()
    with world(debian, address, distro=DistroUse.REQUIRE) as index:
        solution = resolve([Need(Dependency.parse("luasec >= 1"))], index)
        chosen = solution.chosen["luasec"]
        assert (chosen.origin, chosen.place) == (Origin.DISTRO, "lua-sec")
        assert solution.chosen["luasocket"].place == "lua-socket"
        (need,) = index.dependencies(chosen)
        assert (str(need.dependency), need.where) == (
            "luasocket >= 3.0",
            "package lua-sec 1.2.0-2",
        )
        offer = index.distro.offer_of(chosen)
        assert index.distro.command(offer.package) == "apt install lua-sec"
