"""MD5s of files in a root."""

from __future__ import annotations

import os
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.system.files import digest
from distrorocks.system.files.digest import DIGEST_LIMIT, DigestError, Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.present import present_digests, present_directories
from tests.effort import little_time


@pytest.fixture
def view(tmp_path: Path) -> RootView:
    """Return a root with a file, an absolute link to it, and a link out of it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/real").write_bytes(b"content")
    (tmp_path / "link").symlink_to("/lib/real")
    (tmp_path / "out").symlink_to("/../../../../etc/passwd")
    return RootView(str(tmp_path))


def test_a_digest_is_that_of_what_a_link_leads_to(view: RootView) -> None:
    """An absolute link starts at the root, not at this machine's."""
    digests = Digests(view)
    assert digests.of("/link") == digests.of("/lib/real") == md5(b"content").hexdigest()


@pytest.mark.parametrize("path", ["/missing", "/lib", "/out"])
def test_what_has_no_content_in_the_root_is_an_error(view: RootView, path: str) -> None:
    """A missing file, a directory, and a link that leaves the root have no digest."""
    with pytest.raises(DigestError, match=path):
        Digests(view).of(path)


def test_only_a_regular_file_counts_as_present_with_content(view: RootView) -> None:
    """A link or a directory at a path is something else than any content we would write."""
    found = present_digests(view, ["/lib/real", "/link", "/lib", "/missing"])
    assert found == {
        "/lib/real": md5(b"content").hexdigest(),
        "/link": "no file",
        "/lib": "no file",
    }


def test_directories_above_files_are_told_apart_from_those_to_be_made(view: RootView) -> None:
    """Only what exists is among them."""
    assert present_directories(view, ["/lib/new/x", "/lib/real"]) == {"/lib"}


def test_a_file_beyond_all_modules_is_not_read(tmp_path: Path) -> None:
    """Eight terabytes that take no room on the disk would be read for hours."""
    (tmp_path / "huge").touch()
    os.truncate(tmp_path / "huge", 8 << 40)
    with little_time(1), pytest.raises(DigestError, match=f"more than {DIGEST_LIMIT} bytes"):
        Digests(RootView(str(tmp_path))).of("/huge")


def test_a_run_reads_so_many_bytes_in_all(view: RootView, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is larger than what is left is not read, a smaller one after it still is."""
    root = Path(view.root)
    monkeypatch.setattr(digest, "MOST_OF_RUN", 10)
    for name, size in {"a": 8, "b": 3, "c": 2}.items():
        (root / name).write_bytes(b"x" * size)
    digests = Digests(view)
    assert digests.of("/a") == digests.of("/a") == md5(b"x" * 8).hexdigest()
    with pytest.raises(DigestError, match=r"/b is not read: .* more than 10 bytes"):
        digests.of("/b")
    assert digests.of("/c") == md5(b"xx").hexdigest()


def test_what_was_found_is_opened_without_links(
    view: RootView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory that becomes a link after the look at it leads nowhere."""
    root = Path(view.root)
    (root / "other").mkdir()
    (root / "other/real").write_bytes(b"other")
    found = view.find("/lib/real")
    monkeypatch.setattr(RootView, "find", lambda *_: found)
    (root / "lib").rename(root / "moved")
    (root / "lib").symlink_to("other")
    with pytest.raises(DigestError, match="it is a link"):
        Digests(view).of("/lib/real")
