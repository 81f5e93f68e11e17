"""The table has what misses its aim first, and the other forms have the same figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.measure import Case, Figures, Run, contains


def figures(name: str, ours: float, peer: float, *, aim: float = 0, size: int = 10) -> Figures:
    """Return the figures of one round."""
    case = Case(name, size, {}, contains(), aim=aim)
    return Figures(case, {"ours": [Run(ours, ours)], "peer": [Run(peer, peer)]}, {"ours": 1})


FOUND = [
    figures("no aim", 1, 1),
    figures("reached", 1, 4, aim=2),
    figures("far from it", 4, 1, aim=2),
    figures("near it", 1, 1, aim=2),
]


def test_what_misses_its_aim_by_most_comes_first() -> None:
    """Then what misses it by less, what reaches it, and what has none; the sum says how many."""
    header, *rows, last = report.table(FOUND)
    assert header == report.HEADER
    names = [row[:30].strip() for row in rows]
    assert names == ["far from it", "near it", "reached", "no aim"]
    assert ["MISSED" in row for row in rows] == [True, True, False, False]
    assert last == "2 of 3 cases with an aim miss it; 1 have none"


def test_the_document_has_every_run() -> None:
    """All runs can be read again, with the machine and the aims."""
    document = json.loads(report.document(FOUND))
    assert document["machine"]["processors"] >= 1
    case = document["cases"][2]
    assert (case["name"], case["aims"]["peer"], case["peer_by_ours"]["cpu"]) == (
        "far from it",
        2,
        0.25,
    )
    assert case["runs"]["peer"] == [{"wall": 1, "cpu": 1}]


def test_the_drawing_has_a_panel_for_each_case_of_several_sizes(tmp_path: Path) -> None:
    """One size makes no line, so it has no panel."""
    pytest.importorskip("matplotlib")
    found = [figures("grows", 1, 2, size=10), figures("grows", 2, 9, size=100), FOUND[1]]
    path = tmp_path / "drawing.svg"
    report.draw(found, path)
    text = path.read_text()
    assert text.count("<!-- grows -->") == 1
    assert "<!-- reached -->" not in text
    again = tmp_path / "again.svg"
    report.draw(found, again)
    assert again.read_text() == text


def test_without_matplotlib_the_error_says_what_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures have been printed by then."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(report, "import_module", missing)
    with pytest.raises(report.NoDrawing, match="make benchmark installs it"):
        report.draw(FOUND, tmp_path / "drawing.svg")
