"""``distrorocks store``, as it is typed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.cli.verbs.store import size_text
from distrorocks.world import rock_store
from distrorocks.world.rock_store import BuildInputs, RockStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RockStore:
    """The user's store with two rocks: b was used after a."""
    directory = str(tmp_path / "cache/rocks")
    monkeypatch.setattr(rock_store, "store_directory", lambda: directory)
    store = RockStore(directory)
    for at, name in enumerate("ab"):
        built = tmp_path / name
        (built / "lua").mkdir(parents=True)
        (built / f"lua/{name}.lua").write_text("return 1\n")
        rock = store.put(BuildInputs(name, "1.0-1", b"", (), "5.4", "linux-x86_64"), str(built))
        assert rock
        os.utime(f"{directory}/5.4/by-key/{rock.key}/sum", (1000 + at, 1000 + at))
    return store


def test_listing_tells_each_rock(store: RockStore, capsys: pytest.CaptureFixture[str]) -> None:
    """The most recently used one first; as JSON with all that is known; or for one Lua."""
    assert main(["store", "list"]) == 0
    told = capsys.readouterr()
    lines = [line.split("  ")[:4] for line in told.out.splitlines()]
    assert lines == [["b", "1.0-1", "all", "Lua 5.4"], ["a", "1.0-1", "all", "Lua 5.4"]]
    assert told.err.startswith("2 rocks (")
    assert main(["store", "list", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value == {
        "path": store.directory,
        "rocks": [rock._asdict() for rock in store.list()],
    }
    assert main(["store", "list", "--lua-version=5.1"]) == 0
    assert capsys.readouterr().out == ""


def test_pruning_removes_the_least_recently_used(
    store: RockStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Down to a size; without one nothing goes that the store may hold; 0 empties it."""
    assert main(["store", "prune"]) == 0
    assert capsys.readouterr().out == ""
    newest = store.list()[0]
    assert main(["store", "prune", f"--max-size={newest.size}"]) == 0
    assert capsys.readouterr().out == "removed a 1.0-1 for Lua 5.4 (all)\n"
    assert store.list() == [newest]
    assert main(["store", "prune", "--max-size=0", "--json"]) == 0
    removed = json.loads(capsys.readouterr().out)["removed"]
    assert [rock["name"] for rock in removed] == ["b"]
    assert store.list() == []


def test_the_path_is_that_of_the_store_or_of_a_server(
    store: RockStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """So `--server $(distrorocks store path --lua-version 5.4)` is possible."""
    assert main(["store", "path"]) == 0
    assert main(["store", "path", "--lua-version=5.4"]) == 0
    assert main(["store", "path", "--json"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{store.directory}\n{store.directory}/5.4\n")
    assert (Path(store.directory) / "5.4/manifest-5.4").exists()


def test_a_store_that_others_can_write_is_an_error(
    store: RockStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not used, so it is neither listed nor changed."""
    Path(store.directory).chmod(0o777)
    assert main(["store", "list"]) == 3
    assert main(["store", "prune", "--max-size=0"]) == 3
    assert "others can write" in capsys.readouterr().err
    Path(store.directory).chmod(0o700)
    assert len(store.list()) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--max-size=1"],
        ["prune", "--lua-version=5.4"],
        ["prune", "--max-size=-1"],
        ["prune", "--max-size=much"],
        [],
    ],
)
def test_what_means_nothing_is_wrong_usage(store: RockStore, words: list[str]) -> None:
    """An option of another action, or no size, is status 2, and nothing is removed."""
    try:
        status = main(["store", *words])
    except SystemExit as left:
        status = int(left.code or 0)
    assert status == 2
    assert len(store.list()) == 2


def test_sizes_are_written_for_people() -> None:
    """In the largest unit that is not below one."""
    assert [size_text(each) for each in (0, 1023, 1024, 1536 << 20, 1 << 60)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "1.5 GiB",
        "1048576.0 TiB",
    ]
