"""What was fetched once is there again, unless somebody else could have written it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from distrorocks.servers.download_cache import (
    Copy,
    DownloadCache,
    cache_directory,
)

URL = "https://rocks.example/manifest-5.4"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a directory for a cache."""
    tmp_path.chmod(0o755)
    return tmp_path / "cache"


def kept(directory: Path, content: bytes | None = b"text") -> Path:
    """Keep a file, and return where it lies."""
    DownloadCache(str(directory)).keep(URL, content, etag='"1"', modified="then")
    (path,) = directory.iterdir()
    return path


def found(directory: Path, url: str = URL, limit: int = 100) -> Copy | None:
    """Return the copy that another run finds."""
    return DownloadCache(str(directory)).find(url, limit)


def test_a_copy_is_found_again(directory: Path) -> None:
    """With its content, what tells the next version, and its age."""
    path = kept(directory)
    os.utime(path, (time.time() - 100,) * 2)
    copy = found(directory)
    assert copy
    assert copy[:3] == (b"text", '"1"', "then")
    assert 99 < copy.age < 110
    assert found(directory, "https://rocks.example/other") is None


def test_that_a_file_was_missing_is_kept_too(directory: Path) -> None:
    """It is told from a file without content."""
    kept(directory, None)
    copy = found(directory)
    assert copy
    assert copy.content is None
    kept(directory, b"")
    copy = found(directory)
    assert copy
    assert copy.content == b""


def test_a_confirmed_copy_is_young_again(directory: Path) -> None:
    """Nothing but its time changes."""
    path = kept(directory)
    os.utime(path, (time.time() - 100,) * 2)
    DownloadCache(str(directory)).confirm(URL)
    copy = found(directory)
    assert copy
    assert copy.content == b"text"
    assert copy.age < 10


def test_a_copy_from_the_future_has_no_age(directory: Path) -> None:
    """A clock that was wrong makes no copy that is young for ever."""
    os.utime(kept(directory), (time.time() + 9999,) * 2)
    copy = found(directory)
    assert copy
    assert copy.age == float("inf")


def test_the_copies_of_a_server_can_be_listed(directory: Path) -> None:
    """By name; not of another server, of a missing file, or what somebody damaged."""
    assert DownloadCache(str(directory)).kept_below("https://rocks.example") == ()
    assert DownloadCache().kept_below("https://rocks.example") == ()
    cache = DownloadCache(str(directory))
    for name in ("b", "a/c", "x"):
        cache.keep(f"https://rocks.example/{name}", name.encode())
    cache.keep("https://rocks.example/none", None)
    cache.keep("https://rocks.example.org/other", b"x")
    assert cache.kept_below("https://rocks.example") == ("a/c", "b", "x")
    for path in directory.iterdir():
        if path.read_bytes().endswith(b"\nx"):
            path.write_bytes(b"no JSON\n")
    assert cache.kept_below("https://rocks.example") == ("a/c", "b")


def test_a_dropped_copy_is_gone(directory: Path) -> None:
    """It is not found again."""
    kept(directory)
    DownloadCache(str(directory)).drop(URL)
    assert found(directory) is None


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"[]\ntext", b"\xff\n", b"[" * 5000])
def test_a_damaged_copy_is_none(directory: Path, damage: bytes) -> None:
    """Neither a cut one nor garbage is believed."""
    path = kept(directory)
    path.write_bytes(damage)
    assert found(directory) is None


def test_a_copy_whose_content_was_changed_is_none(directory: Path) -> None:
    """Its digest tells."""
    path = kept(directory)
    path.write_bytes(path.read_bytes() + b"!")
    assert found(directory) is None


def test_a_copy_past_the_limit_is_none(directory: Path) -> None:
    """The limit of the file holds for its copy."""
    kept(directory, b"x" * 100_000)
    assert found(directory, limit=1000) is None


def test_a_cache_that_others_can_write_is_not_used(directory: Path) -> None:
    """Neither read nor written, and the warning says which directory is open."""
    kept(directory)
    directory.chmod(0o777)
    cache = DownloadCache(str(directory))
    assert cache.find(URL, 100) is None
    assert "others can write" in cache.warning
    cache.keep("https://rocks.example/b", b"x")
    assert len(list(directory.iterdir())) == 1


def test_a_cache_that_others_can_move_is_not_used(directory: Path) -> None:
    """The way to it counts too, sticky directories such as /tmp aside."""
    kept(directory)
    directory.parent.chmod(0o777)
    assert found(directory) is None
    directory.parent.chmod(0o1777)
    assert found(directory)


def test_a_copy_that_others_can_write_is_none(directory: Path) -> None:
    """One file is enough to lie."""
    kept(directory).chmod(0o606)
    assert found(directory) is None


def test_links_are_no_copies(directory: Path, tmp_path: Path) -> None:
    """Nobody makes another file one of ours."""
    path = kept(directory)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert found(directory) is None


def test_no_directory_is_no_cache(tmp_path: Path) -> None:
    """Where nothing can be written, nothing is kept, and it is told."""
    (tmp_path / "file").write_text("")
    cache = DownloadCache(str(tmp_path / "file/cache"))
    cache.keep(URL, b"x")
    assert cache.warning
    assert cache.find(URL, 100) is None
    assert DownloadCache().find(URL, 100) is None


@pytest.mark.usefixtures("_usual_cache")
def test_users_and_root_have_caches_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """LuaRocks' local_cache is above ours, for its files are not ours."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cache_directory() == "/home/me/.cache/distrorocks/servers"
    monkeypatch.setenv("XDG_CACHE_HOME", "/fast")
    assert cache_directory() == "/fast/distrorocks/servers"
    assert cache_directory("/var/rocks/") == "/var/rocks/distrorocks"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert cache_directory() == "/var/cache/distrorocks/servers"


def test_a_head_longer_than_any_of_ours_is_not_parsed(directory: Path) -> None:
    """A line of JSON as long as a manifest may be could cost many times its bytes."""
    path = kept(directory)
    head, _, body = path.read_bytes().partition(b"\n")
    path.write_bytes(head + b" " * (16 * 1024 - len(head) - 1) + b"\n" + body)
    assert found(directory, limit=1 << 20)
    path.write_bytes(head + b" " * (16 * 1024 - len(head)) + b"\n" + body)
    assert found(directory, limit=1 << 20) is None
