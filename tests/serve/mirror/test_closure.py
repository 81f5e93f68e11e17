"""A closure has all rocks that a request needs, and nothing that is installed counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import FAILED, FINDINGS
from distrorocks.resolve.conflict import Conflict
from distrorocks.rocks.version import Version
from distrorocks.serve.mirror.closure import Which, closure, mirror_config, read_pins, world_request
from distrorocks.world.candidates import DistroUse, WorldRequest
from tests.loopback import answer, running
from tests.serve.mirror.mirrors import MirroredServer, needs_of, world_of


@pytest.fixture
def server(tmp_path: Path) -> str:
    """A server with a chain of rocks in several versions, and a build dependency."""
    made = MirroredServer(tmp_path / "server")
    more = 'rockspec_format = "3.0" build_dependencies = { "tool" }'
    made.add("app 1.0-1", "lib >= 1", more=more)
    made.packed("lib 1.0-1").built("lib 2.0-1").built("lib 3.0-1", arch="linux-x86_64")
    made.add("tool 1.0-1", "lua >= 5.1")
    return made.publish()


def test_it_has_dependencies_and_build_dependencies(server: str, tmp_path: Path) -> None:
    """The newest versions of which the mirror can have a file; Lua itself is no rock of it."""
    with world_of(tmp_path, server) as world:
        found = closure(world, needs_of("app"), {})
    assert [each.file_name for each in found.members] == [
        "app-1.0-1.src.rock",
        "lib-2.0-1.all.rock",
        "tool-1.0-1.src.rock",
    ]
    assert [each.is_built for each in found.members] == [False, True, False]
    assert found.warnings == ()


def test_pinned_rocks_are_taken_and_mirrored_in_any_case(server: str, tmp_path: Path) -> None:
    """What a rock needs that is not pinned is told."""
    with world_of(tmp_path, server) as world:
        found = closure(world, needs_of("app"), {"lib": Version.parse("1.0-1")})
        alone = closure(world, [], {"lib": Version.parse("1.0-1")})
    assert [str(each) for each in found.members] == ["app 1.0-1", "lib 1.0-1", "tool 1.0-1"]
    assert found.warnings == ("the lock file does not pin tool 1.0-1, which app needs",)
    assert [str(each) for each in alone.members] == ["lib 1.0-1"]


def test_a_pin_that_violates_a_dependency_is_told(server: str, tmp_path: Path) -> None:
    """The lock file wins, as in an installation."""
    (tmp_path / "server/app-2.0-1.rockspec").write_text(
        'package = "app" version = "2.0-1" source = { url = "file:///x.lua" }\n'
        'dependencies = { "lib >= 3" } build = { type = "none" }'
    )
    MirroredServer(tmp_path / "server").publish()
    with world_of(tmp_path, server) as world:
        found = closure(world, needs_of("app 2.0"), {"lib": Version.parse("1.0-1")})
    assert found.warnings[0] == "the lock file pins lib 1.0-1, but app needs lib >= 3"
    with world_of(tmp_path, server) as world:
        asked = closure(world, needs_of("lib >= 2"), {"lib": Version.parse("1.0-1")})
    assert [str(each) for each in asked.members] == ["lib 1.0-1"]
    assert asked.warnings == ("the lock file pins lib 1.0-1, but the request needs lib >= 2",)


def test_what_is_not_pinned_is_told_once(tmp_path: Path) -> None:
    """With the first rock that needs it; what is asked for by itself needs no pin."""
    server = MirroredServer(tmp_path / "server")
    server.packed("leaf 1-1").packed("free 1-1")
    for name in ("a", "b"):
        server.add(f"{name} 1-1", "leaf", "lua >= 5.1")
    pins = {name: Version.parse("1-1") for name in ("a", "b")}
    with world_of(tmp_path, server.publish()) as world:
        found = closure(world, needs_of("free"), pins)
    assert [str(each) for each in found.members] == ["a 1-1", "b 1-1", "free 1-1", "leaf 1-1"]
    assert found.warnings == ("the lock file does not pin leaf 1-1, which a needs",)


def test_what_no_server_has_is_a_conflict(server: str, tmp_path: Path) -> None:
    """With the status of a failure if no server could be asked at all."""
    with world_of(tmp_path, server) as world, pytest.raises(Conflict) as unknown:
        closure(world, needs_of("nothing"), {})
    assert unknown.value.exit_status == FINDINGS
    with world_of(tmp_path, str(tmp_path / "none")) as world, pytest.raises(Conflict) as silent:
        closure(world, needs_of("app"), {})
    assert silent.value.exit_status == FAILED
    assert silent.value.warnings


@pytest.mark.parametrize(("status", "exit_status"), [(503, FAILED), (404, FINDINGS)])
def test_a_server_that_stops_answering_is_a_failure(
    server: str, tmp_path: Path, status: int, exit_status: int
) -> None:
    """Whether there is a solution is not known then; a file that is missing stays away."""
    with running() as web:
        for name in ("manifest-5.4", "lib-1.0-1.src.rock", "tool-1.0-1.rockspec"):
            web.serve(f"/{name}", (Path(server) / name).read_bytes())
        for name in ("app-1.0-1.rockspec", "app-1.0-1.src.rock"):
            web.replies[f"/{name}"] = answer(status, headers={"Retry-After": "900"})
        with world_of(tmp_path, web.url) as world, pytest.raises(Conflict) as conflict:
            closure(world, needs_of("app"), {})
    assert conflict.value.exit_status == exit_status


def test_a_rock_for_one_machine_is_told_with_the_option_for_it(tmp_path: Path) -> None:
    """A mirror of sources has nothing of it."""
    server = MirroredServer(tmp_path / "server").built("x 1-1", arch="linux-x86_64").publish()
    with world_of(tmp_path, server) as world, pytest.raises(Conflict) as error:
        closure(world, needs_of("x"), {})
    assert error.value.hint == "x is there as a binary rock only: --with-binaries takes it"
    with world_of(tmp_path, server) as world, pytest.raises(Conflict) as error:
        closure(world, needs_of("y"), {})
    assert error.value.hint == "`distrorocks search y` lists rocks with such a name"


def test_a_configuration_without_servers_is_told(tmp_path: Path) -> None:
    """Before anything is looked for."""
    with world_of(tmp_path) as world, pytest.raises(DistrorocksError) as caught:
        closure(world, needs_of("app"), {})
    assert caught.value.brief.endswith(f"for Lua {world.request.lua_version} names no rocks server")
    assert "--only-server" in caught.value.hint


@pytest.mark.parametrize(
    ("which", "arch", "unbuilt", "is_for_here"),
    [
        (Which.USUAL, "all", False, False),
        (Which.SOURCES, "all", True, False),
        (Which.BINARIES, "linux-x86_64", False, True),
    ],
)
def test_the_candidates_are_those_of_which(
    which: Which, arch: str, unbuilt: bool, is_for_here: bool
) -> None:
    """Compiled rocks count where they are asked for, packages never."""
    asked = world_request(WorldRequest("", distro=DistroUse.REQUIRE), "5.1", which)
    assert (asked.lua_version, asked.distro) == ("5.1", DistroUse.NEVER)
    assert (asked.unbuilt, asked.is_for_here) == (unbuilt, is_for_here)
    assert mirror_config({"arch": "linux-x86_64", "a": "b"}, which) == {"arch": arch, "a": "b"}


def test_all_pins_of_a_lock_file_are_read(tmp_path: Path) -> None:
    """Those of builds and tests, too, whoever can write the file, since the user names it.

    One without any is a mistake, like one that is missing.
    """
    path = tmp_path / "luarocks.lock"
    path.write_text(
        'return { dependencies = { a = "1-1", lua = "5.4-1" },\n'
        'build_dependencies = { b = "2-1", a = "0-1" }, test_dependencies = { c = "3-1" } }'
    )
    assert {name: str(each) for name, each in read_pins(str(path)).items()} == {
        "a": "1-1",
        "b": "2-1",
        "c": "3-1",
    }
    path.chmod(0o666)
    assert len(read_pins(str(path))) == 3
    path.write_text("return {}")
    with pytest.raises(UsageError, match=f"{path} pins no rock") as caught:
        read_pins(str(path))
    assert "install --pin" in caught.value.hint
    with pytest.raises(UsageError, match=f"there is no {tmp_path}/none") as caught:
        read_pins(f"{tmp_path}/none")
    assert "--lock" in caught.value.hint
