"""The rules that the members of an archive must keep together cost little to check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distrorocks.system.files import archive_member
from distrorocks.system.files.archive_member import (
    ArchiveError,
    Kind,
    Member,
    check_members,
    member_path,
)


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


@pytest.mark.parametrize("kind", [Kind.FILE, Kind.LINK, Kind.HARD_LINK])
def test_the_directory_itself_is_a_directory(kind: Kind) -> None:
    """A file or link named ``.`` would take the place of the directory that is unpacked into."""
    check_members([Member(member_path("./"), Kind.DIRECTORY, 0)])
    with pytest.raises(ArchiveError, match="itself"):
        check_members([Member(member_path("."), kind, 1, "a"), Member("a", Kind.FILE, 1)])
