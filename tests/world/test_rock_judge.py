"""Binary rocks of servers that would not load here are passed over for the sources."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from distrorocks.binaries.rock_needs import SUFFIX, to_record
from distrorocks.resolve.candidate import Unusable
from distrorocks.servers.address import Address
from distrorocks.servers.choice import RockFile
from distrorocks.servers.configured import ServerOptions, policy_of
from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import ServerFiles, Wanted
from distrorocks.servers.time_limit import ServerError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.installed import look
from distrorocks.world.rock_binaries import rock_needs
from distrorocks.world.rock_judge import RockJudge, StaleRecordError
from tests.elf_files import module, rock, write_root
from tests.rocks_server import RocksServer

GOOD, BAD = module("foo", "lua_pushnil"), module("foo", glibc="2.38")
REASON = "libc.so.6 of the package libc6 lacks GLIBC_2.38"
FILE = "foo-1.0-1.linux-x86_64.rock"


@pytest.fixture
def server(tmp_path: Path) -> RocksServer:
    """A server with the sources of foo, which needs luacheck to be built."""
    server = RocksServer(tmp_path / "server")
    more = 'rockspec_format = "3.0"\nbuild_dependencies = { "maker" }'
    return server.add("foo 1.0-1", more=more).add("maker 1.0-1")


def world(tmp_path: Path, server: RocksServer, *, is_for_here: bool = True) -> World:
    """Return the world of Lua 5.4 in a Debian 12 root."""
    root = write_root(tmp_path / "root")
    (root / "etc/luarocks").mkdir(exist_ok=True)
    config = f'arch = "linux-x86_64"\nlocal_cache = "{tmp_path}/cache"\n'
    (root / "etc/luarocks/config-5.4.lua").write_text(config)
    with Jail() as jail:
        found = look(RootView(str(root)), "5.4", jail)
    only = (Address.parse(server.publish()),)
    asked = WorldRequest(
        *("5.4", str(root), ServerOptions(only=only), DistroUse.NEVER), is_for_here=is_for_here
    )
    return World(asked, found.trees, found.config)


def add(server: RocksServer, content: bytes, file: str = FILE) -> bytes:
    """Add a binary rock with one module, and return it."""
    made = rock({"lib/foo.so": content}, file.partition("-")[0])
    (server.directory / file).write_bytes(made)
    return made


def chosen(world: World) -> tuple[str, list[str], list[str]]:
    """Return the arch of the file that is chosen for foo, what foo needs, and reasons."""
    (candidate,) = world.candidates("foo", None)
    needs = [str(each.dependency) for each in world.dependencies(candidate)]
    found = world.servers.file_of(candidate)
    return found.arch, needs, list(world.servers.passed_over.values())


def test_a_rock_that_loads_is_taken(tmp_path: Path, server: RocksServer) -> None:
    """Its build dependencies do not count."""
    add(server, GOOD)
    with world(tmp_path, server) as index:
        assert chosen(index) == ("linux-x86_64", [], [])


def test_a_rock_that_does_not_load_is_passed_over(tmp_path: Path, server: RocksServer) -> None:
    """The sources are taken, with what they need to be built; the reason is kept."""
    add(server, BAD)
    with world(tmp_path, server) as index:
        arch, needs, (reason,) = chosen(index)
        assert (arch, needs) == ("rockspec", ["maker"])
        assert reason == f"{FILE} does not load here: lib/foo.so: {REASON}"


def test_without_sources_the_version_is_unusable(tmp_path: Path) -> None:
    """With the same reason, so that another version or server can be taken."""
    server = RocksServer(tmp_path / "server")
    add(server, BAD)
    with world(tmp_path, server) as index:
        (candidate,) = index.candidates("foo", None)
        with pytest.raises(Unusable, match="does not load here"):
            index.dependencies(candidate)


def test_rocks_are_judged_only_for_who_installs(tmp_path: Path, server: RocksServer) -> None:
    """Who only looks at servers gets the files that LuaRocks would take."""
    add(server, BAD)
    with world(tmp_path, server, is_for_here=False) as index:
        assert chosen(index) == ("linux-x86_64", [], [])


def record(server: RocksServer, made: bytes, file: str = FILE) -> Path:
    """Write the record of an audit beside a rock."""
    path = server.directory / f"{FILE}.audit.json"
    path.write_text(json.dumps(to_record(rock_needs(file, made))))
    return path


def test_a_record_spares_the_rock(tmp_path: Path, server: RocksServer) -> None:
    """The rock itself is not read."""
    record(server, add(server, BAD))
    (server.directory / FILE).write_bytes(b"")
    with world(tmp_path, server) as index:
        assert chosen(index)[0] == "rockspec"


def test_a_record_is_fetched_anew_from_the_rocks_own_server(tmp_path: Path) -> None:
    """It can change, unlike a rock, so no mirror has it, nor a cache for ever; it may miss."""
    asked: list[Wanted] = []

    class Files(ServerFiles):
        """What fails for every file."""

        def content(self, wanted: Wanted) -> bytes:
            asked.append(wanted)
            raise ServerError("gone")

    policy = policy_of({}, is_offline=True)
    file = RockFile(Address.parse("https://rocks.example"), "foo", "1.0-1", "linux-x86_64")
    assert RockJudge(str(tmp_path), "5.4").why_not(file, Files(DownloadCache(""), policy)) == ""
    record, itself = asked
    assert (record.name, record.is_rock, record.may_be_missing) == (f"{FILE}{SUFFIX}", False, True)
    assert (itself.name, itself.is_rock, itself.may_be_missing) == (FILE, True, False)
    assert record.server == itself.server == file.server


def test_a_record_of_another_file_does_not_hide_a_bad_rock(
    tmp_path: Path, server: RocksServer
) -> None:
    """The rock that the server has now is judged when it is fetched; a good one is taken."""
    record(server, add(server, GOOD))
    with world(tmp_path, server) as index:
        assert chosen(index)[0] == "linux-x86_64"
        (candidate,) = index.candidates("foo", None)
        made = add(server, BAD)
        with pytest.raises(StaleRecordError, match="does not load here") as caught:
            index.servers.confirmed(candidate)
        assert "about another file" in caught.value.detail
    record(server, made)
    add(server, GOOD)
    with world(tmp_path, server) as index:
        assert chosen(index)[0] == "rockspec"


@pytest.mark.parametrize("text", ["", "{}", None])
def test_an_unsound_record_is_not_used(
    tmp_path: Path, server: RocksServer, text: str | None
) -> None:
    """Nor is one about another rock: the rock itself decides, and a warning says so."""
    path = record(server, add(server, GOOD), "bar-1.0-1.linux-x86_64.rock")
    if text is not None:
        path.write_text(text)
    with world(tmp_path, server) as index:
        assert chosen(index)[0] == "linux-x86_64"
        assert any(f"{path} is not used" in each for each in index.warnings)


def test_a_damaged_rock_is_passed_over(tmp_path: Path, server: RocksServer) -> None:
    """With the fault as the reason."""
    add(server, BAD[:200])
    with world(tmp_path, server) as index:
        arch, _, (reason,) = chosen(index)
        assert (arch, "truncated" in reason) == ("rockspec", True)


def test_without_pyelftools_rocks_are_taken_with_a_warning(
    tmp_path: Path, server: RocksServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As LuaRocks takes them."""
    add(server, BAD)
    monkeypatch.setitem(sys.modules, "elftools.elf.elffile", None)
    with world(tmp_path, server) as index:
        assert chosen(index)[0] == "linux-x86_64"
        assert any("pyelftools" in each for each in index.warnings)


def test_a_rock_that_cannot_be_fetched_is_not_judged(tmp_path: Path, server: RocksServer) -> None:
    """Who installs it reports the fault."""
    add(server, BAD)
    with world(tmp_path, server) as index:
        (server.directory / FILE).unlink()
        file = RockFile(Address.parse(str(server.directory)), "foo", "1.0-1", "linux-x86_64")
        judge = RockJudge(str(tmp_path / "root"), "5.4")
        assert judge.why_not(file, index.servers.files) == ""


def test_a_rock_is_judged_once(tmp_path: Path, server: RocksServer) -> None:
    """Whatever the server has later; a rock without a record has nothing to confirm."""
    add(server, BAD)
    with world(tmp_path, server) as index:
        file = RockFile(Address.parse(str(server.directory)), "foo", "1.0-1", "linux-x86_64")
        judge = RockJudge(str(tmp_path / "root"), "5.4")
        first = judge.why_not(file, index.servers.files)
        assert REASON in first
        add(server, GOOD)
        assert judge.why_not(file, index.servers.files) == first
        judge.confirm(file, b"anything")
