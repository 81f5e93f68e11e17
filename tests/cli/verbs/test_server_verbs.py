"""``add``, ``remove --server`` and ``serve`` as they are run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from distrorocks.cli.main import main
from tests.serve.folder.folders import rockspec
from tests.serve.folder.test_publish import listed

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder."""
    directory = tmp_path / "server"
    directory.mkdir()
    return directory


def test_files_are_added_and_removed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is reported by its name."""
    paths = [str(rockspec(tmp_path, name)) for name in ("one", "two")]
    assert main(["add", *paths, "--server", str(folder)]) == 0
    assert capsys.readouterr().out == "Added: one-1.0-1.rockspec\nAdded: two-1.0-1.rockspec\n"
    assert main(["remove", "one", "1.0-1", "--server", str(folder)]) == 0
    assert capsys.readouterr().out == "Removed: one-1.0-1.rockspec\n"
    assert listed(folder) == {"two"}


def test_the_report_of_adding_can_be_json(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What of the server is not listed is in it."""
    (folder / "x.rock").write_text("")
    words = ["add", str(rockspec(tmp_path, "one")), "--server", str(folder), "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["added"], found["rocks"]) == (["one-1.0-1.rockspec"], 1)
    assert [each["name"] for each in found["unlisted"]] == ["x.rock"]


def test_the_configuration_names_the_server(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --server it is upload_server."""
    config = tmp_path / "config.lua"
    config.write_text(f'upload_server = "{folder}"\n')
    monkeypatch.setenv("LUAROCKS_CONFIG", str(config))
    assert main(["add", str(rockspec(tmp_path, "one"))]) == 0
    assert listed(folder) == {"one"}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["remove", "one", "1.0-1"], 1),
        (["remove", "one"], 2),
        (["add", "none-1-1.rockspec"], 3),
        (["add", "/etc/passwd"], 2),
    ],
)
def test_the_status_says_what_is_wrong(folder: Path, words: list[str], status: int) -> None:
    """1 for an answer of no, 2 for the command line, 3 for what failed."""
    assert main([*words, "--server", str(folder)]) == status


def test_serving_ends_with_ctrl_c(folder: Path) -> None:
    """With status 0; the address is printed at once, with the warning that it is for trying."""
    (folder / "index.html").write_text("hello")
    words = [sys.executable, "-m", "distrorocks", "serve", str(folder), "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, text=True, cwd=CHECKOUT, **pipes) as process:  # type: ignore[call-overload]
        try:
            line = process.stdout.readline()
            url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            with urlopen(url, timeout=20) as answer:  # noqa: S310 - on the loopback interface
                assert answer.read() == b"hello"
            os.kill(process.pid, signal.SIGINT)
            _, told = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert told.startswith("warning: this server is for trying a folder on this machine")
    assert '"GET / HTTP/1.1" 200' in told


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_is_a_number(folder: Path, port: str) -> None:
    """Else the status is that of a wrong command line."""
    try:
        status = main(["serve", str(folder), "--port", port])
    except SystemExit as end:
        status = int(str(end.code))
    assert status == 2
