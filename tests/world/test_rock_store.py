"""What was built once is found again, and nothing that is wrong with the store costs more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from distrorocks.sources.pack import pack_rock
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.strict_zip import read_zip
from distrorocks.world import rock_store_files
from distrorocks.world.rock_store import BuildInputs, RockStore, store_directory
from distrorocks.world.rock_store_files import StoredRock
from tests.sources.fetching import tree

INPUTS = BuildInputs("a", "1.0-1", b"spec", ("s",), "5.4", "linux-x86_64", "h", "gcc 12", ("-O2",))


@pytest.fixture
def store(tmp_path: Path) -> RockStore:
    """Return an empty store."""
    return RockStore(str(tmp_path / "cache/rocks"))


def built(tmp_path: Path, text: str = "return 1", *, is_c: bool = False) -> str:
    """Return the directory of a built rock."""
    place = tmp_path / f"built-{len(os.listdir(tmp_path))}"
    folder = place / ("lib" if is_c else "lua")
    folder.mkdir(parents=True)
    (folder / "a").write_text(text)
    return str(place)


def put(store: RockStore, inputs: BuildInputs, directory: str) -> StoredRock:
    """Keep a rock, which must be possible."""
    rock = store.put(inputs, directory)
    assert rock is not None, store.warning
    return rock


def content(store: RockStore, tmp_path: Path, inputs: BuildInputs = INPUTS) -> dict[str, str]:
    """Return the files of a kept rock, {} if there is none."""
    place = tmp_path / f"found-{len(os.listdir(tmp_path))}"
    is_found = store.get(inputs, str(place))
    assert place.exists() == is_found
    return tree(place) if is_found else {}


def listed(store: RockStore) -> LuaTable:
    """Return the rocks of the server's manifest."""
    text = Path(store.server("5.4"), "manifest-5.4").read_bytes()
    assert Path(store.server("5.4"), "manifest").read_bytes() == text
    found = parse(text).globals["repository"]
    assert isinstance(found, dict)
    return found


def test_a_rock_is_found_by_what_made_it(store: RockStore, tmp_path: Path) -> None:
    """Another run finds it too."""
    assert content(store, tmp_path) == {}
    put(store, INPUTS, built(tmp_path))
    assert content(RockStore(store.directory), tmp_path) == {"lua/a": "644 return 1"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "b"},
        {"version": "1.0-2"},
        {"rockspec": b"other"},
        {"sources": ("t",)},
        {"sources": ("s", "t")},
        {"lua_version": "5.3"},
        {"lua_headers": "i"},
        {"arch": "linux-aarch64"},
        {"compiler": "gcc 13"},
        {"flags": ("-O3",)},
        {"flags": ("-O2", "")},
        {"variables": (("CC", "cc"),)},
        {"built_against": (("lpeg", "d"),)},
    ],
    ids=str,
)
def test_whatever_differs_makes_another_rock(
    store: RockStore, tmp_path: Path, change: dict[str, Any]
) -> None:
    """Each field counts."""
    put(store, INPUTS, built(tmp_path))
    assert content(store, tmp_path, INPUTS._replace(**change)) == {}


def test_the_order_of_variables_does_not_count() -> None:
    """They are a table in LuaRocks."""
    one, other = ("A", "1"), ("B", "2")
    assert (
        INPUTS._replace(variables=(one, other)).key == INPUTS._replace(variables=(other, one)).key
    )


def test_the_folder_of_a_lua_version_is_a_rocks_server(store: RockStore, tmp_path: Path) -> None:
    """Its manifests list the newest build of each file, which is at the top."""
    put(store, INPUTS, built(tmp_path))
    newer = built(tmp_path, "return 2")
    put(store, INPUTS._replace(flags=()), newer)
    put(store, INPUTS._replace(name="c"), built(tmp_path, is_c=True))
    assert listed(store) == {
        "a": {"1.0-1": {1: {"arch": "all"}}},
        "c": {"1.0-1": {1: {"arch": "linux-x86_64"}}},
    }
    top = Path(store.server("5.4"), "a-1.0-1.all.rock")
    assert top.read_bytes() == pack_rock(newer).content
    assert content(store, tmp_path) == {"lua/a": "644 return 1"}


def test_a_rock_that_is_kept_again_replaces_the_earlier_one(
    store: RockStore, tmp_path: Path
) -> None:
    """There is one for each key."""
    put(store, INPUTS, built(tmp_path))
    put(store, INPUTS, built(tmp_path, "return 2"))
    assert content(store, tmp_path) == {"lua/a": "644 return 2"}
    assert len(store.list()) == 1


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)


def replace_by_link(path: Path) -> None:
    """Move a file away, and leave a link to it."""
    path.rename(f"{path}.old")
    path.symlink_to(f"{path}.old")


