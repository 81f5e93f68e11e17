"""``make-manifest`` of a server's folder, as it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.serve.folder.folders import rockspec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one rockspec."""
    directory = tmp_path / "server"
    directory.mkdir()
    rockspec(directory, "foo")
    return directory


def test_each_directory_is_announced_and_faults_are_warnings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is no rock is named with its path and the reason; the status is 0."""
    (folder / "x.rock").write_text("")
    assert main(["make-manifest", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"Making manifest for {folder}\n"
    assert printed.err.startswith(f"warning: {folder}/x.rock: not listed: its name is not ")


def test_the_report_can_be_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the files written, those not listed, and the number of rocks."""
    assert main(["make-manifest", str(folder), "--json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)
    assert made["written"][-1] == f"{folder}/manifest"
    assert (made["directory"], made["rocks"], made["unread"]) == (str(folder), 1, [])


def test_the_address_stands_on_the_page(folder: Path) -> None:
    """A folder for one Lua version below has its own name after it."""
    (folder / "5.4").mkdir()
    rockspec(folder / "5.4", "bar")
    (folder / "foo-1.0-1.rockspec").unlink()
    assert main(["make-manifest", str(folder), "--url", "https://rocks.example/"]) == 0
    page = (folder / "5.4/index.html").read_text()
    assert "--server=https://rocks.example/5.4</span> bar" in page


@pytest.mark.parametrize(
    "words",
    [["--url", "https://a/$(id)"], ["--url", "nowhere"], ["--root", "/usr"]],
)
def test_wrong_options_are_usage_errors(folder: Path, words: list[str]) -> None:
    """Nothing is written then."""
    assert main(["make-manifest", str(folder), *words]) == 2
    assert not (folder / "manifest").exists()


def test_a_tree_has_no_address() -> None:
    """The option is refused there."""
    assert main(["make-manifest", "--local-tree", "--url", "https://rocks.example"]) == 2
