"""A hostile server gets one line that names it, in bounded time, and nothing else."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.servers import http
from tests.effort import little_time
from tests.loopback import Loopback, Reply, answer, hasty_web, raw, running

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def bomb() -> bytes:
    """Return a manifest that is zipped from a hundred megabytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest-5.4", b" " * 100_000_000)
    return stream.getvalue()


ATTACKS: dict[str, tuple[str, Reply]] = {
    "garbage": ("", raw(b"\x00\xff\x00 what?\r\n\r\n")),
    "an error page": ("", answer(200, b"<html>503</html>")),
    "an error": ("", answer(500)),
    "a manifest that computes": ("", answer(200, b"while true do end")),
    "a manifest that runs programs": ("", answer(200, b"os.execute('touch /tmp/evil')")),
    "compiled Lua": ("", answer(200, b"\x1bLuaS\x00")),
    "no end": ("", raw(HEAD, *[b"x" * 65536] * 1000)),
    "a length past all reason": ("", answer(200, b"", {"Content-Length": "1" * 18})),
    "a body cut short": ("", answer(200, b"x", {"Content-Length": "100", "Connection": "close"})),
    "deep JSON": (".json", answer(200, b"[" * 1_000_000)),
    "JSON of another kind": (".json", answer(200, b'{"repository": 7}')),
    "a zip bomb": (".zip", answer(200, bomb())),
    "no zip": (".zip", answer(200, b"PK\x03\x04 not really")),
    "a circle": ("", answer(302, headers={"Location": "/manifest-5.4"})),
    "a way to our files": ("", answer(302, headers={"Location": "file:///etc/passwd"})),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(http, "Web", hasty_web)
    with running() as found:
        yield found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root whose configuration keeps its cache to itself."""
    (tmp_path / "root/etc/luarocks").mkdir(parents=True)
    config = f'local_cache = "{tmp_path}/cache"\n'
    (tmp_path / "root/etc/luarocks/config-5.4.lua").write_text(config)
    return tmp_path / "root"


def words(root: Path, server: Loopback) -> list[str]:
    """Return a search of one server."""
    common = ["--root", str(root), "--lua-version", "5.4", "--porcelain", "--distro", "never"]
    return ["search", "zz", "--only-server", server.url, *common]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_one_line(
    attack: str, server: Loopback, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the server, prints no result and no trace, and is over soon.

    That no server could be asked is said once more, with what to do.
    """
    ending, reply = ATTACKS[attack]
    server.replies[f"/manifest-5.4{ending}"] = reply
    began = time.monotonic()
    assert main(words(root, server)) == 3
    assert time.monotonic() - began < 150
    told = capsys.readouterr()
    assert told.out == ""
    line, error, hint = told.err.splitlines()
    assert server.url in line
    assert line.isprintable()
    assert error.startswith("error: no rocks server could be asked")
    assert hint.startswith("hint: ")


def test_names_and_versions_cannot_steer_a_terminal(
    server: Loopback, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escapes in a manifest are left out with what they stand in."""
    text = b'repository={["zz\\27[2J"]={["1-1"]={{arch="src"}}},zz={["1-1"]={{arch="src\\n"}}}}'
    server.serve("/manifest-5.4", text)
    assert main(words(root, server)) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "\x1b" not in told.err


def test_many_versions_are_listed_soon(
    server: Loopback, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hundred thousand of one rock."""
    listed = ",".join(f'["{number}-1"]={{{{arch="src"}}}}' for number in range(100_000))
    server.serve("/manifest-5.4", f"repository={{zz={{{listed}}}}}".encode())
    with little_time(30):
        assert main(words(root, server)) == 0
        assert capsys.readouterr().out.count("\n") == 100_000
