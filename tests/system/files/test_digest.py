"""MD5s of files in a root."""

from __future__ import annotations

import os
import time
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.system.files.digest import DIGEST_LIMIT, DigestError, Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.present import present_digests, present_directories


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
    began = time.process_time()
    with pytest.raises(DigestError, match=f"more than {DIGEST_LIMIT} bytes"):
        Digests(RootView(str(tmp_path))).of("/huge")
    assert time.process_time() - began < 1