HARMS: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "empty": lambda path: path.write_bytes(b""),
    "changed": flip,
    "a link": replace_by_link,
    "open to all": lambda path: path.chmod(0o666),
    "gone": os.unlink,
}


@pytest.mark.parametrize("name", ["a-1.0-1.all.rock", "sum"])
@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_damage_costs_only_a_build(
    store: RockStore, tmp_path: Path, name: str, harm: Callable[[Path], object]
) -> None:
    """A damaged rock is none, and is replaced by the next build."""
    rock = put(store, INPUTS, built(tmp_path))
    harm(Path(store.server("5.4"), "by-key", rock.key, name))
    assert content(store, tmp_path) == {}
    put(store, INPUTS, built(tmp_path))
    assert content(store, tmp_path) == {"lua/a": "644 return 1"}


@pytest.mark.parametrize(
    "text", [b"[]", b"{}", b'{"key": 1}', b"9" * 5000, b"[" * 4000, b"\xff", b"null"]
)
def test_a_sum_of_anything_is_none(store: RockStore, tmp_path: Path, text: bytes) -> None:
    """Whatever is in it."""
    rock = put(store, INPUTS, built(tmp_path))
    Path(store.server("5.4"), "by-key", rock.key, "sum").write_bytes(text)
    assert store.list() == []
    assert content(store, tmp_path) == {}


def test_a_sum_cannot_name_a_file_elsewhere(store: RockStore, tmp_path: Path) -> None:
    """Nor be that of another rock."""
    rock = put(store, INPUTS, built(tmp_path))
    path = Path(store.server("5.4"), "by-key", rock.key, "sum")
    text = path.read_text()
    for old, new in ((rock.file, "../x"), (rock.key, "0" * 64), ('"5.4"', '"5.3"')):
        path.write_text(text.replace(old, new))
        assert store.list() == []


def test_what_killed_processes_left_is_removed(store: RockStore, tmp_path: Path) -> None:
    """A rock that is there in part has no name."""
    put(store, INPUTS, built(tmp_path))
    left = Path(store.server("5.4"), "by-key", ".distrorocks-99999999999-1-1-x")
    left.mkdir()
    (left / "a-1.0-1.all.rock").write_text("half")
    assert len(store.list()) == 1
    put(store, INPUTS._replace(name="b"), built(tmp_path))
    assert not left.exists()


def test_the_least_recently_used_rocks_go_first(store: RockStore, tmp_path: Path) -> None:
    """Using a rock keeps it; the newest stays even if it alone is too large."""
    rocks = [put(store, INPUTS._replace(name=name), built(tmp_path)) for name in "abcd"]
    for age, rock in enumerate(rocks):
        path = Path(store.server("5.4"), "by-key", rock.key, "sum")
        os.utime(path, (1000 + age, 1000 + age))
    assert content(store, tmp_path, INPUTS)
    assert [rock.name for rock in store.list()] == ["a", "d", "c", "b"]
    removed = store.prune(rocks[0].size * 2)
    assert [rock.name for rock in removed] == ["c", "b"]
    assert set(listed(store)) == {"a", "d"}
    small = RockStore(store.directory, most_bytes=rocks[0].size)
    put(small, INPUTS._replace(name="e"), built(tmp_path))
    assert [rock.name for rock in store.list()] == ["e"]
    assert set(listed(store)) == {"e"}


def test_a_removed_build_is_replaced_at_the_top(store: RockStore, tmp_path: Path) -> None:
    """By the newest other one of its file."""
    older = built(tmp_path)
    put(store, INPUTS, older)
    newer = put(store, INPUTS._replace(flags=()), built(tmp_path, "return 2"))
    path = Path(store.server("5.4"), "by-key", newer.key, "sum")
    os.utime(path, (1000, 1000))
    assert [rock.key for rock in store.prune(newer.size)] == [newer.key]
    top = Path(store.server("5.4"), "a-1.0-1.all.rock")
    assert top.read_bytes() == pack_rock(older).content


def test_a_store_that_others_can_write_is_not_used(store: RockStore, tmp_path: Path) -> None:
    """The warning names who can."""
    put(store, INPUTS, built(tmp_path))
    Path(store.directory).chmod(0o777)
    assert content(store, tmp_path) == {}
    assert "everybody" in store.warning
    assert store.put(INPUTS, built(tmp_path)) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_store_of_another_user_is_not_used(store: RockStore, tmp_path: Path) -> None:
    """Root believes only what nobody else can write."""
    rock = put(store, INPUTS, built(tmp_path))
    os.chown(Path(store.server("5.4"), "by-key", rock.key, "sum"), 12345, 12345)
    assert content(store, tmp_path) == {}
    os.chown(store.directory, 12345, 12345)
    assert store.list() == []
    assert "12345" in store.warning


