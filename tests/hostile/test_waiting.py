"""A server that does not answer costs its time once, and the other servers go on.

Requests are counted and the limits are tiny, so that nothing depends on how quick a machine is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.servers.http import Web
from distrorocks.servers.time_limit import PACE, SLOWEST, Clock, ServerError
from tests.loopback import Loopback, Reply, raw, running
from tests.rocks_server import RocksServer

SECONDS = 0.4


def silent(server: Loopback) -> Reply:
    """Return a reply that never begins."""
    return raw(b"", pause=lambda: server.is_over.wait(60))


def dribbled_headers(server: Loopback) -> Reply:
    """Return a reply whose headers never end."""
    lines = [b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 90
    return raw(*lines, pause=lambda: server.is_over.wait(SECONDS / 4))


def dribbled_body(server: Loopback) -> Reply:
    """Return a reply whose body never ends."""
    parts = [b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x"] * 1000
    return raw(*parts, pause=lambda: server.is_over.wait(SECONDS / 4))


KINDS = {"silent": silent, "headers": dribbled_headers, "body": dribbled_body}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        yield found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root whose configuration has little patience."""
    (tmp_path / "root/etc/luarocks").mkdir(parents=True)
    config = f'local_cache = "{tmp_path}/cache"\nconnection_timeout = {SECONDS}\n'
    (tmp_path / "root/etc/luarocks/config-5.4.lua").write_text(config)
    return tmp_path / "root"


def serve_all(server: Loopback, reply: Reply) -> None:
    """Give the reply for every form of every manifest."""
    for version in ("5.1", "5.2", "5.3", "5.4", "5.5"):
        for ending in ("", ".json", ".zip"):
            server.replies[f"/manifest-{version}{ending}"] = reply


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [("search", "zz"), ("plan", "zz"), ("plan", "zz", "gone")])
def test_a_server_that_does_not_answer_is_asked_once(
    words: tuple[str, ...],
    kind: str,
    server: Loopback,
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One request and one warning in a run, whatever the run asks afterwards; the rest goes on."""
    serve_all(server, KINDS[kind](server))
    near = RocksServer(tmp_path / "near").add("zz 1-1").publish()
    config = root / "etc/luarocks/config-5.4.lua"
    config.write_text(f'rocks_servers = {{ "{server.url}", "{near}" }}\n{config.read_text()}')
    status = main([*words, "--root", str(root), "--lua-version", "5.4"])
    told = capsys.readouterr()
    assert server.paths() == ["/manifest-5.4.json"]
    assert server.connections == 1
    assert told.err.count(server.url) == 1
    assert status == (1 if "gone" in words else 0)
    assert "zz" in told.out + told.err


def test_what_the_configuration_says_is_the_limit(
    server: Loopback, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Headers that dribble are part of the time for an answer, not of that for the file."""
    serve_all(server, dribbled_headers(server))
    common = ["--root", str(root), "--lua-version", "5.4", "--distro", "never"]
    assert main(["search", "zz", "--only-server", server.url, *common]) == 3
    assert f"more than {SECONDS:g} seconds" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_of_a_large_file_makes_nobody_wait(kind: str, server: Loopback) -> None:
    """A file of many bytes may take long only while its bytes come."""
    server.replies["/a"] = KINDS[kind](server)
    with pytest.raises(ServerError) as caught:
        Web(seconds=SECONDS).fetch(f"{server.url}/a", limit=1 << 40)
    assert caught.value.is_down


def test_a_clock_gives_time_for_bytes_that_come() -> None:
    """Seconds for the answer, as many for the body, and one for each ``SLOWEST`` bytes of it."""
    times = [100.0]
    clock = Clock(30, 600 * PACE, now=lambda: times[0])
    times[0] += 29
    clock.begin_body()
    times[0] += 30
    assert not clock.is_late(0)
    times[0] += 10
    assert clock.is_late(9 * SLOWEST)
    assert not clock.is_late(11 * SLOWEST)
    times[0] = 100.0 + 30 + 600
    assert not clock.is_late(1000 * SLOWEST)
    times[0] += 1
    assert clock.is_late(1000 * SLOWEST)
