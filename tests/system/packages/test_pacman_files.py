"""pacman's lists of files are read without it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from distrorocks.system.packages.pacman_files import DIRECTORY, read_pacman_files
from distrorocks.system.packaging.own_packages import read_own_packages

ENTRIES = {
    "lua-say-1:1.4.1-3/desc": "%NAME%\nlua-say\n",
    "lua-say-1:1.4.1-3/files": "%FILES%\nusr/\nusr/share/lua/5.5/say/init.lua\n",
    "lua51-say-1:1.4.1-3/files": "%FILES%\nusr/share/lua/5.1/say/init.lua\n",
    "bash-5.2-1/files": "%FILES%\nusr/bin/bash\n",
}


def put(root: Path, name: str) -> Path:
    """Put a repository's list where pacman does."""
    path = root / DIRECTORY.lstrip("/") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for entry, text in ENTRIES.items():
            member = tarfile.TarInfo(entry)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_each_package_has_its_files_and_version(tmp_path: Path) -> None:
    """Epoch and release are no part of it; packages without Lua do not count."""
    put(tmp_path, "extra.files")
    assert read_pacman_files(str(tmp_path)) == (
        {
            "lua-say": ("/usr/share/lua/5.5/say/init.lua",),
            "lua51-say": ("/usr/share/lua/5.1/say/init.lua",),
        },
        {"lua-say": "1.4.1", "lua51-say": "1.4.1"},
        [],
    )


def test_packages_for_each_lua_are_one(tmp_path: Path) -> None:
    """On Arch they name what PKGBUILDs need."""
    put(tmp_path, "extra.files")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=arch\n")
    own = read_own_packages(str(tmp_path), "arch", frozenset())
    assert own.modules == {"lua-say": frozenset({"say"})}
    assert own.versions == {"lua-say": "1.4.1"}
    assert own.sources[0] == "pacman's lists of files of this system"


def test_damage_is_told(tmp_path: Path) -> None:
    """A list that was cut off is named, one that was never fetched is not missed."""
    assert read_pacman_files(str(tmp_path)) == ({}, {}, [])
    path = put(tmp_path, "extra.files")
    path.write_bytes(path.read_bytes()[:150])
    assert "extra.files" in read_pacman_files(str(tmp_path))[2][0]
