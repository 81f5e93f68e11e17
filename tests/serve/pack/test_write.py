"""Rock files are written to a folder, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.pack.rock import PackedFile, Placed
from distrorocks.serve.pack.write import write_rocks


def placed(path: str, content: bytes = b"x") -> Placed:
    """Return a file to write."""
    return Placed(path, PackedFile(path.rpartition("/")[2], content, "test", "5.4"))


def test_folders_are_made(tmp_path: Path) -> None:
    """The folder itself, and that of a Lua version."""
    written = write_rocks(f"{tmp_path}/new", [placed("5.4/a.rock"), placed("b.rock")])
    assert written.paths == (f"{tmp_path}/new/5.4/a.rock", f"{tmp_path}/new/b.rock")
    assert (tmp_path / "new/5.4/a.rock").read_bytes() == b"x"
    assert written.warnings == ()


def test_another_file_of_the_name_is_told(tmp_path: Path) -> None:
    """The same content is left alone; another is replaced with a warning."""
    write_rocks(str(tmp_path), [placed("a.rock"), placed("b.rock")])
    before = (tmp_path / "a.rock").stat().st_ino
    written = write_rocks(str(tmp_path), [placed("a.rock"), placed("b.rock", b"y")])
    assert (tmp_path / "a.rock").stat().st_ino == before
    assert written.replaced == (f"{tmp_path}/b.rock",)
    assert (tmp_path / "b.rock").read_bytes() == b"y"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """Whoever can write in the folder decides nothing outside of it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "target").write_bytes(b"kept")
    (tmp_path / "out/a.rock").symlink_to("../target")
    (tmp_path / "out/5.4").symlink_to("..")
    write_rocks(f"{tmp_path}/out", [placed("a.rock")])
    assert (tmp_path / "target").read_bytes() == b"kept"
    with pytest.raises(DistrorocksError, match="it is a link"):
        write_rocks(f"{tmp_path}/out", [placed("5.4/target")])
    assert (tmp_path / "target").read_bytes() == b"kept"


def test_a_folder_in_a_missing_one_is_not_made(tmp_path: Path) -> None:
    """A mistyped path is an error."""
    with pytest.raises(DistrorocksError, match="cannot enter"):
        write_rocks(f"{tmp_path}/no/such", [placed("a.rock")])
