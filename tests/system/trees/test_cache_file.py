"""The memory on disk is used when it is whole, ours and of the same ground, and never else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.system.files.cache import Cache
from distrorocks.system.trees import cache_file
from distrorocks.system.trees.cache_file import (
    DIRECTORY,
    PATH,
    STAMP_NAME,
    read_cache,
    remove_cache,
    write_cache,
)

GROUND = ("complete", 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a memory of one answer."""
    cache = Cache()
    cache.table("kind").of("key", (1, "two"), lambda: ["three"])
    write_cache(str(tmp_path), GROUND, cache)
    return tmp_path


def place(root: Path, path: str = PATH) -> Path:
    """Return where a path of the root is."""
    return root / path.lstrip("/")


def is_known(root: Path, basis: tuple[object, ...] = GROUND) -> bool:
    """Return whether the answer is remembered."""
    return read_cache(str(root), basis).table("kind").knows("key", (1, "two"))


def test_what_was_kept_is_known_on_the_same_ground(root: Path) -> None:
    """Another mode, another distribution: another ground."""
    assert is_known(root)
    assert not is_known(root, ("minimal", 1))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path: path.write_bytes(b""),
    "one bit": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\x7f"),
    "noise": lambda path: path.write_bytes(os.urandom(4096)),
    "open to others": lambda path: path.chmod(0o666),
    "a link": lambda path: os.symlink(path.rename(f"{path}.old"), path),
    "a directory": lambda path: os.makedirs(path.rename(f"{path}.old").parent / path.name),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_memory_is_no_memory(root: Path, damage: Callable[[Path], object]) -> None:
    """Whatever became of the file, the run starts with nothing known."""
    damage(place(root))
    assert not is_known(root)


def test_other_code_has_another_memory(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade of distrorocks looks at everything again."""
    monkeypatch.setattr("distrorocks.system.trees.cache_file._code", lambda: (1, 1))
    assert not is_known(root)


def large(earlier: Cache, rows: int) -> Cache:
    """Return the cache of a run with many rows."""
    for number in range(rows):
        earlier.table("kind").of(f"row {number}", (number,), lambda: ["made"])
    return earlier


def files(root: Path) -> dict[str, int]:
    """Return the files of the memory, with their inodes."""
    return {it.name: it.stat().st_ino for it in place(root, DIRECTORY).glob("refresh.cache*")}


def test_a_changed_row_is_one_written_file(root: Path) -> None:
    """A large memory is many files; it shrinks to few, and to none."""
    write_cache(str(root), GROUND, large(Cache(), 4000))
    before = files(root)
    assert len(before) == 8
    cache = large(read_cache(str(root), GROUND), 4000)
    cache.table("kind").of("another", (1,), lambda: "made")
    write_cache(str(root), GROUND, cache)
    after = files(root)
    assert after.keys() == before.keys()
    assert sum(after[name] != before[name] for name in after) == 1
    assert read_cache(str(root), GROUND).table("kind").knows("another", (1,))
    write_cache(str(root), GROUND, large(read_cache(str(root), GROUND), 9))
    assert files(root).keys() == {"refresh.cache"}
    write_cache(str(root), GROUND, large(Cache(), 4000))
    remove_cache(str(root))
    assert not place(root, DIRECTORY).exists()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_piece_is_not_believed(root: Path, damage: Callable[[Path], object]) -> None:
    """Its rows are unknown, those of others may be known, and the next run writes it again."""
    write_cache(str(root), GROUND, large(Cache(), 4000))
    last = place(root, f"{PATH}-7")
    damage(last)
    cache = large(read_cache(str(root), GROUND), 4000)
    assert len(cache.table("kind").changed) in range(300, 4001)
    write_cache(str(root), GROUND, cache)
    if not last.is_dir():
        assert not large(read_cache(str(root), GROUND), 4000).table("kind").changed


@pytest.mark.parametrize("name", [STAMP_NAME, "refresh.cache", "refresh.cache-3"])
def test_what_cannot_be_removed_keeps_nothing_else_alive(root: Path, name: str) -> None:
    """Whoever drops the memory has seen that it is wrong."""
    write_cache(str(root), GROUND, large(Cache(), 4000))
    strange = place(root, f"{DIRECTORY}/{name}")
    strange.unlink()
    strange.mkdir()
    remove_cache(str(root))
    assert os.listdir(strange.parent) == [name]


@pytest.mark.parametrize("count", ["0", "-1", "1025", "many", "9" * 5000])
def test_no_number_of_pieces_is_believed_that_none_can_have(root: Path, count: str) -> None:
    """A forged head of the first piece makes no run read for ever."""
    text = place(root).read_bytes().partition(b"\n")[2]
    head, _, rows = text.partition(b"\n")
    forged = head.rpartition(b" ")[0] + b" " + count.encode() + b"\n" + rows
    place(root).write_bytes(md5(forged).hexdigest().encode() + b"\n" + forged)
    assert not is_known(root)


def test_forgetting_leaves_nothing(root: Path) -> None:
    """Neither the memory, nor the hook's stamp, nor their directory."""
    assert place(root, f"{DIRECTORY}/{STAMP_NAME}").exists()
    remove_cache(str(root))
    assert not place(root, DIRECTORY).exists()


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    """A full or read-only disk costs the next run its time."""
    (tmp_path / "var").write_text("no directory")
    cache = Cache()
    cache.table("kind").of("key", (1,), lambda: 1)
    write_cache(str(tmp_path), GROUND, cache)
    assert read_cache(str(tmp_path), GROUND).pieces == [{}]


@pytest.mark.parametrize("is_checkout", [False, True])
def test_replacing_a_file_of_the_code_changes_its_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_checkout: bool
) -> None:
    """So does adding and removing one; in a checkout also writing into one."""
    package = tmp_path / "package"
    (package / "folder").mkdir(parents=True)
    file = package / "folder/code.py"
    file.write_text("1")
    if is_checkout:
        (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(cache_file, "PACKAGE", str(package))

    def mark() -> tuple[int, int]:
        time.sleep(0.02)  # the clock of the file system ticks
        return cache_file._code.__wrapped__()

    marks = [mark()]
    (package / "folder/new").write_text("2")
    os.utime(package / "folder/new", (1, 1))
    marks.append(mark())
    (package / "folder/new").rename(file)
    os.utime(package / "folder", (1, 1))
    marks.append(mark())
    file.with_name("other.py").touch()
    marks.append(mark())
    file.unlink()
    marks.append(mark())
    assert len(set(marks)) == len(marks)
    before = mark()
    file.with_name("other.py").write_text("3")
    assert (mark() != before) is is_checkout
