"""Folders of servers for tests: rockspecs and rocks, valid or not."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

ROCKSPEC = (
    'package="{name}" version="{version}" source={{url="x"}} build={{}} '
    "dependencies={{{needs}}} description={{{described}}}"
)


def rockspec(
    folder: Path, name: str, needs: str = "", *, version: str = "1.0-1", described: str = ""
) -> Path:
    """Write a rockspec with these dependencies and this description, as Lua text."""
    path = folder / f"{name}-{version}.rockspec"
    path.write_text(ROCKSPEC.format(name=name, version=version, needs=needs, described=described))
    return path


def rock(
    folder: Path, name: str, needs: str = "", *, version: str = "1.0-1", arch: str = "src"
) -> Path:
    """Write a rock that has its rockspec and nothing else."""
    path = folder / f"{name}-{version}.{arch}.rock"
    text = ROCKSPEC.format(name=name, version=version, needs=needs, described="")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-{version}.rockspec", text)
    return path


def age(folder: Path) -> None:
    """Let some time pass for all files of a folder: their last change becomes an old one."""
    for path in folder.iterdir():
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - 10_000_000_000))
