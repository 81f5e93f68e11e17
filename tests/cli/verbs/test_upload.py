"""``upload`` against a server of this machine: keys, dry runs, and what is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.loopback import Loopback, running

NEW = {"is_new": True, "manifests": [1], "version": {"id": 7}, "module_url": "https://x/a"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    """A server that takes a rock with the key K, and a home with a rockspec."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("a-1.0-1.rockspec").write_text(
        'package = "a"\nversion = "1.0-1"\nsource = { url = "git+https://example.org/a.git" }\n'
        'build = { type = "builtin", modules = { a = "a.lua" } }\n'
    )
    with running() as found:
        found.serve("/api/1/K/status", b"{}")
        found.serve("/api/1/K/check_rockspec?package=a&version=1.0-1", b"{}")
        found.serve("/api/1/K/upload", json.dumps(NEW).encode())
        yield found


def upload(server: Loopback, *words: str) -> int:
    """Run the verb for the rockspec alone."""
    return main(["upload", "a-1.0-1.rockspec", "--skip-pack", f"--server={server.url}", *words])


def kept(folder: Path) -> list[Path]:
    """Return the files that keep a key."""
    return list(folder.rglob("upload_config.lua"))


def test_a_key_is_kept_once_it_is_known_to_be_good(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next run needs none; a wrong one is not kept."""
    assert upload(server, "--api-key=wrong") == 3
    assert kept(tmp_path) == []
    assert upload(server, "--api-key=K") == 0
    (path,) = kept(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert upload(server) == 0
    assert len(server.posted) == 2
    told = capsys.readouterr()
    assert told.out == "Done: https://x/a\n" * 2
    assert "wrong" not in told.err
    path.chmod(0o644)
    assert upload(server) == 0
    assert f"chmod 600 {path}" in capsys.readouterr().err


def test_a_key_for_one_run_is_not_kept(server: Loopback, tmp_path: Path) -> None:
    """As in LuaRocks."""
    assert upload(server, "--temp-key=K") == 0
    assert kept(tmp_path) == []


def test_without_a_key_the_hint_says_where_to_get_one(
    server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is asked."""
    assert upload(server) == 2
    assert f"{server.url}/settings" in capsys.readouterr().err
    assert server.asked == []


def test_a_dry_run_sends_nothing(server: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    """It needs no key, and names the files with their sizes."""
    size = Path("a-1.0-1.rockspec").stat().st_size
    assert upload(server, "--dry-run") == 0
    assert capsys.readouterr().out == (
        f"would send to {server.url}: a 1.0-1\n  a-1.0-1.rockspec ({size} bytes)\n"
    )
    assert upload(server, "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)["would_send"] == ["a-1.0-1.rockspec"]
    assert server.asked == []


def test_a_report_for_programs(server: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    """Files, page, server and warnings, and nothing else on stdout."""
    assert upload(server, "--temp-key=K", "--json") == 0
    told = capsys.readouterr()
    assert {k: v for k, v in json.loads(told.out).items() if k != "schema"} == {
        "files": ["a-1.0-1.rockspec"],
        "page": "https://x/a",
        "warnings": [],
        "server": server.url,
    }
    assert told.err == ""
