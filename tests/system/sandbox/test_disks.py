"""The room on the disks of a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.system.sandbox.confined import Limits
from distrorocks.system.sandbox.disks import Disks, Free, free_at, shortage_of


@pytest.mark.parametrize(
    ("size", "files", "told"),
    [
        (99, 50, ""),
        (89, 100, "lost more than 10 bytes"),
        (100, 79, "lost room for more than 20 files"),
        (94, 100, "was about to be full"),
        (100, 84, "was about to have no room for files"),
        (100, None, ""),
    ],
)
def test_what_a_disk_lacks_is_told(size: int, files: int | None, told: str) -> None:
    """A million empty files fill it as well as bytes do."""
    limits = Limits(disk_bytes=10, disk_reserve=95, disk_files=20, files_reserve=85)
    if told == "":
        limits = limits._replace(disk_files=99, files_reserve=0)
    found = shortage_of("/b", Free(100, 100), Free(size, files), limits)
    assert found.endswith(told)
    assert bool(found) == bool(told)


def test_a_disk_that_nobody_writes_to_lacks_nothing(tmp_path: Path) -> None:
    """Its free bytes are those that df shows."""
    limits = Limits(disk_bytes=1 << 50, disk_reserve=0, disk_files=1 << 50, files_reserve=0)
    assert Disks([str(tmp_path)], limits).shortage() == ""
    assert free_at(str(tmp_path)).size > 0
