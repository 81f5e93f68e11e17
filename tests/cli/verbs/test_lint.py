"""``distrorocks lint`` reports every file, and its exit status is LuaRocks' verdict."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from distrorocks.cli.verbs.lint import add_arguments, run

SOUND = """
package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
description = { summary = "s", homepage = "https://example.org", license = "MIT" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = {} }
"""


def rockspec(folder: Path, line: str = "") -> str:
    """Return the path of a rockspec, sound but for ``line``."""
    folder.mkdir(exist_ok=True)
    path = folder / "foo-1.0-1.rockspec"
    path.write_bytes((SOUND + line).encode("utf-8", "surrogateescape"))
    return str(path)


def status(*words: str) -> int:
    """Return the exit status of the verb with these words after it."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(words))


def test_a_valid_file_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As with ``luarocks lint``, there is no output and the exit status is 0."""
    assert status(rockspec(tmp_path)) == 0
    assert capsys.readouterr().out == ""


def test_warnings_count_only_when_strict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are printed in any case."""
    path = rockspec(tmp_path, "source.md5 = 'x'")
    assert status(path) == 0
    assert status("--strict", path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{path}: warning: source.md5: ")
    assert lines[1].startswith("hint: ")


def test_one_bad_file_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every file has its lines, and one that is not there is exit status 3."""
    bad = rockspec(tmp_path / "a", "other = 1 another = 2")
    missing = str(tmp_path / "none-1.0-1.rockspec")
    assert status(bad, missing, rockspec(tmp_path / "b")) == 3
    lines = [line for line in capsys.readouterr().out.splitlines() if "error: " in line]
    assert [line.partition(": ")[0] for line in lines] == [bad, bad, missing]


def test_json_has_each_file_with_its_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault has its path, rule and cure, and what LuaRocks says."""
    path = rockspec(tmp_path, "other = 1")
    assert status("--json", path) == 1
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["file"], report["ok"], report["warnings"]) == (path, False, [])
    assert report["faults"] == [
        {
            "path": "other",
            "rule": "is not a field of rockspec format 1.0",
            "fix": "remove it",
            "luarocks": "Unknown field other (using rockspec format 1.0)",
        }
    ]


def test_a_file_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters and stray bytes are printed as escapes."""
    path = rockspec(tmp_path, "version = '\\27[2J\udcff'")
    assert status(path) == 1
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert "\\x1b[2J\\udcff" in out


def test_a_rockspec_that_computes_is_evaluated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the strict parser declines goes to the jail."""
    path = rockspec(tmp_path, "for i = 1, 2 do dependencies[i] = ('lua >= 5.%d'):format(i) end")
    assert status(path) == 0, capsys.readouterr().out


def test_the_place_of_an_error_is_shown_on_lines_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are indented, so that no name in them passes for a message."""
    path = tmp_path / "foo-1.0-1.rockspec"
    path.write_text("package = = 1\n")
    assert status(str(path)) == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  line 1, column 11:",
        "    package = = 1",
        "              ^",
    ]