def test_a_store_in_place_of_a_file_is_not_used(tmp_path: Path) -> None:
    """It is only a warning."""
    (tmp_path / "file").write_text("")
    store = RockStore(f"{tmp_path}/file")
    assert store.put(INPUTS, built(tmp_path)) is None
    assert "is not used" in store.warning


def test_without_a_directory_nothing_is_kept(tmp_path: Path) -> None:
    """There may be no home."""
    store = RockStore("")
    assert store.put(INPUTS, built(tmp_path)) is None
    assert content(store, tmp_path) == {}


def test_another_process_is_waited_for_a_while(
    store: RockStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the rock is not kept."""
    import fcntl

    monkeypatch.setattr(rock_store_files, "LOCK_SECONDS", 0.1)
    put(store, INPUTS, built(tmp_path))
    handle = os.open(store.directory, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert store.put(INPUTS._replace(name="b"), built(tmp_path)) is None
    assert "another process" in store.warning
    assert content(store, tmp_path)
    os.close(handle)


WRITER = """
import sys
from distrorocks.world.rock_store import BuildInputs, RockStore
store = RockStore(sys.argv[1])
for number in range(12):
    inputs = BuildInputs(f"r{number % 4}", "1-1", b"", (sys.argv[3 + number % 2],), "5.4", "x")
    assert store.put(inputs, sys.argv[2]) is not None, store.warning
    if number % 5 == 4:
        store.prune(2000)
"""


def test_processes_at_once_leave_a_sound_store(store: RockStore, tmp_path: Path) -> None:
    """Every rock that is listed is there, and the manifest lists what is at the top."""
    directory = built(tmp_path)
    command = [sys.executable, "-c", WRITER, store.directory, directory]
    running = [subprocess.Popen([*command, str(n), "shared"]) for n in range(4)]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    top = Path(store.server("5.4"))
    files = {path.name for path in top.glob("*.rock")}
    assert {f"{name}-1-1.all.rock" for name in listed(store)} == files
    for path in top.rglob("*.rock"):
        read_zip(path.read_bytes())
    assert {rock.file for rock in store.list()} == files
    assert not [name for name in os.listdir(top / "by-key") if name.startswith(".")]


def test_a_strange_name_is_not_kept(store: RockStore, tmp_path: Path) -> None:
    """It would be a path."""
    with pytest.raises(DistrorocksError):
        store.put(INPUTS._replace(name="../a"), built(tmp_path))


@pytest.mark.usefixtures("_usual_cache")
def test_the_store_is_in_the_cache_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's is in /var/cache."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert store_directory() == "/var/cache/distrorocks/rocks"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert store_directory() == "/home/me/.cache/distrorocks/rocks"
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert store_directory() == "/x/distrorocks/rocks"


CHANGES = ("make_directory", "create", "link", "rename", "remove_file", "remove_directory")


def killed_at(store: RockStore, directory: str, most: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Keep and remove rocks in a child that dies before its change number ``most``."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    try:
        left = [most]

        def counted(change: Callable[..., object]) -> Callable[..., object]:
            def run(*words: object, **named: object) -> object:
                left[0] -= 1
                if not left[0]:
                    os._exit(9)
                return change(*words, **named)

            return run

        for name in CHANGES:
            monkeypatch.setattr(Beneath, name, counted(getattr(Beneath, name)))
        store.put(INPUTS, directory)
        store.put(INPUTS._replace(name="b"), directory)
        store.prune(0)
        os._exit(0)
    finally:
        os._exit(1)


def test_a_kill_at_any_change_leaves_a_sound_store(
    store: RockStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is listed is there, a rock is whole or absent, and the next run puts all in order."""
    directory, most = built(tmp_path, "return 2"), 1
    put(store, INPUTS, built(tmp_path))
    while killed_at(store, directory, most, monkeypatch):
        most += 1
        assert content(store, tmp_path) in (
            {},
            {"lua/a": "644 return 1"},
            {"lua/a": "644 return 2"},
        )
        for path in Path(store.server("5.4")).glob("*.rock"):
            read_zip(path.read_bytes())
        put(store, INPUTS, directory)
        assert content(store, tmp_path) == {"lua/a": "644 return 2"}
        store.prune(0, kept=[INPUTS.key])
        top = Path(store.server("5.4"))
        assert set(listed(store)) == {"a"}
        assert [path.name for path in top.glob("*.rock")] == ["a-1.0-1.all.rock"]
        assert os.listdir(top / "by-key") == [INPUTS.key]
    assert most > 20


def test_the_file_of_a_kept_rock_can_be_taken(store: RockStore, tmp_path: Path) -> None:
    """It is what was packed; one that was removed has none."""
    rock = put(store, INPUTS, built(tmp_path))
    content = store.content(rock)
    assert content is not None
    assert len(content) == rock.size
    store.prune(0)
    assert store.content(rock) is None
