"""The rules that the members of an archive must keep together cost little to check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distrorocks.system.files import archive_member
from distrorocks.system.files.archive_member import Kind, Member, check_members


def test_a_directory_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many members stand below it, and however deep."""
    steps = 0
    above = archive_member._above

    def counted(path: str) -> Iterator[str]:
        nonlocal steps
        for each in above(path):
            steps += 1
            yield each

    monkeypatch.setattr(archive_member, "_above", counted)
    deep = "/".join("d" * 60)
    check_members([Member(f"{deep}/{number}", Kind.FILE, 0) for number in range(1000)])
    assert steps <= 60 + 1000
