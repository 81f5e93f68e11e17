"""``distrorocks verify`` prints findings with their fix, and exits with 1 while there are any."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main

SPEC = "/usr/lib/luarocks/rocks-5.3/penlight/1.13.1-1/penlight-1.13.1-1.rockspec"


def test_a_clean_tree_is_status_0(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed to stdout."""
    assert main(["verify", "--root", root]) == 0
    assert capsys.readouterr() == ("", "3 rocks: no findings\n")


def test_a_finding_is_status_1_and_a_repair_0(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry repair prints what it would do and leaves the finding; a repair leaves none."""
    Path(root + SPEC).unlink()
    assert main(["verify", "--root", root]) == 1
    told = capsys.readouterr()
    assert told.out.startswith(f"missing: {SPEC}\n   expected: MD5 ")
    assert told.out.endswith("   found: no file\n   hint: distrorocks verify --repair\n")
    assert told.err == "3 rocks: 1 finding\n"
    assert main(["verify", "--root", root, "--repair", "--dry-run"]) == 1
    assert f"repair: would write {SPEC}: " in capsys.readouterr().out
    assert main(["verify", "--root", root, "--repair"]) == 0
    assert f"repair: write {SPEC}: " in capsys.readouterr().out


def test_programs_have_every_field(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The report has findings, and what a repair changed."""
    Path(root + SPEC).unlink()
    assert main(["verify", "--root", root, "--json", "--lua-version", "5.3"]) == 1
    report = json.loads(capsys.readouterr().out)
    (finding,) = report["findings"]
    assert set(finding) == {"kind", "place", "expected", "found", "hint", "repairable"}
    assert (finding["kind"], finding["place"], finding["repairable"]) == ("missing", SPEC, True)
    assert (report["repaired"], report["rocks"]) == (None, 2)
    assert main(["verify", "--root", root, "--json", "--repair"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [it["path"] for it in report["repaired"]] == [SPEC]


def test_a_dry_run_of_nothing_is_an_error(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Verify alone changes nothing anyway."""
    assert main(["verify", "--root", root, "--dry-run"]) == 2
    assert "--dry-run requires --repair" in capsys.readouterr().err
