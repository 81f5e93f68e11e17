"""Sources in a directory: the texts that tell something, of a bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.source import members as source_members
from distrorocks.packaging.source.members import Member, Members, directory_members
from tests.packaging.foreign import nested, remove_nested


def test_latin_1_is_read(tmp_path: Path) -> None:
    """Old licence files have names in Latin-1; links are not followed."""
    (tmp_path / "LICENSE").write_bytes(b"\xa9 2004 Jos\xe9")
    (tmp_path / "x.lua").symlink_to("/etc/passwd")
    assert directory_members(str(tmp_path)).texts == {"LICENSE": "© 2004 José"}


def test_both_ends_of_a_source_file_are_kept(tmp_path: Path) -> None:
    """C may have its licence at the end; lines keep their numbers, letters are whole."""
    unit = "é x\n"
    long = unit * 100_000
    (tmp_path / "a.c").write_text(f"// first\n{long}// last\n", encoding="utf-8")
    (tmp_path / "b.js").write_text(f"{long}// last", encoding="utf-8")
    texts = directory_members(str(tmp_path)).texts
    assert texts["a.c"].startswith("// first\né x\n")
    assert texts["a.c"].splitlines()[-1] == texts["b.js"].splitlines()[-1] == "// last"
    assert len(texts["a.c"].splitlines()) == 100_002
    assert "Ã" not in texts["a.c"] + texts["b.js"]
    assert len(texts["b.js"]) < 200_000


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources of any size leave a bounded part, licence files first."""
    monkeypatch.setattr(source_members, "_MOST_KEPT", 1000)
    for name in ("LICENSE", "a.lua", "b.lua", "c.lua"):
        (tmp_path / name).write_text("x" * 600)
    assert list(directory_members(str(tmp_path)).texts) == ["LICENSE", "a.lua"]


def test_a_directory_swapped_for_a_link_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was found in the sources is read there, and nowhere else."""
    (tmp_path / "in/docs").mkdir(parents=True)
    (tmp_path / "in/docs/LICENSE").write_text("MIT")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/LICENSE").write_text("secret")
    real = source_members.gathered

    def late(members: Iterator[Member]) -> Members:
        found = list(members)
        (tmp_path / "in/docs").rename(tmp_path / "aside")
        (tmp_path / "in/docs").symlink_to(tmp_path / "elsewhere")
        return real(iter(found))

    monkeypatch.setattr(source_members, "gathered", late)
    with suppress(DistrorocksError):
        assert "secret" not in directory_members(str(tmp_path / "in")).texts.values()


def test_directories_without_end_are_one_error(tmp_path: Path) -> None:
    """Sources are entered to a depth that no rock has, and no further."""
    deepest = nested(tmp_path, 200)
    (deepest / "LICENSE").write_text("MIT")
    assert len(directory_members(str(tmp_path)).files) == 1
    (deepest / "LICENSE").unlink()
    deepest = nested(deepest, 900)
    try:
        with pytest.raises(DistrorocksError, match="more than 200 nested directories"):
            directory_members(str(tmp_path))
    finally:
        remove_nested(tmp_path, deepest)
