"""Of apt's lists of files those of Lua are read, wherever the parts of the file are cut."""

from __future__ import annotations

import gzip
from pathlib import Path

from distrorocks.families.deb.apt_contents import read_contents
from distrorocks.families.deb.apt_lists import DIRECTORY

CONTENTS = b"""bin/ls                                    utils/coreutils
usr/share/lua/5.4/a.lua                 interpreters/lua-a,contrib/libs/other
usr/share/lua/5.4/a/b c.lua      interpreters/lua-a
usr/lib/x86_64-linux-gnu/lua/5.3/c.so   interpreters/lua-c
usr/share/doc/lua/5.4/readme            doc/lua-doc
"""


def put(root: Path, name: str, content: bytes) -> None:
    """Put an index where apt does."""
    place = root / DIRECTORY.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)


def test_each_package_has_its_files_of_lua(tmp_path: Path) -> None:
    """Sections are no part of its name; other files and other architectures do not count."""
    put(tmp_path, "x_main_Contents-amd64.gz", gzip.compress(CONTENTS))
    put(tmp_path, "x_main_Contents-all", b"usr/share/lua/5.4/d.lua s/lua-a\n")
    put(tmp_path, "x_main_Contents-i386", b"usr/share/lua/5.4/e.lua s/lua-a\n")
    files, warnings = read_contents(str(tmp_path), "amd64")
    assert warnings == []
    assert files == {
        "lua-a": (
            "/usr/share/lua/5.4/a.lua",
            "/usr/share/lua/5.4/a/b c.lua",
            "/usr/share/lua/5.4/d.lua",
        ),
        "other": ("/usr/share/lua/5.4/a.lua",),
        "lua-c": ("/usr/lib/x86_64-linux-gnu/lua/5.3/c.so",),
    }


def test_damage_is_told(tmp_path: Path) -> None:
    """What comes before it counts."""
    put(tmp_path, "x_Contents-all.gz", gzip.compress(CONTENTS)[:-10])
    assert "x_Contents-all.gz" in read_contents(str(tmp_path), "amd64")[1][0]


def test_without_lists_there_is_nothing(tmp_path: Path) -> None:
    """As on most systems."""
    assert read_contents(str(tmp_path), "amd64") == ({}, [])
