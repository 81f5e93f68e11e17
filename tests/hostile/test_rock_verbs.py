"""Hostile rocks that are unpacked, added to a server or audited: nothing of them is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.exit_status import DONE, FAILED, FINDINGS
from distrorocks.serve.folder.publish import publish
from tests.hostile.test_rocks import CASES

SERVER = "server"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a directory with the folder of a server, and return it."""
    place = tmp_path / "home" / "here"
    (place / SERVER).mkdir(parents=True)
    monkeypatch.chdir(place)
    publish(SERVER)
    return place


def held(top: Path) -> dict[Path, bytes]:
    """Return all files below a directory."""
    return {path: path.read_bytes() if path.is_file() else b"" for path in top.rglob("*")}


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("number", range(len(CASES)), ids=CASES)
def test_it_is_refused_and_nothing_is_written(
    number: int, here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``unpack`` and ``add`` refuse it in turn; ``audit`` reads it, or refuses it as an archive."""
    arch, content, _ = list(CASES.values())[number]
    name = f"evil-1.0-1.{arch}.rock"
    (here / name).write_bytes(content)
    before = held(tmp_path)
    words = ["add", name, "--server", SERVER] if number % 2 else ["unpack", name]
    assert main(words) == FAILED
    assert name in capsys.readouterr().err
    assert main(["audit", name, "--lua-version", "5.4"]) in (DONE, FINDINGS, FAILED)
    assert "Traceback" not in capsys.readouterr().err
    assert held(tmp_path) == before
