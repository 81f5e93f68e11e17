"""docs/limits.md says what the code says, and knows every limit that there is."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "distrorocks"
_FIGURE = re.compile(r"(?P<number>[0-9][0-9,]*)(?: (?P<unit>KiB|MiB|GiB))?")
_UNITS = {None: 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_LIMIT = re.compile(
    r"^(?P<name>_?(?:MOST|MAX|LONGEST|LARGEST)_[A-Z_]+|[A-Z_]*(?:LIMIT|MOST_BYTES)|_LONGEST) *=",
    re.MULTILINE,
)
_ROOMS = ("lua", "servers", "sources", "system", "jobs")

OWN = {
    *("_MOST_TOLD", "_MOST_NOISE", "_MOST_DIGITS", "_MOST_NAMES", "_MOST_NODE", "_MOST_HANDLES"),
    *("_MOST_PROCESSES", "MAX_INTEGER"),
}
"""Names of what bounds our own messages, numbers and helpers, and no input."""

ELSEWHERE = {
    "system/files/atomic_file:_MOST_BYTES": "of the name of a file that we write",
    "packaging/merge/pristine:_MOST_FOLDERS": "of ours to look through for a stored render",
    "packaging/source/members:_MOST_TEXTS": "after all bytes are bounded",
    "packaging/source/members:_MOST_PAGES": "after all bytes are bounded",
}
"""Limits that no row is about, with the reason."""


class Row(NamedTuple):
    """One limit of the page."""

    input: str
    limit: str
    beyond: str
    constant: str


def rows() -> list[Row]:
    """Return the rows of all tables."""
    lines = (TOP / "docs/limits.md").read_text().splitlines()
    cells = [[each.strip() for each in line.strip("|").split("|")] for line in lines if "`" in line]
    return [Row(*each) for each in cells if len(each) == 4]


ROWS = rows()


def value_of(constant: str) -> object:
    """Return the value of ``file:NAME`` or ``file:CLASS.field``."""
    file, _, name = constant.strip("`").partition(":")
    is_ours = (PACKAGE / f"{file}.py").is_file()
    module = importlib.import_module(f"distrorocks.{file.replace('/', '.')}" if is_ours else file)
    owner, _, field = name.partition(".")
    found: object = getattr(module, owner)
    return found._field_defaults[field] if field else found  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.constant.strip("`"))
def test_a_figure_is_that_of_the_code(row: Row) -> None:
    """Number and unit are the value of the constant; what happens beyond is said."""
    figure = _FIGURE.match(row.limit)
    assert figure, f"{row.limit} is no figure"
    number = int(figure["number"].replace(",", "")) * _UNITS[figure["unit"]]
    assert number == value_of(row.constant)
    assert row.input
    assert row.beyond


def test_no_constant_has_two_rows() -> None:
    """So a figure has one place."""
    named = [row.constant for row in ROWS]
    assert len(named) == len(set(named)) > 60


@pytest.mark.parametrize("room", _ROOMS)
def test_every_limit_has_a_row(room: str) -> None:
    """A constant that is named like a limit stands in the page, or in this file with a reason."""
    known = {row.constant.strip("`") for row in ROWS} | ELSEWHERE.keys()
    missing = [
        constant
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for found in _LIMIT.finditer(path.read_text())
        if found["name"] not in OWN
        and (constant := f"{path.relative_to(PACKAGE).with_suffix('')}:{found['name']}")
        not in known
    ]
    assert not missing, f"add a row to docs/limits.md for each of {missing}"
