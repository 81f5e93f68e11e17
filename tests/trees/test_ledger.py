"""The list of what distrorocks wrote."""

from __future__ import annotations

import json

import pytest

from distrorocks.trees.ledger import FORMAT, Ledger, LedgerError, is_plain

TREE = "/usr/lib/luarocks/rocks-5.1"
SOUND = {"format": FORMAT, "files": {f"{TREE}/manifest": "0"}, "directories": [TREE]}


def test_a_ledger_survives_being_stored() -> None:
    """JSON keeps every path, also those that are not UTF-8."""
    ledger = Ledger({f"{TREE}/\udcff/1-1/rock_manifest": "0"}, frozenset({TREE, "/usr/lib"}))
    assert Ledger.from_json(json.loads(json.dumps(ledger.to_json()))) == ledger


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"files": None},
        {"files": {"relative": "0"}},
        {"files": {"/a/../etc/passwd": "0"}},
        {"files": {"/a//b": "0"}},
        {"files": {"/a\0": "0"}},
        {"files": {f"{TREE}/manifest": 5}},
        {"files": {"/etc/shadow": "0"}},
        {"files": {f"{TREE}/lpeg/1-1/x.so": "0"}},
        {"files": {f"{TREE}/lpeg/1-1/other-1-1.rockspec": "0"}},
        {"files": {f"{TREE}/lpeg/rock_manifest": "0"}},
        {"files": {"/usr/lib/luarocks/rocks-/manifest": "0"}},
        {"files": {"/usr/lib/luarocks/rocks-5.1": "0"}},
        {"directories": ["/etc"]},
        {"directories": ["/usr/lib/lua"]},
        {"directories": ["/.."]},
        {"directories": {}},
    ],
)
def test_what_is_no_ledger_is_refused(change: dict[str, object]) -> None:
    """Another format, another shape, and paths at which no refresh writes are errors."""
    assert Ledger.from_json(SOUND).files
    with pytest.raises(LedgerError):
        Ledger.from_json({**SOUND, **change})


def test_two_ledgers_join_to_all_that_either_knows() -> None:
    """Between the intent and the act both are true; the later digest counts."""
    joined = Ledger({"/a": "1", "/b": "1"}).joined(Ledger({"/b": "2"}, frozenset({"/d"})))
    assert joined == Ledger({"/a": "1", "/b": "2"}, frozenset({"/d"}), is_unfinished=True)


def test_a_plain_path_is_absolute_and_goes_straight_down() -> None:
    """Only such paths can be on the list."""
    assert is_plain("/usr/lib/x")
    assert not any(map(is_plain, ["", "x", "/", "/a/", "/a/./b", "/..", "//a"]))


def test_an_unfinished_ledger_is_stored_as_one() -> None:
    """Only the value true marks it, and a finished one has no mark."""
    unfinished = Ledger({f"{TREE}/manifest": "0"}, is_unfinished=True)
    assert Ledger.from_json(unfinished.to_json()).is_unfinished
    assert unfinished.to_json()["unfinished"] is True
    assert "unfinished" not in unfinished._replace(is_unfinished=False).to_json()
    assert not Ledger.from_json(SOUND).is_unfinished
    assert not Ledger.from_json({**SOUND, "unfinished": 1}).is_unfinished


def test_an_empty_ledger_lists_neither_files_nor_directories() -> None:
    """Either makes it hold something."""
    assert Ledger().is_empty
    assert not Ledger({"/a": "0"}).is_empty
    assert not Ledger({}, frozenset({"/a"})).is_empty


def test_every_directory_is_one_that_was_made_or_has_a_file() -> None:
    """The directories right above the files."""
    found = Ledger({"/a/b/c": "0"}, frozenset({"/d"})).every_directory
    assert found == {"/a/b", "/d"}
