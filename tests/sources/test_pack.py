"""A built rock is packed into the same bytes whenever and wherever it was built."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.sources.pack import pack_rock
from distrorocks.sources.unpack import unpack_rock
from tests.sources.fetching import tree

FILES = {
    "rock_manifest": "rock_manifest = {}\n",
    "lua/a/b.lua": "return 1",
    "bin/tool": "#!/bin/sh\n",
    "doc/lärm.md": "text",
}


def built(place: Path, names: list[str]) -> str:
    """Write a built rock, its files in an order."""
    for name in names:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name])
        path.chmod(0o700 if name.startswith("bin/") else 0o640)
    (place / "conf").mkdir()
    return str(place)


def test_order_dates_and_umask_do_not_count(tmp_path: Path) -> None:
    """Two builds of the same are equal to the byte."""
    one = pack_rock(built(tmp_path / "one", list(FILES)))
    other = built(tmp_path / "other", list(reversed(FILES)))
    os.utime(f"{other}/rock_manifest", (1, 1))
    assert pack_rock(other) == one


def test_what_is_packed_unpacks_to_the_same(tmp_path: Path) -> None:
    """With x bits, and with directories that are empty."""
    packed = pack_rock(built(tmp_path / "one", list(FILES)))
    (tmp_path / "two").mkdir()
    unpack_rock(packed.content, str(tmp_path / "two"))
    expected = {name: f"{755 if 'bin' in name else 644} {text}" for name, text in FILES.items()}
    assert tree(tmp_path / "two") == expected
    assert (tmp_path / "two/conf").is_dir()


@pytest.mark.parametrize(
    ("name", "content", "is_portable"),
    [("lib/a.so", b"x", False), ("bin/a", b"\x7fELF", False), ("bin/a", b"#!lua", True)],
)
def test_a_rock_for_one_machine_is_known(
    tmp_path: Path, name: str, content: bytes, is_portable: bool
) -> None:
    """C modules and compiled commands, as LuaRocks tells them."""
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_bytes(content)
    assert pack_rock(str(tmp_path)).is_portable is is_portable


def test_what_packs_too_well_is_stored(tmp_path: Path) -> None:
    """The strict reader refuses what looks like a bomb."""
    (tmp_path / "zeros").write_bytes(bytes(4 << 20))
    packed = pack_rock(str(tmp_path))
    (tmp_path / "new").mkdir()
    unpack_rock(packed.content, str(tmp_path / "new"))
    assert (tmp_path / "new/zeros").stat().st_size == 4 << 20


@pytest.mark.parametrize("kind", ["link", "FIFO", "name"])
def test_a_build_cannot_smuggle_anything_else_in(tmp_path: Path, kind: str) -> None:
    """Links, special files and names that programs read differently are refused."""
    if kind == "link":
        (tmp_path / "lua").symlink_to("/etc")
    elif kind == "FIFO":
        os.mkfifo(tmp_path / "x")
    else:
        (tmp_path / "a\\b").write_text("x")
    with pytest.raises(DistrorocksError):
        pack_rock(str(tmp_path))
