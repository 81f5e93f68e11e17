"""Servers are asked as seldom as may be, and an old copy is better than none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.servers.address import Address
from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import Policy, ServerFiles, Wanted
from distrorocks.servers.http import NOT_MODIFIED, Web
from distrorocks.servers.time_limit import ServerError
from tests.loopback import Loopback, answer, hasty_web, running


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server with one file."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        found.serve("/a", b"text", ETag='"1"')
        yield found


class Runs:
    """Runs of the program over one cache."""

    def __init__(self, directory: Path, server: Loopback) -> None:
        self.directory = directory / "cache"
        self.address = Address.parse(server.url)
        self.web: Web | None = hasty_web()

    def files(self, policy: Policy = Policy()) -> ServerFiles:  # noqa: B008 - a constant
        """Return the files of another run."""
        return ServerFiles(DownloadCache(str(self.directory)), policy, self.web)

    def wanted(self, name: str = "a", *, is_rock: bool = True, spare: bool = False) -> Wanted:
        """Return what to want of the server."""
        return Wanted(self.address, name, 1000, is_rock, spare)

    def age(self, seconds: float) -> None:
        """Let time pass for every copy."""
        for path in self.directory.iterdir():
            then = path.stat().st_mtime - seconds
            os.utime(path, (then, then))


@pytest.fixture
def runs(tmp_path: Path, server: Loopback) -> Runs:
    """Return runs over a fresh cache."""
    tmp_path.chmod(0o755)
    return Runs(tmp_path, server)


def test_a_file_is_asked_for_once_in_a_run(runs: Runs, server: Loopback) -> None:
    """Without any cache on disk as well."""
    files = ServerFiles(DownloadCache(), Policy())
    assert files.content(runs.wanted()) == files.content(runs.wanted()) == b"text"
    assert server.paths() == ["/a"]


def test_a_young_copy_is_not_held_against_the_server(runs: Runs, server: Loopback) -> None:
    """For ``cache_timeout`` seconds nobody is asked."""
    runs.files().content(runs.wanted())
    assert runs.files().content(runs.wanted()) == b"text"
    assert len(server.asked) == 1


def test_an_old_copy_is_held_against_the_server(runs: Runs, server: Loopback) -> None:
    """Where it is current still, it is young again."""
    runs.files().content(runs.wanted())
    runs.age(100)
    server.replies["/a"] = answer(NOT_MODIFIED)
    assert runs.files().content(runs.wanted()) == b"text"
    assert server.asked[1][1]["if-none-match"] == '"1"'
    runs.files().content(runs.wanted())
    assert len(server.asked) == 2


def test_what_changed_is_taken(runs: Runs, server: Loopback) -> None:
    """An old copy gives way."""
    runs.files().content(runs.wanted())
    runs.age(100)
    server.serve("/a", b"new")
    assert runs.files().content(runs.wanted()) == b"new"


def test_rocks_can_be_trusted_for_ever(runs: Runs, server: Loopback) -> None:
    """With ``aggressive_cache`` rocks are not held against the server; manifests are."""
    policy = Policy(trusts_rocks=True)
    runs.files(policy).content(runs.wanted())
    runs.age(1e6)
    runs.files(policy).content(runs.wanted())
    assert len(server.asked) == 1
    runs.files(policy).content(runs.wanted(is_rock=False))
    assert len(server.asked) == 2


def test_the_lack_of_a_spare_file_is_remembered(runs: Runs, server: Loopback) -> None:
    """For ``cache_fail_timeout``; of a file that must be there it is not."""
    for _ in range(2):
        with pytest.raises(ServerError) as caught:
            runs.files().content(runs.wanted("b", spare=True))
        assert caught.value.is_missing
    assert server.paths() == ["/b"]
    runs.age(90_000)
    for _ in range(2):
        with pytest.raises(ServerError):
            runs.files().content(runs.wanted("b"))
    assert server.paths() == ["/b"] * 3


def test_an_old_copy_serves_where_the_server_does_not(runs: Runs, server: Loopback) -> None:
    """It is told, with the age of the copy."""
    runs.files().content(runs.wanted())
    runs.age(7300)
    server.replies["/a"] = answer(503)
    files = runs.files()
    assert files.content(runs.wanted()) == b"text"
    (warning,) = files.warnings
    assert "503" in warning
    assert "2 hours ago" in warning


def test_a_server_that_is_down_is_tried_once() -> None:
    """The next file of it fails at once, with the same reason."""
    with running() as gone:
        pass
    files = ServerFiles(DownloadCache(), Policy())
    address = Address.parse(gone.url)
    briefs = []
    for name in ("a", "b"):
        with pytest.raises(ServerError) as caught:
            files.content(Wanted(address, name))
        briefs.append(caught.value.brief)
    assert briefs[0] == briefs[1]


def test_a_server_that_is_down_says_the_same_hint_again() -> None:
    """Whoever reads only the second error knows as much."""
    with running() as gone:
        pass
    files = ServerFiles(DownloadCache(), Policy())
    hints = []
    for name in ("a", "b"):
        with pytest.raises(ServerError) as caught:
            files.content(Wanted(Address.parse(gone.url), name))
        hints.append(caught.value.hint)
    assert hints[0] == hints[1] != ""


def test_a_rock_comes_from_the_next_mirror(runs: Runs, server: Loopback) -> None:
    """With a warning; a manifest does not, since its server was chosen by it."""
    with running() as other:
        other.serve("/b", b"rock")
        there = Address.parse(other.url)
        files = runs.files()
        files.add_mirrors(runs.address, (Address.parse("http://127.0.0.1:1"), there))
        assert files.content(runs.wanted("b")) == b"rock"
        (warning,) = files.warnings
        assert f"{server.url}/b is not there" in warning
        assert f"the mirror {there}" in warning
        with pytest.raises(ServerError):
            files.content(runs.wanted("b", is_rock=False))
        with pytest.raises(ServerError, match=f"{server.url}/c"):
            files.content(runs.wanted("c"))


def test_offline_nobody_is_asked(runs: Runs, server: Loopback) -> None:
    """Copies of any age serve; what is not there is told with the way out."""
    runs.files().content(runs.wanted())
    runs.age(1e6)
    files = runs.files(Policy(is_offline=True))
    assert files.content(runs.wanted()) == b"text"
    with pytest.raises(ServerError) as caught:
        files.content(runs.wanted("b"))
    assert "--offline" in caught.value.hint
    assert caught.value.detail == f"the cache has a of {server.url}"
    with pytest.raises(ServerError) as caught:
        files.content(Wanted(Address.parse("http://rocks.example"), "b"))
    assert caught.value.detail == "the cache has nothing of http://rocks.example"
    with pytest.raises(ServerError) as caught:
        files.content(runs.wanted("c", spare=True))
    assert (caught.value.is_missing, caught.value.detail) == (True, "")
    assert len(server.asked) == 1


def test_files_are_fetched_ahead_by_several_threads(runs: Runs, server: Loopback) -> None:
    """Eight that take a while take it together, and each is asked for once."""
    at_work: list[int] = []
    at_once: list[int] = []
    for number in range(8):
        reply = answer(200, b"%d" % number)

        def slow(request: object, reply: object = reply, number: int = number) -> None:
            at_work.append(number)
            at_once.append(len(at_work))
            server.is_over.wait(0.3)
            at_work.remove(number)
            reply(request)  # type: ignore[operator]

        server.replies[f"/{number}"] = slow
    files = runs.files()
    wanted = [runs.wanted(str(number)) for number in range(8)]
    files.prefetch(wanted)
    assert [files.content(each) for each in wanted] == [b"%d" % number for number in range(8)]
    assert max(at_once) > 1
    assert len(server.asked) == 8


def test_near_files_are_read_where_they_are(tmp_path: Path) -> None:
    """A directory needs no cache; a file that is too large or none is refused."""
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "large").write_bytes(b"x" * 2000)
    os.mkfifo(tmp_path / "pipe")
    files = ServerFiles(DownloadCache(), Policy(is_offline=True))
    address = Address.parse(f"file://{tmp_path}")
    assert files.content(Wanted(address, "a", 1000)) == b"text"
    for name in ("large", "pipe", "none"):
        with pytest.raises(ServerError) as caught:
            files.content(Wanted(address, name, 1000))
        assert caught.value.is_missing == (name == "none")


def test_without_urllib3_nothing_is_fetched_and_a_copy_serves(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the one library that is needed for it: an error says so, and what to install."""
    runs.files().content(runs.wanted())
    runs.age(100)
    monkeypatch.delitem(sys.modules, "distrorocks.servers.http")
    monkeypatch.setitem(sys.modules, "urllib3", None)
    runs.web = None
    files = runs.files()
    assert files.content(runs.wanted()) == b"text"
    assert "python3-urllib3 is not installed; the copy" in files.warnings[0]
    with pytest.raises(ServerError, match="python3-urllib3 is not installed") as caught:
        files.content(runs.wanted("b"))
    assert caught.value.is_down
    with pytest.raises(ServerError) as caught:
        runs.files().content(runs.wanted("b"))
    assert "python3-urllib3" in caught.value.hint
