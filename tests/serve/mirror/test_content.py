"""Each file of a mirror can be installed without a network, and is what its name says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.mirror.closure import closure
from distrorocks.serve.mirror.content import Contents, RockContent
from distrorocks.sources.source import SourceError
from distrorocks.system.files.zip_archive import read_member
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import World
from distrorocks.world.rock_store import BuildInputs, RockStore
from tests.loopback import running
from tests.serve.mirror.mirrors import (
    MirroredServer,
    needs_of,
    world_of,
    world_request,
    zipped,
)

SPEC = 'package = "x" version = "1-1" source = {{ {} }} build = {{ type = "none" }}\n'


@contextmanager
def contents(tmp_path: Path, *, only_from: str | None = None) -> Iterator[Contents]:
    """Yield the closure of the rock x of the server."""
    server = MirroredServer(tmp_path / "server").publish()
    with Jail() as jail, world_of(tmp_path, server, arch="linux-x86_64") as world:
        yield Contents(closure(world, needs_of("x"), {}), world, jail, only_from=only_from)


def got(tmp_path: Path, *, only_from: str | None = None) -> RockContent:
    """Return the file of the rock x."""
    with contents(tmp_path, only_from=only_from) as found:
        return found.get(found.members[0])


def spec(tmp_path: Path, source: str) -> str:
    """Give the server the rock x with this source."""
    folder = tmp_path / "server"
    folder.mkdir(exist_ok=True)
    text = SPEC.format(source)
    (folder / "x-1-1.rockspec").write_text(text)
    return text


def test_the_file_of_a_server_is_taken_as_it_is(tmp_path: Path) -> None:
    """To the byte, with its address."""
    MirroredServer(tmp_path / "server").packed("x 1-1").add("x 1-1")
    found = got(tmp_path)
    path = tmp_path / "server/x-1-1.src.rock"
    assert found == RockContent(path.name, path.read_bytes(), str(path))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"x.lua": "changed"}, "another MD5"),
        ({"x.lua": "", "y-1-1.rockspec": ""}, "one rockspec"),
        ({"other": ""}, "holds no"),
    ],
)
def test_a_source_rock_that_cannot_be_built_is_refused(
    tmp_path: Path, change: dict[str, str], why: str
) -> None:
    """It has another file than its rockspec says, none, or is another rock."""
    text = spec(tmp_path, f'url = "https://h/x.lua", md5 = "{md5(b"whole").hexdigest()}"')
    rock = tmp_path / "server/x-1-1.src.rock"
    zipped(rock, {"x-1-1.rockspec": text, "x.lua": "whole"})
    assert got(tmp_path).name == rock.name
    zipped(rock, {"x-1-1.rockspec": text, **change})
    (tmp_path / "server/x-1-1.rockspec").unlink()
    MirroredServer(tmp_path / "server").publish_unchecked()
    with (
        Jail() as jail,
        world_of(tmp_path, str(tmp_path / "server")) as world,
        pytest.raises(DistrorocksError, match=why),
    ):
        Contents(found := closure(world, needs_of("x"), {}), world, jail).get(found.members[0])


def test_a_rockspec_is_packed_with_its_source(tmp_path: Path) -> None:
    """Twice alike, with the MD5 checked."""
    with running() as web:
        web.serve("/x.lua", b"return 1")
        good = md5(b"return 1").hexdigest()
        text = spec(tmp_path, f'url = "{web.url}/x.lua", md5 = "{good}"')
        found = got(tmp_path)
        assert (found.name, found.origin) == ("x-1-1.src.rock", f"{web.url}/x.lua")
        assert read_member(found.content, "x.lua", 100) == b"return 1"
        assert read_member(found.content, "x-1-1.rockspec", 1000) == text.encode()
        assert got(tmp_path) == found
        spec(tmp_path, f'url = "{web.url}/x.lua", md5 = "{good[::-1]}"')
        with pytest.raises(SourceError, match="another MD5"):
            got(tmp_path)


def test_a_repository_is_packed_as_it_is_checked_out(tmp_path: Path) -> None:
    """Without git's own files, and twice alike."""
    repository = tmp_path / "code"
    repository.mkdir()
    (repository / "x.lua").write_text("return 1")
    for words in (
        ("init", "--quiet"),
        ("add", "x.lua"),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "a"),
    ):
        subprocess.run(["git", "-C", str(repository), *words], check=True)
    spec(tmp_path, f'url = "git+file://{repository}"')
    found = got(tmp_path)
    assert read_member(found.content, "code/x.lua", 100) == b"return 1"
    with pytest.raises(DistrorocksError, match="holds no"):
        read_member(found.content, "code/.git/config", 1000)
    assert got(tmp_path) == found


@pytest.mark.parametrize(
    ("source", "only_from", "why"),
    [
        ('url = "ftp://h/x"', None, "protocol"),
        ('url = "https://h/x.lua"', "good/", "only sources from good/"),
        ('url = "https://h/x.lua"', "", "no sources are fetched"),
        ('url = "file:///nowhere/x.lua"', None, "nowhere/x.lua"),
    ],
)
def test_sources_that_cannot_be_had_are_told(
    tmp_path: Path, source: str, only_from: str | None, why: str
) -> None:
    """With the reason."""
    spec(tmp_path, source)
    with pytest.raises(DistrorocksError, match=why):
        got(tmp_path, only_from=only_from)


def test_offline_no_repository_is_asked(tmp_path: Path) -> None:
    """Only local ones."""
    spec(tmp_path, 'url = "git://unreachable.invalid/x.git"')
    server = MirroredServer(tmp_path / "server").publish()
    asked = world_request(tmp_path, server)._replace(is_offline=True)
    with Jail() as jail, World(asked, (), {}) as world:
        found = Contents(closure(world, needs_of("x"), {}), world, jail)
        with pytest.raises(SourceError, match="nothing is fetched"):
            found.get(found.members[0])


def test_the_rock_store_is_asked_for_the_same_rockspec(tmp_path: Path) -> None:
    """A build of another rockspec of that version is another rock."""
    text = spec(tmp_path, 'url = "https://h/x.lua"').encode()
    place = tmp_path / "built"
    (place / "lua").mkdir(parents=True)
    (place / "lua/x.lua").write_text("return 1")
    (place / "x-1-1.rockspec").write_bytes(text)
    store = RockStore(str(tmp_path / "store"))
    assert store.put(BuildInputs("x", "1-1", text, (), "5.4", "linux-x86_64"), str(place))
    with contents(tmp_path) as found:
        rock = found.stored(found.members[0], store)
    assert rock is not None
    assert (rock.name, rock.origin) == ("x-1-1.all.rock", "rock store")
    spec(tmp_path, 'url = "https://h/y.lua"')
    with contents(tmp_path) as found:
        assert found.stored(found.members[0], store) is None
        assert found.built(found.members[0], "all", b"PK no rock", "x") is None
