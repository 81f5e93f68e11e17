"""The conformance run can be trusted: it sees a difference, and says where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent

VERSION: dict[str, Any] = {
    "version": "1.0-1",
    "parsed": {"parts": [1, 0], "revision": 1, "string": "1.0-1"},
}
MANIFEST: dict[str, Any] = {
    "file": "manifest",
    "status": "ok",
    "value": {"modules": {"a": ["a/1.0-1"]}},
}


def run(corpus: Path) -> subprocess.CompletedProcess[str]:
    """Return the finished run on a corpus."""
    return subprocess.run(
        [sys.executable, "-m", "integration.conformance", str(corpus)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of one version and one manifest, on both of which LuaRocks agrees."""
    (tmp_path / "oracle").mkdir()
    state(tmp_path, "versions_parsed.jsonl", VERSION)
    state(tmp_path, "manifests.jsonl", MANIFEST)
    (tmp_path / "manifest").write_text('modules = {\n   a = {\n      "a/1.0-1"\n   }\n}\n')
    return tmp_path


def state(corpus: Path, oracle: str, row: dict[str, Any]) -> None:
    """Make ``row`` all that an oracle file says."""
    (corpus / "oracle" / oracle).write_text(json.dumps(row) + "\n")


def test_agreement_is_exit_status_0(corpus: Path) -> None:
    """Each oracle file has its line, and what the corpus lacks is said."""
    finished = run(corpus)
    assert finished.returncode == 0, finished.stdout
    assert "4 agreed, 0 differed" in finished.stdout
    assert "oracle/versions.jsonl: " in finished.stdout


def test_a_packed_corpus_is_unpacked(corpus: Path) -> None:
    """An archive of the folder is as good as the folder."""
    archive = corpus / "corpus.tar.xz"
    subprocess.run(["tar", "-cJf", archive, "-C", corpus, "oracle", "manifest"], check=True)
    assert run(archive).returncode == 0


@pytest.mark.parametrize(
    ("oracle", "row"),
    [
        ("versions_parsed.jsonl", {**VERSION, "parsed": {**VERSION["parsed"], "revision": 2}}),
        ("versions_parsed.jsonl", {**VERSION, "parsed": {**VERSION["parsed"], "parts": [1.0, 0]}}),
        ("manifests.jsonl", {**MANIFEST, "value": {"modules": {}}}),
        ("manifests.jsonl", {**MANIFEST, "status": "error"}),
    ],
)
def test_a_difference_is_exit_status_1(corpus: Path, oracle: str, row: dict[str, Any]) -> None:
    """One different value, even 1.0 for 1, is seen and shown."""
    state(corpus, oracle, row)
    finished = run(corpus)
    assert finished.returncode == 1
    assert "    differed: " in finished.stdout


def test_bytes_that_luarocks_would_not_write_differ(corpus: Path) -> None:
    """A manifest in LuaRocks' form must be ours byte for byte."""
    (corpus / "manifest").write_text('modules = {\n   ["a"] = {\n      "a/1.0-1"\n   }\n}\n')
    finished = run(corpus)
    assert finished.returncode == 1
    assert "manifests.jsonl: bytes:            0 agreed, 1 differed" in finished.stdout


def test_a_folder_that_is_no_corpus_is_an_error(tmp_path: Path) -> None:
    """It is told without a traceback."""
    finished = run(tmp_path)
    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
