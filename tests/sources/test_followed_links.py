"""A checkout is copied for a rock with what its links lead to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.sources.followed_links import copy_followed
from distrorocks.system.files.archive_member import ArchiveError


def copied(tmp_path: Path, links: dict[str, str]) -> Path:
    """Return the copy of a checkout with a file, a program and some links."""
    code, copy = tmp_path / "checkout", tmp_path / "copy"
    (code / "repo/src/deep").mkdir(parents=True)
    copy.mkdir()
    (code / "repo/src/foo.lua").write_text("return 1")
    (code / "repo/src/deep/run").write_text("#!/bin/sh\n")
    (code / "repo/src/deep/run").chmod(0o755)
    for path, target in links.items():
        (code / path).symlink_to(target)
    copy_followed(str(code), str(copy))
    return copy


def test_links_become_what_they_lead_to(tmp_path: Path) -> None:
    """Files, programs, folders and links to links, as `zip` packs them."""
    links = {
        "repo/foo.lua": "src/foo.lua",
        "repo/same": "foo.lua",
        "repo/lib": "src",
        "repo/src/up": "../foo.lua",
    }
    copy = copied(tmp_path, links)
    files = {str(each.relative_to(copy)) for each in copy.rglob("*") if each.is_file()}
    assert files == {
        *("repo/foo.lua", "repo/same"),
        *("repo/src/foo.lua", "repo/src/up", "repo/src/deep/run"),
        *("repo/lib/foo.lua", "repo/lib/up", "repo/lib/deep/run"),
    }
    assert not any(each.is_symlink() for each in copy.rglob("*"))
    assert (copy / "repo/lib/up").read_text() == "return 1"
    assert os.access(copy / "repo/lib/deep/run", os.X_OK)


@pytest.mark.parametrize(
    ("links", "why"),
    [
        ({"repo/gone": "nowhere"}, r"its link 'repo/gone' leads nowhere"),
        ({"repo/a": "b", "repo/b": "a"}, r"its link 'repo/a' leads nowhere"),
        ({"repo/src/up": ".."}, "leads to a folder that it is in"),
        ({"repo/src/x": "../y", "repo/y": "src"}, "leads to a folder that it is in"),
        ({"repo/out": "/etc/passwd"}, r"its link 'repo/out' leads out"),
    ],
)
def test_links_that_cannot_be_followed_are_told(
    links: dict[str, str], why: str, tmp_path: Path
) -> None:
    """Rather than left out, or followed without end."""
    with pytest.raises(ArchiveError, match=why):
        copied(tmp_path, links)


def test_folders_that_hold_each_other_many_times_over_are_refused(tmp_path: Path) -> None:
    """Twenty folders with two links each would be a million."""
    links: dict[str, str] = {}
    for number in range(20):
        folder = f"repo/src/f{number}"
        (tmp_path / "checkout" / folder).mkdir(parents=True)
        links |= {f"{folder}/{each}": f"../f{number + 1}" for each in "ab" if number < 19}
    with pytest.raises(ArchiveError, match=r"more than .* members|within each other"):
        copied(tmp_path, links)
