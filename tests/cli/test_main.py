"""The door: verbs, errors, exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.cli import main as main_module
from distrorocks.cli.main import main
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.system.processes.interruption import Interruption
from tests.builders import debian


def test_every_verb_has_a_summary_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    """`distrorocks --help` lists each verb, and each verb explains its words."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    overview = capsys.readouterr().out
    for verb, summary in SUMMARIES.items():
        assert verb in overview
        with pytest.raises(SystemExit) as left:
            main([verb, "--help"])
        assert left.value.code == 0
        told = capsys.readouterr().out
        assert "usage: distrorocks" in told
        assert summary[1:20] in told


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["refresh", "--mode", "huge"],
        ["refresh", "--lua-version", "4"],
        ["refresh", "--frob"],
        ["--frob", "refresh"],
        ["lint"],
    ],
)
def test_usage_errors_have_their_own_status_and_a_hint(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage errors exit 2, and say where to read more."""
    try:
        status = main(words)
    except SystemExit as left:
        status = int(str(left.code))
    assert status == 2
    told = capsys.readouterr()
    assert told.err.startswith("error: ")
    assert "hint: " in told.err
    assert told.out == ""


def test_help_before_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """It is about the verb, as behind it."""
    told = []
    for words in (["--help", "why"], ["-h", "why"], ["help", "why"], ["why", "--help"]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0
        told.append(capsys.readouterr().out)
    assert len(set(told)) == 1
    assert told[0].startswith("usage: distrorocks why")


def test_path_takes_the_option_of_older_luarocks(capsys: pytest.CaptureFixture[str]) -> None:
    """`eval $(luarocks path --bin)` stands in many a profile; PATH is printed anyway."""
    for words in (["path", "--bin"], ["path"]):
        assert main([*words, "--lua-version=5.4"]) == 0
        assert "export PATH=" in capsys.readouterr().out


def test_luarocks_underscores_are_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """make_manifest is make-manifest; with nothing to write it says so in LuaRocks' words."""
    assert main(["make_manifest", str(tmp_path / "no")]) == 3
    assert "Cannot access repository at" in capsys.readouterr().err


def test_a_root_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, but what is wrong and what to do."""
    assert main(["refresh", "--root", "/nonexistent"]) == 3
    assert "error: --root /nonexistent is not a directory\nhint: " in capsys.readouterr().err


def test_nothing_that_is_printed_can_steer_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of strangers are printed with their control characters written out."""
    rocks_dir = tmp_path / "lib/luarocks/rocks-5.4"
    (rocks_dir / "\x1b[31mred" / "1-1").mkdir(parents=True)
    assert main(["make-manifest", "--local-tree", f"--tree={tmp_path}"]) == 0
    told = capsys.readouterr()
    assert "\x1b" not in told.err + told.out
    assert "\\x1b[31mred" in told.err


def test_refresh_reports_for_people_and_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run in JSON has the changes; the run then counts them, the next has none."""
    root = str(debian(tmp_path).root)
    assert main(["refresh", "--root", root, "--dry-run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report["changes"]) == 8
    assert {rock["rock"] for rock in report["published"]} == {"lpeg", "penlight"}
    assert main(["refresh", "--root", root]) == 0
    assert "changed 8 files" in capsys.readouterr().out
    assert main(["refresh", "--root", root]) == 0
    assert "changed no files" in capsys.readouterr().out


def test_scan_lists_each_package_with_its_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People see why, programs get the fields."""
    machine = debian(tmp_path)
    machine.install("lua-curl", {"/usr/share/lua/5.1/curl.lua": ""}, version="0.3.0-9")
    root = str(machine.root)
    assert main(["scan", "--root", root]) == 0
    told = capsys.readouterr().out
    assert "lua-lpeg 1.0.2-2: lpeg 1.0.2-" in told
    assert "not published: " in told
    assert main(["scan", "--root", root, "--json"]) == 0
    rocks = json.loads(capsys.readouterr().out)["rocks"]
    (curl,) = [rock for rock in rocks if rock["package"] == "lua-curl"]
    assert not curl["published"]
    assert curl["why_not"]
    assert main(["scan", "--root", root, "--porcelain"]) == 0
    assert {line.split("\t")[0] for line in capsys.readouterr().out.splitlines()} == {
        "lua-curl",
        "lua-lpeg",
        "lua-penlight",
    }


def test_verbose_tells_each_change_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written is reported with the package that asks for it."""
    root = str(debian(tmp_path).root)
    assert main(["refresh", "--root", root, "--verbose"]) == 0
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("write /usr/lib/luarocks/rocks-5.3/lpeg/")
    assert ": lua-lpeg 1.0.2-2 is lpeg" in line


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words", ["verify --help", "--help", "--version", "config --lua-version=5.4"]
)
def test_streams_that_are_closed_or_full_end_well(
    words: str, unbuffered: str, tmp_path: Path
) -> None:
    """What cannot be told is an error, help as well; nothing is written into other files."""
    program = f"PYTHONUNBUFFERED={unbuffered} {sys.executable} -m distrorocks {words}"
    closed = shell(f"{program} >&-", tmp_path)
    assert (closed.returncode, closed.stdout) == (0, b"")
    assert b"Traceback" not in closed.stderr
    full = shell(f"{program} >/dev/full", tmp_path)
    assert b"Exception" not in full.stderr
    assert b"Traceback" not in full.stderr
    assert full.returncode == 3
    assert b"error: cannot write the output: No space left on device\nhint: " in full.stderr


@pytest.mark.parametrize("words", ["make-manifest .", "scaffold x.rock", "make", "pack x"])
def test_a_working_directory_that_is_gone_is_named(words: str, tmp_path: Path) -> None:
    """Whatever first asks for it, no error is just that a file does not exist."""
    program = f"{sys.executable} -m distrorocks {words}"
    (tmp_path / "gone").mkdir()
    gone = shell(
        f"cd {tmp_path}/gone && rmdir ../gone && PYTHONPATH={os.getcwd()} {program}", tmp_path
    )
    assert gone.returncode == 3
    assert gone.stderr.decode().splitlines() == [
        "error: cannot determine the working directory: No such file or directory",
        "hint: change to an existing directory and try again",
    ]


def shell(text: str, home: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a shell with buffered streams."""
    here = {**os.environ, "PYTHONUNBUFFERED": "", "HOME": str(home)}
    return subprocess.run(["sh", "-c", text], capture_output=True, check=False, env=here)


def test_a_missing_library_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the package that has it; a part of ours that is missing is a fault of ours."""

    def missing(name: str) -> Callable[..., int]:
        def run(*_: object) -> int:
            raise ModuleNotFoundError("no", name=name)

        return run

    monkeypatch.setattr(main_module, "_run", missing("license_expression.x"))
    assert main(["lint"]) == 3
    assert "install the package python3-license-expression" in capsys.readouterr().err
    monkeypatch.setattr(main_module, "_run", missing("distrorocks.x"))
    with pytest.raises(ModuleNotFoundError):
        main(["lint"])


@pytest.mark.parametrize(
    ("error", "told"), [(MemoryError(), "out of memory"), (RecursionError(), "too deeply")]
)
def test_what_no_limit_has_stopped_is_a_message(
    error: Exception,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither is a traceback; the hint asks for a report."""

    def run(*_: object) -> int:
        raise error

    monkeypatch.setattr(main_module, "_run", run)
    assert main(["scan"]) == 3
    said = capsys.readouterr().err
    assert told in said
    assert "report a bug" in said


def test_an_interruption_that_turned_into_another_error_is_one_still(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """argparse, for one, fails in its own cleaning up where an interruption comes in between."""

    def interrupted(*_: object) -> int:
        try:
            raise Interruption(signal.SIGTERM)
        finally:
            raise AttributeError("save_nargs")

    monkeypatch.setattr(main_module, "_run", interrupted)
    monkeypatch.setattr(sys, "argv", ["distrorocks", "list"])
    assert main() == 143
    assert capsys.readouterr().err == "error: interrupted by SIGTERM\n"


def test_a_report_cut_short_has_a_status_of_its_own(tmp_path: Path) -> None:
    """Nobody takes the silence after `head` for a clean bill: it is SIGPIPE's status."""
    program = f"{sys.executable} -m distrorocks config --lua-version=5.4"
    words = f"({program}; echo $? >{tmp_path}/status) | true"
    shell(words, tmp_path)
    assert (tmp_path / "status").read_text() == "141\n"
