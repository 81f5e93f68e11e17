"""The ledger on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.system.trees.ledger_file import COPY, PATH, read_ledger, write_ledger
from distrorocks.trees.ledger import Ledger

LEDGER = Ledger(
    {"/usr/lib/luarocks/rocks-5.1/x\udcff/1-1/rock_manifest": "0"}, frozenset({"/usr/lib"})
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Names that are not UTF-8 included."""
    write_ledger(str(tmp_path), LEDGER)
    assert read_ledger(str(tmp_path)) == LEDGER


def test_no_ledger_is_an_empty_one(tmp_path: Path) -> None:
    """A system that was never refreshed has nothing of ours."""
    assert read_ledger(str(tmp_path)) == Ledger()


def test_an_empty_ledger_leaves_nothing_behind(tmp_path: Path) -> None:
    """The file and its directory go with the last entry; what else is there stays."""
    write_ledger(str(tmp_path), LEDGER)
    write_ledger(str(tmp_path), Ledger())
    assert not (tmp_path / "var/lib/distrorocks").exists()
    write_ledger(str(tmp_path), LEDGER)
    (tmp_path / "var/lib/distrorocks/other").write_text("")
    write_ledger(str(tmp_path), Ledger())
    assert [path.name for path in (tmp_path / "var/lib/distrorocks").iterdir()] == ["other"]


def test_an_equal_ledger_is_not_written_again(tmp_path: Path) -> None:
    """A run that changes nothing touches no file."""
    write_ledger(str(tmp_path), LEDGER)
    before = (tmp_path / PATH.lstrip("/")).stat()
    write_ledger(str(tmp_path), LEDGER)
    after = (tmp_path / PATH.lstrip("/")).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("path", [PATH, COPY])
@pytest.mark.parametrize("damage", [lambda path: path.write_text("{"), Path.unlink])
def test_one_of_ledger_and_copy_is_enough(
    tmp_path: Path, path: str, damage: Callable[[Path], object]
) -> None:
    """Damaged or lost, the other tells what is ours, and the next write makes both good."""
    write_ledger(str(tmp_path), LEDGER)
    place = tmp_path / path.lstrip("/")
    whole = place.read_bytes()
    damage(place)
    assert read_ledger(str(tmp_path)) == LEDGER
    write_ledger(str(tmp_path), LEDGER)
    assert place.read_bytes() == whole


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 9}', "[" * 100_000, "\x00"])
def test_a_spoilt_ledger_is_an_error_with_a_way_out(tmp_path: Path, text: str) -> None:
    """The error names the file and says what to do."""
    path = tmp_path / PATH.lstrip("/")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(DistrorocksError, match=r"ledger\.json") as caught:
        read_ledger(str(tmp_path))
    assert "refresh" in caught.value.hint


@pytest.mark.parametrize(
    "ledger",
    [
        Ledger({}, frozenset({"/usr/lib/luarocks/rocks-5.4"})),
        Ledger({"/usr/lib/luarocks/rocks-5.4/manifest": "0"}),
        Ledger(
            {
                "/usr/lib/luarocks/rocks-5.4/manifest": "d41d8cd98f00b204e9800998ecf8427e",
                '/usr/lib/luarocks/rocks-5.4/\u00e9"\udcff\\/1-1/rock_manifest': "1",
            },
            frozenset({"/usr/lib/luarocks", "/usr/lib/luarocks/rocks-5.4"}),
            True,
        ),
    ],
    ids=["directories", "one file", "all"],
)
def test_the_text_is_what_the_json_module_writes(tmp_path: Path, ledger: Ledger) -> None:
    """With an entry on each line, whatever bytes a path has."""
    write_ledger(str(tmp_path), ledger)
    expected = json.dumps(ledger.to_json(), indent=1).encode() + b"\n"
    assert (tmp_path / PATH.lstrip("/")).read_bytes() == expected
