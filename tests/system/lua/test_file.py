"""Files of Lua are read as data, and only if they are files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import LuaSyntaxError, NotLiteral
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, LuaFileError, read_chunk
from distrorocks.system.lua.jail import Jail, LuaRuntimeError


def read(path: str | Path, **options: int) -> object:
    """Read a file with the limit of rockspecs and no jail."""
    return read_chunk(str(path), jail=None, limit=options.get("limit", ROCKSPEC_LIMIT)).globals


def test_a_literal_file_needs_no_jail(tmp_path: Path) -> None:
    """What the strict parser reads starts no process, even where there is a jail."""
    file = tmp_path / "x.rockspec"
    file.write_bytes(b"package = 'x' s = '\xff'")
    with Jail() as jail:
        chunk = read_chunk(str(file), jail=jail, limit=ROCKSPEC_LIMIT)
        assert jail.worker_id is None
    assert chunk.globals == {"package": "x", "s": "\udcff"}


def test_a_file_that_computes_needs_a_jail(tmp_path: Path) -> None:
    """Without one the file is declined with its place; with one it is evaluated."""
    file = tmp_path / "x.rockspec"
    file.write_bytes(b"\npackage = ('x'):upper() .. home")
    with pytest.raises(NotLiteral, match=r"x\.rockspec:2: "):
        read(file)
    with Jail() as jail:
        chunk = read_chunk(
            str(file), jail=jail, limit=ROCKSPEC_LIMIT, environment={"home": "/root"}
        )
        assert chunk.globals == {"package": "X/root", "home": "/root"}
        file.write_bytes(b"package = x.y")
        with pytest.raises(LuaRuntimeError, match=r"x\.rockspec:1: "):
            read_chunk(str(file), jail=jail, limit=ROCKSPEC_LIMIT)


def test_a_fault_names_file_and_line(tmp_path: Path) -> None:
    """A syntax error begins with the path."""
    file = tmp_path / "x.rockspec"
    file.write_bytes(b"\n\nx = }")
    with pytest.raises(LuaSyntaxError, match=r"x\.rockspec:3: unexpected '}'"):
        read(file)


def test_a_rock_in_place_of_a_rockspec_is_called_one(tmp_path: Path) -> None:
    """Its first bytes are no Lua, but that helps nobody."""
    file = tmp_path / "foo-1.0-1.src.rock"
    file.write_bytes(b"PK\x03\x04\x14\x00foo-1.0-1.rockspec")
    with pytest.raises(LuaFileError, match="is a zip archive, as rocks are") as caught:
        read(file)
    assert "unpack" in caught.value.hint


def test_a_file_has_a_size(tmp_path: Path) -> None:
    """The limit itself passes, one byte more does not, and a sparse giant is never read."""
    file = tmp_path / "x"
    file.write_bytes(b"x = 1 " + b" " * 94)
    assert read(file, limit=100) == {"x": 1}
    with pytest.raises(LuaFileError, match="more than 99 bytes"):
        read(file, limit=99)
    os.truncate(file, 10 * 1024**4)
    with pytest.raises(LuaFileError, match="more than"):
        read(file)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/", "/proc/self/fd"])
def test_only_regular_files_are_read(name: str) -> None:
    """A device or a directory is refused before a byte of it is read."""
    with pytest.raises(LuaFileError) as caught:
        read(name)
    assert not caught.value.is_missing


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    """A named pipe that nobody writes to is refused at once."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(LuaFileError, match="not a regular file"):
        read(fifo)


def test_what_is_missing_is_told_apart(tmp_path: Path) -> None:
    """A missing file, and one under what is no directory, are missing; a loop of links is not."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    missing = {}
    for name in ("nothing", "file/x", "loop", "a\0b"):
        with pytest.raises(LuaFileError, match="cannot read") as caught:
            read(f"{tmp_path}/{name}")
        missing[name] = caught.value.is_missing
    assert missing == {"nothing": True, "file/x": True, "loop": False, "a\0b": False}


def test_a_long_name_is_an_error_of_ours(tmp_path: Path) -> None:
    """Whatever the system says against a path is told as a DistrorocksError."""
    with pytest.raises(DistrorocksError, match="cannot read"):
        read(tmp_path / ("x" * 5000))
