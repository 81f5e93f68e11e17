"""The files of servers are chosen as LuaRocks chooses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.rocks.name import RockNameError
from distrorocks.serve.download import Wish, download
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.world.candidates import WorldRequest
from tests.rocks_server import RocksServer


@pytest.fixture
def request_(tmp_path: Path) -> WorldRequest:
    """A server with several files of foo, and a root without LuaRocks."""
    server = RocksServer(tmp_path / "server").add("foo 1.0-1").add("foo 2.0-1").add("bar 1.0-1")
    server.pack("foo 2.0-1").pack("foo 2.0-1", arch="all").pack("foo 2.0-1", arch="other-cpu")
    (tmp_path / "root").mkdir()
    only = (Address("file", server.publish()),)
    return WorldRequest("5.4", str(tmp_path / "root"), ServerOptions((), only))


def names(wish: Wish, request: WorldRequest, tmp_path: Path) -> set[str]:
    """Return the names of the files that are downloaded."""
    found = download(wish, request, str(tmp_path / "here"))
    assert {Path(path).name for path in found.paths} == {
        path.name for path in (tmp_path / "here").iterdir()
    }
    return {Path(path).name for path in found.paths}


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish("foo"), {"foo-2.0-1.all.rock"}),
        (Wish("Foo"), {"foo-2.0-1.all.rock"}),
        (Wish("foo", "1.0"), {"foo-1.0-1.rockspec"}),
        (Wish("foo", None, ("src",)), {"foo-2.0-1.src.rock"}),
        (Wish("foo", None, ("rockspec",)), {"foo-2.0-1.rockspec"}),
        (Wish("foo", None, ("other-cpu",)), {"foo-2.0-1.other-cpu.rock"}),
        (Wish("bar", None, (), True), {"bar-1.0-1.rockspec"}),
        (
            Wish("", None, ("rockspec",), True),
            {"bar-1.0-1.rockspec", "foo-1.0-1.rockspec", "foo-2.0-1.rockspec"},
        ),
    ],
)
def test_the_best_file_is_downloaded(
    wish: Wish, expected: set[str], request_: WorldRequest, tmp_path: Path
) -> None:
    """The newest version, built before sources before a rockspec, unless the wish says more."""
    assert names(wish, request_, tmp_path) == expected


@pytest.mark.parametrize(
    "wish", [Wish("no"), Wish("me/foo"), Wish("foo", "3"), Wish("bar", None, ("src",))]
)
def test_what_no_server_has_is_told(wish: Wish, request_: WorldRequest, tmp_path: Path) -> None:
    """In LuaRocks' words; nothing is written."""
    with pytest.raises(NegativeError, match="Could not find a result named"):
        download(wish, request_, str(tmp_path / "here"))
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize(
    "name", ["", "..", "../foo", "/foo", "a/b/foo", "foo/", "a b", "%2e%2e/foo"]
)
def test_no_server_is_asked_for_what_is_no_name(
    name: str, request_: WorldRequest, tmp_path: Path
) -> None:
    """A namespace is a directory of the server: it cannot lead out of it."""
    with pytest.raises(RockNameError, match="is neither NAME nor NAMESPACE/NAME"):
        download(Wish(name), request_, str(tmp_path / "here"))
    assert not (tmp_path / "here").exists()


def test_a_hostile_file_is_not_written(request_: WorldRequest, tmp_path: Path) -> None:
    """A rock is checked as before an installation."""
    (tmp_path / "server/foo-2.0-1.all.rock").write_bytes(b"PK no rock")
    with pytest.raises(DistrorocksError, match=r"foo-2\.0-1\.all\.rock"):
        download(Wish("foo"), request_, str(tmp_path / "here"))
    assert not (tmp_path / "here").exists()
