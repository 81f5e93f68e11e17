"""External dependencies are read with only what they ask for."""

from __future__ import annotations

from distrorocks.rocks.dependency import ExternalDependency, external_dependencies


def test_entries_come_by_name_with_the_files_they_ask_for() -> None:
    """What an entry does not ask for is None, and is not written."""
    zlib, python = external_dependencies(
        {"ZLIB": {"header": "zlib.h", "library": "z"}, "PYTHON": {"program": "python3"}}
    )[::-1]
    assert zlib == ExternalDependency("ZLIB", header="zlib.h", library="z")
    assert zlib.to_table() == {"header": "zlib.h", "library": "z"}
    assert python.program == "python3"
    assert python.header is None


def test_what_is_no_entry_is_passed_over() -> None:
    """Leftovers that tolerant reading lets through do no harm."""
    assert external_dependencies({1: {}, "X": "y"}) == ()
    (entry,) = external_dependencies({"X": {"header": 1, "program": {}, "library": "x"}})
    assert entry == ExternalDependency("X", library="x")
