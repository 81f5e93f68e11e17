"""Compressed files come in parts, within bounds, or are told as damaged."""

from __future__ import annotations

import gzip
import lzma
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from distrorocks.system.files.packed_file import PackedFileError, blocks, marked_lines, read_packed
from distrorocks.system.processes.command import CommandError, stream

CONTENTS = b"""bin/ls                                    utils/coreutils
usr/share/lua/5.4/a.lua                 interpreters/lua-a
usr/share/lua/5.4/a/b c.lua      interpreters/lua-a
usr/share/doc/lua/5.4/readme            doc/lua-doc
"""


def test_a_bomb_is_cut_off(tmp_path: Path) -> None:
    """The limit holds for what comes out."""
    (tmp_path / "a.xz").write_bytes(lzma.compress(b"\0" * 50_000_000))
    with pytest.raises(PackedFileError, match="more than 10000000 bytes"):
        for _ in read_packed(f"{tmp_path}/a.xz", limit=10_000_000):
            pass


@pytest.mark.parametrize("ending", [".gz", ".xz", ".bz2", ".lz4", ".zst"])
def test_garbage_is_told(tmp_path: Path, ending: str) -> None:
    """Whatever unpacks it; where nothing can, the hint says what would."""
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"garbage" * 100)
    with pytest.raises((PackedFileError, CommandError)):
        list(read_packed(str(path)))


def test_a_cut_file_is_told(tmp_path: Path) -> None:
    """What came before is no whole file."""
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(range(256)) * 1000)[:-10])
    with pytest.raises(PackedFileError):
        list(read_packed(f"{tmp_path}/a.gz"))


def test_blocks_are_what_stands_between() -> None:
    """Also where an end is cut in two by the parts."""
    assert list(blocks(iter([b"a\n", b"\nb", b"\n\n", b"c"]), b"\n\n")) == [b"a", b"b", b"c"]


def test_a_block_without_end_is_told() -> None:
    """No honest entry is so long."""
    with pytest.raises(PackedFileError):
        list(blocks(iter([b"x" * 100] * 10), b"\n\n", longest=300))


def test_a_program_is_ended_when_nobody_wants_more() -> None:
    """It does not write for ever; one that fails is told."""
    parts = stream(["/usr/bin/yes"])
    assert next(parts).startswith(b"y\n")
    parts.close()  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="status 1"):
        list(stream(["/bin/false"]))
    with pytest.raises(CommandError, match="cannot be started"):
        list(stream(["/no/such/program"]))


@pytest.mark.parametrize("ending", ["", ".gz", ".xz", ".bz2", ".lz4", ".zst"])
def test_what_is_no_file_is_told(tmp_path: Path, ending: str) -> None:
    """A FIFO is not waited for, and more packed than may come out of it is not begun with."""
    os.mkfifo(tmp_path / f"fifo{ending}")
    with pytest.raises(PackedFileError, match="but a FIFO"):
        list(read_packed(f"{tmp_path}/fifo{ending}"))
    (tmp_path / f"huge{ending}").touch()
    os.truncate(tmp_path / f"huge{ending}", 8 << 40)
    with pytest.raises(PackedFileError, match="more than 1000 bytes"):
        list(read_packed(f"{tmp_path}/huge{ending}", limit=1000))


@given(st.lists(st.integers(0, len(CONTENTS)), max_size=5))
def test_parts_may_end_anywhere(cuts: list[int]) -> None:
    """The lines are those of the whole."""
    places = [0, *sorted(cuts), len(CONTENTS)]
    parts = [CONTENTS[one:other] for one, other in pairwise(places)]
    whole = [line for line in CONTENTS.splitlines() if b"/lua/5." in line]
    assert list(marked_lines(parts, [b"/lua/5."])) == whole
